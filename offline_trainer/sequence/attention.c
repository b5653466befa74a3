// SPDX-License-Identifier: ISC

/// The weights of attention and the memory of a batch

#include "offline_trainer/sequence/attention.h"

#include <stdlib.h>
#include <string.h>

/// Attention's code for the instruction set that the engine plays with
static const RemAttendKernel*
select_kernel(void)
{
  const char* const isa = rem_net_isa();
#if defined(__x86_64__)
  if (!strcmp(isa, "avx512")) {
    return &rem_attend_kernel_avx512;
  }
  if (!strcmp(isa, "avx2")) {
    return &rem_attend_kernel_avx2;
  }
#elif defined(__aarch64__)
  if (!strcmp(isa, "neon")) {
    return &rem_attend_kernel_neon;
  }
#endif
  (void)isa;
  return &rem_attend_kernel_generic;
}

bool
rem_attention_make(RemAttention* const   attention,
                   const uint32_t        n_attention,
                   const RemStack* const encoder,
                   const RemStack* const decoder)
{
  const size_t a = rem_round_up(n_attention, 16U);
  const size_t q = decoder->n_padded;
  const size_t f = encoder->feature_row;
  float* const p = rem_bptt_floats(2U * a * (q + f) + a);
  *attention     = (RemAttention){.kernel      = rem_bptt_kernel(),
                                  .attend      = select_kernel(),
                                  .n_attention = n_attention,
                                  .n_padded    = (uint32_t)a,
                                  .n_query     = decoder->spec.n_hidden,
                                  .n_features  = encoder->n_features,
                                  .data        = p};
  if (p) {
    attention->query      = p;
    attention->query_back = attention->query + a * q;
    attention->key        = attention->query_back + a * q;
    attention->key_back   = attention->key + a * f;
    attention->energy     = attention->key_back + a * f;
  }
  return p;
}

void
rem_attention_clear(RemAttention* const attention)
{
  free(attention->data);
  *attention = (RemAttention){.data = NULL};
}

/// Copy a tensor [A, n] to `back`, rows a multiple of `unit` apart, and its
/// transpose to `to`
static void
pack(const RemAttention* const attention,
     const float* const        tensor,
     const size_t              n,
     const uint32_t            unit,
     float* const              to,
     float* const              back)
{
  const size_t row = rem_round_up((uint32_t)n, unit);
  for (size_t i = 0; i < attention->n_attention; ++i) {
    memcpy(back + i * row, tensor + i * n, n * sizeof(float));
    for (size_t j = 0; j < n; ++j) {
      to[j * attention->n_padded + i] = tensor[i * n + j];
    }
  }
}

void
rem_attention_set(RemAttention* const attention, const float* const params)
{
  const size_t       a   = attention->n_attention;
  const float* const key = params + a * attention->n_query;
  pack(attention,
       params,
       attention->n_query,
       4U,
       attention->query,
       attention->query_back);
  pack(attention,
       key,
       attention->n_features,
       16U,
       attention->key,
       attention->key_back);
  memcpy(attention->energy, key + a * attention->n_features, a * sizeof(float));
}

size_t
rem_attention_n_gradient(const RemAttention* const attention)
{
  return (size_t)attention->n_padded *
         (attention->n_query + attention->n_features + 1U);
}

/// Copy [n, A] to the tensor [A, n]
static void
unpack(const RemAttention* const attention,
       const float* const        packed,
       const size_t              n,
       float* const              tensor)
{
  for (size_t i = 0; i < attention->n_attention; ++i) {
    for (size_t j = 0; j < n; ++j) {
      tensor[i * n + j] = packed[j * attention->n_padded + i];
    }
  }
}

void
rem_attention_unpack(const RemAttention* const attention,
                     const float* const        packed,
                     float* const              grad)
{
  const size_t       a      = attention->n_attention;
  const size_t       row    = attention->n_padded;
  const size_t       n      = attention->n_query;
  const size_t       m      = attention->n_features;
  const float* const energy = packed + (n + m) * row;
  unpack(attention, packed, n, grad);
  unpack(attention, packed + n * row, m, grad + a * n);
  memcpy(grad + a * (n + m), energy, a * sizeof(float));
}

bool
rem_attention_run_make(RemAttentionRun* const    run,
                       const RemAttention* const attention,
                       RemStackRun* const        encoder,
                       RemStackRun* const        decoder)
{
  const size_t s     = decoder->max_streams;
  const size_t t     = decoder->max_steps;
  const size_t t_enc = encoder->max_steps;
  const size_t a     = attention->n_padded;
  const size_t f     = encoder->stack->feature_row;
  *run               = (RemAttentionRun){.attention = attention};
  run->encoder       = encoder;
  run->decoder       = decoder;
  run->keys          = rem_bptt_floats(t_enc * s * a);
  run->dkeys         = rem_bptt_floats(t_enc * s * a);
  run->queries       = rem_bptt_floats(t * s * a);
  run->weights       = rem_bptt_floats(t * s * t_enc);
  run->context       = rem_bptt_floats(s * f);
  run->dcontext      = rem_bptt_floats(t * s * f);
  run->dquery        = rem_bptt_floats(a);
  run->energies      = rem_bptt_floats(t_enc);
  return run->keys && run->dkeys && run->queries && run->weights &&
         run->context && run->dcontext && run->dquery && run->energies;
}

void
rem_attention_run_clear(RemAttentionRun* const run)
{
  free(run->keys);
  free(run->dkeys);
  free(run->queries);
  free(run->weights);
  free(run->context);
  free(run->dcontext);
  free(run->dquery);
  free(run->energies);
  *run = (RemAttentionRun){.attention = NULL};
}

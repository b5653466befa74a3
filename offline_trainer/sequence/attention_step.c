// SPDX-License-Identifier: ISC

/// Attention forward and back

#include "offline_trainer/sequence/attention.h"

#include <math.h>
#include <string.h>

void
rem_attention_begin(RemAttentionRun* const run)
{
  const RemAttention* const attention = run->attention;
  const RemStackRun* const  encoder   = run->encoder;
  const size_t              a         = attention->n_padded;
  size_t                    row       = 0U;
  const float* const        h         = rem_stack_features(encoder, &row);
  const RemFactors by = {h, row, 1U, attention->key, a, attention->n_features};
  const RemProduct keys = {.factors = {by},
                           .c       = run->keys,
                           .c_row   = a,
                           .m       = (size_t)encoder->n * encoder->n_steps,
                           .n       = a};
  attention->kernel->product(&keys);
}

/// Return the row of sequence `s` at step `t` of the decoder
static RemAttendRow
attend_row(const RemAttentionRun* const run, const uint32_t t, const uint32_t s)
{
  const size_t a   = run->attention->n_padded;
  const size_t n   = run->decoder->n;
  const size_t row = (size_t)t * n + s;
  return (RemAttendRow){.n           = run->encoder->lengths[s],
                        .n_attention = a,
                        .query       = run->queries + row * a,
                        .energy      = run->attention->energy,
                        .key         = run->keys + s * a,
                        .key_row     = n * a};
}

/// Return what sequence `s` looks at with at step `t`: [T']
static float*
weights_of(const RemAttentionRun* const run, const uint32_t t, const uint32_t s)
{
  const size_t row = (size_t)t * run->decoder->n + s;
  return run->weights + row * run->encoder->n_steps;
}

/// a = softmax(e), and nothing for padding
static void
choose(const float* const e,
       const uint32_t     n,
       const uint32_t     n_padded,
       float* const       a)
{
  float highest = e[0];
  float sum     = 0.0f;
  for (uint32_t j = 1; j < n; ++j) {
    highest = fmaxf(highest, e[j]);
  }
  for (uint32_t j = 0; j < n; ++j) {
    a[j] = expf(e[j] - highest);
    sum += a[j];
  }
  for (uint32_t j = 0; j < n; ++j) {
    a[j] /= sum;
  }
  memset(a + n, 0, (n_padded - n) * sizeof(float));
}

/// Return the decoder's h that is asked with before step `t`: [S, P]
static const float*
asking(const RemAttentionRun* const run, const uint32_t t)
{
  const RemStackRun* const decoder = run->decoder;
  const RemStack* const    stack   = decoder->stack;
  return decoder->tapes[stack->n_layers - 1U].h +
         (size_t)t * decoder->n * stack->n_padded;
}

void
rem_attention_step(RemAttentionRun* const run, const uint32_t t)
{
  const RemAttention* const attention = run->attention;
  const RemStackRun* const  encoder   = run->encoder;
  const RemStackRun* const  decoder   = run->decoder;
  const size_t              n_in      = decoder->stack->spec.n_in;
  const size_t              f         = attention->n_features;
  const size_t              a         = attention->n_padded;
  const size_t              begin     = (size_t)t * decoder->n;
  size_t                    row       = 0U;
  const float* const        h         = rem_stack_features(encoder, &row);
  const RemProduct          query     = {.factors = {{asking(run, t),
                                                      decoder->stack->n_padded,
                                                      1U,
                                                      attention->query,
                                                      a,
                                                      attention->n_query}},
                                         .c       = run->queries + begin * a,
                                         .c_row   = a,
                                         .m       = decoder->n,
                                         .n       = a};
  attention->kernel->product(&query);
  for (uint32_t s = 0; s < decoder->n; ++s) {
    const RemAttendRow at      = attend_row(run, t, s);
    float* const       weights = weights_of(run, t, s);
    const RemProduct   context = {
        .factors = {{weights, 0U, 1U, h + s * row, decoder->n * row, at.n}},
        .c       = run->context + s * row,
        .m       = 1U,
        .n       = row};
    attention->attend->energies(&at, run->energies);
    choose(run->energies, (uint32_t)at.n, encoder->n_steps, weights);
    attention->kernel->product(&context);
    memcpy(decoder->x + (begin + s + 1U) * n_in - f,
           run->context + s * row,
           f * sizeof(float));
  }
}

void
rem_attention_back_begin(RemAttentionRun* const run)
{
  const size_t n = (size_t)run->encoder->n * run->encoder->n_steps;
  memset(run->dkeys, 0, n * run->attention->n_padded * sizeof(float));
}

/// de_j = a_j (da_j - sum a_i da_i), in place of da
static void
back_choose(const float* const a, const size_t n, float* const da)
{
  float sum = 0.0f;
  for (size_t j = 0; j < n; ++j) {
    sum += a[j] * da[j];
  }
  for (size_t j = 0; j < n; ++j) {
    da[j] = a[j] * (da[j] - sum);
  }
}

/// The way back of one sequence; its query becomes the gradient by it
static void
back_row(const RemAttentionRun* const run,
         const uint32_t               t,
         const uint32_t               s,
         const float* const           dcontext,
         // NOLINTNEXTLINE(readability-non-const-parameter): attend's denergy
         float* const denergy)
{
  const RemAttention* const attention = run->attention;
  const RemAttendRow        at        = attend_row(run, t, s);
  const size_t              a         = attention->n_padded;
  float* const query = run->queries + ((size_t)t * run->decoder->n + s) * a;
  size_t       row   = 0U;
  const float* h     = rem_stack_features(run->encoder, &row);
  attention->attend->dots(
    dcontext, h + s * row, run->encoder->n * row, row, at.n, run->energies);
  back_choose(weights_of(run, t, s), at.n, run->energies);
  memset(run->dquery, 0, a * sizeof(float));
  attention->attend->gradient(
    &at, run->energies, run->dquery, run->dkeys + s * a, denergy);
  memcpy(query, run->dquery, a * sizeof(float));
}

void
rem_attention_back_step(RemAttentionRun* const run,
                        const uint32_t         t,
                        float* const           packed)
{
  const RemAttention* const attention = run->attention;
  const RemStackRun* const  decoder   = run->decoder;
  const RemStack* const     stack     = decoder->stack;
  const RemBpttLayer* const layer     = &stack->layers[0];
  const size_t              f         = attention->n_features;
  const size_t              a         = attention->n_padded;
  const size_t              row       = run->encoder->stack->feature_row;
  const size_t              begin     = (size_t)t * decoder->n;
  const size_t              n         = layer->spec.n_in;
  const size_t              at        = attention->n_query + f;
  for (uint32_t s = 0; s < decoder->n; ++s) {
    float* const       dcontext = run->dcontext + (begin + s) * row;
    const float* const dx       = decoder->dx + s * (size_t)layer->n_dx;
    memcpy(dcontext, dx + n - f, f * sizeof(float));
    back_row(run, t, s, dcontext, packed + at * a);
  }
  float* const dh =
    decoder->tapes[stack->n_layers - 1U].dh + begin * stack->n_units;
  const RemProduct back = {.factors  = {{run->queries + begin * a,
                                         a,
                                         1U,
                                         attention->query_back,
                                         stack->n_units,
                                         attention->n_attention}},
                           .from     = dh,
                           .from_row = stack->n_units,
                           .c        = dh,
                           .c_row    = stack->n_units,
                           .m        = decoder->n,
                           .n        = stack->n_units};
  attention->kernel->product(&back);
}

/// Add what every step looked at to the gradient by the encoder's features
static void
back_context(const RemAttentionRun* const run)
{
  const RemStackRun* const encoder = run->encoder;
  const size_t             n       = encoder->n;
  const size_t             t_enc   = encoder->n_steps;
  const size_t             row     = encoder->stack->feature_row;
  for (size_t s = 0; s < n; ++s) {
    float* const     to   = encoder->dfeatures + s * row;
    const RemProduct back = {.factors  = {{run->weights + s * t_enc,
                                           1U,
                                           n * t_enc,
                                           run->dcontext + s * row,
                                           n * row,
                                           run->decoder->n_steps}},
                             .from     = to,
                             .from_row = n * row,
                             .c        = to,
                             .c_row    = n * row,
                             .m        = encoder->lengths[s],
                             .n        = row};
    run->attention->kernel->product(&back);
  }
}

void
rem_attention_back_end(RemAttentionRun* const run, float* const packed)
{
  const RemAttention* const attention = run->attention;
  const RemStackRun* const  encoder   = run->encoder;
  const RemStackRun* const  decoder   = run->decoder;
  const size_t              a         = attention->n_padded;
  const size_t              n_enc     = (size_t)encoder->n * encoder->n_steps;
  size_t                    row       = 0U;
  const float* const        h         = rem_stack_features(encoder, &row);
  const RemFactors          by        = {.a       = run->dkeys,
                                         .a_row   = a,
                                         .a_term  = 1U,
                                         .b       = attention->key_back,
                                         .b_term  = row,
                                         .n_terms = attention->n_attention};
  const RemProduct          back      = {.factors = {by},
                                         .c       = encoder->dfeatures,
                                         .c_row   = row,
                                         .m       = n_enc,
                                         .n       = row};
  rem_stack_add_product(attention->kernel,
                        asking(run, 0U),
                        decoder->stack->n_padded,
                        run->queries,
                        a,
                        (size_t)decoder->n * decoder->n_steps,
                        packed,
                        attention->n_query,
                        a);
  rem_stack_add_product(attention->kernel,
                        h,
                        row,
                        run->dkeys,
                        a,
                        n_enc,
                        packed + attention->n_query * a,
                        attention->n_features,
                        a);
  attention->kernel->product(&back);
  back_context(run);
}

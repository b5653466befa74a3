// SPDX-License-Identifier: ISC

/// The weights of what learns whole sequences, and the memory of a batch

#include "offline_trainer/sequence/sequence_internal.h"

#include <stdlib.h>

static bool
make_net(RemSequenceNet* const net)
{
  const RemSequenceSpec* const spec = &net->spec;
  if (!rem_stack_make(&net->net, &spec->net, net->looks) ||
      (net->has_encoder &&
       !rem_stack_make(&net->encoder, &spec->encoder, false)) ||
      (net->looks &&
       !rem_attention_make(
         &net->attention, spec->n_attention, &net->encoder, &net->net))) {
    return false;
  }
  net->encoder_at = rem_stack_gradient_at(&net->net).end;
  net->attention_at =
    net->encoder_at +
    (net->has_encoder ? rem_stack_gradient_at(&net->encoder).end : 0U);
  net->n_gradient =
    net->attention_at +
    (net->looks ? rem_attention_n_gradient(&net->attention) : 0U);
  return true;
}

RemSequenceNet*
rem_sequence_net_new(const RemSequenceSpec* const spec)
{
  RemSequenceNet* const net =
    (RemSequenceNet*)calloc(1, sizeof(RemSequenceNet));
  if (net) {
    net->spec        = *spec;
    net->has_encoder = spec->encoder.n_hidden > 0U;
    net->looks       = spec->n_attention > 0U;
    if (!make_net(net)) {
      rem_sequence_net_free(net);
      return NULL;
    }
  }
  return net;
}

void
rem_sequence_net_free(RemSequenceNet* const net)
{
  if (net) {
    rem_stack_clear(&net->net);
    rem_stack_clear(&net->encoder);
    rem_attention_clear(&net->attention);
    free(net);
  }
}

void
rem_sequence_net_set(RemSequenceNet* const net, const float* const params)
{
  rem_stack_set(&net->net, params);
  if (net->has_encoder) {
    rem_stack_set(&net->encoder, params + rem_sequence_encoder_at(&net->spec));
  }
  if (net->looks) {
    rem_attention_set(&net->attention,
                      params + rem_sequence_attention_at(&net->spec));
  }
}

size_t
rem_sequence_net_n_gradient(const RemSequenceNet* const net)
{
  return net->n_gradient;
}

void
rem_sequence_net_unpack(const RemSequenceNet* const net,
                        const float* const          packed,
                        float* const                grad)
{
  rem_stack_unpack(&net->net, packed, grad);
  if (net->has_encoder) {
    rem_stack_unpack(&net->encoder,
                     packed + net->encoder_at,
                     grad + rem_sequence_encoder_at(&net->spec));
  }
  if (net->looks) {
    rem_attention_unpack(&net->attention,
                         packed + net->attention_at,
                         grad + rem_sequence_attention_at(&net->spec));
  }
}

/// Point the batch at what is to be filled
static void
open_batch(RemSequenceRun* const run)
{
  const RemSequenceNet* const net   = run->net;
  RemSequenceBatch* const     batch = &run->batch;
  batch->lengths                    = run->decoder.lengths;
  batch->x                          = run->own ? run->own : run->decoder.x;
  batch->condition       = net->has_encoder ? NULL : run->decoder.condition;
  batch->encoder_lengths = run->encoder.lengths;
  batch->encoder_x       = run->encoder.x;
}

static bool
make_run(RemSequenceRun* const run,
         const uint32_t        max_streams,
         const uint32_t        max_steps,
         const uint32_t        max_encoder_steps)
{
  const RemSequenceNet* const net  = run->net;
  const size_t                rows = (size_t)max_streams * max_steps;
  if (!rem_stack_run_make(&run->decoder, &net->net, max_streams, max_steps) ||
      (net->has_encoder &&
       !rem_stack_run_make(
         &run->encoder, &net->encoder, max_streams, max_encoder_steps))) {
    return false;
  }
  if (net->looks) {
    run->own = rem_bptt_floats(
      rows * (net->net.spec.n_in - net->encoder.n_features) + 1U);
    return run->own &&
           rem_attention_run_make(
             &run->attention, &net->attention, &run->encoder, &run->decoder);
  }
  return true;
}

RemSequenceRun*
rem_sequence_run_new(const RemSequenceNet* const net,
                     const uint32_t              max_streams,
                     const uint32_t              max_steps,
                     const uint32_t              max_encoder_steps)
{
  RemSequenceRun* const run =
    (RemSequenceRun*)calloc(1, sizeof(RemSequenceRun));
  if (run) {
    run->net = net;
    if (!make_run(run, max_streams, max_steps, max_encoder_steps)) {
      rem_sequence_run_free(run);
      return NULL;
    }
    open_batch(run);
  }
  return run;
}

void
rem_sequence_run_free(RemSequenceRun* const run)
{
  if (run) {
    rem_stack_run_clear(&run->decoder);
    rem_stack_run_clear(&run->encoder);
    rem_attention_run_clear(&run->attention);
    free(run->own);
    free(run);
  }
}

bool
rem_sequence_set_dropout(RemSequenceRun* const run, const double share)
{
  return rem_stack_run_set_dropout(&run->decoder, share);
}

void
rem_sequence_set_seed(RemSequenceRun* const run, const uint64_t seed)
{
  run->decoder.seed = (uint32_t)(seed ^ (seed >> 32U));
}

RemSequenceBatch*
rem_sequence_batch(RemSequenceRun* const run)
{
  return &run->batch;
}

const float*
rem_sequence_output(const RemSequenceRun* const run)
{
  return run->decoder.y;
}

float*
rem_sequence_output_gradient(RemSequenceRun* const run)
{
  return run->decoder.dy;
}

const float*
rem_sequence_attention(const RemSequenceRun* const run)
{
  return run->attention.weights;
}

// SPDX-License-Identifier: ISC

/// A batch, forward and back

#include "offline_trainer/sequence/sequence_internal.h"

#include <assert.h>
#include <string.h>

/// Take the size of a batch, and put zeros where there is padding
static void
begin(RemStackRun* const run,
      const uint32_t     n,
      const uint32_t     n_steps,
      float* const       x,
      const size_t       n_in)
{
  assert(n <= run->max_streams && n_steps <= run->max_steps);
  run->n       = n;
  run->n_steps = n_steps;
  for (uint32_t t = 0; t < n_steps; ++t) {
    for (uint32_t s = 0; s < n; ++s) {
      assert(run->lengths[s] && run->lengths[s] <= n_steps);
      if (t >= run->lengths[s]) {
        memset(x + ((size_t)t * n + s) * n_in, 0, n_in * sizeof(float));
      }
    }
  }
}

/// Read what the decoder is to know
static void
encode(RemSequenceRun* const run)
{
  const RemSequenceNet* const   net   = run->net;
  const RemSequenceBatch* const batch = &run->batch;
  RemStackRun* const            stack = &run->encoder;
  begin(
    stack, batch->n, batch->n_encoder_steps, stack->x, net->encoder.spec.n_in);
  rem_stack_start(stack);
  rem_stack_layers(stack);
  if (run->decoder.condition) {
    rem_stack_end(stack, run->decoder.condition, net->net.spec.n_condition);
  }
  if (net->looks) {
    rem_attention_begin(&run->attention);
  }
}

/// Copy the frames of step `t` to where attention completes them
static void
take_frames(RemSequenceRun* const run, const uint32_t t)
{
  const size_t n     = run->batch.n;
  const size_t n_in  = run->net->net.spec.n_in;
  const size_t n_own = n_in - run->net->encoder.n_features;
  for (size_t s = 0; s < n; ++s) {
    memcpy(run->decoder.x + (t * n + s) * n_in,
           run->own + (t * n + s) * n_own,
           n_own * sizeof(float));
  }
}

/// Run the decoder over step `t`, and say what comes next
static void
step(RemSequenceRun* const            run,
     const uint32_t                   t,
     const RemSequenceFeedback* const feedback)
{
  RemStackRun* const decoder = &run->decoder;
  const size_t       n_out   = run->net->net.spec.n_out;
  const size_t       n_in    = run->net->net.spec.n_in;
  const size_t       n_own =
    run->net->looks ? n_in - run->net->encoder.n_features : n_in;
  if (run->net->looks) {
    take_frames(run, t);
    rem_attention_step(&run->attention, t);
  }
  rem_stack_step(decoder, t);
  if (feedback) {
    const size_t at = (size_t)t * run->batch.n;
    rem_stack_take(decoder, t, t + 1U);
    rem_stack_head(decoder, t, t + 1U);
    if (t + 1U < decoder->n_steps) {
      feedback->choose(feedback->handle,
                       t,
                       decoder->y + at * n_out,
                       run->batch.x + (at + run->batch.n) * n_own);
    }
  }
}

void
rem_sequence_forward(RemSequenceRun* const            run,
                     const RemSequenceFeedback* const feedback)
{
  const RemSequenceNet* const   net     = run->net;
  const RemSequenceBatch* const batch   = &run->batch;
  RemStackRun* const            decoder = &run->decoder;
  const uint32_t                n_own =
    net->net.spec.n_in - (net->looks ? net->encoder.n_features : 0U);
  assert(!feedback || !(net->net.spec.both || net->net.spec.whole));
  begin(decoder, batch->n, batch->n_steps, batch->x, n_own);
  if (net->has_encoder) {
    encode(run);
  }
  rem_stack_start(decoder);
  if (!net->looks && !feedback) {
    rem_stack_layers(decoder);
    rem_stack_head(decoder, 0U, batch->n_steps);
    return;
  }
  for (uint32_t t = 0; t < batch->n_steps; ++t) {
    step(run, t, feedback);
  }
  if (!feedback) {
    rem_stack_take(decoder, 0U, batch->n_steps);
    rem_stack_head(decoder, 0U, batch->n_steps);
  }
}

/// The way back through a decoder and what it looked at, step by step
static void
back_steps(RemSequenceRun* const run, float* const packed)
{
  rem_attention_back_begin(&run->attention);
  for (uint32_t t = run->batch.n_steps; t-- > 0U;) {
    rem_stack_back_step(&run->decoder, t, packed);
    rem_attention_back_step(
      &run->attention, t, packed + run->net->attention_at);
  }
  rem_stack_back_weights(&run->decoder, packed);
}

/// The way back through the encoder, from the decoder's beginning and from what
/// it looked at
static void
back_encoder(RemSequenceRun* const run, float* const packed)
{
  RemStackRun* const encoder = &run->encoder;
  float* const       grad    = packed + run->net->encoder_at;
  rem_stack_back_begin(encoder);
  if (run->net->looks) {
    rem_attention_back_end(&run->attention, packed + run->net->attention_at);
    rem_stack_back_take(encoder);
  }
  if (run->decoder.dcondition) {
    rem_stack_back_end(
      encoder, run->decoder.dcondition, run->net->net.n_condition);
  }
  rem_stack_back_layers(encoder, grad);
  rem_stack_back_start(encoder, grad);
}

void
rem_sequence_backward(RemSequenceRun* const run, float* const packed)
{
  RemStackRun* const decoder = &run->decoder;
  rem_stack_back_begin(decoder);
  rem_stack_back_head(decoder, packed);
  rem_stack_back_take(decoder);
  if (run->net->looks) {
    back_steps(run, packed);
  } else {
    rem_stack_back_layers(decoder, packed);
  }
  rem_stack_back_start(decoder, packed);
  if (run->net->has_encoder) {
    back_encoder(run, packed);
  }
}

void
rem_sequence_probe(RemSequenceRun* const run, double* const squares)
{
  run->decoder.squares = squares;
}

// SPDX-License-Identifier: ISC

#include "offline_trainer/cmd_train.h"

#include <stdlib.h>
#include <string.h>

#define CONTEXT 48000U ///< Samples played before a stretch, where there are any

/// Play `stretch` with what comes before it; `scratch` holds both
static RemStatus
play_stretch(const RemModel* const   model,
             const RemStretch* const stretch,
             float* const            scratch,
             float* const            out,
             RemError* const         error)
{
  const RemPair* const pair    = stretch->pair;
  const size_t         begin   = stretch->begin;
  const size_t         context = begin < CONTEXT ? begin : CONTEXT;
  const size_t         n       = stretch->end - begin;
  const RemStatus      st      = rem_render(model,
                                  pair->knobs,
                                  pair->input + (begin - context),
                                  scratch,
                                  context + n,
                                  error);
  memcpy(out, scratch + context, n * sizeof(float));
  return st;
}

RemStatus
train_prove(const RemModel* const model,
            const RemSplit* const split,
            TrainProof* const     out,
            RemError* const       error)
{
  const size_t n    = rem_stretches_length(split->held_out, split->n_held_out);
  const double rate = model->sample_rate;
  float* const scratch = (float*)malloc((n + CONTEXT) * sizeof(float));
  RemStatus    st      = REM_SUCCESS;
  *out                 = (TrainProof){.n = 0U};
  out->input           = (float*)malloc(n * sizeof(float));
  out->target          = (float*)malloc(n * sizeof(float));
  out->prediction      = (float*)malloc(n * sizeof(float));
  if (!scratch || !out->input || !out->target || !out->prediction) {
    free(scratch);
    return rem_fail(error, REM_NO_MEMORY, NULL, "No memory to play the model");
  }
  const double start = progress_clock();
  for (uint32_t i = 0; !st && i < split->n_held_out; ++i) {
    const RemStretch* const s    = &split->held_out[i];
    const size_t            size = (s->end - s->begin) * sizeof(float);
    memcpy(out->input + out->n, s->pair->input + s->begin, size);
    memcpy(out->target + out->n, s->pair->target + s->begin, size);
    st = play_stretch(model, s, scratch, out->prediction + out->n, error);
    out->n += s->end - s->begin;
  }
  out->load = (progress_clock() - start) * rate / (double)n;
  free(scratch);
  return st ? st
            : rem_evaluate(
                out->target, out->prediction, n, rate, &out->figures, error);
}

void
train_proof_clear(TrainProof* const proof)
{
  free(proof->input);
  free(proof->target);
  free(proof->prediction);
  *proof = (TrainProof){.n = 0U};
}

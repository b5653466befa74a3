// SPDX-License-Identifier: ISC

#include "offline_trainer/bptt/bptt.h"
#include "offline_trainer/initialise.h"
#include "offline_trainer/learner.h"
#include "offline_trainer/sequence/sequence.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/// BPTT through batches of whole sequences
typedef struct {
  RemTrainSpec     spec;
  const RemLesson* lesson;
  RemSequenceNet*  net;
  uint32_t         n_groups;
  size_t           n_packed;
  uint32_t         n_runs;
  RemSequenceRun** runs; ///< [n_runs] one for every thread
  float            none; ///< State of nothing
} Sequences;

static void
free_sequences(void* const handle)
{
  Sequences* const self = (Sequences*)handle;
  for (uint32_t i = 0; self->runs && i < self->n_runs; ++i) {
    rem_sequence_run_free(self->runs[i]);
  }
  free(self->runs);
  rem_sequence_net_free(self->net);
  free(self);
}

/// U(-1, 1) / sqrt(terms) for each row of attention
static void
initialise_attention(const RemSequenceSpec* const spec,
                     RemRandom* const             random,
                     float* const                 params)
{
  const size_t a   = spec->n_attention;
  const size_t n   = spec->net.n_hidden;
  const size_t f   = rem_net_n_features(&spec->encoder);
  float* const key = params + a * n;
  rem_initialise_uniform(params, a * n, 1.0 / sqrt((double)n), random);
  rem_initialise_uniform(key, a * f, 1.0 / sqrt((double)f), random);
  rem_initialise_uniform(key + a * f, a, 1.0 / sqrt((double)a), random);
}

static void
initialise(void* const handle, RemRandom* const random, float* const params)
{
  const RemTrainSpec* const spec   = &((const Sequences*)handle)->spec;
  const double              memory = spec->memory;
  const RemSequenceSpec     shape  = rem_train_sequence_spec(spec);
  rem_initialise(&spec->net, memory, random, params);
  if (spec->encoder.n_hidden) {
    float* const encoder = params + rem_sequence_encoder_at(&shape);
    rem_initialise(&spec->encoder, memory, random, encoder);
  }
  if (spec->n_attention) {
    initialise_attention(
      &shape, random, params + rem_sequence_attention_at(&shape));
  }
}

static void
set(void* const handle, const float* const params)
{
  rem_sequence_net_set(((const Sequences*)handle)->net, params);
}

static void
unpack(const void* const handle, const float* const packed, float* const grad)
{
  rem_sequence_net_unpack(((const Sequences*)handle)->net, packed, grad);
}

/// Run the net over a batch that is filled
static void
play(const Sequences* const self,
     const RemStreamRange   range,
     const uint32_t         thread,
     const uint32_t         window)
{
  const RemLesson* const lesson   = self->lesson;
  RemSequenceFeedback    feedback = {NULL, NULL};
  const bool             feeds =
    lesson->feedback &&
    lesson->feedback(lesson->handle, thread, range, window, &feedback);
  rem_sequence_forward(self->runs[thread], feeds ? &feedback : NULL);
}

static double
run(void* const    handle,
    const uint32_t group,
    const uint32_t thread,
    const uint32_t window,
    float* const   packed)
{
  const Sequences* const self   = (const Sequences*)handle;
  const RemLesson* const lesson = self->lesson;
  const uint32_t         n      = self->spec.n_streams;
  const uint32_t         first = rem_bptt_group_begin(n, self->n_groups, group);
  const uint32_t end = rem_bptt_group_begin(n, self->n_groups, group + 1U);
  const RemStreamRange    range = {first, end - first};
  RemSequenceRun* const   r     = self->runs[thread];
  RemSequenceBatch* const batch = rem_sequence_batch(r);
  batch->n                      = range.n;
  lesson->fill_batch(lesson->handle, thread, range, window, batch);
  play(self, range, thread, window);
  const double share = lesson->compare(lesson->handle,
                                       thread,
                                       range,
                                       window,
                                       rem_sequence_output(r),
                                       rem_sequence_output_gradient(r));
  memset(packed, 0, self->n_packed * sizeof(float));
  rem_sequence_backward(r, packed);
  return share;
}

/// Make memory for every thread, wide enough for the largest group
static bool
make_runs(Sequences* const self)
{
  const RemLesson* const lesson = self->lesson;
  const uint32_t         n =
    (self->spec.n_streams + self->n_groups - 1U) / self->n_groups;
  self->n_runs = lesson->n_threads;
  self->runs = (RemSequenceRun**)calloc(self->n_runs, sizeof(RemSequenceRun*));
  for (uint32_t i = 0; self->runs && i < self->n_runs; ++i) {
    self->runs[i] = rem_sequence_run_new(
      self->net, n, lesson->max_steps, lesson->max_encoder_steps);
    if (!self->runs[i]) {
      return false;
    }
  }
  return self->runs;
}

bool
rem_sequence_learner_open(const RemTrainSpec* const spec,
                          const RemLesson* const    lesson,
                          RemLearner* const         out)
{
  const RemSequenceSpec shape = rem_train_sequence_spec(spec);
  Sequences* const      self  = (Sequences*)calloc(1, sizeof(Sequences));
  *out                        = (RemLearner){.handle = NULL};
  if (!self) {
    return false;
  }
  self->spec   = *spec;
  self->lesson = lesson;
  self->n_groups =
    rem_bptt_n_groups(&spec->net, spec->n_streams, lesson->max_steps);
  self->net = rem_sequence_net_new(&shape);
  if (!self->net || !make_runs(self)) {
    free_sequences(self);
    return false;
  }
  self->n_packed = rem_sequence_net_n_gradient(self->net);
  *out           = (RemLearner){.handle     = self,
                                .n_params   = rem_sequence_n_params(&shape),
                                .n_packed   = self->n_packed,
                                .n_groups   = self->n_groups,
                                .states     = &self->none,
                                .free       = free_sequences,
                                .initialise = initialise,
                                .set        = set,
                                .unpack     = unpack,
                                .run        = run};
  return true;
}

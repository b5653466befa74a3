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
  uint64_t         seed;    ///< Of dropout, of this update
  double*          squares; ///< As probe() was told, or NULL
  float*           probed;  ///< [n_packed] scratch memory for that
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
  free(self->probed);
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
  const RemTrainSpec* const spec  = &((const Sequences*)handle)->spec;
  const RemBeginning        by    = {spec->init, spec->memory, spec->forget};
  const RemSequenceSpec     shape = rem_train_sequence_spec(spec);
  rem_initialise_as(&spec->net, &by, random, params);
  if (spec->encoder.n_hidden) {
    float* const encoder = params + rem_sequence_encoder_at(&shape);
    rem_initialise_as(&spec->encoder, &by, random, encoder);
  }
  if (spec->n_attention) {
    initialise_attention(
      &shape, random, params + rem_sequence_attention_at(&shape));
  }
}

static void
set(void* const handle, const float* const params)
{
  Sequences* const      self  = (Sequences*)handle;
  const RemSequenceSpec shape = rem_train_sequence_spec(&self->spec);
  self->seed = rem_learner_digest(params, rem_sequence_n_params(&shape));
  rem_sequence_net_set(self->net, params);
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

/// Leave of the outputs' gradient that of each sequence's last step
static void
keep_last(const RemNetSpec* const       spec,
          const RemSequenceBatch* const batch,
          float* const                  dy)
{
  const size_t n_out = spec->n_out;
  for (uint32_t t = 0; !spec->whole && t < batch->n_steps; ++t) {
    for (uint32_t s = 0; s < batch->n; ++s) {
      if (t + 1U < batch->lengths[s]) {
        memset(
          dy + ((size_t)t * batch->n + s) * n_out, 0, n_out * sizeof(float));
      }
    }
  }
}

/// Go back from the last steps alone, and add up what is heard of them; frames
/// are those that the net was fed
static void
look_back(const Sequences* const self, const uint32_t thread)
{
  RemSequenceRun* const         run   = self->runs[thread];
  const RemSequenceBatch* const batch = rem_sequence_batch(run);
  const uint32_t                n     = self->lesson->max_steps;
  double* const                 sums  = (double*)calloc(n, sizeof(double));
  if (!sums) {
    return; // A picture lacks a moment
  }
  rem_sequence_forward(run, NULL);
  keep_last(&self->spec.net, batch, rem_sequence_output_gradient(run));
  rem_sequence_probe(run, sums);
  rem_sequence_backward(run, self->probed);
  rem_sequence_probe(run, NULL);
  for (uint32_t i = 0; i < n; ++i) {
    self->squares[i] += sums[i] / batch->n;
  }
  free(sums);
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
  rem_sequence_set_seed(r, self->seed + group);
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
  if (self->squares && !group) {
    look_back(self, thread);
  }
  return share;
}

static void
probe(void* const handle, double* const squares)
{
  ((Sequences*)handle)->squares = squares;
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
    if (!self->runs[i] ||
        !rem_sequence_set_dropout(self->runs[i], self->spec.dropout)) {
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
  if (self->net) {
    self->n_packed = rem_sequence_net_n_gradient(self->net);
    self->probed   = (float*)calloc(self->n_packed, sizeof(float));
  }
  if (!self->probed || !make_runs(self)) {
    free_sequences(self);
    return false;
  }
  *out = (RemLearner){.handle     = self,
                      .n_params   = rem_sequence_n_params(&shape),
                      .n_packed   = self->n_packed,
                      .n_groups   = self->n_groups,
                      .states     = &self->none,
                      .free       = free_sequences,
                      .initialise = initialise,
                      .set        = set,
                      .unpack     = unpack,
                      .run        = run,
                      .probe      = probe};
  return true;
}

// SPDX-License-Identifier: ISC

/// A lesson of whole sequences: an encoder and a decoder with attention learn
/// to say words backwards, and may hear what they said themselves

#ifndef REM_TESTS_WORDS_H
#define REM_TESTS_WORDS_H

#include "offline_trainer/cross_entropy.h"
#include "offline_trainer/train.h"
#include "tests/check.h"

#include <string.h>

enum {
  LETTERS   = 4,
  END       = LETTERS, // And what a decoder hears first
  SYMBOLS   = LETTERS + 1,
  MOST      = 5,
  STREAMS   = 24,
  BATCHES   = 12,
  HELD_OUT  = 64,
  THREADS   = 3,
  MAX_STEPS = MOST + 1
};

typedef struct {
  uint32_t n;
  uint32_t letters[MOST];
} Word;

/// What a thread is busy with
typedef struct {
  const Word* words[STREAMS];
  uint32_t    n;
  uint32_t    n_steps;
  uint32_t    n_fed;
} Desk;

typedef struct {
  RemTrainSpec spec;
  double       own;     ///< Above 0, every other word hears itself
  double*      squares; ///< [MAX_STEPS] as rem_trainer_probe(), or NULL
  Word         words[BATCHES][STREAMS];
  Word         held_out[HELD_OUT];
  uint64_t     seed; ///< Of the words of an epoch
  Desk         desks[THREADS];
} Words;

static inline Word
draw_word(RemRandom* const random)
{
  Word word = {.n = 1U + (uint32_t)(MOST * rem_random_uniform(random))};
  for (uint32_t i = 0; i < word.n; ++i) {
    word.letters[i] = (uint32_t)(LETTERS * rem_random_uniform(random));
  }
  return word;
}

static inline void
draw_words(Words* const self)
{
  RemRandom random = {self->seed};
  for (uint32_t i = 0; i < BATCHES * STREAMS; ++i) {
    self->words[i / STREAMS][i % STREAMS] = draw_word(&random);
  }
}

static inline void
draw(void* const handle, RemRandom* const random)
{
  Words* const self = (Words*)handle;
  self->seed        = (uint64_t)(rem_random_uniform(random) * 1e15);
  draw_words(self);
}

static inline void
get_places(void* const handle, uint64_t* const places)
{
  places[0] = ((const Words*)handle)->seed;
}

static inline bool
set_places(void* const handle, const uint64_t* const places)
{
  Words* const self = (Words*)handle;
  self->seed        = places[0];
  draw_words(self);
  return true;
}

/// The letter to say at step `t`
static inline uint32_t
wanted(const Word* const word, const uint32_t t)
{
  return t < word->n ? word->letters[word->n - 1U - t] : END;
}

static inline void
fill_words(const Word* const* const words, RemSequenceBatch* const batch)
{
  const uint32_t n       = batch->n;
  batch->n_steps         = 0U;
  batch->n_encoder_steps = 0U;
  for (uint32_t s = 0; s < n; ++s) {
    const Word* const word    = words[s];
    batch->lengths[s]         = word->n + 1U;
    batch->encoder_lengths[s] = word->n;
    for (uint32_t t = 0; t <= word->n; ++t) {
      batch->x[t * n + s] = (float)(t ? wanted(word, t - 1U) : END);
      if (t < word->n) {
        batch->encoder_x[t * n + s] = (float)word->letters[t];
      }
    }
    batch->n_steps = batch->n_steps > word->n ? batch->n_steps : word->n + 1U;
    batch->n_encoder_steps = batch->n_steps - 1U;
  }
}

static inline void
fill_batch(void* const             handle,
           const uint32_t          thread,
           const RemStreamRange    range,
           const uint32_t          window,
           RemSequenceBatch* const batch)
{
  Words* const self = (Words*)handle;
  Desk* const  desk = &self->desks[thread];
  CHECK(batch->n == range.n && range.first + range.n <= STREAMS);
  for (uint32_t s = 0; s < range.n; ++s) {
    desk->words[s] = &self->words[window][range.first + s];
  }
  fill_words(desk->words, batch);
  desk->n       = batch->n;
  desk->n_steps = batch->n_steps;
}

static inline uint32_t
likeliest(const float* const y)
{
  uint32_t best = 0U;
  for (uint32_t k = 1; k < SYMBOLS; ++k) {
    best = y[k] > y[best] ? k : best;
  }
  return best;
}

/// Every other word of a batch hears itself
static inline void
choose(void* const        handle,
       const uint32_t     t,
       const float* const y,
       float* const       x)
{
  Desk* const desk = (Desk*)handle;
  CHECK(t + 1U < desk->n_steps);
  for (uint32_t s = 0; s < desk->n; s += 2U) {
    x[s] = (float)likeliest(y + (size_t)s * SYMBOLS);
    ++desk->n_fed;
  }
}

static inline bool
feedback(void* const                handle,
         const uint32_t             thread,
         const RemStreamRange       range,
         const uint32_t             window,
         RemSequenceFeedback* const out)
{
  Words* const self = (Words*)handle;
  (void)range;
  *out = (RemSequenceFeedback){&self->desks[thread], choose};
  return self->own > 0.0 && window % 2U;
}

/// Cross-entropy times `factor`, and its gradient
static inline double
compare_words(const Word* const* const words,
              const uint32_t           n,
              const double             factor,
              const float* const       y,
              float* const             dy)
{
  double loss = 0.0;
  for (uint32_t s = 0; s < n; ++s) {
    for (uint32_t t = 0; t <= words[s]->n; ++t) {
      const size_t   at     = ((size_t)t * n + s) * SYMBOLS;
      const uint32_t target = wanted(words[s], t);
      loss += factor *
              rem_cross_entropy(y + at, &target, 1U, SYMBOLS, factor, dy + at);
    }
  }
  return loss;
}

static inline double
compare(void* const          handle,
        const uint32_t       thread,
        const RemStreamRange range,
        const uint32_t       window,
        const float* const   y,
        float* const         dy)
{
  const Desk* const desk = &((const Words*)handle)->desks[thread];
  (void)window;
  return compare_words(desk->words, range.n, 1.0 / (STREAMS * MOST), y, dy);
}

static inline double
validate(void* const handle, RemPool* const pool, const float* const params)
{
  const Words* const    self  = (const Words*)handle;
  const RemSequenceSpec shape = rem_train_sequence_spec(&self->spec);
  RemSequenceNet* const net   = rem_sequence_net_new(&shape);
  RemSequenceRun* const run =
    rem_sequence_run_new(net, HELD_OUT, MAX_STEPS, MOST);
  RemSequenceBatch* const batch = rem_sequence_batch(run);
  const Word*             words[HELD_OUT];
  (void)pool;
  for (uint32_t s = 0; s < HELD_OUT; ++s) {
    words[s] = &self->held_out[s];
  }
  batch->n = HELD_OUT;
  fill_words(words, batch);
  rem_sequence_net_set(net, params);
  rem_sequence_forward(run, NULL);
  const double loss = compare_words(words,
                                    HELD_OUT,
                                    1.0 / HELD_OUT,
                                    rem_sequence_output(run),
                                    rem_sequence_output_gradient(run));
  rem_sequence_run_free(run);
  rem_sequence_net_free(net);
  return loss;
}

static inline void
prepare(void* const handle,
        // NOLINTNEXTLINE(readability-non-const-parameter): RemLesson.prepare
        float* const params)
{
  (void)handle;
  (void)params;
}

static inline bool
is_far(const double figure, const double best)
{
  return figure > best + 9.0;
}

static inline RemTrainSpec
speller(void)
{
  RemTrainSpec spec = rem_train_default();
  spec.net          = (RemNetSpec){.head        = REM_HEAD_SOFTMAX,
                                   .n_in        = 1U + 24U,
                                   .n_hidden    = 16U,
                                   .n_layers    = 1U,
                                   .n_out       = SYMBOLS,
                                   .n_symbols   = SYMBOLS,
                                   .initial     = REM_INITIAL_VECTOR,
                                   .n_condition = 48U};
  spec.encoder      = (RemNetSpec){.head      = REM_HEAD_NONE,
                                   .n_in      = 1U,
                                   .n_hidden  = 12U,
                                   .n_layers  = 1U,
                                   .n_out     = 24U,
                                   .n_symbols = LETTERS,
                                   .both      = true};
  spec.n_attention  = 12U;
  spec.n_streams    = STREAMS;
  spec.memory       = 3.0;
  return spec;
}

static inline void
free_nothing(void* const handle)
{
  (void)handle;
}

static inline RemLesson
lesson_of(Words* const words)
{
  return (RemLesson){.handle            = words,
                     .figure            = "nats",
                     .n_threads         = THREADS,
                     .n_windows         = BATCHES,
                     .n_learned         = STREAMS,
                     .n_validated       = HELD_OUT / 8,
                     .free              = free_nothing,
                     .prepare           = prepare,
                     .draw              = draw,
                     .get_places        = get_places,
                     .set_places        = set_places,
                     .max_steps         = MAX_STEPS,
                     .max_encoder_steps = MOST,
                     .fill_batch        = fill_batch,
                     .feedback          = feedback,
                     .compare           = compare,
                     .validate          = validate,
                     .is_far            = is_far};
}

#endif // REM_TESTS_WORDS_H

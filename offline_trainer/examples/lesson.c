// SPDX-License-Identifier: ISC

#include "offline_trainer/examples/lesson.h"

#include "offline_trainer/cross_entropy.h"
#include "offline_trainer/examples/batch.h"
#include "offline_trainer/examples/score.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#define FAR_OFF 0.5    ///< Nats above the best: another place
#define ALIKE 16U      ///< Batches that are sorted by length among each other
#define RISE_EPOCHS 5U ///< Until the share of own outputs is what it shall be

/// What a decoder hears of itself, in one thread
typedef struct {
  const RemExamples* all;
  const uint32_t*    places;
  uint32_t           n;
  uint32_t           n_in;
  uint32_t           n_out;
  double             share;
  RemRandom          random;
} Hearing;

/// What hides behind the lesson's handle
typedef struct {
  RemLearn           learn;
  const RemExamples* training;
  RemScorer*         scorer;
  uint32_t           n_windows;
  uint32_t           max_steps;
  uint32_t*          order;   ///< [n_windows, n_streams] of the present epoch
  uint32_t*          scratch; ///< [n_windows + training->n]
  uint32_t*          targets; ///< [n_threads, max_steps, n_streams]
  Hearing*           hearing; ///< [n_threads]
  uint64_t           seed;    ///< Of the present epoch's order
  uint64_t           n_draws; ///< Epochs begun
} Lesson;

static void
free_lesson(void* const handle)
{
  Lesson* const lesson = (Lesson*)handle;
  rem_scorer_free(lesson->scorer);
  free(lesson->order);
  free(lesson->scratch);
  free(lesson->targets);
  free(lesson->hearing);
  free(lesson);
}

/// Begin where another net is
static void
prepare(void* const handle, float* const params)
{
  const Lesson* const lesson = (const Lesson*)handle;
  if (lesson->learn.begin) {
    rem_sequence_params(lesson->learn.begin, params);
  }
}

/// Source: Fisher and Yates, as Durstenfeld 1964, doi:10.1145/364520.364540
static void
shuffle(uint32_t* const places, const uint32_t n, RemRandom* const random)
{
  for (uint32_t i = n; i > 1U; --i) {
    const uint32_t j    = (uint32_t)(rem_random_uniform(random) * i);
    const uint32_t swap = places[i - 1U];
    places[i - 1U]      = places[j];
    places[j]           = swap;
  }
}

/// Sort places by the lengths of their examples, as qsort() knows no examples
static void
sort_by_length(const RemExamples* const all,
               uint32_t* const          places,
               const uint32_t           n)
{
  for (uint32_t i = 1U; i < n; ++i) {
    const uint32_t place = places[i];
    const uint32_t steps = rem_example_steps(all, &all->examples[place]);
    uint32_t       j     = i;
    for (; j && rem_example_steps(all, &all->examples[places[j - 1U]]) > steps;
         --j) {
      places[j] = places[j - 1U];
    }
    places[j] = place;
  }
}

/// Set the order of an epoch from its seed
static void
arrange(Lesson* const lesson)
{
  const RemExamples* const all       = lesson->training;
  const uint32_t           n_streams = lesson->learn.spec.n_streams;
  const uint32_t           n         = (uint32_t)all->n;
  const uint32_t           n_used    = lesson->n_windows * n_streams;
  uint32_t* const          windows   = lesson->scratch;
  uint32_t* const          places    = lesson->scratch + lesson->n_windows;
  RemRandom                random    = {lesson->seed};
  assert(n); // The lesson did not open else
  for (uint32_t i = 0U; i < n; ++i) {
    places[i] = i;
  }
  shuffle(places, n, &random);
  for (uint32_t at = 0U; at < n; at += ALIKE * n_streams) {
    const uint32_t left = n - at;
    sort_by_length(
      all, places + at, left < ALIKE * n_streams ? left : ALIKE * n_streams);
  }
  for (uint32_t w = 0U; w < lesson->n_windows; ++w) {
    windows[w] = w;
  }
  shuffle(windows, lesson->n_windows, &random);
  for (uint32_t i = 0U; i < n_used; ++i) {
    const uint32_t from = windows[i / n_streams] * n_streams + i % n_streams;
    lesson->order[i]    = places[from % n];
  }
}

static void
draw(void* const handle, RemRandom* const random)
{
  Lesson* const lesson = (Lesson*)handle;
  lesson->seed         = random->state;
  (void)rem_random_uniform(random);
  ++lesson->n_draws;
  arrange(lesson);
}

/// All places follow from one number
static void
get_places(void* const handle, uint64_t* const places)
{
  const Lesson* const lesson = (const Lesson*)handle;
  memset(
    places, 0, (size_t)2U * lesson->learn.spec.n_streams * sizeof(uint64_t));
  places[0] = lesson->seed;
  places[1] = lesson->n_draws;
}

static bool
set_places(void* const handle, const uint64_t* const places)
{
  Lesson* const lesson = (Lesson*)handle;
  lesson->seed         = places[0];
  lesson->n_draws      = places[1];
  arrange(lesson);
  return true;
}

/// Return the examples of a batch
static const uint32_t*
places_of(const Lesson* const lesson, const uint32_t window)
{
  return lesson->order + (size_t)window * lesson->learn.spec.n_streams;
}

static void
fill_batch(void* const             handle,
           const uint32_t          thread,
           const RemStreamRange    range,
           const uint32_t          window,
           RemSequenceBatch* const batch)
{
  (void)thread;
  const Lesson* const   lesson = (const Lesson*)handle;
  const RemSequenceSpec spec   = rem_train_sequence_spec(&lesson->learn.spec);
  rem_examples_fill(lesson->training,
                    rem_examples_n_own(&spec),
                    places_of(lesson, window) + range.first,
                    batch);
}

/// Put the likeliest output in place of the next symbol of an answer, now and
/// then
static void
hear_itself(void* const    handle,
            const uint32_t t,
            const float*   y,
            float* const   x)
{
  Hearing* const hearing = (Hearing*)handle;
  for (uint32_t s = 0U; s < hearing->n; ++s, y += hearing->n_out) {
    const RemExample* const e = &hearing->all->examples[hearing->places[s]];
    const bool own = rem_random_uniform(&hearing->random) < hearing->share;
    if (own && t >= rem_example_first(hearing->all, e)) {
      uint32_t best = 0U;
      for (uint32_t k = 1U; k < hearing->n_out; ++k) {
        best = y[k] > y[best] ? k : best;
      }
      x[(size_t)s * hearing->n_in] = (float)best;
    }
  }
}

static bool
feedback(void* const                handle,
         const uint32_t             thread,
         const RemStreamRange       range,
         const uint32_t             window,
         RemSequenceFeedback* const out)
{
  const Lesson* const   lesson  = (const Lesson*)handle;
  Hearing* const        hearing = &lesson->hearing[thread];
  const RemSequenceSpec spec    = rem_train_sequence_spec(&lesson->learn.spec);
  const uint64_t        epoch   = lesson->n_draws - 1U;
  const double part = epoch < RISE_EPOCHS ? (double)epoch / RISE_EPOCHS : 1.0;
  if (lesson->training->task < REM_TASK_TRANSLATE ||
      !(lesson->learn.own * part > 0.0)) {
    return false;
  }
  *hearing = (Hearing){
    .all    = lesson->training,
    .places = places_of(lesson, window) + range.first,
    .n      = range.n,
    .n_in   = rem_examples_n_own(&spec),
    .n_out  = spec.net.n_out,
    .share  = lesson->learn.own * part,
    .random = {lesson->seed ^ ((uint64_t)window << 32U) ^ (range.first + 1U)}};
  *out = (RemSequenceFeedback){hearing, hear_itself};
  return true;
}

/// Return the number of symbols that come out of a batch
static size_t
count_symbols(const Lesson* const lesson, const uint32_t window)
{
  const uint32_t* const places = places_of(lesson, window);
  size_t                n      = 0U;
  for (uint32_t s = 0U; s < lesson->learn.spec.n_streams; ++s) {
    n += lesson->training->examples[places[s]].n_out;
  }
  return n;
}

static double
compare(void* const          handle,
        const uint32_t       thread,
        const RemStreamRange range,
        const uint32_t       window,
        const float* const   y,
        float* const         dy)
{
  const Lesson* const lesson  = (const Lesson*)handle;
  const RemExamples*  all     = lesson->training;
  const uint32_t*     places  = places_of(lesson, window) + range.first;
  const double        scale   = 1.0 / (double)count_symbols(lesson, window);
  uint32_t* const     targets = lesson->targets + (size_t)thread *
                                                lesson->max_steps *
                                                lesson->learn.spec.n_streams;
  uint32_t n_steps = 0U;
  for (uint32_t s = 0U; s < range.n; ++s) {
    const uint32_t n = rem_example_steps(all, &all->examples[places[s]]);
    n_steps          = n > n_steps ? n : n_steps;
  }
  const size_t n_rows =
    rem_examples_targets(all, places, range.n, n_steps, targets);
  return scale * rem_cross_entropy(
                   y, targets, n_rows, lesson->learn.spec.net.n_out, scale, dy);
}

static double
validate(void* const handle, RemPool* const pool, const float* const params)
{
  const Lesson* const lesson = (const Lesson*)handle;
  RemExamplesFigures  figures;
  rem_scorer_run(lesson->scorer, params, pool, NULL, &figures);
  return figures.nats;
}

static bool
is_far(const double figure, const double best)
{
  return figure > best + FAR_OFF;
}

/// Return what is behind the handle, or NULL without memory
static Lesson*
new_lesson(const RemExamples* const training,
           const RemExamples* const held_out,
           const RemLearn* const    learn)
{
  Lesson* const         lesson = (Lesson*)calloc(1U, sizeof(Lesson));
  const RemSequenceSpec spec   = rem_train_sequence_spec(&learn->spec);
  const uint32_t        n      = learn->spec.n_streams;
  if (!lesson) {
    return NULL;
  }
  lesson->learn     = *learn;
  lesson->training  = training;
  lesson->n_windows = training->n > n ? (uint32_t)training->n / n : 1U;
  lesson->max_steps = rem_examples_max_steps(training);
  lesson->scorer    = rem_scorer_new(&spec, held_out, learn->n_threads);
  lesson->order =
    (uint32_t*)calloc((size_t)lesson->n_windows * n, sizeof(uint32_t));
  lesson->scratch =
    (uint32_t*)calloc(lesson->n_windows + training->n, sizeof(uint32_t));
  lesson->targets = (uint32_t*)calloc(
    (size_t)learn->n_threads * lesson->max_steps * n, sizeof(uint32_t));
  lesson->hearing = (Hearing*)calloc(learn->n_threads, sizeof(Hearing));
  if (!lesson->scorer || !lesson->order || !lesson->scratch ||
      !lesson->targets || !lesson->hearing) {
    free_lesson(lesson);
    return NULL;
  }
  return lesson;
}

/// Return the symbols that come out of all examples
static size_t
n_symbols(const RemExamples* const all)
{
  size_t n = 0U;
  for (size_t i = 0U; i < all->n; ++i) {
    n += all->examples[i].n_out;
  }
  return n;
}

RemStatus
rem_examples_lesson_open(const RemExamples* const training,
                         const RemExamples* const held_out,
                         const RemLearn* const    learn,
                         RemLesson* const         out,
                         RemError* const          error)
{
  *out = (RemLesson){.handle = NULL};
  if (!training->n || !held_out->n) {
    return rem_fail(error,
                    REM_BAD_ARGUMENT,
                    NULL,
                    "There are no examples to learn from, or to test with");
  }
  Lesson* const lesson = new_lesson(training, held_out, learn);
  if (!lesson) {
    return rem_fail(error, REM_NO_MEMORY, NULL, "No memory for examples");
  }
  *out =
    (RemLesson){.handle            = lesson,
                .figure            = "NLL",
                .n_threads         = learn->n_threads,
                .n_windows         = lesson->n_windows,
                .n_learned         = n_symbols(training) / lesson->n_windows,
                .n_validated       = n_symbols(held_out),
                .free              = free_lesson,
                .prepare           = prepare,
                .draw              = draw,
                .get_places        = get_places,
                .set_places        = set_places,
                .max_steps         = lesson->max_steps,
                .max_encoder_steps = rem_examples_max_encoder_steps(training),
                .fill_batch        = fill_batch,
                .feedback          = feedback,
                .compare           = compare,
                .validate          = validate,
                .is_far            = is_far};
  return REM_SUCCESS;
}

// SPDX-License-Identifier: ISC

#include "offline_trainer/text/token_lesson.h"

#include "offline_trainer/cross_entropy.h"

#include <stdlib.h>
#include <string.h>

#define FAR_OFF 0.5 ///< Nats above the best: another place

/// What hides behind the lesson's handle
typedef struct {
  RemTrainSpec     spec;
  const RemTokens* training;
  const RemTokens* held_out;
  bool*            begins;  ///< [tokens] whether a piece begins there
  uint32_t*        targets; ///< [n_threads, n_steps, n_streams]
  size_t           length;  ///< Of a stream until the next one begins
  uint64_t         offset;  ///< Of the first stream in this epoch
} Lesson;

RemTrainSpec
rem_token_train_default(void)
{
  const RemTrainSpec spec = {.net       = {.head     = REM_HEAD_SOFTMAX,
                                           .n_in     = 1U,
                                           .n_hidden = 128U,
                                           .n_layers = 1U},
                             .n_streams = 32U,
                             .n_steps   = 50U,
                             .n_warm_up = 50U,
                             .memory    = 20.0,
                             .rate      = 0.005,
                             .decay     = 0.0,
                             .clip      = 1.0,
                             .keep      = 0.99,
                             .seed      = 1U};
  return spec;
}

void
rem_token_net(const RemSymbols* const symbols, RemNetSpec* const net)
{
  net->head      = REM_HEAD_SOFTMAX;
  net->n_in      = 1U;
  net->n_symbols = symbols->n;
  net->n_out     = symbols->n;
  net->skip      = false;
}

static void
free_lesson(void* const handle)
{
  Lesson* const lesson = (Lesson*)handle;
  free(lesson->begins);
  free(lesson->targets);
  free(lesson);
}

/// Weights begin as they are
static void
prepare(void* const handle, float* const params) // NOLINT: as lessons have it
{
  (void)handle;
  (void)params;
}

static void
draw(void* const handle, RemRandom* const random)
{
  Lesson* const lesson = (Lesson*)handle;
  const double  n      = (double)rem_tokens_n(lesson->training);
  lesson->offset       = (uint64_t)(rem_random_uniform(random) * n);
}

/// All places follow from one number
static void
get_places(void* const handle, uint64_t* const places)
{
  const Lesson* const lesson = (const Lesson*)handle;
  memset(places, 0, (size_t)2U * lesson->spec.n_streams * sizeof(uint64_t));
  places[0] = lesson->offset;
}

static bool
set_places(void* const handle, const uint64_t* const places)
{
  Lesson* const lesson = (Lesson*)handle;
  lesson->offset       = places[0];
  return places[0] < rem_tokens_n(lesson->training);
}

/// Return where symbol `at` of a stream stands; `at` may be below 0
static size_t
place_of(const Lesson* const lesson, const uint32_t stream, const int64_t at)
{
  const int64_t n = (int64_t)rem_tokens_n(lesson->training);
  const int64_t place =
    (int64_t)lesson->offset + (int64_t)(stream * lesson->length) + at;
  const int64_t round = place % n;
  return (size_t)(round < 0 ? round + n : round);
}

static void
fill(void* const          handle,
     const RemStreamRange range,
     const int64_t        at,
     const uint32_t       n,
     float* const         input)
{
  const Lesson* const lesson = (const Lesson*)handle;
  for (uint32_t t = 0U; t < n; ++t) {
    for (uint32_t s = 0U; s < range.n; ++s) {
      const size_t place = place_of(lesson, range.first + s, at + t);
      input[(size_t)t * range.n + s] = (float)lesson->training->all[place];
    }
  }
}

static double
compare(void* const          handle,
        const uint32_t       thread,
        const RemStreamRange range,
        const uint32_t       window,
        const float* const   y,
        float* const         dy)
{
  const Lesson* const       lesson  = (const Lesson*)handle;
  const RemTrainSpec* const spec    = &lesson->spec;
  const size_t              n_batch = (size_t)spec->n_steps * spec->n_streams;
  uint32_t* const           targets = lesson->targets + thread * n_batch;
  const double              scale   = 1.0 / (double)n_batch;
  const int64_t             at      = (int64_t)window * spec->n_steps;
  for (uint32_t t = 0U; t < spec->n_steps; ++t) {
    for (uint32_t s = 0U; s < range.n; ++s) {
      const size_t next = place_of(lesson, range.first + s, at + t + 1);
      targets[(size_t)t * range.n + s] =
        lesson->begins[next] ? REM_NO_TARGET : lesson->training->all[next];
    }
  }
  return scale * rem_cross_entropy(y,
                                   targets,
                                   (size_t)spec->n_steps * range.n,
                                   spec->net.n_out,
                                   scale,
                                   dy);
}

static double
validate(void* const handle, RemPool* const pool, const float* const params)
{
  const Lesson* const lesson = (const Lesson*)handle;
  return rem_token_nats(
    &lesson->spec.net, params, NULL, lesson->held_out, pool);
}

static bool
is_far(const double figure, const double best)
{
  return figure > best + FAR_OFF;
}

static RemStatus
check(const RemTrainSpec* const spec,
      const RemTokens* const    training,
      const RemTokens* const    held_out,
      RemError* const           error)
{
  const RemStatus st   = rem_train_spec_check(spec, error);
  RemNetSpec      want = spec->net;
  if (st) {
    return st;
  }
  rem_token_net(training->symbols, &want);
  if (want.n_symbols != spec->net.n_symbols || want.n_in != spec->net.n_in ||
      want.n_out != spec->net.n_out || want.head != spec->net.head) {
    return rem_fail(error,
                    REM_BAD_ARGUMENT,
                    NULL,
                    "A net for these symbols reads %u and chooses from as many",
                    want.n_symbols);
  }
  if (rem_tokens_n(training) < (size_t)spec->n_streams * spec->n_steps ||
      !rem_tokens_n_foretold(held_out)) {
    return rem_fail(error,
                    REM_BAD_ARGUMENT,
                    NULL,
                    "%zu symbols to learn from and %zu to test with are too"
                    " few for %u streams of %u: take more text, a smaller"
                    " --batch or --window",
                    rem_tokens_n(training),
                    rem_tokens_n(held_out),
                    spec->n_streams,
                    spec->n_steps);
  }
  return REM_SUCCESS;
}

/// Return what is behind the handle, or NULL without memory
static Lesson*
new_lesson(const RemTrainSpec* const spec,
           const RemTokens* const    training,
           const uint32_t            n_threads)
{
  Lesson* const lesson = (Lesson*)calloc(1U, sizeof(Lesson));
  const size_t  n      = rem_tokens_n(training);
  if (!lesson) {
    return NULL;
  }
  lesson->spec     = *spec;
  lesson->training = training;
  lesson->length   = n / spec->n_streams;
  lesson->begins   = (bool*)calloc(n, sizeof(bool));
  lesson->targets  = (uint32_t*)calloc(
    (size_t)n_threads * spec->n_steps * spec->n_streams, sizeof(uint32_t));
  if (!lesson->begins || !lesson->targets) {
    free_lesson(lesson);
    return NULL;
  }
  for (size_t p = 0U; p < training->n_pieces; ++p) {
    lesson->begins[training->begins[p]] = true;
  }
  return lesson;
}

RemStatus
rem_token_lesson_open(const RemTrainSpec* const spec,
                      const RemTokens* const    training,
                      const RemTokens* const    held_out,
                      const uint32_t            n_threads,
                      RemLesson* const          out,
                      RemError* const           error)
{
  const RemStatus st = check(spec, training, held_out, error);
  *out               = (RemLesson){.handle = NULL};
  if (st) {
    return st;
  }
  Lesson* const lesson = new_lesson(spec, training, n_threads);
  if (!lesson) {
    return rem_fail(error, REM_NO_MEMORY, NULL, "No memory to learn symbols");
  }
  const size_t n_validated = rem_tokens_n_foretold(held_out);
  const size_t n_windows   = lesson->length / spec->n_steps;
  const size_t n_learned   = (size_t)spec->n_streams * spec->n_steps;
  lesson->held_out         = held_out;
  *out                     = (RemLesson){.handle      = lesson,
                                         .figure      = "NLL",
                                         .n_threads   = n_threads,
                                         .n_windows   = (uint32_t)n_windows,
                                         .n_learned   = n_learned,
                                         .n_validated = n_validated,
                                         .free        = free_lesson,
                                         .prepare     = prepare,
                                         .draw        = draw,
                                         .get_places  = get_places,
                                         .set_places  = set_places,
                                         .fill        = fill,
                                         .compare     = compare,
                                         .validate    = validate,
                                         .is_far      = is_far};
  return REM_SUCCESS;
}

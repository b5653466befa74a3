// SPDX-License-Identifier: ISC

// Training of whole sequences: an encoder and a decoder with attention learn to
// say a word backwards, to the last bit the same with any number of threads and
// after an interruption, also where the decoder hears what it said itself.

#include "offline_trainer/train.h"
#include "tests/check.h"
#include "tests/words.h"

#include <string.h>
#include <unistd.h>

#define CHECKPOINT "test_sequence_train.resume"

/// When to stop, and what is saved then
typedef struct {
  RemTrainer* trainer;
  uint32_t    n_left;
} Stop;

static bool
count_down(void* const handle, const RemTrainNews* const news)
{
  (void)news;
  return --((Stop*)handle)->n_left;
}

static void
save(void* const handle, const bool last)
{
  RemError error;
  CHECK(!last || !rem_trainer_save(
                   ((Stop*)handle)->trainer, CHECKPOINT, "words\n", &error));
}

/// Train for `epochs`, or until `stop_after` updates; go on if `resume`
static double
train(Words* const   words,
      const uint32_t n_threads,
      const uint32_t epochs,
      const uint32_t stop_after,
      const bool     resume,
      float* const   params)
{
  RemError             error  = {REM_SUCCESS, "", ""};
  RemLesson            lesson = lesson_of(words);
  RemTrainEnd          end    = REM_END_LIMIT;
  const RemTrainLimits limits = {0.0, epochs, 0U};
  Stop                 stop   = {NULL, stop_after};
  const RemTrainWatch  watch  = {
      &stop, stop_after ? count_down : NULL, NULL, save};
  RemRandom random = {99U};
  for (uint32_t i = 0; i < HELD_OUT; ++i) {
    words->held_out[i] = draw_word(&random);
  }
  lesson.n_threads = n_threads;
  CHECK(!rem_trainer_new(&words->spec, &lesson, &stop.trainer, &error));
  CHECK(!resume ||
        !rem_trainer_restore(stop.trainer, CHECKPOINT, "words\n", &error));
  CHECK(rem_trainer_probe(stop.trainer, words->squares));
  CHECK(!rem_train(stop.trainer, &limits, &watch, &end, &error));
  const RemSequenceSpec shape = rem_train_sequence_spec(&words->spec);
  const float* const    best  = rem_trainer_best(stop.trainer);
  memcpy(params, best, rem_sequence_n_params(&shape) * sizeof(float));
  const double nats = validate(words, NULL, params);
  rem_trainer_free(stop.trainer);
  rem_lesson_clear(&lesson);
  return nats;
}

/// Windows do not teach what has an encoder
static void
test_refusal(Words* const words)
{
  RemError    error;
  RemTrainer* trainer = NULL;
  RemLesson   lesson  = lesson_of(words);
  lesson.fill_batch   = NULL;
  CHECK(rem_trainer_new(&words->spec, &lesson, &trainer, &error) ==
        REM_BAD_SHAPE);
}

int
main(void)
{
  static Words words          = {.own = 0.5};
  words.spec                  = speller();
  const RemSequenceSpec shape = rem_train_sequence_spec(&words.spec);
  const size_t          n     = rem_sequence_n_params(&shape);
  float* const          one   = (float*)calloc(n, sizeof(float));
  float* const          other = (float*)calloc(n, sizeof(float));
  double                squares[MAX_STEPS] = {0.0};
  CHECK(one && other);

  (void)train(&words, 1U, 3U, 0U, false, one);
  CHECK(words.desks[0].n_fed > 0U);
  words.squares = squares;
  (void)train(&words, 1U, 3U, 0U, false, other);
  words.squares = NULL;
  CHECK(!memcmp(one, other, n * sizeof(float)));
  for (uint32_t i = 0; i < MAX_STEPS; ++i) {
    CHECK(isfinite(squares[i]) && squares[i] > 0.0);
  }
  for (uint32_t threads = 2U; threads <= THREADS; ++threads) {
    (void)train(&words, threads, 3U, 0U, false, other);
    CHECK(!memcmp(one, other, n * sizeof(float)));
  }
  (void)train(&words, 2U, 3U, BATCHES + 5U, false, other);
  (void)train(&words, 1U, 3U, 0U, true, other);
  CHECK(!memcmp(one, other, n * sizeof(float)));

  const double nats = train(&words, 2U, 40U, 0U, false, one);
  fprintf(stderr, "%.4f nats a word\n", nats);
  CHECK(nats < 0.1);

  test_refusal(&words);
  free(one);
  free(other);
  (void)unlink(CHECKPOINT);
  return 0;
}

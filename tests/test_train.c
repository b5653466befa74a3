// SPDX-License-Identifier: ISC

// Training on what a known net plays: it is found again, to the last bit the
// same with any number of threads and after any interruption, and never by
// looking at what was held out.

#include "offline_trainer/audio_lesson.h"
#include "offline_trainer/evaluate.h"
#include "offline_trainer/split.h"
#include "offline_trainer/streams.h"
#include "offline_trainer/train.h"
#include "tests/check.h"
#include "tests/device.h"

#include <string.h>
#include <unistd.h>

#define RATE DEVICE_RATE
#define N DEVICE_N
#define CHECKPOINT "test.resume"

/// A small, quick student
static RemTrainSpec
student(void)
{
  RemTrainSpec spec = rem_train_default();
  spec.net.n_hidden = 6U;
  spec.n_streams    = 24U; // One and a half groups
  spec.n_steps      = 200U;
  spec.n_warm_up    = 300U; // One and a half windows
  spec.seed         = 3U;
  return spec;
}

/// A finished or interrupted run, and what came out
typedef struct {
  RemLesson   lesson;
  RemTrainer* trainer;
  RemTrainEnd end;
  uint32_t    n_updates; ///< Seen
  uint32_t    stop_after;
  uint32_t    n_better;
} Result;

static bool
count_updates(void* const handle, const RemTrainNews* const news)
{
  Result* const result = (Result*)handle;
  CHECK(news->done >= 0.0 && news->done <= 1.0);
  CHECK(news->best <= news->figure || isinf(news->best));
  return ++result->n_updates != result->stop_after;
}

static void
count_better(void* const handle, const RemTrainNews* const news)
{
  Result* const result = (Result*)handle;
  CHECK(rem_trainer_best(result->trainer) && news->figure == news->best);
  ++result->n_better;
}

static void
save_last(void* const handle, const bool last)
{
  const Result* const result = (const Result*)handle;
  RemError            error;
  CHECK(!last ||
        !rem_trainer_save(result->trainer, CHECKPOINT, "this\nrun\n", &error));
}

/// Prepare training of `spec`
static void
prepare(Result* const             result,
        const RemTrainSpec* const spec,
        const RemSplit* const     split,
        const uint32_t            n_threads)
{
  RemError          error = {REM_SUCCESS, "", ""};
  const RemLossSpec loss  = rem_loss_default();
  CHECK(!rem_audio_lesson_open(
    spec, &loss, split, n_threads, &result->lesson, &error));
  CHECK(!rem_trainer_new(spec, &result->lesson, &result->trainer, &error));
}

static void
forget(Result* const result)
{
  rem_trainer_free(result->trainer);
  rem_lesson_clear(&result->lesson);
}

/// Train for `epochs`, or until `stop_after` updates; go on if `resume`
static Result
run(const RemTrainSpec* const spec,
    const RemSplit* const     split,
    const uint32_t            n_threads,
    const uint32_t            epochs,
    const uint32_t            stop_after,
    const bool                resume)
{
  Result               r      = {.stop_after = stop_after};
  RemError             error  = {REM_SUCCESS, "", ""};
  const RemTrainLimits limits = {0.0, epochs, 0U};
  const RemTrainWatch  watch  = {&r, count_updates, count_better, save_last};
  prepare(&r, spec, split, n_threads);
  CHECK(!resume ||
        !rem_trainer_restore(r.trainer, CHECKPOINT, "this\nrun\n", &error));
  CHECK(!rem_train(r.trainer, &limits, &watch, &r.end, &error));
  CHECK((r.end == REM_END_INTERRUPTED) == (stop_after > 0U));
  return r;
}

/// Both are the same to the last bit, but for the time they took
static void
check_same(const RemTrainSpec* const spec,
           const Result* const       a,
           const Result* const       b)
{
  size_t                       n_a = 0U, n_b = 0U;
  const RemHistoryPoint* const h_a = rem_trainer_history(a->trainer, &n_a);
  const RemHistoryPoint* const h_b = rem_trainer_history(b->trainer, &n_b);
  CHECK(!memcmp(rem_trainer_best(a->trainer),
                rem_trainer_best(b->trainer),
                rem_net_n_params(&spec->net) * sizeof(float)));
  CHECK(n_a == n_b && n_a > 0U);
  for (size_t i = 0; i < n_a; ++i) {
    CHECK(h_a[i].epoch == h_b[i].epoch);
    CHECK(h_a[i].train_loss == h_b[i].train_loss);
    CHECK(h_a[i].figure == h_b[i].figure);
  }
}

/// One, two and three threads
static void
test_threads(const RemSplit* const split)
{
  const RemTrainSpec spec = student();
  Result             one  = run(&spec, split, 1U, 3U, 0U, false);
  for (uint32_t n = 2U; n <= 3U; ++n) {
    Result more = run(&spec, split, n, 3U, 0U, false);
    check_same(&spec, &one, &more);
    forget(&more);
  }
  forget(&one);
}

/// Stopped within an epoch, and at its end, and within the first window
static void
test_resume(const RemSplit* const split)
{
  const RemTrainSpec spec    = student();
  Result             whole   = run(&spec, split, 2U, 3U, 0U, false);
  const uint32_t     each    = whole.n_updates / 3U;
  const uint32_t     stops[] = {1U, each + 5U, 2U * each};
  for (size_t i = 0; i < sizeof(stops) / sizeof(*stops); ++i) {
    Result begun = run(&spec, split, 2U, 3U, stops[i], false);
    CHECK(begun.n_updates == stops[i] && rem_trainer_best(begun.trainer));
    Result ended = run(&spec, split, 1U, 3U, 0U, true);
    CHECK(ended.n_updates == whole.n_updates - stops[i]);
    check_same(&spec, &whole, &ended);
    forget(&begun);
    forget(&ended);
  }
  forget(&whole);
}

/// Another run's checkpoint is refused by the line that differs, and one that
/// does not fit the net leaves the trainer as it was
static void
test_resume_refusals(const RemSplit* const split)
{
  RemError     error;
  RemTrainSpec spec = student();
  Result       r    = {.n_updates = 0U};
  prepare(&r, &spec, split, 1U);
  CHECK(rem_trainer_restore(r.trainer, CHECKPOINT, "this\nwalk\n", &error) ==
        REM_BAD_ARGUMENT);
  CHECK(strstr(error.text, "`run`") && strstr(error.text, "`walk`"));
  CHECK(!rem_trainer_best(r.trainer));
  forget(&r);

  spec.net.n_hidden = 7U;
  prepare(&r, &spec, split, 1U);
  CHECK(rem_trainer_restore(r.trainer, CHECKPOINT, "this\nrun\n", &error) ==
        REM_BAD_FORMAT);
  CHECK(!rem_trainer_best(r.trainer));
  forget(&r);
}

/// A student larger than the teacher misses less than a thousandth of the
/// energy; 1.3e-6 of it was measured
static void
test_teacher(const RemSplit* const split)
{
  RemTrainSpec spec                 = student();
  spec.net.n_hidden                 = 8U;
  Result                       r    = run(&spec, split, 2U, 40U, 0U, false);
  size_t                       n    = 0U;
  const RemHistoryPoint* const h    = rem_trainer_history(r.trainer, &n);
  double                       best = INFINITY;
  for (size_t i = 0; i < n; ++i) {
    best = fmin(best, h[i].figure);
  }
  fprintf(stderr, "ESR %.2e after %zu validations\n", best, n);
  CHECK(best < 1e-3 && r.n_better > 1U && r.end == REM_END_LIMIT);
  forget(&r);
}

/// Cells begin with memories from few samples to `memory`.  The few hundred
/// updates of an epoch, at a rate of 1e-9, move no bias by more than 1e-6.
static void
test_memories(const RemSplit* const split)
{
  RemTrainSpec spec          = student();
  spec.rate                  = 1e-9;
  Result             r       = run(&spec, split, 1U, 1U, 0U, false);
  const RemLayerAt   at      = rem_net_layer_at(&spec.net, 0U);
  const float* const i       = rem_trainer_best(r.trainer) + at.bias;
  const float        longest = (float)log(spec.memory);
  uint32_t           n_short = 0U;
  for (const float* f = i + 6U; f < i + 12U; ++f) {
    CHECK(*f > -2e-6f && *f < longest + 2e-6f && fabsf(f[-6] + *f) < 4e-6f);
    n_short += *f < 0.5f * longest;
  }
  CHECK(n_short > 0U && n_short < 6U);
  forget(&r);
}

/// A rate at which everything blows up: told, halved, and given up in words
static void
test_runaway(const RemSplit* const split)
{
  RemError             error  = {REM_SUCCESS, "", ""};
  RemTrainSpec         spec   = student();
  RemTrainEnd          end    = REM_END_LIMIT;
  Result               r      = {.n_updates = 0U};
  const RemTrainLimits limits = {0.0, 100U, 0U};
  const RemTrainWatch  watch  = {NULL, NULL, NULL, NULL};
  spec.rate                   = 1e38;
  spec.clip                   = 1e30;
  prepare(&r, &spec, split, 1U);
  CHECK(rem_train(r.trainer, &limits, &watch, &end, &error) == REM_NOT_FINITE);
  CHECK(strstr(error.text, "--learning-rate"));
  forget(&r);
}

/// Whatever is held out is in no stream, at any offset of any epoch
static void
test_held_out(const Device* const device, const RemSplit* const split)
{
  RemError   error;
  RemStreams streams;
  RemRandom  random = {9U};
  CHECK(split->n_held_out == 2U);
  CHECK(rem_stretches_length(split->held_out, 2U) == 2U * (N / 10U));
  CHECK(rem_stretches_length(split->training, split->n_training) ==
        2U * (N - N / 10U));
  CHECK(!rem_streams_open(
    split->training, split->n_training, 24U, 200U, &streams, &error));
  const size_t length = (size_t)streams.n_windows * 200U;
  for (uint32_t epoch = 0; epoch < 200U; ++epoch) {
    rem_streams_draw(&streams, &random);
    for (uint32_t i = 0; i < 24U; ++i) {
      const RemStream* const s    = &streams.streams[i];
      const RemPair* const   pair = s->stretch->pair;
      const RemStretch*      out  = &split->held_out[pair - device->pairs];
      CHECK(out->pair == pair && s->begin + length <= N);
      CHECK(s->begin >= out->end || s->begin + length <= out->begin);
      CHECK(rem_streams_target(&streams, i, 1U) ==
            pair->target + s->begin + 200U);
    }
  }
  rem_streams_clear(&streams);
}

/// Silence before a stretch, then the stretch, of some streams and no others
static void
test_fill(const RemSplit* const split)
{
  enum { FIRST = 1, N_ROWS = 3, N_STEPS = 64 };
  static float input[N_STEPS * N_ROWS];
  RemError     error;
  RemStreams   streams;
  RemRandom    random = {11U};
  CHECK(!rem_streams_open(split->training, 1U, 5U, N_STEPS, &streams, &error));
  rem_streams_draw(&streams, &random);
  for (int64_t at = -96; at <= 64; at += 32) {
    memset(input, 1, sizeof(input));
    rem_streams_fill(&streams, FIRST, N_ROWS, at, N_STEPS, input);
    for (uint32_t i = 0; i < N_STEPS * N_ROWS; ++i) {
      const RemStream* const s     = &streams.streams[FIRST + i % N_ROWS];
      const int64_t          place = (int64_t)s->begin + at + i / N_ROWS;
      const bool             heard = place >= (int64_t)s->stretch->begin;
      CHECK(input[i] == (heard ? s->stretch->pair->input[place] : 0.0f));
    }
  }
  rem_streams_clear(&streams);
}

/// What is too short says how much is wanted
static void
test_short(Device* const device)
{
  RemError           error;
  RemSplit           split;
  RemLesson          lesson;
  const RemTrainSpec spec   = student();
  const RemLossSpec  loss   = rem_loss_default();
  device->pairs[0].n        = 150U;
  device->recording.n_pairs = 1U;
  CHECK(!rem_split_by_time(&device->recording, 0.1, &split, &error));
  CHECK(rem_audio_lesson_open(&spec, &loss, &split, 1U, &lesson, &error) ==
        REM_BAD_AUDIO);
  CHECK(!lesson.handle && strstr(error.text, "200 samples"));
  rem_split_clear(&split);
  device->pairs[0].n        = N;
  device->recording.n_pairs = 2U;
}

/// Whole pairs held out
static void
test_split_by_pair(const Device* const device)
{
  RemError error;
  RemSplit split;
  CHECK(!rem_split_by_pair(&device->recording, 1U, &split, &error));
  CHECK(split.n_training == 1U && split.n_held_out == 1U);
  CHECK(split.training->pair == &device->pairs[0]);
  CHECK(split.held_out->pair == &device->pairs[1]);
  CHECK(split.held_out->begin == 0U && split.held_out->end == N);
  rem_split_clear(&split);
}

/// A stretch is held out where there is sound, not in a long silence
static void
test_split_finds_sound(Device* const device)
{
  RemError       error;
  RemSplit       split;
  RemPair* const pair = &device->pairs[1];
  float* const   all  = pair->target;
  float* const   half = (float*)calloc(N, sizeof(float));
  CHECK(half);
  memcpy(half + N / 2U, all + N / 2U, N / 2U * sizeof(float));
  pair->target = half;
  CHECK(!rem_split_by_time(&device->recording, 0.1, &split, &error));
  CHECK(split.held_out[1].end > N / 2U);
  rem_split_clear(&split);
  pair->target = all;
  free(half);
}

int
main(void)
{
  static Device device;
  RemError      error;
  RemSplit      split;
  open_device(&device);
  CHECK(!rem_split_by_time(&device.recording, 0.1, &split, &error));
  test_split_by_pair(&device);
  test_split_finds_sound(&device);
  test_held_out(&device, &split);
  test_fill(&split);
  test_short(&device);
  test_threads(&split);
  test_resume(&split);
  test_resume_refusals(&split);
  test_memories(&split);
  test_runaway(&split);
  test_teacher(&split);
  rem_split_clear(&split);
  close_device(&device);
  (void)unlink(CHECKPOINT);
  return 0;
}

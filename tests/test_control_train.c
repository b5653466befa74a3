// SPDX-License-Identifier: ISC

// Training on control frames: a rhythm is learned far better than by a line
// through the last frames; windows cover every event of every performance once
// and begin at rest where one does; and neither threads nor interruptions
// change a bit of what is learned.

#include "offline_trainer/control/baseline.h"
#include "offline_trainer/control/control_lesson.h"
#include "offline_trainer/control/learn_frames.h"
#include "offline_trainer/control/rows.h"
#include "tests/check.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define N_DIMS 3U
#define CHECKPOINT "control.resume"

/// Play a performance: two short notes and a long one, a fader that follows
/// them, one that swings, and a switch that is on at every fifth note
static void
play(RemPerformances* const to,
     const char* const      name,
     const size_t           n,
     uint32_t               seed)
{
  static float frames[1000][1U + N_DIMS];
  CHECK(n <= 1000U);
  const uint32_t phase = seed % 15U;
  for (size_t i = 0U; i < n; ++i) {
    const size_t at = i + phase;
    frames[i][0]    = (at % 3U ? 0.1f : 0.4f) * (1.0f + 0.02f * noise(&seed));
    frames[i][1]    = (at % 3U ? 0.3f : 0.8f) + 0.01f * noise(&seed);
    frames[i][2] = 0.5f + 0.4f * sinf(0.7f * (float)at) + 0.01f * noise(&seed);
    frames[i][3] = at % 5U ? 0.0f : 1.0f;
  }
  char                  copy[32];
  char*                 names[1]  = {copy};
  size_t                begins[2] = {0U, n};
  const RemPerformances one       = {.n_dims = N_DIMS,
                                     .n      = 1U,
                                     .names  = names,
                                     .begins = begins,
                                     .frames = &frames[0][0]};
  (void)snprintf(copy, sizeof(copy), "%s", name);
  CHECK(rem_performances_add(to, &one, 0U));
}

/// Make a set: performances of 2 to 700 events
static RemControlSet
make_set(void)
{
  static const size_t lengths[] = {701U, 3U, 120U, 466U, 81U, 17U};
  RemControlSet       set       = {.training = {.n = 0U}};
  for (uint32_t i = 0U; i < 6U; ++i) {
    play(&set.training, "take", lengths[i], i + 1U);
  }
  play(&set.held_out, "test", 150U, 20U);
  play(&set.held_out, "other", 90U, 30U);
  return set;
}

static RemFrames
learn(const RemControlSet* const set, const uint32_t n_mixtures)
{
  const RemKindWish wishes[N_DIMS] = {REM_KIND_BY_VALUES};
  RemFrames         frames;
  RemError          error;
  CHECK(!rem_frames_learn(&set->training, wishes, n_mixtures, &frames, &error));
  return frames;
}

/// A small, quick student
static RemTrainSpec
student(const RemFrames* const frames)
{
  RemTrainSpec spec = rem_control_train_default();
  spec.net          = rem_frames_net(frames, 24U, 1U);
  spec.n_streams    = 6U;
  spec.n_steps      = 16U;
  spec.n_warm_up    = 32U;
  spec.rate         = 0.01;
  return spec;
}

/// A run, and when to stop
typedef struct {
  RemTrainer* trainer;
  uint32_t    n_left; ///< Updates; 0 for all
} Run;

static bool
count(void* const handle, const RemTrainNews* const news)
{
  (void)news;
  Run* const run = (Run*)handle;
  return !run->n_left || --run->n_left;
}

static void
save_last(void* const handle, const bool last)
{
  const Run* const run = (const Run*)handle;
  RemError         error;
  CHECK(!last || !rem_trainer_save(run->trainer, CHECKPOINT, "x", &error));
}

/// Train; return the best figure, and the best weights in `best`
static double
train(const RemControlSet* const set,
      const RemFrames* const     frames,
      const uint32_t             n_threads,
      const uint32_t             epochs,
      const uint32_t             stop,
      const bool                 resume,
      float* const               best)
{
  const RemTrainSpec   spec   = student(frames);
  const RemTrainLimits limits = {0.0, epochs, 0U};
  RemError             error  = {REM_SUCCESS, "", ""};
  RemTrainEnd          end    = REM_END_LIMIT;
  RemLesson            lesson;
  Run                  run   = {NULL, stop};
  const RemTrainWatch  watch = {&run, count, NULL, save_last};
  CHECK(
    !rem_control_lesson_open(&spec, frames, set, n_threads, &lesson, &error));
  CHECK(!rem_trainer_new(&spec, &lesson, &run.trainer, &error));
  CHECK(!resume || !rem_trainer_restore(run.trainer, CHECKPOINT, "x", &error));
  CHECK(!rem_train(run.trainer, &limits, &watch, &end, &error));
  size_t                       n   = 0U;
  const RemHistoryPoint* const h   = rem_trainer_history(run.trainer, &n);
  double                       nll = INFINITY;
  for (size_t i = 0U; i < n; ++i) {
    nll = fmin(nll, h[i].figure);
  }
  if (best) {
    memcpy(best,
           rem_trainer_best(run.trainer),
           rem_net_n_params(&spec.net) * sizeof(float));
  }
  rem_trainer_free(run.trainer);
  rem_lesson_clear(&lesson);
  return nll;
}

/// A rhythm takes seconds, and the baselines are nowhere near: 3.5 nats were
/// measured between the net and the nearer one
static void
test_rhythm(const RemControlSet* const set)
{
  const RemFrames frames   = learn(set, 3U);
  const RemTakes  training = {
     set->training.frames, set->training.begins, set->training.n};
  const RemTakes held_out = {
    set->held_out.frames, set->held_out.begins, set->held_out.n};
  RemBaselines b;
  RemError     error;
  CHECK(frames.dims[2].kind == REM_DIM_SWITCH);
  CHECK(frames.dims[0].kind == REM_DIM_CONTINUOUS);
  CHECK(!rem_baselines(&frames, &training, &held_out, &b, &error));
  const double nll = train(set, &frames, 2U, 80U, 0U, false, NULL);
  fprintf(stderr,
          "NLL %.3f, repeat %.3f, AR(%u) %.3f\n",
          nll,
          b.repeat_nll,
          b.ar_order,
          b.ar_nll);
  CHECK(nll < b.ar_nll - 2.0 && nll < b.repeat_nll - 3.0);
}

/// The mean loss of an epoch is the validation of the same performances, if
/// weights stay as they are and streams hear all that comes before them: so
/// windows, masks and states are right.  Float rounds to 1e-5 of it.
static void
test_teacher_forcing(const RemControlSet* const set)
{
  const RemFrames     frames = learn(set, 3U);
  const RemControlSet same   = {set->training, set->training};
  RemTrainSpec        spec   = student(&frames);
  RemError            error  = {REM_SUCCESS, "", ""};
  RemLesson           lesson;
  RemTrainer*         trainer = NULL;
  RemTrainEnd         end     = REM_END_LIMIT;
  size_t              n       = 0U;
  spec.n_warm_up              = 45U * spec.n_steps;
  spec.rate                   = 1e-12;
  spec.shift                  = 0.0;
  const RemTrainLimits limits = {0.0, 1U, 0U};
  const RemTrainWatch  watch  = {NULL, NULL, NULL, NULL};
  CHECK(!rem_control_lesson_open(&spec, &frames, &same, 2U, &lesson, &error));
  CHECK(!rem_trainer_new(&spec, &lesson, &trainer, &error));
  CHECK(!rem_train(trainer, &limits, &watch, &end, &error));
  const RemHistoryPoint* const h = rem_trainer_history(trainer, &n);
  CHECK(n == 1U);
  if (fabs(h[0].train_loss - h[0].figure) > 1e-5 * fabs(h[0].figure)) {
    fprintf(stderr, "loss %g, NLL %g\n", h[0].train_loss, h[0].figure);
  }
  CHECK(fabs(h[0].train_loss - h[0].figure) <= 1e-5 * fabs(h[0].figure));
  rem_trainer_free(trainer);
  rem_lesson_clear(&lesson);
}

/// A linear head learns as well
static void
test_linear(const RemControlSet* const set)
{
  const RemFrames frames = learn(set, 0U);
  const double    nll    = train(set, &frames, 2U, 60U, 0U, false, NULL);
  fprintf(stderr, "loss of a linear head %.3f\n", nll);
  CHECK(nll < 0.4);
}

/// One thread or three, in one go or stopped within an epoch: the same bits
static void
test_same(const RemControlSet* const set)
{
  static float       a[20000], b[20000];
  const RemFrames    frames = learn(set, 3U);
  const RemTrainSpec spec   = student(&frames);
  const size_t       size   = rem_net_n_params(&spec.net) * sizeof(float);
  CHECK(size <= sizeof(a));
  const double whole = train(set, &frames, 1U, 6U, 0U, false, a);
  CHECK(train(set, &frames, 3U, 6U, 0U, false, b) == whole);
  CHECK(!memcmp(a, b, size));
  (void)train(set, &frames, 2U, 6U, 21U, false, NULL);
  CHECK(train(set, &frames, 2U, 6U, 0U, true, b) == whole);
  CHECK(!memcmp(a, b, size));
}

/// Every event once an epoch, in order within its performance
static void
test_windows(const RemControlSet* const set)
{
  static uint32_t seen[2000];
  const RemFrames frames = learn(set, 3U);
  RemRows         rows;
  RemRowStreams   streams;
  CHECK(rem_rows_open(&frames, &set->training, &rows));
  CHECK(rem_row_streams_open(&rows, 5U, 16U, 0.0, &streams));
  for (uint64_t seed = 1U; seed < 20U; ++seed) {
    uint32_t n_begins = 0U;
    memset(seen, 0, sizeof(seen));
    rem_row_streams_draw(&streams, &rows, seed);
    for (uint32_t i = 0U; i < 5U * streams.n_windows; ++i) {
      const RemRowWindow* const w = &streams.windows[i];
      n_begins += w->begins;
      CHECK(w->n <= 16U && (!w->begins || w->n));
      CHECK(!w->n || w->begins || w->row == w[-1].row + 16U);
      for (uint32_t t = 0U; t < w->n; ++t) {
        ++seen[w->row + t];
      }
    }
    CHECK(n_begins == rows.n);
    for (size_t p = 0U; p < rows.n; ++p) {
      for (size_t r = rows.begins[p]; r < rows.begins[p + 1U]; ++r) {
        CHECK(seen[r] == (r + 1U < rows.begins[p + 1U]));
      }
    }
  }
  CHECK(rem_row_streams_at(&streams, 0U, -1) == NULL);
  CHECK(rem_row_streams_at(&streams, 2U, -1) ==
        &streams.windows[2U * streams.n_windows - 1U]);
  rem_row_streams_clear(&streams);
  rem_rows_clear(&rows);
}

/// Faders of a performance are moved by as much from its begin to its end, and
/// anew in another epoch; times and switches are not
static void
test_shift(const RemControlSet* const set)
{
  const RemFrames frames = learn(set, 3U);
  RemRows         rows;
  RemRowStreams   streams;
  float           row[1U + N_DIMS], old = 0.0f;
  CHECK(rem_rows_open(&frames, &set->training, &rows));
  CHECK(rem_row_streams_open(&rows, 1U, 16U, 0.5, &streams));
  for (uint64_t seed = 1U; seed < 20U; ++seed) {
    float moved[2] = {0.0f, 0.0f};
    rem_row_streams_draw(&streams, &rows, seed);
    for (uint32_t i = 0U; i < streams.n_windows; ++i) {
      const RemRowWindow* const w = &streams.windows[i];
      const float* const        x = rows.columns + w->row * rows.n_in;
      rem_row_copy(&rows, w, w->row, row);
      CHECK(row[0] == x[0] && row[3] == x[3]);
      for (uint32_t d = 0U; d < 2U; ++d) {
        const float by = row[1U + d] - x[1U + d];
        CHECK(fabsf(by) < 0.5001f &&
              (w->begins || fabsf(by - moved[d]) < 1e-6f));
        moved[d] = by;
      }
    }
    CHECK(fabsf(moved[0] - old) > 1e-6f && fabsf(moved[0] - moved[1]) > 1e-6f);
    old = moved[0];
  }
  rem_row_streams_clear(&streams);
  rem_rows_clear(&rows);
}

/// Scales of what does not move are not zero; kinds are as wished
static void
test_frames(void)
{
  RemControlSet set = {.training = {.n = 0U}};
  RemFrames     frames;
  RemError      error;
  RemKindWish   wishes[N_DIMS] = {REM_KIND_CHOICE, 0, REM_KIND_CONTINUOUS};
  play(&set.training, "take", 100U, 1U);
  CHECK(!rem_frames_learn(&set.training, wishes, 5U, &frames, &error));
  CHECK(frames.dims[0].kind == REM_DIM_CHOICE);
  CHECK(frames.dims[0].n_choices > 90U);
  CHECK(frames.dims[2].kind == REM_DIM_CONTINUOUS);
  for (size_t i = 0U; i < 100U; ++i) {
    set.training.frames[i * (1U + N_DIMS) + 1U] = 0.7f;
    set.training.frames[i * (1U + N_DIMS)]      = 0.5f;
  }
  CHECK(rem_frames_learn(&set.training, wishes, 5U, &frames, &error) ==
        REM_BAD_ARGUMENT);
  wishes[0]                                = REM_KIND_BY_VALUES;
  set.training.frames[50U * (1U + N_DIMS)] = 3.0f; // More than 1 in 1000
  CHECK(!rem_frames_learn(&set.training, wishes, 5U, &frames, &error));
  CHECK(frames.dt_maximum == 3.0f);
  set.training.frames[50U * (1U + N_DIMS)] = 1e9f; // As when a clock is set
  CHECK(!rem_frames_learn(&set.training, wishes, 5U, &frames, &error));
  CHECK(frames.dt_maximum == 86400.0f);
  CHECK(frames.dims[0].scale > 0.001f && frames.dt_scale > 0.01f);
  CHECK(frames.dims[0].step == 0.0f);
  for (size_t i = 0U; i < 100U; ++i) { // As a log of a controller rounds it
    const float x                               = (float)(i % 100U) / 127.0f;
    set.training.frames[i * (1U + N_DIMS) + 1U] = roundf(1e7f * x) / 1e7f;
  }
  CHECK(!rem_frames_learn(&set.training, wishes, 5U, &frames, &error));
  CHECK(fabsf(frames.dims[0].step - 1.0f / 127.0f) < 1e-9f);
  rem_control_set_clear(&set);
}

/// About a sixth is held out, and performances that come later move none
static void
test_split(void)
{
  RemPerformances all = {.n = 0U};
  RemControlSet   before, after;
  RemError        error;
  char            name[32];
  play(&all, "00", 100U, 1U);
  CHECK(rem_control_set_split(&all, NULL, &before, &error) == REM_BAD_ARGUMENT);
  for (uint32_t i = 1U; i < 40U; ++i) {
    (void)snprintf(name, sizeof(name), "%02u", i);
    play(&all, name, 50U + 37U * (i * i % 11U), i);
    CHECK(!rem_control_set_split(&all, NULL, &after, &error));
    CHECK(after.held_out.n && after.training.n);
    for (size_t k = 0U; i > 4U && k < before.held_out.n; ++k) {
      CHECK(!strcmp(before.held_out.names[k], after.held_out.names[k]));
    }
    if (i > 1U) {
      rem_control_set_clear(&before);
    }
    before = after;
  }
  const double part = (double)rem_performances_n_events(&after.held_out) /
                      (double)rem_performances_n_events(&all);
  CHECK(part > 0.12 && part < 0.2);
  rem_control_set_clear(&after);
  rem_performances_clear(&all);
}

int
main(void)
{
  RemControlSet set = make_set();
  test_windows(&set);
  test_shift(&set);
  test_frames();
  test_split();
  test_same(&set);
  test_teacher_forcing(&set);
  test_rhythm(&set);
  test_linear(&set);
  rem_control_set_clear(&set);
  (void)unlink(CHECKPOINT);
  return 0;
}

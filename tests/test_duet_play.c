// SPDX-License-Identifier: ISC

/// A recorded performance is played to `remanence play` over UDP, in real time
/// and in every mode: its log holds, to the microsecond, what the modes say
/// should follow what it heard, and what the log holds arrives in time.  With
/// --long ten minutes for each mode.

#define _XOPEN_SOURCE 700 // setenv()

#include "dsp/logfile/log.h"
#include "dsp/modelfile/modelfile.h"
#include "tests/check.h"
#include "tests/host/fixture.h"
#include "tests/host/live.h"
#include "tests/host/naive.h"
#include "tests/host/performance.h"

#include <string.h>

enum { DIMS = PERFORMANCE_DIMS, MODES = REM_DUET_N_MODES };

#define MODEL SOURCE_DIR "/presets/control/faders.safetensors"
#define THRESHOLD 0.25f
#define US 1000000
#define PATIENCE (10 * US)
#define SETTLE (2 * US) ///< For what the net has to say to the last touch
#define EARLY 1000      ///< Two clocks that are read one after the other
#define MEDIAN (US / 50)
#define LATE (US / 2) ///< What a busy machine may need, once

/// Return whether every session has answered the last command
static bool
have_answered(const LiveSession sessions[MODES])
{
  size_t n = 0U;
  for (uint32_t m = 0U; m < MODES; ++m) {
    n += sessions[m].n_answered;
  }
  return n == MODES;
}

/// Set every session to its mode, or to useronly, and wait for the answers
static void
set_modes(LiveSession sessions[MODES], const bool on)
{
  const int64_t begin = rem_log_now();
  for (uint32_t m = 0U; m < MODES; ++m) {
    sessions[m].n_answered = 0U;
    live_send_mode(&sessions[m], on ? sessions[m].mode : REM_DUET_USERONLY);
  }
  while (!have_answered(sessions)) {
    CHECK(rem_log_now() < begin + PATIENCE);
    live_listen(sessions, MODES, rem_log_now() + US / 100);
  }
}

/// In useronly nothing is played
static void
check_silence(LiveSession sessions[MODES])
{
  size_t n[MODES];
  for (uint32_t m = 0U; m < MODES; ++m) {
    n[m] = sessions[m].arrived.n;
  }
  live_listen(sessions, MODES, rem_log_now() + US / 2);
  for (uint32_t m = 0U; m < MODES; ++m) {
    CHECK(sessions[m].arrived.n == n[m]);
  }
}

/// Play to all of them
static void
play_to(LiveSession sessions[MODES], const Performance* const performance)
{
  const int64_t begin   = rem_log_now();
  float         x[DIMS] = {0.0f};
  for (size_t i = 0U; i < performance->n;) {
    const uint64_t at = performance->moves[i].at;
    for (; i < performance->n && performance->moves[i].at == at; ++i) {
      x[performance->moves[i].dim] =
        (float)performance->moves[i].value / 127.0f;
    }
    live_listen(sessions, MODES, begin + (int64_t)(at * 1000U / 48U));
    for (uint32_t m = 0U; m < MODES; ++m) {
      live_send_frame(&sessions[m], x);
    }
  }
}

/// Check that two frames are the same but for the decimal text of logs
static void
check_near(const float a[DIMS], const float b[DIMS])
{
  for (uint32_t d = 0U; d < DIMS; ++d) {
    CHECK(fabsf(a[d] - b[d]) < 1e-6f);
  }
}

/// Return the first row of the net, or of the player
static const LiveRow*
first_of(const LiveRows* const rows, const bool net)
{
  for (size_t i = 0U; i < rows->n; ++i) {
    if (rows->rows[i].net == net) {
      return &rows->rows[i];
    }
  }
  return NULL;
}

/// Return what the player did by the log: every fader at every touch, as the
/// process heard it
static Performance
touches_of(const LiveRows* const rows, const int64_t begin)
{
  Performance p = {NULL, 0U, 0U, true};
  p.moves       = calloc(rows->n * DIMS + 1U, sizeof(PerformanceMove));
  CHECK(p.moves);
  for (size_t i = 0U; i < rows->n; ++i) {
    const LiveRow* const row = &rows->rows[i];
    for (uint32_t d = 0U; d < DIMS && !row->net; ++d) {
      const float value = 127.0f * row->x[d];
      CHECK(fabsf(value - rintf(value)) < 1e-3f);
      p.moves[p.n++] = (PerformanceMove){
        (uint64_t)(row->us - begin), d, (uint8_t)lrintf(value)};
    }
    p.n_touches += !row->net;
  }
  return p;
}

/// Return all that the modes say should follow, up to sample `end`
static Naive
play_by_hand(const RemModel* const    model,
             const RemDuetMode        mode,
             const Performance* const performance,
             const uint64_t           end)
{
  const NaiveHow      how = {US, mode, THRESHOLD, LIVE_SEED, end};
  RemPredictor* const net = rem_predictor_new(model);
  CHECK(net);
  const Naive naive = naive_play(net, performance, &how);
  rem_predictor_free(net);
  return naive;
}

/// Return the moment that the modes count from: the first touch, or when the
/// net that plays alone began
static int64_t
begin_of(const LiveRows* const rows,
         const RemDuetMode     mode,
         const RemModel* const model)
{
  const LiveRow* const row  = first_of(rows, mode == REM_DUET_BATTLE);
  const Performance    none = {NULL, 0U, 0U, false};
  CHECK(row);
  if (mode != REM_DUET_BATTLE) {
    return row->us;
  }
  Naive naive = play_by_hand(model, mode, &none, (uint64_t)60U * US);
  CHECK(naive.n);
  const int64_t begin = row->us - (int64_t)naive.events[0].at;
  naive_free(&naive);
  return begin;
}

/// Check that the net's rows of a log are what the modes say should follow its
/// player's; return how many there are
static size_t
check_log(const LiveRows* const rows,
          const RemDuetMode     mode,
          const RemModel* const model)
{
  const int64_t  begin = begin_of(rows, mode, model);
  const uint64_t end   = (uint64_t)(rows->rows[rows->n - 1U].us - begin) + 1U;
  Performance    p     = touches_of(rows, begin);
  Naive          naive = play_by_hand(model, mode, &p, end);
  size_t         i     = 0U;
  for (size_t k = 0U; k < naive.n; ++k) {
    const NaiveEvent* const event = &naive.events[k];
    for (; event->net && i < rows->n && !rows->rows[i].net; ++i) {
    }
    if (event->net) {
      CHECK(i < rows->n);
      CHECK(rows->rows[i].us == begin + (int64_t)event->at);
      check_near(rows->rows[i].x, event->x);
      ++i;
    }
  }
  for (; i < rows->n; ++i) {
    CHECK(!rows->rows[i].net);
  }
  const size_t n = naive.n_net;
  naive_free(&naive);
  performance_free(&p);
  return n;
}

static int
by_size(const void* const a, const void* const b)
{
  const int64_t x = *(const int64_t*)a;
  const int64_t y = *(const int64_t*)b;
  return (x > y) - (x < y);
}

/// Check that what the log holds of the net has arrived, in time
static void
check_arrivals(const LiveRows* const rows,
               const LiveRows* const arrived,
               const size_t          n)
{
  int64_t* const late = calloc(n + 1U, sizeof(int64_t));
  size_t         k    = 0U;
  CHECK(late && arrived->n == n);
  for (size_t i = 0U; i < rows->n; ++i) {
    if (rows->rows[i].net) {
      check_near(arrived->rows[k].x, rows->rows[i].x);
      late[k] = arrived->rows[k].us - rows->rows[i].us;
      ++k;
    }
  }
  qsort(late, n, sizeof(*late), by_size);
  if (n) {
    const int64_t median = late[n / 2U];
    printf(", %.2f ms late, median %.2f, worst %.2f",
           (double)late[0] / 1e3,
           (double)median / 1e3,
           (double)late[n - 1U] / 1e3);
    CHECK(late[0] >= -EARLY && median < MEDIAN && late[n - 1U] < LATE);
  }
  free(late);
}

/// Check what became of a session
static void
check_session(LiveSession* const       session,
              const Performance* const performance,
              const RemModel* const    model)
{
  live_close(session);
  LiveRows     rows = live_read_log(session->folder);
  const size_t n    = check_log(&rows, session->mode, model);
  const size_t n_in = rows.n - n;
  printf(
    "%s: %zu touches, %zu answers", rem_duet_mode_name(session->mode), n_in, n);
  // Two that come within a microsecond are one
  CHECK(n_in <= performance->n_touches);
  CHECK(n_in + performance->n_touches / 1000U >= performance->n_touches);
  CHECK((n > 0U) == (session->mode != REM_DUET_USERONLY));
  check_arrivals(&rows, &session->arrived, n);
  printf("\n");
  free(rows.rows);
  free(session->arrived.rows);
}

int
main(void)
{
  FixtureDir     dir     = fixture_begin();
  const uint64_t seconds = long_tests() ? 600U : 7U;
  LiveSession    sessions[MODES];
  RemModel*      model = NULL;
  RemError       error = {REM_SUCCESS, "", ""};
  Performance    p     = performance_new(seconds * 48000U);
  CHECK(!setenv("TZ", "UTC", 1)); // Logs tell local time
  CHECK(!rem_model_read(MODEL, &model, NULL, &error));
  for (uint32_t m = 0U; m < MODES; ++m) {
    char name[32];
    snprintf(name, sizeof(name), "logs-%u", m);
    memset(&sessions[m], 0, sizeof(sessions[m]));
    sessions[m].mode = (RemDuetMode)m;
    fixture_path(&dir, name, sessions[m].folder);
    live_open(&sessions[m], BUILD_DIR "/remanence", MODEL, THRESHOLD);
  }
  set_modes(sessions, true);
  play_to(sessions, &p);
  live_listen(sessions, MODES, rem_log_now() + SETTLE);
  set_modes(sessions, false);
  check_silence(sessions);
  for (uint32_t m = 0U; m < MODES; ++m) {
    check_session(&sessions[m], &p, model);
  }
  rem_model_free(model);
  performance_free(&p);
  fixture_end(&dir);
  return 0;
}

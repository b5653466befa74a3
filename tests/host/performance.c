// SPDX-License-Identifier: ISC

#include "tests/host/performance.h"

#include "dsp/logfile/log.h"
#include "tests/check.h"

#include <string.h>

#define RATE 48000.0
#define PAUSE 3.0 ///< Seconds between two recordings

/// A performance as it is written down
typedef struct {
  Performance* to;
  size_t       capacity;
  uint64_t     end; ///< Samples
  uint8_t      value[PERFORMANCE_DIMS];
} Scribe;

static void
write_move(Scribe* const scribe, const PerformanceMove move)
{
  Performance* const to = scribe->to;
  if (to->n == scribe->capacity) {
    scribe->capacity = 2U * scribe->capacity + 1024U;
    to->moves = realloc(to->moves, scribe->capacity * sizeof(PerformanceMove));
    CHECK(to->moves);
  }
  to->moves[to->n++]      = move;
  scribe->value[move.dim] = move.value;
}

/// Write down where the faders are; false when the performance is over
static bool
write_touch(Scribe* const scribe, const double seconds, const float* const x)
{
  const uint64_t at    = (uint64_t)llround(seconds * RATE);
  bool           moved = false;
  for (uint32_t d = 0U; d < PERFORMANCE_DIMS && at < scribe->end; ++d) {
    const uint8_t value = (uint8_t)lrintf(127.0f * x[d]);
    if (value != scribe->value[d]) {
      write_move(scribe, (PerformanceMove){at, d, value});
      moved = true;
    }
  }
  scribe->to->n_touches += moved;
  return at < scribe->end;
}

/// Write down recordings one after the other; false if there are none
static bool
write_recordings(Scribe* const scribe)
{
  static const char* const names[] = {"030", "019", "015", "005"};
  const char* const        shared  = getenv("REMANENCE_SHARED");
  double                   begin   = 0.0;
  for (size_t i = 0U; i < sizeof(names) / sizeof(*names); ++i) {
    char     path[4096];
    RemError error = {REM_SUCCESS, "", ""};
    RemLog*  log   = NULL;
    snprintf(path,
             sizeof(path),
             "%s/data/control-9d/val/%s.log",
             shared ? shared : "",
             names[i]);
    if (rem_log_read(path, PERFORMANCE_DIMS, &log, &error)) {
      return i > 0U;
    }
    bool more = true;
    for (size_t r = 0U; r < log->n_rows && more; ++r) {
      more = write_touch(
        scribe, begin + log->time[r], &log->x[PERFORMANCE_DIMS * r]);
    }
    begin += log->time[log->n_rows - 1U] + PAUSE;
    rem_log_free(log);
    if (!more) {
      return true;
    }
  }
  return true;
}

/// Write down phrases of one fader that goes up and down, and rests
static void
make_up(Scribe* const scribe)
{
  float    x[PERFORMANCE_DIMS] = {0.0f};
  uint32_t seed                = 9U;
  double   now                 = 0.25;
  bool     more                = true;
  while (more) {
    const uint32_t d    = (uint32_t)(4.0f + 4.0f * noise(&seed));
    const uint32_t n    = (uint32_t)(60.0f + 50.0f * noise(&seed));
    const float    turn = 0.1f + 0.05f * noise(&seed);
    for (uint32_t i = 0U; i < n && more; ++i) {
      x[d] = 0.5f + 0.5f * sinf(turn * (float)i);
      now += 0.023 * (1.0 + 0.9 * (double)noise(&seed));
      more = write_touch(scribe, now, x);
    }
    now += 0.1 + 4.0 * fabs((double)noise(&seed));
  }
}

Performance
performance_new(const uint64_t n_samples)
{
  Performance performance = {NULL, 0U, 0U, true};
  Scribe      scribe      = {&performance, 0U, n_samples, {0U}};
  memset(scribe.value, 255, sizeof(scribe.value)); // All are told at first
  if (!write_recordings(&scribe)) {
    performance.recorded = false;
    make_up(&scribe);
  }
  CHECK(performance.n);
  return performance;
}

void
performance_free(Performance* const performance)
{
  free(performance->moves);
  performance->moves = NULL;
}

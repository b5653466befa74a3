// SPDX-License-Identifier: ISC

// Threads that share out tasks: every task runs once, whoever takes it, and
// what it wrote is there afterwards.  Runs under ThreadSanitizer too.

#include "offline_trainer/pool.h"
#include "tests/check.h"

#include <float.h>
#include <pthread.h>
#include <string.h>

#define MAX_TASKS 300U
#define MAX_THREADS 5U

/// What tasks write: each its own number, without any lock
typedef struct {
  uint32_t n_runs[MAX_TASKS];
  uint32_t round; ///< Written by the caller between runs
  uint32_t seen[MAX_TASKS];
  uint32_t n_by[MAX_THREADS]; ///< Tasks of a thread, counted without any lock
} Log;

static void
note(void* const handle, const uint32_t index, const uint32_t thread)
{
  Log* const log   = (Log*)handle;
  log->seen[index] = log->round;
  ++log->n_runs[index];
  ++log->n_by[thread];
}

/// Many short meetings, with fewer tasks than threads and with more
static void
test_every_task_once(const uint32_t n_threads)
{
  static Log     log;
  uint32_t       n_all = 0U;
  RemPool* const pool  = rem_pool_new(n_threads);
  CHECK(pool);
  memset(&log, 0, sizeof(log));
  for (uint32_t round = 1U; round <= 400U; ++round) {
    const uint32_t n = round % 2U ? round % 5U : round % MAX_TASKS;
    uint32_t       before[MAX_TASKS];
    memcpy(before, log.n_runs, sizeof(before));
    log.round = round;
    rem_pool_run(pool, n, note, &log);
    for (uint32_t i = 0; i < MAX_TASKS; ++i) {
      CHECK(log.n_runs[i] == before[i] + (i < n));
      CHECK(i >= n || log.seen[i] == round);
    }
    n_all += n;
  }
  for (uint32_t i = 0; i < n_threads; ++i) {
    n_all -= log.n_by[i];
  }
  CHECK(!n_all); // Two threads with one number would lose counts
  rem_pool_free(pool);
}

/// As many tasks as threads, none of which ends before all have begun
typedef struct {
  pthread_barrier_t all;
  uint32_t          n_by[MAX_THREADS];
} Meeting;

static void
meet(void* const handle, const uint32_t index, const uint32_t thread)
{
  Meeting* const meeting = (Meeting*)handle;
  (void)index;
  (void)pthread_barrier_wait(&meeting->all);
  ++meeting->n_by[thread];
}

/// Tasks that run at the same time have threads of different numbers
static void
test_thread_numbers(const uint32_t n_threads)
{
  static Meeting meeting;
  RemPool* const pool = rem_pool_new(n_threads);
  CHECK(pool && !pthread_barrier_init(&meeting.all, NULL, n_threads));
  memset(meeting.n_by, 0, sizeof(meeting.n_by));
  rem_pool_run(pool, n_threads, meet, &meeting);
  for (uint32_t i = 0; i < n_threads; ++i) {
    CHECK(meeting.n_by[i] == 1U);
  }
  rem_pool_free(pool);
  (void)pthread_barrier_destroy(&meeting.all);
}

/// Note whether the smallest of numbers survives a multiplication
static void
multiply(void* const handle, const uint32_t index, const uint32_t thread)
{
  (void)thread;
  volatile float x                 = FLT_MIN;
  ((volatile float*)handle)[index] = x * 0.5f;
}

/// Denormals are off in every thread, and back on in the caller's
static void
test_denormals(void)
{
  float          results[64];
  volatile float x    = FLT_MIN;
  RemPool* const pool = rem_pool_new(3U);
  CHECK(pool);
  rem_pool_run(pool, 64U, multiply, results);
#if defined(__SSE2__) || defined(__aarch64__)
  for (uint32_t i = 0; i < 64U; ++i) {
    CHECK(results[i] == 0.0f);
  }
#endif
  CHECK(x * 0.5f > 0.0f);
  rem_pool_free(pool);
}

int
main(void)
{
  CHECK(rem_pool_n_processors() >= 1U);
  for (uint32_t n = 1U; n <= MAX_THREADS; ++n) {
    test_every_task_once(n);
    test_thread_numbers(n);
  }
  test_denormals();
  for (uint32_t i = 0; i < 100U; ++i) { // Ends before it has begun
    rem_pool_free(rem_pool_new(4U));
  }
  rem_pool_free(NULL);
  return 0;
}

// SPDX-License-Identifier: ISC

/// Recording: what is played is in files, when it was played, and neither a
/// crash nor a full disk nor other threads change that

#include "dsp/logfile/log.h"
#include "plugin/control/record.h"
#include "plugin/ticks.h"
#include "tests/check.h"
#include "tests/host/audit.h"
#include "tests/host/fixture.h"

#include <math.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#define RATE 48000.0
#define BLOCK 64U

static RemRecorder*
new_recorder(const char* const folder)
{
  RemRecorder* const recorder = rem_recorder_new(RATE, folder);
  CHECK(recorder);
  CHECK(rem_recorder_state(recorder) == REM_RECORD_OFF);
  return recorder;
}

/// Read the only log of a folder, or the one of `n` values
static RemLog*
read_log(const char* const folder, const uint32_t n, RemLogs* const logs)
{
  RemError error = {REM_SUCCESS, "", ""};
  if (rem_logs_read(folder, n, logs, &error)) {
    fprintf(stderr, "%s: %s\n", error.place, error.text);
    exit(1);
  }
  CHECK(logs->n == 1U);
  CHECK(!logs->logs[0]->n_cut && !logs->logs[0]->n_back);
  return logs->logs[0];
}

/// The usual place, rows as far apart as their samples, both sources
static void
test_take(const FixtureDir* const dir)
{
  static const uint64_t at[]   = {48001U, 48002U, 48002U, 96000U, 4896000U};
  const float           x[]    = {0.25f, 2.0f, -1.0f};
  RemRecordReport       report = {0};
  RemRecorder* const    r      = new_recorder(NULL);
  char                  folder[FIXTURE_PATH];
  rem_recorder_tick(r, 48000U);
  rem_recorder_add(r, 48000U, REM_LOG_INTERFACE, x, 3U); // Not armed
  rem_recorder_arm(r, true);
  CHECK(rem_recorder_is_armed(r));
  rem_recorder_sync(r);
  CHECK(rem_recorder_state(r) == REM_RECORD_ARMED); // And no file yet
  for (size_t i = 0U; i < 5U; ++i) {
    rem_recorder_add(r, at[i], i % 2U ? REM_LOG_RNN : REM_LOG_INTERFACE, x, 3U);
  }
  rem_recorder_add(r, 0U, REM_LOG_RNN, x, 0U); // Neither has a row's length
  rem_recorder_add(r, 0U, REM_LOG_RNN, x, 33U);
  const uint32_t n_told = rem_recorder_n_told(r);
  rem_recorder_sync(r);
  CHECK(rem_recorder_n_told(r) != n_told);
  CHECK(rem_recorder_state(r) == REM_RECORD_ON);
  rem_recorder_look(r, &report);
  CHECK(report.state == REM_RECORD_ON && report.n_rows == 5U);
  CHECK(!strncmp(report.message, "recording to 20", 15U));
  rem_recorder_arm(r, false);
  CHECK(rem_recorder_state(r) == REM_RECORD_OFF);
  rem_recorder_sync(r);
  rem_recorder_look(r, &report);
  CHECK(!strncmp(report.message, "recorded 5 rows as 20", 21U));
  CHECK(!report.n_lost);

  RemLogs             logs;
  const RemLog* const log =
    read_log(fixture_path(dir, "remanence/logs", folder), 0U, &logs);
  CHECK(!strcmp(log->path, report.path) && strstr(log->path, "-4d-mdrnn.log"));
  CHECK(log->n_rows == 5U && log->n_dims == 3U);
  for (size_t i = 0U; i < 5U; ++i) {
    // A microsecond is the grain of a log
    CHECK(fabs(log->time[i] - (double)(at[i] - at[0]) / RATE) <= 1e-6);
    CHECK(log->source[i] == (i % 2U ? REM_LOG_RNN : REM_LOG_INTERFACE));
    CHECK(log->x[3U * i] == 0.25f && log->x[3U * i + 1U] == 1.0f);
  }
  rem_logs_free(&logs);
  rem_recorder_free(r);
  rem_recorder_free(NULL);
}

/// Files end where they should
static void
test_takes(const FixtureDir* const dir)
{
  const float        x[4] = {0.5f};
  RemError           error;
  RemLogs            logs;
  char               folder[FIXTURE_PATH];
  RemRecorder* const r = new_recorder(fixture_path(dir, "takes", folder));
  rem_recorder_split(r); // Nothing to split
  CHECK(!rem_recorder_is_armed(r));
  rem_recorder_arm(r, true);
  rem_recorder_arm(r, true);                   // No change
  rem_recorder_add(r, 1U, REM_LOG_RNN, x, 2U); // 1 of two rows
  rem_recorder_add(r, 2U, REM_LOG_RNN, x, 2U);
  rem_recorder_split(r);
  rem_recorder_add(r, 3U, REM_LOG_RNN, x, 2U); // 2
  rem_recorder_arm(r, false);
  rem_recorder_arm(r, true);
  rem_recorder_add(r, 4U, REM_LOG_RNN, x, 2U); // 3
  rem_recorder_add(r, 5U, REM_LOG_RNN, x, 4U); // 4, of four values
  rem_recorder_add(r, 6U, REM_LOG_RNN, x, 2U); // 5
  rem_recorder_add(r, 0U, REM_LOG_RNN, x, 2U); // 6: activated again
  rem_recorder_add(r, 7U, REM_LOG_RNN, x, 2U);
  rem_recorder_split(r);
  rem_recorder_split(r);
  rem_recorder_sync(r);
  CHECK(rem_recorder_state(r) == REM_RECORD_ARMED);
  rem_recorder_add(r, 8U, REM_LOG_RNN, x, 2U); // 7
  rem_recorder_free(r);
  CHECK(!rem_logs_read(folder, 2U, &logs, &error));
  CHECK(logs.n == 6U && logs.n_unlike == 1U);
  size_t n_two = 0U;
  for (size_t i = 0U; i < logs.n; ++i) {
    CHECK(logs.logs[i]->n_rows == 1U || logs.logs[i]->n_rows == 2U);
    n_two += logs.logs[i]->n_rows == 2U;
  }
  CHECK(n_two == 2U);
  rem_logs_free(&logs);
}

/// The moment of the first row is that of the clock when its sample came
static void
test_clock(const FixtureDir* const dir)
{
  const float        x[1] = {0.5f};
  RemRecordReport    report;
  char               folder[FIXTURE_PATH];
  char               begun[REM_LOG_NAME_SIZE];
  char               ended[REM_LOG_NAME_SIZE];
  RemRecorder* const r = new_recorder(fixture_path(dir, "clock", folder));
  rem_recorder_arm(r, true);
  rem_recorder_tick(r, 10U * 48000U);
  const int64_t before = rem_log_now();
  rem_recorder_add(r, 3U * 48000U, REM_LOG_RNN, x, 1U); // Seven seconds ago
  rem_recorder_sync(r);
  const int64_t after = rem_log_now();
  rem_recorder_look(r, &report);
  rem_log_name(before - 7000000, 1U, 1U, begun);
  rem_log_name(after - 7000000, 1U, 1U, ended);
  CHECK(!strcmp(rem_path_name(report.path), begun) ||
        !strcmp(rem_path_name(report.path), ended));
  rem_recorder_free(r);
}

/// More than there is room for: counted, told, and the rest is written
static void
test_too_much(const FixtureDir* const dir)
{
  enum { N = 200000 };
  const float        x[32] = {0.5f};
  RemRecordReport    report;
  RemLogs            logs;
  char               folder[FIXTURE_PATH];
  RemRecorder* const r = new_recorder(fixture_path(dir, "much", folder));
  rem_recorder_arm(r, true);
  for (uint64_t i = 0U; i < N; ++i) {
    rem_recorder_add(r, i, REM_LOG_RNN, x, 32U);
  }
  rem_recorder_sync(r);
  rem_recorder_look(r, &report);
  CHECK(report.n_lost > 0U && strstr(report.message, "rows are lost"));
  CHECK(report.n_rows + report.n_lost == N);
  rem_recorder_free(r);
  CHECK(read_log(folder, 0U, &logs)->n_rows == report.n_rows);
  rem_logs_free(&logs);
}

/// A folder that cannot be, then a disk that is full
static void
test_failures(const FixtureDir* const dir)
{
  const struct rlimit small = {2000U, RLIM_INFINITY};
  const struct rlimit large = {RLIM_INFINITY, RLIM_INFINITY};
  const float         x[2]  = {0.5f};
  RemRecordReport     report;
  RemLogs             logs;
  char                folder[FIXTURE_PATH];
  RemRecorder*        r = new_recorder("/dev/null/logs");
  rem_recorder_arm(r, true);
  rem_recorder_add(r, 1U, REM_LOG_RNN, x, 2U);
  rem_recorder_add(r, 2U, REM_LOG_RNN, x, 2U);
  rem_recorder_sync(r);
  CHECK(rem_recorder_state(r) == REM_RECORD_FAILED);
  rem_recorder_look(r, &report);
  CHECK(strstr(report.message, "recording has stopped: /dev/null/logs: "));
  rem_recorder_free(r);

  CHECK(signal(SIGXFSZ, SIG_IGN) != SIG_ERR);
  r = new_recorder(fixture_path(dir, "full", folder));
  rem_recorder_arm(r, true);
  CHECK(!setrlimit(RLIMIT_FSIZE, &small));
  for (uint64_t i = 0U; i < 1000U; ++i) {
    rem_recorder_add(r, i, REM_LOG_RNN, x, 2U);
  }
  rem_recorder_sync(r);
  CHECK(!setrlimit(RLIMIT_FSIZE, &large));
  CHECK(rem_recorder_state(r) == REM_RECORD_FAILED);
  rem_recorder_look(r, &report);
  CHECK(strstr(report.message, "full/") && strstr(report.message, "too large"));
  const uint32_t n_told = rem_recorder_n_told(r);
  rem_recorder_add(r, 1001U, REM_LOG_RNN, x, 2U); // Dropped
  rem_recorder_sync(r);
  CHECK(rem_recorder_n_told(r) == n_told);

  rem_recorder_split(r); // Try again
  rem_recorder_add(r, 1002U, REM_LOG_RNN, x, 2U);
  rem_recorder_sync(r);
  CHECK(rem_recorder_state(r) == REM_RECORD_ON);
  rem_recorder_free(r);
  RemError error;
  CHECK(!rem_logs_read(folder, 0U, &logs, &error));
  CHECK(logs.n == 2U && logs.logs[1]->n_rows + logs.logs[0]->n_rows ==
                          1U + 2000U / strlen("2026-01-01T00:00:00.000000,rnn,"
                                              "0.5,0.0\n"));
  CHECK(!logs.logs[0]->n_cut && !logs.logs[1]->n_cut);
  rem_logs_free(&logs);
}

/// Without a home there is nowhere to write, and that is said
static void
test_homeless(void)
{
  const float     x[1] = {0.5f};
  RemRecordReport report;
  char            data[FIXTURE_PATH];
  (void)snprintf(data, sizeof(data), "%s", getenv("XDG_DATA_HOME"));
  CHECK(!unsetenv("XDG_DATA_HOME") && !unsetenv("HOME"));
  RemRecorder* const r = new_recorder(NULL);
  CHECK(!setenv("XDG_DATA_HOME", data, 1) && !setenv("HOME", data, 1));
  rem_recorder_arm(r, true);
  rem_recorder_add(r, 1U, REM_LOG_RNN, x, 1U);
  rem_recorder_sync(r);
  rem_recorder_look(r, &report);
  CHECK(report.state == REM_RECORD_FAILED && strstr(report.message, "HOME"));
  rem_recorder_free(r);
}

/// Play in real time until the process is killed, a row a block; tell the
/// parent of every row
static void
play_until_killed(const char* const folder, const int fd)
{
  RemRecorder* const r     = new_recorder(folder);
  const double       begun = rem_seconds();
  rem_recorder_arm(r, true);
  for (uint32_t i = 0U;; ++i) {
    const float x[1] = {0.5f};
    while (rem_seconds() < begun + BLOCK / RATE * i) {
      fixture_pause();
    }
    rem_recorder_tick(r, BLOCK * i);
    rem_recorder_add(r, BLOCK * i, REM_LOG_INTERFACE, x, 1U);
    CHECK(write(fd, &i, sizeof(i)) == sizeof(i));
  }
}

/// Killed in the middle of a take: a second is lost at most
static void
test_kill(const FixtureDir* const dir)
{
  const uint32_t n_blocks = (uint32_t)(1.7 * RATE / BLOCK);
  uint32_t       i        = 0U;
  int            fds[2];
  RemLogs        logs;
  char           folder[FIXTURE_PATH];
  fixture_path(dir, "killed", folder);
  CHECK(!pipe(fds));
  const pid_t child = fork();
  CHECK(child >= 0);
  if (!child) {
    play_until_killed(folder, fds[1]);
  }
  while (i < n_blocks) {
    CHECK(read(fds[0], &i, sizeof(i)) == sizeof(i));
  }
  CHECK(!kill(child, SIGKILL));
  CHECK(waitpid(child, NULL, 0) == child);
  CHECK(!close(fds[0]) && !close(fds[1]));
  const RemLog* const log  = read_log(folder, 1U, &logs);
  const double        last = log->time[log->n_rows - 1U];
  CHECK(log->n_rows > 1U);
  CHECK(last > (double)i * BLOCK / RATE - 1.0);
  for (size_t k = 0U; k < log->n_rows; ++k) {
    CHECK(fabs(log->time[k] - (double)k * BLOCK / RATE) < 1e-6);
  }
  printf("killed after %.3f s, the log has %.3f s\n", i * BLOCK / RATE, last);
  rem_logs_free(&logs);
}

static atomic_bool ended;

/// Everything that other threads may ask
static void*
interfere(void* const data)
{
  RemRecorder* const r = (RemRecorder*)data;
  for (uint32_t i = 0U; !atomic_load(&ended); ++i) {
    RemRecordReport report;
    rem_recorder_arm(r, i % 4U != 3U);
    rem_recorder_split(r);
    rem_recorder_look(r, &report);
    CHECK(report.state != REM_RECORD_FAILED);
    if (i % 16U == 0U) {
      rem_recorder_sync(r);
    }
    fixture_pause();
  }
  return NULL;
}

static void
test_threads(const FixtureDir* const dir)
{
  enum { N = 30000 };
  RemLogs            logs;
  RemError           error;
  pthread_t          thread;
  char               folder[FIXTURE_PATH];
  RemRecorder* const r = new_recorder(fixture_path(dir, "threads", folder));
  CHECK(!pthread_create(&thread, NULL, interfere, r));
  for (uint64_t i = 0U; i < N; ++i) {
    const float x[2] = {(float)i / N, 1.0f};
    rem_recorder_tick(r, i);
    rem_recorder_add(r, i, REM_LOG_INTERFACE, x, 2U);
    if (i % 64U == 63U) {
      fixture_pause();
    }
  }
  atomic_store(&ended, true);
  CHECK(!pthread_join(thread, NULL));
  rem_recorder_free(r);
  CHECK(!rem_logs_read(folder, 2U, &logs, &error));
  CHECK(logs.n > 1U);
  rem_logs_free(&logs);
}

/// The audio thread's part makes no call that might wait
static void
test_realtime(const FixtureDir* const dir)
{
  char folder[FIXTURE_PATH];
  if (!audit_can_watch()) {
    return;
  }
  RemRecorder* const r = new_recorder(fixture_path(dir, "audit", folder));
  (void)audit_begin();
  for (uint64_t i = 0U; i < 10000U; ++i) {
    const float x[2] = {0.5f, 1.0f};
    audit_section(true);
    rem_recorder_arm(r, i % 100U > 2U);
    rem_recorder_tick(r, i);
    rem_recorder_add(r, i, REM_LOG_INTERFACE, x, 2U);
    if (i % 1000U == 999U) {
      rem_recorder_split(r);
    }
    (void)rem_recorder_state(r);
    audit_section(false);
  }
  const uint32_t n = audit_take();
  if (n) {
    fprintf(stderr, "%u calls, the last is %s\n", n, audit_last());
  }
  CHECK(!n);
  rem_recorder_free(r);
}

int
main(void)
{
  const FixtureDir dir = fixture_begin();
  test_kill(&dir); // First: a process with threads should not fork
  test_take(&dir);
  test_takes(&dir);
  test_clock(&dir);
  test_too_much(&dir);
  test_failures(&dir);
  test_homeless();
  test_threads(&dir);
  test_realtime(&dir);
  fixture_end(&dir);
  return 0;
}

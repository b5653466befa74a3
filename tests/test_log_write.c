// SPDX-License-Identifier: ISC

/// Performance logs: what is written of them, to the last row that fits

#include "dsp/logfile/log.h"
#include "tests/check.h"
#include "tests/host/fixture.h"

#include <locale.h>
#include <math.h>
#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

/// Write rows with random values and moments and read them back
static void
test_round_trip(const FixtureDir* const dir, const uint32_t n)
{
  enum { N_ROWS = 3000 };
  static float   x[N_ROWS][32];
  static int64_t us[N_ROWS];
  RemError       error = {REM_SUCCESS, "", ""};
  RemLogFile*    file  = NULL;
  RemLog*        log   = NULL;
  uint32_t       seed  = 5U + n;
  char           folder[FIXTURE_PATH];
  char           path[FIXTURE_PATH];
  fixture_path(dir, "new/folders/logs", folder);
  CHECK(!rem_log_create(folder, n, 1700000000123456, &file, &error));
  (void)snprintf(path, sizeof(path), "%s", rem_log_path(file));
  for (size_t i = 0U; i < N_ROWS; ++i) {
    us[i] = (i ? us[i - 1U] : 1700000000123456) +
            (int64_t)(1e6f * fabsf(noise(&seed)));
    for (uint32_t d = 0U; d < n; ++d) {
      const float v = 0.5f + 0.5f * noise(&seed);
      x[i][d]       = i % 2U ? roundf(127.0f * v) / 127.0f : v;
    }
    CHECK(!rem_log_add(
      file, us[i], i % 3U ? REM_LOG_INTERFACE : REM_LOG_RNN, x[i], &error));
  }
  CHECK(rem_log_n_rows(file) == N_ROWS);
  CHECK(!rem_log_close(file, &error));
  CHECK(!rem_log_read(path, 0U, &log, &error));
  CHECK(log->n_rows == N_ROWS && log->n_dims == n);
  CHECK(!log->n_cut && !log->n_range && !log->n_back);
  for (size_t i = 0U; i < N_ROWS; ++i) {
    CHECK(fabs(log->time[i] - 1e-6 * (double)(us[i] - us[0])) < 1e-9);
    CHECK(log->source[i] == (i % 3U ? REM_LOG_INTERFACE : REM_LOG_RNN));
    for (uint32_t d = 0U; d < n; ++d) {
      // Twelve digits behind the dot are kept
      CHECK(fabsf(log->x[i * n + d] - x[i][d]) <= 1e-12f);
    }
  }
  rem_log_free(log);
}

static void
test_names(const FixtureDir* const dir)
{
  RemError          error = {REM_SUCCESS, "", ""};
  RemLogFile*       files[3];
  char              folder[FIXTURE_PATH];
  char              name[REM_LOG_NAME_SIZE];
  const char* const endings[] = {"/2023-11-14T22-13-20-9d-mdrnn.log",
                                 "/2023-11-14T22-13-20-2-9d-mdrnn.log",
                                 "/2023-11-14T22-13-20-3-9d-mdrnn.log"};
  fixture_path(dir, "names", folder);
  for (size_t i = 0U; i < 3U; ++i) { // All in one second
    CHECK(!rem_log_create(folder, 8U, 1700000000000000, &files[i], &error));
    CHECK(!strcmp(rem_log_path(files[i]) + strlen(folder), endings[i]));
  }
  for (size_t i = 0U; i < 3U; ++i) {
    CHECK(!rem_log_close(files[i], &error));
  }
  CHECK(rem_log_create(folder, 0U, 0, &files[0], &error) == REM_BAD_ARGUMENT);
  CHECK(rem_log_create(folder, 33U, 0, &files[0], &error) == REM_BAD_ARGUMENT);
  CHECK(rem_log_create("/dev/null/x", 1U, 0, &files[0], &error) ==
        REM_CANNOT_WRITE);
  CHECK(error.text[0] && !files[0]);

  CHECK(!setenv("TZ", "XYZ-05:45", 1));
  tzset();
  rem_log_name(1700000000000000, 8U, 1U, name);
  CHECK(!strcmp(name, "2023-11-15T03-58-20-9d-mdrnn.log"));
  rem_log_name(-1, 32U, 1U, name);
  CHECK(!strcmp(name, "1970-01-01T05-44-59-33d-mdrnn.log"));
  CHECK(!setenv("TZ", "UTC", 1));
  tzset();
}

/// A row before the one before it, and wild values
static void
test_wild_rows(const FixtureDir* const dir)
{
  static const float values[] = {NAN, -INFINITY, INFINITY, 1e-30f};
  RemError           error    = {REM_SUCCESS, "", ""};
  RemLogFile*        file     = NULL;
  char               path[FIXTURE_PATH];
  fixture_path(dir, "wild", path);
  CHECK(!rem_log_create(path, 4U, 1000000, &file, &error));
  (void)snprintf(path, sizeof(path), "%s", rem_log_path(file));
  CHECK(!rem_log_add(file, 2000000, REM_LOG_RNN, values, &error));
  CHECK(!rem_log_add(file, 1500000, REM_LOG_INTERFACE, values, &error));
  CHECK(!rem_log_close(file, &error));
  FILE* const in = fopen(path, "r");
  char        text[512];
  CHECK(in);
  text[fread(text, 1U, sizeof(text) - 1U, in)] = '\0';
  CHECK(!fclose(in));
  CHECK(!strcmp(text,
                "1970-01-01T00:00:02.000000,rnn,0.0,0.0,1.0,0.000000000000\n"
                "1970-01-01T00:00:02.000000,interface,0.0,0.0,1.0,"
                "0.000000000000\n"));
}

/// A full disk stops the log once, behind a whole row, and only the log
static void
test_full_disk(const FixtureDir* const dir)
{
  static const float  x[]   = {0.25f, 0.75f};
  RemError            error = {REM_SUCCESS, "", ""};
  const struct rlimit small = {1000U, RLIM_INFINITY};
  const struct rlimit large = {RLIM_INFINITY, RLIM_INFINITY};
  RemLogFile*         file  = NULL;
  RemLog*             log   = NULL;
  uint32_t            n     = 0U;
  char                path[FIXTURE_PATH];
  CHECK(signal(SIGXFSZ, SIG_IGN) != SIG_ERR);
  fixture_path(dir, "full", path);
  CHECK(!rem_log_create(path, 2U, 0, &file, &error));
  (void)snprintf(path, sizeof(path), "%s", rem_log_path(file));
  CHECK(!setrlimit(RLIMIT_FSIZE, &small));
  for (int i = 0; i < 100; ++i) {
    CHECK(!rem_log_add(file, i, REM_LOG_INTERFACE, x, &error));
    n += rem_log_flush(file, &error) != REM_SUCCESS;
  }
  CHECK(n == 1U && error.status == REM_CANNOT_WRITE);
  CHECK(!strncmp(error.place, path, 40U) && error.text[0]);
  CHECK(!rem_log_close(file, &error));
  CHECK(!setrlimit(RLIMIT_FSIZE, &large));
  CHECK(!rem_log_read(path, 0U, &log, &error));
  CHECK(log->n_rows == 1000U / strlen("1970-01-01T00:00:00.000000,interface,"
                                      "0.25,0.75\n"));
  CHECK(!log->n_cut);
  rem_log_free(log);
}

int
main(void)
{
  const FixtureDir dir = fixture_begin();
  CHECK(!setenv("TZ", "UTC", 1));
  tzset();
  if (!setlocale(LC_ALL, "de_DE.UTF-8")) {
    (void)setlocale(LC_ALL, ""); // Whatever the tester has
  }
  test_round_trip(&dir, 8U);
  test_round_trip(&dir, 32U);
  test_names(&dir);
  test_wild_rows(&dir);
  test_full_disk(&dir);
  fixture_end(&dir);
  return 0;
}

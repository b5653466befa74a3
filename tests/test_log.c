// SPDX-License-Identifier: ISC

/// Performance logs: what is read of them, whatever crashes did to them

#include "dsp/logfile/log.h"
#include "tests/check.h"
#include "tests/host/fixture.h"

#include <locale.h>
#include <math.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define NAME "somewhere/2019-01-17T12-00-00-3d-mdrnn.log"

// As IMPSY writes them
static const char rows[] =
  "2019-01-17T12:00:00.079350,interface,0.7401575,0.3700787\n"
  "2019-01-17T12:00:00.151120,rnn,0.7401575,1.0\n"
  "2019-01-17T12:00:12.064480,interface,0.5,2.5e-05\n";

static RemLog*
parse(const char* const text, const char* const name)
{
  RemError error = {REM_SUCCESS, "", ""};
  RemLog*  log   = NULL;
  if (rem_log_parse(text, strlen(text), name, 0U, &log, &error)) {
    fprintf(stderr, "%s: %s\n", error.place, error.text);
  }
  CHECK(log);
  return log;
}

/// Check that a text is refused so, at that place
static void
check_refused(const char* const text,
              const RemStatus   expected,
              const char* const place)
{
  RemError error = {REM_SUCCESS, "", ""};
  RemLog*  log   = NULL;
  CHECK(rem_log_parse(text, strlen(text), "x.log", 0U, &log, &error) ==
        expected);
  CHECK(!log);
  CHECK(error.status == expected);
  CHECK(!strcmp(error.place, place));
  CHECK(error.text[0]);
}

static void
test_rows(void)
{
  RemLog* const log = parse(rows, NAME);
  CHECK(log->n_dims == 2U && log->n_rows == 3U && !log->n_cut);
  CHECK(!strcmp(log->path, NAME));
  CHECK(log->time[0] == 0.0);
  CHECK(fabs(log->time[1] - 0.07177) < 1e-9);
  CHECK(fabs(log->time[2] - 11.98513) < 1e-9);
  CHECK(log->source[0] == REM_LOG_INTERFACE && log->source[1] == REM_LOG_RNN);
  CHECK(log->x[0] == 0.7401575f && log->x[3] == 1.0f && log->x[5] == 2.5e-05f);

  float frames[9];
  CHECK(rem_log_frames(log, REM_LOG_INTERFACE, frames) == 2U);
  CHECK(frames[0] == 0.0f && frames[1] == 0.7401575f);
  CHECK(frames[3] == (float)log->time[2] && frames[5] == 2.5e-05f);
  CHECK(rem_log_frames(log, REM_LOG_INTERFACE | REM_LOG_RNN, frames) == 3U);
  CHECK(frames[3] == (float)log->time[1]);
  rem_log_free(log);
}

/// All that IMPSY reads too, and what is counted
static void
test_tolerance(void)
{
  RemLog* const log =
    parse("\xEF\xBB\xBF"
          "2024-02-29T23:59:59,interface,.5,-0.25\r\n"
          "\n   \n"
          "2024-03-01 00:00:00.5 , interface , 1. ,\t+1e0\r\n"
          "2024-03-01T00:00:00.6,status,paused\n"
          "2024-03-01T00:00:00.25,interface,0,1.5\n"
          "2024-03-01T02:00:00.75+02:00,interface,0,1E-1\n"
          "2024-02-29T19:30:01.0000004999-0430,interface,0,0\n"
          "2024-03-01T00:01Z,interface,0,0\n\n",
          "x.log");
  const double times[] = {0.0, 1.5, 1.5, 2.0, 2.25, 61.25};
  CHECK(log->n_rows == 6U && log->n_dims == 2U);
  for (size_t i = 0U; i < 6U; ++i) {
    CHECK(fabs(log->time[i] - times[i]) < 1e-9);
  }
  CHECK(log->n_back == 1U && log->n_range == 2U && log->n_other == 1U);
  CHECK(log->x[1] == 0.0f && log->x[2] == 1.0f && log->x[3] == 1.0f);
  CHECK(log->x[5] == 1.0f && log->x[7] == 0.1f && !log->n_cut);
  rem_log_free(log);
}

static void
test_refusals(void)
{
  static const char* const bad[] = {
    "2019-01-17T12:00:00,interface,nan\n",
    "2019-01-17T12:00:00,interface,-Infinity\n",
    "2019-01-17T12:00:00,interface,1e999\n",
    "2019-01-17T12:00:00,interface,0x1p-1\n",
    "2019-01-17T12:00:00,interface,0.5e\n",
    "2019-01-17T12:00:00,interface,0 5\n",
    "2019-01-17T12:00:00,interface,.\n",
    "2019-01-17T12:00:00,interface,\n",
    "2019-01-17T12:00:00,interface,0.5,\n",
    "2019-01-17T12:00:00,interface\n",
    "2019-02-29T12:00:00,interface,0.5\n",
    "2019-01-17T24:00:00,interface,0.5\n",
    "2019-01-17T12:00:60,interface,0.5\n",
    "2019-01-17T12:00:00.,interface,0.5\n",
    "2019-01-17T12:00:00+1,interface,0.5\n",
    "2019-1-17T12:00:00,interface,0.5\n",
    "1.5,interface,0.5\n",
    "\x01\x02\xFF\n",
    "interface\n",
    ",\n",
  };
  for (size_t i = 0U; i < sizeof(bad) / sizeof(*bad); ++i) {
    char            text[256];
    const RemStatus st = i < 3U    ? REM_NOT_FINITE
                         : i == 9U ? REM_BAD_SHAPE
                                   : REM_BAD_FORMAT;
    (void)snprintf(
      text, sizeof(text), "\n%s2019-01-17T12:00:01,interface,0.5\n", bad[i]);
    check_refused(text, st, "x.log:2");

    (void)snprintf(
      text, sizeof(text), "2019-01-17T12:00:00,interface,0.5\n%s", bad[i]);
    RemLog* const log = parse(text, "x.log"); // The last row may be damaged
    CHECK(log->n_rows == 1U && log->n_cut == 1U && log->n_dims == 1U);
    rem_log_free(log);
  }
  check_refused("2019-01-17T12:00:00,interface,0.5\n"
                "2019-01-17T12:00:01,rnn,0.5,1\n"
                "2019-01-17T12:00:02,interface,0.5\n",
                REM_BAD_SHAPE,
                "x.log:2");
}

static void
test_dimensions(void)
{
  static const struct {
    const char* name;
    uint32_t    n; ///< 0 if the name does not tell
  } names[]      = {{"a/2019-3d-mdrnn.log", 2U},
                    {"-2d-mdrnn.log", 1U},
                    {"-33d-mdrnn.log", 32U},
                    {"-34d-mdrnn.log", 0U},
                    {"-1d-mdrnn.log", 0U},
                    {"x3d-mdrnn.log", 0U},
                    {"-99999999999d-mdrnn.log", 0U},
                    {"3d-mdrnn.log", 0U},
                    {"d-mdrnn.log", 0U}};
  RemError error = {REM_SUCCESS, "", ""};
  RemLog*  log   = NULL;
  for (size_t i = 0U; i < sizeof(names) / sizeof(*names); ++i) {
    log = parse("", names[i].name);
    CHECK(log->n_dims == names[i].n && !log->n_rows);
    rem_log_free(log);
  }
  CHECK(rem_log_parse(rows, strlen(rows), "-9d-mdrnn.log", 0U, &log, &error) ==
        REM_BAD_SHAPE);
  CHECK(rem_log_parse(rows, strlen(rows), "x.log", 3U, &log, &error) ==
        REM_BAD_SHAPE);
  CHECK(rem_log_parse(rows, strlen(rows), "x.log", 33U, &log, &error) ==
        REM_BAD_SHAPE);
  CHECK(rem_log_parse(rows, strlen(rows), NAME, 1U, &log, &error) ==
        REM_BAD_SHAPE);
  CHECK(!rem_log_parse(rows, strlen(rows), NAME, 2U, &log, &error));
  rem_log_free(log);
}

/// Cut anywhere, a log keeps its whole rows; zero bytes behind them are a cut
static void
test_truncations(void)
{
  for (size_t size = 0U; size < sizeof(rows); ++size) {
    RemError error                   = {REM_SUCCESS, "", ""};
    RemLog*  log                     = NULL;
    size_t   n_lines                 = 0U;
    char     text[sizeof(rows) + 8U] = "";
    for (size_t i = 0U; i < size; ++i) {
      n_lines += rows[i] == '\n';
    }
    memcpy(text, rows, size);
    const bool ragged = size && text[size - 1U] != '\n';
    CHECK(!rem_log_parse(text, size, NAME, 0U, &log, &error));
    CHECK(log->n_rows == n_lines && log->n_cut == ragged);
    rem_log_free(log);
    CHECK(!rem_log_parse(text, size + 8U, NAME, 0U, &log, &error));
    CHECK(log->n_rows == n_lines && (log->n_cut || !ragged));
    rem_log_free(log);
  }
}

/// Any one byte changed: read or refused, never more, and numbers stay numbers
static void
test_bad_bytes(void)
{
  for (size_t i = 0U; i < sizeof(rows) - 1U; ++i) {
    for (unsigned c = 0U; c < 256U; ++c) {
      RemError error = {REM_SUCCESS, "", ""};
      RemLog*  log   = NULL;
      char     text[sizeof(rows)];
      memcpy(text, rows, sizeof(rows));
      text[i] = (char)c;
      const RemStatus st =
        rem_log_parse(text, sizeof(rows) - 1U, NAME, 0U, &log, &error);
      CHECK(!st == !!log && st == error.status);
      for (size_t k = 0U; log && k < log->n_rows * log->n_dims; ++k) {
        CHECK(log->x[k] >= 0.0f && log->x[k] <= 1.0f);
      }
      for (size_t k = 1U; log && k < log->n_rows; ++k) {
        CHECK(log->time[k] >= log->time[k - 1U]);
      }
      rem_log_free(log);
    }
  }
}

static void
test_folder(const FixtureDir* const dir)
{
  static const char* const files[][2] = {
    {"b.log", "2019-01-17T12:00:00,interface,0.5,1\n"},
    {"a-2d-mdrnn.log", "2019-01-17T12:00:00,interface,0.5\n"},
    {"server.log", "GET /index.html\n"},
    {"empty.log", ""},
    {"x-2d-mdrnn.log", "\n"},
    {"notes.txt", "2019"},
    {".hidden.log", "2019-01-17T12:00:00,interface,0.5,1,1\n"},
    {"c.log", "\n2019-01-17T12:00:00,interface,0.25\n"}};
  RemError error = {REM_SUCCESS, "", ""};
  RemLogs  logs;
  char     folder[FIXTURE_PATH];
  char     path[FIXTURE_PATH];
  fixture_path(dir, "mixed", folder);
  CHECK(!mkdir(folder, 0777));
  CHECK(rem_logs_read(folder, 0U, &logs, &error) == REM_NO_FILE);
  rem_logs_free(&logs);
  for (size_t i = 0U; i < sizeof(files) / sizeof(*files); ++i) {
    char name[64];
    (void)snprintf(name, sizeof(name), "mixed/%s", files[i][0]);
    fixture_write_text(fixture_path(dir, name, path), files[i][1]);
  }
  CHECK(rem_logs_read(folder, 0U, &logs, &error) == REM_BAD_SHAPE);
  CHECK(strstr(error.text, "2 with 1 values, 1 with 2 values"));
  rem_logs_free(&logs);
  CHECK(!rem_logs_read(folder, 1U, &logs, &error));
  CHECK(logs.n == 2U && logs.n_dims == 1U && logs.n_others == 2U);
  CHECK(logs.n_empty == 1U && logs.n_unlike == 1U);
  CHECK(strstr(logs.logs[0]->path, "/a-2d") && logs.logs[1]->x[0] == 0.25f);
  rem_logs_free(&logs);
  CHECK(rem_logs_read(folder, 3U, &logs, &error) == REM_NO_FILE);
  rem_logs_free(&logs);

  fixture_path(dir, "mixed/d-2d-mdrnn.log", path);
  fixture_write_text(path, "not a row\n2019-01-17T12:00:00,interface,0.5\n");
  CHECK(rem_logs_read(folder, 1U, &logs, &error) == REM_BAD_FORMAT);
  CHECK(strstr(error.place, "d-2d-mdrnn.log:1"));
  rem_logs_free(&logs);
  CHECK(rem_logs_read("/nowhere", 0U, &logs, &error) == REM_NO_FILE);
  rem_logs_free(&logs);
}

/// The recordings, if they are there
static bool
test_recordings(void)
{
  static const struct {
    const char* folder;
    size_t      n;
    size_t      n_events;
  } sets[] = {{SOURCE_DIR "/../shared/data/control-9d/train", 22U, 65690U},
              {SOURCE_DIR "/../shared/data/control-9d/val", 5U, 14458U}};
  for (size_t s = 0U; s < 2U; ++s) {
    RemError error = {REM_SUCCESS, "", ""};
    RemLogs  logs;
    size_t   n_events = 0U;
    if (access(sets[s].folder, R_OK)) {
      return false;
    }
    CHECK(!rem_logs_read(sets[s].folder, 0U, &logs, &error));
    CHECK(logs.n == sets[s].n && logs.n_dims == 8U);
    for (size_t i = 0U; i < logs.n; ++i) {
      const RemLog* const log = logs.logs[i];
      n_events += log->n_rows;
      CHECK(!log->n_cut && !log->n_range && !log->n_back && !log->n_other);
    }
    CHECK(n_events == sets[s].n_events);
    rem_logs_free(&logs);
  }
  return true;
}

int
main(void)
{
  FixtureDir dir = fixture_begin();
  if (!setlocale(LC_ALL, "de_DE.UTF-8")) {
    (void)setlocale(LC_ALL, ""); // Whatever the tester has
  }
  test_rows();
  test_tolerance();
  test_refusals();
  test_dimensions();
  test_truncations();
  test_bad_bytes();
  test_folder(&dir);
  const bool recorded = test_recordings();
  fixture_end(&dir);
  printf(recorded ? "27 recordings read\n" : "SKIP the 27 recordings: none\n");
  return 0;
}

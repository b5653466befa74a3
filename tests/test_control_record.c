// SPDX-License-Identifier: ISC

/// What a control plugin writes to its log is what was played, when it was

#include "dsp/logfile/log.h"
#include "tests/check.h"
#include "tests/host/gesture.h"
#include "tests/host/host.h"

#include <string.h>

enum { RATE = 48000, N_TOUCHES = 40, APART = 2411 };

static const GestureModel model = {1U, 2U, 16U, 0U, 0U, 0.03f};

/// What the tests share
typedef struct {
  HostWorld* world;
  FixtureDir dir;
  char       path[FIXTURE_PATH];
  char       logs[FIXTURE_PATH];
} Record;

static Host*
open_host(const Record* const record, const HostWork work)
{
  const HostSpec spec = {HOST_CONTROL, RATE, HOST_FEATURE_ALL, work};
  Host* const    host = host_open(record->world, &spec);
  CHECK(host);
  if (work == HOST_WORK_LATER) {
    host_load(host, record->path);
    gesture_map(host, "cc 1 20; cc 1 21");
  }
  return host;
}

/// Wait until the writer has come to a state, playing on
static void
wait_for(Host* const host, const float state)
{
  for (uint32_t i = 0U; host_get(host, "recording") != state; ++i) {
    CHECK(i < 3000U);
    host_step(host, 1U);
    fixture_pause();
  }
}

/// Move the first dimension at even distances
static void
touch(Host* const host)
{
  for (uint32_t i = 0U; i < N_TOUCHES; ++i) {
    host_send_midi(host, 11U, 0xB0U, 20U, (uint8_t)(3U * i));
    gesture_play(host, APART, 128U);
  }
}

static RemLogs
read_logs(const Record* const record)
{
  RemLogs  logs;
  RemError error = {REM_SUCCESS, "", ""};
  if (rem_logs_read(record->logs, 2U, &logs, &error)) {
    fprintf(stderr, "%s: %s\n", error.place, error.text);
    exit(1);
  }
  return logs;
}

/// The player's rows have the values and, to the microsecond, the distances of
/// the touches; the net's are there only if asked for
static void
test_take(Record* const record)
{
  Host* const host = open_host(record, HOST_WORK_LATER);
  host_set(host, "record", 1.0f);
  host_activate(host);
  host_step(host, 64U);
  CHECK(host_get(host, "recording") == 1.0f);
  touch(host);
  wait_for(host, 2.0f);
  host_set(host, "log_rnn", 1.0f);
  gesture_play(host, 3U * RATE, 256U); // The net goes on
  host_set(host, "record", 0.0f);
  wait_for(host, 0.0f);
  host_worker_drain(&host->worker);
  host_step(host, 64U);
  CHECK(strstr(host->heard.message, "record"));
  host_close(host);

  RemLogs             logs = read_logs(record);
  const RemLog* const log  = logs.logs[0];
  CHECK(logs.n == 1U && log->n_rows > N_TOUCHES + 20U);
  for (size_t i = 0U; i < log->n_rows; ++i) {
    CHECK(log->source[i] == (i < N_TOUCHES ? REM_LOG_INTERFACE : REM_LOG_RNN));
    if (i < N_TOUCHES) {
      CHECK(fabs(log->time[i] - (double)(i * APART) / RATE) < 1.1e-6);
      CHECK(fabsf(log->x[2U * i] - (float)(3U * i) / 127.0f) < 1e-5f);
      CHECK(log->x[2U * i + 1U] == 0.5f);
    }
  }
  CHECK(!remove(log->path));
  rem_logs_free(&logs);
}

/// A file that cannot be written is told to the host, and the plugin plays on
static void
test_failure(Record* const record)
{
  char folder[FIXTURE_PATH];
  char moved[FIXTURE_PATH];
  fixture_path(&record->dir, "remanence", folder);
  fixture_path(&record->dir, "moved", moved);
  CHECK(!rename(folder, moved));
  fixture_write_text(folder, "no folder");
  Host* const host = open_host(record, HOST_WORK_LATER);
  host_set(host, "record", 1.0f);
  host_set(host, "mode", 2.0f);
  host_activate(host);
  host_send_midi(host, 11U, 0xB0U, 20U, 3U);
  gesture_play(host, RATE, 64U);
  wait_for(host, 3.0f);
  host_step(host, 64U);
  host_worker_drain(&host->worker);
  host_step(host, 64U);
  CHECK(strstr(host->heard.message, "remanence"));
  CHECK(host_get(host, "turn") == 1.0f && host_get(host, "status") == 1.0f);
  host_close(host);
  CHECK(!remove(folder));
  CHECK(!rename(moved, folder));
}

int
main(void)
{
  Record* const record = calloc(1, sizeof(Record));
  CHECK(record);
  record->dir   = fixture_begin();
  record->world = host_world_new(BUILD_DIR "/lv2");
  gesture_write(&model,
                fixture_path(&record->dir, "a.safetensors", record->path));
  fixture_path(&record->dir, "remanence/logs", record->logs);
  test_take(record);
  test_failure(record);
  host_world_free(record->world);
  fixture_end(&record->dir);
  free(record);
  return 0;
}

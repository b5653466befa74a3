// SPDX-License-Identifier: ISC

/// What a recorder's thread does with rows

#include "plugin/control/record_internal.h"
#include "plugin/ticks.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define FLUSH_SECONDS 0.5

/// Note something new to tell
static void
say(RemRecorder* recorder, const char* format, ...)
  __attribute__((format(printf, 2, 3)));

static void
say(RemRecorder* const recorder, const char* const format, ...)
{
  RemRecordReport* const report = &recorder->report;
  va_list                args;
  va_start(args, format);
  (void)pthread_mutex_lock(&recorder->lock);
  (void)vsnprintf(report->message, sizeof(report->message), format, args);
  if (recorder->file) {
    (void)snprintf(
      report->path, sizeof(report->path), "%s", rem_log_path(recorder->file));
  }
  (void)pthread_mutex_unlock(&recorder->lock);
  va_end(args);
  (void)atomic_fetch_add(&recorder->n_told, 1U);
}

/// Give the take up
static void
give_up(RemRecorder* const    recorder,
        const uint32_t        take,
        const RemError* const error)
{
  say(recorder,
      "recording has stopped: %s%s%s",
      error->place,
      error->place[0] ? ": " : "",
      error->text);
  (void)rem_log_close(recorder->file, NULL);
  recorder->file = NULL;
  atomic_store(&recorder->open, 0U);
  atomic_store(&recorder->failed, take);
}

void
rem_recorder_finish(RemRecorder* const recorder)
{
  RemError       error = {REM_SUCCESS, "", ""};
  const uint32_t take  = atomic_load(&recorder->open);
  if (!recorder->file) {
    return;
  }
  if (rem_log_flush(recorder->file, &error)) {
    give_up(recorder, take, &error);
    return;
  }
  const char* const path = rem_log_path(recorder->file);
  say(recorder,
      "recorded %zu rows as %s",
      rem_log_n_rows(recorder->file),
      rem_path_name(path));
  (void)rem_log_close(recorder->file, NULL);
  recorder->file = NULL;
  atomic_store(&recorder->open, 0U);
}

/// Begin a file for a row
static void
begin(RemRecorder* const recorder, const RemRecordRow* const row)
{
  RemError     error = {REM_SUCCESS, "", ""};
  const double behind =
    (double)(int64_t)(atomic_load(&recorder->now) - row->at);
  const int64_t us =
    rem_log_now() - (int64_t)llround(1e6 * behind / recorder->rate);
  if (!recorder->folder) {
    (void)rem_fail(&error,
                   REM_CANNOT_WRITE,
                   NULL,
                   "neither XDG_DATA_HOME nor HOME says where to");
  } else {
    (void)rem_log_create(recorder->folder, row->n, us, &recorder->file, &error);
  }
  if (!recorder->file) {
    give_up(recorder, row->take, &error);
    return;
  }
  recorder->n       = row->n;
  recorder->first   = row->at;
  recorder->us      = us;
  recorder->flushed = rem_seconds();
  atomic_store(&recorder->open, row->take);
  say(recorder, "recording to %s", rem_path_name(rem_log_path(recorder->file)));
}

/// Write a row, to another file if it has to be
static void
write_row(RemRecorder* const recorder, const RemRecordRow* const row)
{
  RemError error = {REM_SUCCESS, "", ""};
  if (row->take == recorder->closed ||
      row->take == atomic_load(&recorder->failed)) {
    return;
  }
  if (row->take != atomic_load(&recorder->open) || row->n != recorder->n ||
      row->at < recorder->last) {
    rem_recorder_finish(recorder);
    begin(recorder, row);
  }
  recorder->last = row->at;
  if (recorder->file) {
    const double  late = (double)(row->at - recorder->first);
    const int64_t us =
      recorder->us + (int64_t)llround(1e6 * late / recorder->rate);
    if (rem_log_add(
          recorder->file, us, (RemLogSource)row->source, row->x, &error)) {
      give_up(recorder, row->take, &error);
    }
  }
}

/// Bring what was written to the disk
static void
flush(RemRecorder* const recorder)
{
  RemError error = {REM_SUCCESS, "", ""};
  if (recorder->file) {
    recorder->flushed = rem_seconds();
    if (rem_log_flush(recorder->file, &error)) {
      give_up(recorder, atomic_load(&recorder->open), &error);
    }
  }
}

/// Tell how many rows are lost, if there are more now
static void
tell_losses(RemRecorder* const recorder)
{
  const uint32_t n_lost = atomic_load(&recorder->n_lost);
  if (n_lost != recorder->n_lost_told) {
    recorder->n_lost_told = n_lost;
    say(recorder, "recording is too slow: %u rows are lost", n_lost);
  }
}

void
rem_recorder_drain(RemRecorder* const recorder, const bool sync)
{
  const uint32_t take = atomic_load(&recorder->take); // Before its last rows
  RemRecordRow   row;
  while (rem_ring_pop(&recorder->ring, &row)) {
    write_row(recorder, &row);
  }
  const uint32_t open = atomic_load(&recorder->open);
  if (recorder->file && open != take && open != atomic_load(&recorder->take)) {
    rem_recorder_finish(recorder);
    recorder->closed = open;
  }
  if (sync ||
      (recorder->file && rem_seconds() >= recorder->flushed + FLUSH_SECONDS)) {
    flush(recorder);
  }
  tell_losses(recorder);
  (void)pthread_mutex_lock(&recorder->lock);
  if (recorder->file) {
    recorder->report.n_rows = rem_log_n_rows(recorder->file);
  }
  (void)pthread_mutex_unlock(&recorder->lock);
}

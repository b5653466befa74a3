// SPDX-License-Identifier: ISC

/// Making, freeing and asking a recorder, and its thread

#include "plugin/control/record_internal.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define LOOK_NS 100000000L ///< Between looks at the ring
#define BUSY_NS 20000000L  ///< While a file is open: hosts may be fast
#define SECOND_NS 1000000000L

/// Return the folder for logs, or NULL without memory or a home
static char*
usual_folder(void)
{
  // The environment of a host is read and never written
  // NOLINTBEGIN(concurrency-mt-unsafe)
  const char* const data = getenv("XDG_DATA_HOME");
  const char* const home = getenv("HOME");
  // NOLINTEND(concurrency-mt-unsafe)
  if (data && data[0] == '/') {
    return rem_path_join(data, "remanence/logs");
  }
  return home && home[0] == '/'
           ? rem_path_join(home, ".local/share/remanence/logs")
           : NULL;
}

/// Wait until it is time to look, or somebody asks; the lock is held
static void
wait_to_look(RemRecorder* const recorder)
{
  struct timespec until;
  (void)clock_gettime(CLOCK_MONOTONIC, &until);
  until.tv_nsec += recorder->file ? BUSY_NS : LOOK_NS;
  until.tv_sec += until.tv_nsec / SECOND_NS;
  until.tv_nsec %= SECOND_NS;
  int timed_out = 0;
  while (!timed_out && !recorder->ending &&
         recorder->n_asked == recorder->n_done) {
    timed_out =
      pthread_cond_timedwait(&recorder->wake, &recorder->lock, &until);
  }
}

static void*
record(void* const data)
{
  RemRecorder* const recorder = (RemRecorder*)data;
  bool               ending   = false;
  while (!ending) {
    (void)pthread_mutex_lock(&recorder->lock);
    wait_to_look(recorder);
    const uint32_t n_asked = recorder->n_asked;
    const bool     asked   = n_asked != recorder->n_done;
    ending                 = recorder->ending;
    (void)pthread_mutex_unlock(&recorder->lock);

    rem_recorder_drain(recorder, asked);

    (void)pthread_mutex_lock(&recorder->lock);
    recorder->n_done = n_asked;
    (void)pthread_cond_broadcast(&recorder->done);
    (void)pthread_mutex_unlock(&recorder->lock);
  }
  rem_recorder_finish(recorder);
  return NULL;
}

/// Start the thread, with the host's signals left to the host's threads
static bool
start_thread(RemRecorder* const recorder)
{
  sigset_t all;
  sigset_t before;
  (void)sigfillset(&all);
  (void)pthread_sigmask(SIG_SETMASK, &all, &before);
  const bool started =
    !pthread_create(&recorder->thread, NULL, record, recorder);
  (void)pthread_sigmask(SIG_SETMASK, &before, NULL);
  return started;
}

/// Free all but the thread
static void
clear(RemRecorder* const recorder)
{
  (void)pthread_cond_destroy(&recorder->wake);
  (void)pthread_cond_destroy(&recorder->done);
  (void)pthread_mutex_destroy(&recorder->lock);
  rem_ring_clear(&recorder->ring);
  free(recorder->folder);
  free(recorder);
}

RemRecorder*
rem_recorder_new(const double rate, const char* const folder)
{
  pthread_condattr_t how;
  RemRecorder* const recorder = (RemRecorder*)calloc(1U, sizeof(RemRecorder));
  if (!recorder) {
    return NULL;
  }
  recorder->rate   = rate;
  recorder->folder = folder ? strdup(folder) : usual_folder();
  (void)pthread_mutex_init(&recorder->lock, NULL);
  (void)pthread_condattr_init(&how);
  (void)pthread_condattr_setclock(&how, CLOCK_MONOTONIC);
  (void)pthread_cond_init(&recorder->wake, &how);
  (void)pthread_cond_init(&recorder->done, &how);
  (void)pthread_condattr_destroy(&how);
  if ((folder && !recorder->folder) ||
      !rem_ring_init(&recorder->ring, REM_RECORD_RING, sizeof(RemRecordRow)) ||
      !start_thread(recorder)) {
    clear(recorder);
    return NULL;
  }
  return recorder;
}

void
rem_recorder_free(RemRecorder* const recorder)
{
  if (recorder) {
    (void)pthread_mutex_lock(&recorder->lock);
    recorder->ending = true;
    (void)pthread_cond_signal(&recorder->wake);
    (void)pthread_mutex_unlock(&recorder->lock);
    (void)pthread_join(recorder->thread, NULL);
    clear(recorder);
  }
}

void
rem_recorder_look(RemRecorder* const recorder, RemRecordReport* const report)
{
  (void)pthread_mutex_lock(&recorder->lock);
  *report = recorder->report;
  (void)pthread_mutex_unlock(&recorder->lock);
  report->state  = rem_recorder_state(recorder);
  report->n_lost = atomic_load(&recorder->n_lost);
}

void
rem_recorder_sync(RemRecorder* const recorder)
{
  (void)pthread_mutex_lock(&recorder->lock);
  const uint32_t ask = ++recorder->n_asked;
  (void)pthread_cond_signal(&recorder->wake);
  while ((int32_t)(recorder->n_done - ask) < 0) {
    (void)pthread_cond_wait(&recorder->done, &recorder->lock);
  }
  (void)pthread_mutex_unlock(&recorder->lock);
}

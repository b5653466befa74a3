// SPDX-License-Identifier: ISC

/// A host's side of LV2's worker extension, good and bad

#ifndef REM_TESTS_HOST_WORKER_H
#define REM_TESTS_HOST_WORKER_H

#include <lv2/core/lv2.h>
#include <lv2/worker/worker.h>

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#define HOST_QUEUE_SLOTS 16U   ///< A power of two
#define HOST_QUEUE_BYTES 8192U ///< Longest message

/// What becomes of the plugin's requests
typedef enum {
  HOST_WORK_NONE,   ///< The feature is not offered
  HOST_WORK_THREAD, ///< A thread carries them out; answers come some blocks on
  HOST_WORK_LATER,  ///< They wait for host_worker_drain()
  HOST_WORK_NOW,    ///< Carried out and answered within schedule_work()
  HOST_WORK_REFUSE, ///< The queue is always full
  HOST_WORK_DROP,   ///< Accepted and never carried out
  HOST_WORK_MUTE,   ///< Carried out by a thread, but every answer is lost
} HostWork;

/// One message on its way
typedef struct {
  uint32_t size;
  uint8_t  bytes[HOST_QUEUE_BYTES];
} HostMessage;

/// Messages from one thread to one other, which neither ever waits for
typedef struct {
  atomic_uint n_pushed;
  atomic_uint n_popped;
  HostMessage slots[HOST_QUEUE_SLOTS];
} HostQueue;

/// A plugin's worker
typedef struct {
  HostWork                    work;
  const LV2_Worker_Interface* interface; ///< NULL until the plugin stands
  LV2_Handle                  instance;
  LV2_Worker_Schedule         schedule; ///< The feature
  HostQueue                   requests;
  HostQueue                   answers;
  atomic_uint                 n_asked; ///< Calls of schedule_work()
  atomic_uint                 n_done;  ///< Calls of work()
  atomic_bool                 quit;
  bool                        has_thread;
  pthread_t                   thread;
  void (*audio_hook)(bool inside); ///< As Host.audio_hook
} HostWorker;

/// Prepare the feature
void
host_worker_init(HostWorker* worker, HostWork work);

/// Begin: the plugin stands; `interface` is NULL if it has no worker
void
host_worker_start(HostWorker*                 worker,
                  const LV2_Worker_Interface* interface,
                  LV2_Handle                  instance);

/// Carry out what waits in this thread, as #HOST_WORK_LATER asks for; if there
/// is a worker thread, wait until it has done so
void
host_worker_drain(HostWorker* worker);

/// Deliver answers, after run() and in its thread
void
host_worker_deliver(HostWorker* worker);

/// Return whether nothing waits to be done or delivered
bool
host_worker_is_idle(HostWorker* worker);

/// End the thread after the work in progress; what waits is dropped
void
host_worker_stop(HostWorker* worker);

/// Mark the thread as running the plugin's realtime code, or no longer
void
host_audio_section(bool inside);

/// Return whether this thread runs the plugin's realtime code
bool
host_in_audio(void);

#endif // REM_TESTS_HOST_WORKER_H

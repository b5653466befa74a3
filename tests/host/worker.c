// SPDX-License-Identifier: ISC

#include "tests/host/worker.h"

#include "tests/check.h"

#include <string.h>
#include <time.h>

static _Thread_local bool in_audio = false;

void
host_audio_section(const bool inside)
{
  in_audio = inside;
}

bool
host_in_audio(void)
{
  return in_audio;
}

static bool
push(HostQueue* const queue, const uint32_t size, const void* const bytes)
{
  const unsigned at = atomic_load(&queue->n_pushed);
  if (size > HOST_QUEUE_BYTES ||
      at - atomic_load(&queue->n_popped) == HOST_QUEUE_SLOTS) {
    return false;
  }
  HostMessage* const slot = &queue->slots[at % HOST_QUEUE_SLOTS];
  slot->size              = size;
  if (size) {
    memcpy(slot->bytes, bytes, size);
  }
  atomic_store(&queue->n_pushed, at + 1U);
  return true;
}

static const HostMessage*
front(HostQueue* const queue)
{
  const unsigned at = atomic_load(&queue->n_popped);
  return at == atomic_load(&queue->n_pushed)
           ? NULL
           : &queue->slots[at % HOST_QUEUE_SLOTS];
}

static void
pop(HostQueue* const queue)
{
  atomic_fetch_add(&queue->n_popped, 1U);
}

static void
plugin_code(const HostWorker* const worker, const bool begins)
{
  if (worker->audio_hook) {
    worker->audio_hook(begins);
  }
  in_audio = begins;
}

/// Answer when work is done at once: the plugin hears it within its own run()
static LV2_Worker_Status
respond_now(LV2_Worker_Respond_Handle handle,
            const uint32_t            size,
            const void* const         data)
{
  HostWorker* const worker = (HostWorker*)handle;
  plugin_code(worker, true);
  const LV2_Worker_Status st =
    worker->interface->work_response(worker->instance, size, data);
  plugin_code(worker, false);
  return st;
}

static LV2_Worker_Status
respond_later(LV2_Worker_Respond_Handle handle,
              const uint32_t            size,
              const void* const         data)
{
  HostWorker* const worker = (HostWorker*)handle;
  if (worker->work == HOST_WORK_MUTE) {
    return LV2_WORKER_SUCCESS;
  }
  return push(&worker->answers, size, data) ? LV2_WORKER_SUCCESS
                                            : LV2_WORKER_ERR_NO_SPACE;
}

static LV2_Worker_Status
accept_request(HostWorker* const worker, const uint32_t size, const void* data)
{
  switch (worker->work) {
  case HOST_WORK_NONE:
  case HOST_WORK_REFUSE:
    return LV2_WORKER_ERR_NO_SPACE;
  case HOST_WORK_DROP:
    return LV2_WORKER_SUCCESS;
  case HOST_WORK_NOW:
    atomic_fetch_add(&worker->n_done, 1U);
    return worker->interface->work(
      worker->instance, respond_now, worker, size, data);
  case HOST_WORK_THREAD:
  case HOST_WORK_LATER:
  case HOST_WORK_MUTE:
    break;
  }
  return push(&worker->requests, size, data) ? LV2_WORKER_SUCCESS
                                             : LV2_WORKER_ERR_NO_SPACE;
}

/// The host's own code, though in the audio thread: not what is audited
static LV2_Worker_Status
schedule_work(LV2_Worker_Schedule_Handle handle,
              const uint32_t             size,
              const void* const          data)
{
  HostWorker* const worker = (HostWorker*)handle;
  const bool        inside = in_audio;
  if (inside) {
    plugin_code(worker, false);
  }
  atomic_fetch_add(&worker->n_asked, 1U);
  const LV2_Worker_Status st = accept_request(worker, size, data);
  if (inside) {
    plugin_code(worker, true);
  }
  return st;
}

static bool
carry_out_one(HostWorker* const worker)
{
  const HostMessage* const message = front(&worker->requests);
  if (!message) {
    return false;
  }
  CHECK(worker->interface);
  (void)worker->interface->work(
    worker->instance, respond_later, worker, message->size, message->bytes);
  atomic_fetch_add(&worker->n_done, 1U);
  pop(&worker->requests);
  return true;
}

static void*
work_thread(void* const data)
{
  HostWorker* const     worker = (HostWorker*)data;
  const struct timespec pause  = {0, 200000};
  while (!atomic_load(&worker->quit)) {
    if (!carry_out_one(worker)) {
      nanosleep(&pause, NULL);
    }
  }
  return NULL;
}

void
host_worker_init(HostWorker* const worker, const HostWork work)
{
  worker->work     = work;
  worker->schedule = (LV2_Worker_Schedule){worker, schedule_work};
}

void
host_worker_start(HostWorker* const                 worker,
                  const LV2_Worker_Interface* const interface,
                  const LV2_Handle                  instance)
{
  worker->interface = interface;
  worker->instance  = instance;
  if (worker->work == HOST_WORK_THREAD || worker->work == HOST_WORK_MUTE) {
    CHECK(!pthread_create(&worker->thread, NULL, work_thread, worker));
    worker->has_thread = true;
  }
}

void
host_worker_drain(HostWorker* const worker)
{
  const struct timespec pause = {0, 200000};
  while (worker->has_thread ? front(&worker->requests) != NULL
                            : carry_out_one(worker)) {
    nanosleep(&pause, NULL);
  }
}

void
host_worker_deliver(HostWorker* const worker)
{
  const HostMessage* message = NULL;
  if (!worker->interface) {
    return;
  }
  while ((message = front(&worker->answers))) {
    plugin_code(worker, true);
    (void)worker->interface->work_response(
      worker->instance, message->size, message->bytes);
    plugin_code(worker, false);
    pop(&worker->answers);
  }
  if (worker->interface->end_run) {
    plugin_code(worker, true);
    (void)worker->interface->end_run(worker->instance);
    plugin_code(worker, false);
  }
}

bool
host_worker_is_idle(HostWorker* const worker)
{
  return !front(&worker->requests) && !front(&worker->answers);
}

void
host_worker_stop(HostWorker* const worker)
{
  if (worker->has_thread) {
    atomic_store(&worker->quit, true);
    CHECK(!pthread_join(worker->thread, NULL));
    worker->has_thread = false;
  }
}

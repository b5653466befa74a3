// SPDX-License-Identifier: ISC

#include "plugin/osc/instance.h"

#include "plugin/osc/server.h"

#include <pthread.h>
#include <stdio.h>
#include <string.h>

// Joining and leaving take turns, so that one server ends before the next one
// starts; the list has a lock of its own, which the server takes
static pthread_mutex_t life = PTHREAD_MUTEX_INITIALIZER;
static pthread_mutex_t list_lock;
static pthread_once_t  list_once = PTHREAD_ONCE_INIT;
static RemInstance*    list      = NULL;
static RemServer*      server    = NULL;

/// The server holds the list while it does errands, and one of them is to
/// rename: so its lock may be taken twice by one thread
static void
make_list_lock(void)
{
  pthread_mutexattr_t how;
  (void)pthread_mutexattr_init(&how);
  (void)pthread_mutexattr_settype(&how, PTHREAD_MUTEX_RECURSIVE);
  (void)pthread_mutex_init(&list_lock, &how);
  (void)pthread_mutexattr_destroy(&how);
}

RemInstance*
rem_instances_lock(void)
{
  (void)pthread_once(&list_once, make_list_lock);
  (void)pthread_mutex_lock(&list_lock);
  return list;
}

void
rem_instances_unlock(void)
{
  (void)pthread_mutex_unlock(&list_lock);
}

RemInstance*
rem_instance_find(const char* const name)
{
  RemInstance* i = list;
  while (i && strcmp(i->name, name) != 0) {
    i = i->next;
  }
  return i;
}

/// Give the lowest name that is free
static void
name_freely(RemInstance* const instance)
{
  char     name[REM_NAME_SIZE] = "";
  unsigned n                   = 0U;
  do {
    (void)snprintf(name, sizeof(name), "%.16s-%u", instance->family, ++n);
  } while (rem_instance_find(name));
  memcpy(instance->name, name, sizeof(name));
  instance->named = false;
}

static uint32_t
port(void)
{
  return server ? rem_server_port(server) : 0U;
}

/// Append, so that instances are told of in the order in which they came
static void
append(RemInstance* const instance)
{
  RemInstance** end = &list;
  while (*end) {
    end = &(*end)->next;
  }
  instance->next   = NULL;
  instance->joined = true;
  *end             = instance;
}

bool
rem_instance_join(RemInstance* const instance)
{
  (void)pthread_mutex_lock(&life);
  if (!server && rem_server_is_wanted()) {
    RemError         error = {REM_SUCCESS, "", ""};
    RemServer* const made  = rem_server_start(&error);
    (void)rem_instances_lock();
    server = made;
    rem_instances_unlock();
    if (error.text[0]) {
      (void)lv2_log_warning(
        instance->loader->logger, "Remanence: %s\n", error.text);
    }
  }
  (void)rem_instances_lock();
  name_freely(instance);
  append(instance);
  rem_loader_set_name(instance->loader, instance->name, port(), false);
  if (port()) {
    (void)lv2_log_note(instance->loader->logger,
                       "Remanence: OSC calls this %s, at port %u\n",
                       instance->name,
                       port());
  }
  rem_instances_unlock();

  const bool served = server != NULL;
  if (served) {
    rem_server_wake(server);
  }
  (void)pthread_mutex_unlock(&life);
  return served;
}

void
rem_instance_leave(RemInstance* const instance)
{
  if (!instance->joined) {
    return;
  }

  (void)pthread_mutex_lock(&life);
  (void)rem_instances_lock();
  RemInstance** at = &list;
  while (*at != instance) {
    at = &(*at)->next;
  }
  *at              = instance->next;
  instance->joined = false;
  if (server) {
    rem_server_forget(server, instance);
  }
  RemServer* const idle = list ? NULL : server;
  server                = list ? server : NULL;
  rem_instances_unlock();
  rem_server_stop(idle); // Waits for its thread, which may want the list
  (void)pthread_mutex_unlock(&life);
}

/// Return whether a text can be a name in an OSC address
static bool
is_name(const char* const text)
{
  const size_t n = strspn(text,
                          "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
                          "0123456789-_");
  return n > 0U && n < REM_NAME_SIZE && !text[n] && strcmp(text, "list") != 0 &&
         strcmp(text, "instance") != 0;
}

static RemStatus
refuse(RemInstance* const instance,
       RemError* const    error,
       const char* const  format,
       const char* const  name)
{
  rem_loader_set_name(instance->loader, instance->name, port(), false);
  return rem_fail(error,
                  REM_BAD_ARGUMENT,
                  NULL,
                  "%.40s %s; %s stays",
                  name,
                  format,
                  instance->name);
}

/// Return whether a session may not rename `instance`: it has a name of its own
/// already (what comes is a preset), or `holder` is known by the name, for it
/// plays (what comes is a copy)
static bool
keeps_name(const RemInstance* const instance, const RemInstance* const holder)
{
  return instance->named || (holder && holder != instance &&
                             atomic_load(&holder->remote->n_begun) > 0U);
}

/// rem_instance_rename(), the list being locked
static RemStatus
name_as(RemInstance* const instance,
        const char* const  name,
        const bool         from_session,
        const bool         given,
        RemError* const    error)
{
  if (!is_name(name)) {
    return refuse(instance,
                  error,
                  "is no name; expected 1 to 32 letters, digits, - and _",
                  name);
  }
  RemInstance* const holder = rem_instance_find(name);
  if (from_session && keeps_name(instance, holder)) {
    return REM_SUCCESS;
  }
  if (holder && holder != instance && holder->named) {
    return from_session ? REM_SUCCESS
                        : refuse(instance, error, "has another instance", name);
  }

  (void)snprintf(instance->name, sizeof(instance->name), "%s", name);
  instance->named = given;
  if (holder && holder != instance) {
    name_freely(holder);
    rem_loader_set_name(holder->loader, holder->name, port(), false);
  }
  rem_loader_set_name(instance->loader, name, port(), !from_session);
  return REM_SUCCESS;
}

RemStatus
rem_instance_rename(RemInstance* const instance,
                    const char* const  name,
                    RemError* const    error)
{
  (void)rem_instances_lock();
  const RemStatus st = name_as(instance, name, false, true, error);
  rem_instances_unlock();
  return st;
}

void
rem_instance_restore_name(RemInstance* const instance,
                          const char* const  name,
                          const bool         given)
{
  (void)rem_instances_lock();
  (void)name_as(instance, name, true, given, NULL);
  rem_instances_unlock();
}

bool
rem_instance_name(RemInstance* const instance, char name[const REM_NAME_SIZE])
{
  (void)rem_instances_lock();
  const bool given = instance->named;
  memcpy(name, instance->name, REM_NAME_SIZE);
  rem_instances_unlock();
  return given;
}

void
rem_instances_wake(void)
{
  (void)rem_instances_lock();
  if (server) {
    rem_server_wake(server);
  }
  rem_instances_unlock();
}

bool
rem_instance_run_errand(RemInstance* const instance)
{
  const uint32_t size = atomic_load(&instance->errand_size);
  if (!size) {
    return false;
  }
  uint8_t errand[REM_ERRAND_SIZE];
  memcpy(errand, instance->errand, size);
  atomic_store(&instance->errand_size, 0U); // The next one may come
  instance->work(instance->work_handle, size, errand);
  return true;
}

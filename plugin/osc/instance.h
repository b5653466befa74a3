// SPDX-License-Identifier: ISC

/**
   What OSC knows of a plugin instance, and the list of all instances of the
   process: the only mutable state that instances share.

   The first instance to join starts the server (plugin/osc/server.h), the last
   one to leave ends it.
*/

#ifndef REM_PLUGIN_OSC_INSTANCE_H
#define REM_PLUGIN_OSC_INSTANCE_H

#include "dsp/rt.h"
#include "dsp/status.h"
#include "plugin/loader.h"
#include "plugin/remote.h"

#include <lv2/worker/worker.h>

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#define REM_ERRAND_SIZE (REM_PATH_SIZE + 8U) ///< Longest message to a worker

typedef struct RemInstance RemInstance;

/// What OSC can do with a kind of plugin besides what it can with all:
/// plugin/osc/internal.h
typedef struct RemOscKind RemOscKind;

/// One instance.  All but the name is set before it joins and stays.
struct RemInstance {
  RemInstance* next;                ///< In the list, guarded by its lock
  bool         joined;              ///< In the list
  char         name[REM_NAME_SIZE]; ///< Guarded by the lock of the list
  bool         named;  ///< By the user or a session, so that it is kept
  uint32_t     n_told; ///< Entrance that others were told of last; server only

  const char*       plugin; ///< URI
  const char*       family; ///< Names that nobody has given are FAMILY-1, ...
  const RemOscKind* kind;
  RemLoader*        loader;
  RemRemote*        remote;
  double            rate; ///< Of the host, Hz

  // A host without a worker leaves its messages here, one at a time
  bool needs_worker;
  void (*work)(void* handle, uint32_t size, const void* data);
  void*             work_handle;
  _Atomic(uint32_t) errand_size; ///< 0: the audio thread may write
  uint8_t           errand[REM_ERRAND_SIZE];
};

/// Put an instance into the list, name it and start the server if it is the
/// first; returns whether there is a server.  Thread: any but audio.
bool
rem_instance_join(RemInstance* instance);

/// Take an instance out of the list, if it is in it; when this returns nobody
/// uses it.  Thread: any but audio and the server's.
void
rem_instance_leave(RemInstance* instance);

/**
   Give an instance another name.

   Who has that name without having been given it takes another one.

   @return #REM_BAD_ARGUMENT for what is no name or is given to another one.

   Thread: any but audio.
*/
RemStatus
rem_instance_rename(RemInstance* instance, const char* name, RemError* error);

/**
   Give an instance the name that a session has, so that addresses stay.

   An instance that was given a name keeps it, as then a preset is loaded; and
   nobody loses a name who has played, as then a track was copied.

   @param given Whether the name was given to it and not found for it.

   Thread: any but audio.
*/
void
rem_instance_restore_name(RemInstance* instance, const char* name, bool given);

/// Copy the name of an instance; return whether it was given.  Thread: any but
/// audio.
bool
rem_instance_name(RemInstance* instance, char name[REM_NAME_SIZE]);

/// Make the server look at all instances, if there is one.  Thread: any but
/// audio.
void
rem_instances_wake(void);

/// Lock the list and return its first instance.  One thread may do so twice.
RemInstance*
rem_instances_lock(void);

/// Unlock the list
void
rem_instances_unlock(void);

/// Return the instance of that name, or NULL.  The list is locked.
RemInstance*
rem_instance_find(const char* name);

/// LV2_Worker_Schedule::schedule_work for hosts that have none; the handle is
/// the instance.  Thread: audio.
REM_RT LV2_Worker_Status
rem_instance_schedule(LV2_Worker_Schedule_Handle handle,
                      uint32_t                   size,
                      const void*                data);

/// Do what an instance's audio thread asked for, if it did; returns whether it
/// did.  Thread: the server's, the list being locked.
bool
rem_instance_run_errand(RemInstance* instance);

#endif // REM_PLUGIN_OSC_INSTANCE_H

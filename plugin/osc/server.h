// SPDX-License-Identifier: ISC

/// The OSC server of a process: one socket and one thread for all instances.
/// docs/osc.md has every address.

#ifndef REM_PLUGIN_OSC_SERVER_H
#define REM_PLUGIN_OSC_SERVER_H

#include "dsp/status.h"
#include "plugin/osc/instance.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct RemServer RemServer;

/// Return whether the user has not switched OSC off
bool
rem_server_is_wanted(void);

/**
   Bind and start the thread.

   REMANENCE_OSC_PORT is the port to begin with, REMANENCE_OSC_BIND the address
   of an interface.  Without a port the server only serves hosts without a
   worker.

   @param error Filled if no port was free, or the address is none: the server
                has no socket then.
   @return A server to end with rem_server_stop(), or NULL.
*/
RemServer*
rem_server_start(RemError* error);

/// End the thread, close the socket and free; NULL is allowed.  The list of
/// instances must not be locked.
void
rem_server_stop(RemServer* server);

/// Make the thread look at the list of instances: it has changed.  Thread: any
/// but audio.
void
rem_server_wake(const RemServer* server);

/// Return the port in use, or 0
uint32_t
rem_server_port(const RemServer* server);

/// Drop all that concerns an instance.  The list is locked.
void
rem_server_forget(RemServer* server, const RemInstance* instance);

/// Make a server without thread or socket, to be fed by hand; NULL without
/// memory.  For tests.
RemServer*
rem_server_new_unbound(void);

/// Treat bytes as if a packet had brought them
void
rem_server_feed(RemServer* server, void* bytes, size_t size);

/// Do what is due: time tags, answers, subscribers, errands
void
rem_server_tick(RemServer* server);

#endif // REM_PLUGIN_OSC_SERVER_H

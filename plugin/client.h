// SPDX-License-Identifier: ISC

/// Who is sent OSC by an instance, over and over, as it plays: one client,
/// chosen by the host, a session or OSC itself

#ifndef REM_PLUGIN_CLIENT_H
#define REM_PLUGIN_CLIENT_H

#include "dsp/status.h"
#include "plugin/osc/internal.h"
#include "plugin/shell.h"

#include <lo/lo.h>

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

/// A client; all zero is none
typedef struct {
  _Atomic(uint32_t) n_set;   ///< Times that it was set
  atomic_bool       watched; ///< There is one: what is played is of use

  // OSC thread only
  void*    address;  ///< lo_address, or NULL
  double   retry_at; ///< Seconds, if it cannot be reached; else 0
  uint32_t n_obeyed; ///< Of `n_set`
} RemClient;

/**
   Choose the client: what RemPluginKind.set_text does for #REM_TEXT_CLIENT.

   @param text "HOST:PORT", or "" for none.
   @return #REM_BAD_ARGUMENT for what is no address: the client stays.

   Thread: any but audio.
*/
RemStatus
rem_client_set(RemClient*  client,
               RemShell*   shell,
               const char* text,
               bool        unsaved,
               RemError*   error);

/// Carry out a command that sets a text, or asks for it where `text` is NULL,
/// and answer with what it has become.  Thread: the server's.
void
rem_client_set_text(const RemCommand* command,
                    RemShell*         shell,
                    RemText           which,
                    const char*       text);

/// Carry out `client`, with "HOST:PORT", or HOST and PORT, or "" for none; or
/// nothing, to ask.  Thread: the server's.
void
rem_client_obey(const RemCommand* command, RemShell* shell);

/// Look whom to send to, if that has changed.  Thread: the server's.
void
rem_client_follow(RemClient* client, RemShell* shell);

/**
   Send a message to the client, or lose it while there is none or it cannot be
   reached.  To look for a host by its name can take seconds: most of the time
   is for others.

   @param message Freed; NULL is allowed.

   Thread: the server's.
*/
void
rem_client_send(RemClient*       client,
                const RemServer* server,
                RemShell*        shell,
                const char*      address,
                lo_message       message);

/// Free what OSC keeps of a client.  Thread: the server's, or any but audio
/// once the instance has left.
void
rem_client_clear(RemClient* client);

#endif // REM_PLUGIN_CLIENT_H

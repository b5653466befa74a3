// SPDX-License-Identifier: ISC

/// Talking to the OSC server of running plugins: a socket of its own, to which
/// the answers come.  Not for several threads.

#ifndef REM_OFFLINE_TRAINER_OSC_LINK_H
#define REM_OFFLINE_TRAINER_OSC_LINK_H

#include "dsp/status.h"
#include "offline_trainer/osc/rows.h"

#include <stdbool.h>
#include <stddef.h>

enum { OSC_ADDRESS = 256 }; ///< Most bytes of an OSC address, with its zero

/// One argument of a message
typedef struct {
  char        type; ///< 'i', 'f' or 's'; 0 is none
  double      number;
  const char* text; ///< Borrowed
} OscArgument;

/// A command, and what its answer must bring
typedef struct {
  char        address[OSC_ADDRESS];
  OscArgument arguments[2];
  size_t      n_answer; ///< Arguments of `ok`, at least
  const char* entries;  ///< Address of the messages that `ok` counts, or NULL
  bool        status;   ///< A status belongs to the answer
  bool        again;    ///< May be sent again if no answer comes
} OscCommand;

/// A connection and what was heard on it
typedef struct OscLinkImpl OscLink;

/**
   Open a socket on a free port, for a server at `where`.

   @param where   "osc.udp://HOST:PORT/", "HOST:PORT", "HOST", ":PORT" or "-";
   what is left out is localhost and 9770.
   @param timeout How long osc_ask() waits, in seconds.
   @return A link, to be freed by osc_close(); NULL with `error` filled if
   `where` is no such address or there is no socket.
*/
OscLink*
osc_open(const char* where, double timeout, RemError* error);

/// Close the socket and free the link, which may be NULL
void
osc_close(OscLink* link);

/**
   Send a command and wait for its whole answer.

   @return Whether it was `ok`; if not, `error` has the server's words, or says
   that nobody answers and what to check, or that the user wants to stop.
*/
bool
osc_ask(OscLink* link, const OscCommand* command, RemError* error);

/// Send a command and do not wait; return whether it was sent
bool
osc_send(OscLink* link, const OscCommand* command, RemError* error);

/// Take in what comes within 50 ms
void
osc_listen(OscLink* link);

/// From now on keep the status of instance `name` (borrowed; NULL for none) in
/// osc_entries()
void
osc_follow(OscLink* link, const char* name);

/// Return how many status bundles have come
unsigned
osc_n_status(const OscLink* link);

/// Return whether the server has answered the last command by an error, and
/// fill `error` if so
bool
osc_refused(const OscLink* link, RemError* error);

/// Return argument `i` of the last `ok` as text, or ""
const char*
osc_answer(const OscLink* link, size_t i);

/// Return what came with the last answer: a row for each entry, or for each
/// item of the status
const OscRows*
osc_entries(const OscLink* link);

/// Return the port of this end
int
osc_port(const OscLink* link);

#endif // REM_OFFLINE_TRAINER_OSC_LINK_H

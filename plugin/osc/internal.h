// SPDX-License-Identifier: ISC

/// Shared by the files of the OSC server.  All of it runs in the server's
/// thread with the list of instances locked.

#ifndef REM_PLUGIN_OSC_INTERNAL_H
#define REM_PLUGIN_OSC_INTERNAL_H

#include "plugin/button.h"
#include "plugin/osc/instance.h"
#include "plugin/osc/server.h"

#include <lo/lo.h>

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#define REM_OSC_ADDRESS_SIZE 256U ///< Longest address, with its zero
#define REM_OSC_MAX_TIMED 256U    ///< Messages that wait for their time
#define REM_OSC_MAX_PENDING 256U  ///< Answers that wait for the sound
#define REM_OSC_MAX_SUBSCRIBERS 64U

/// Codes of errors, as docs/osc.md has them
enum {
  REM_OSC_BAD_ARGUMENTS = 1,
  REM_OSC_NO_ADDRESS,
  REM_OSC_NO_INSTANCE,
  REM_OSC_FORBIDDEN,
  REM_OSC_BAD_MODEL,
  REM_OSC_REPLACED,
  REM_OSC_NOT_RUNNING,
  REM_OSC_TOO_MUCH,
  REM_OSC_NOTHING_THERE
};

/// A message that waits for its time
typedef struct {
  lo_timetag time;
  char       address[REM_OSC_ADDRESS_SIZE];
  lo_message message; ///< NULL for an empty place
  lo_address from;
} RemTimed;

/// An answer that waits until something is heard
typedef struct {
  RemInstance* instance; ///< NULL for an empty place
  char         address[REM_OSC_ADDRESS_SIZE];
  lo_address   to;
  lo_message   ok;       ///< What it brings
  uint32_t     number;   ///< Of an entrance; 0 to wait for a block alone
  uint32_t     n_done;   ///< Blocks that must have been played
  uint32_t     n_seen;   ///< Blocks played when last looked at
  double       deadline; ///< Unless the host plays until then
} RemPending;

/// Who is sent the status over and over
typedef struct {
  RemInstance* instance; ///< NULL for an empty place
  lo_address   to;
  double       period; ///< Seconds
  double       next;   ///< Monotonic time, seconds
  double       end;
} RemSubscriber;

struct RemServer {
  lo_server     lo; ///< NULL without OSC
  uint32_t      port;
  bool          threaded;
  pthread_t     thread;
  atomic_bool   ending;
  int           wake[2]; ///< A pipe: a byte makes the thread look
  RemTimed      timed[REM_OSC_MAX_TIMED];
  RemPending    pending[REM_OSC_MAX_PENDING];
  RemSubscriber subscribers[REM_OSC_MAX_SUBSCRIBERS];
};

/// A message on its way to whoever carries it out
typedef struct {
  RemServer*   server;
  const char*  address; ///< Whole, for the answer
  lo_address   from;
  const char*  types;
  lo_arg**     argv;
  int          argc;
  RemInstance* instance; ///< NULL if the address names none
  const char*  verb;     ///< What follows the instance's name
} RemCommand;

/// A number of RemRemote that the status tells
typedef struct {
  const char* path; ///< Below the instance
  size_t      at;   ///< Where it stands in RemRemote
  bool        real; ///< A float; else a whole number
} RemFigure;

/// What a kind of plugin has of its own
struct RemOscKind {
  const RemFigure* figures; ///< [n_figures]
  uint32_t         n_figures;

  /// Carry out a command for the instance; false if it has none such.  NULL for
  /// no commands.
  bool (*obey)(const RemCommand* command);

  /**
     Carry out a message to all instances, of which `command` has one and, as
     verb, the address without its first character; nothing is answered.  NULL
     for none.

     @return #REM_UNSUPPORTED for an address that it does not know.
  */
  RemStatus (*hear)(const RemCommand* command, RemError* error);

  /// Send what is due; return after how many seconds to look again.  NULL for
  /// nothing.
  double (*tend)(RemServer* server, RemInstance* instance);
};

/// liblo's handler of every message; `data` is the server
int
rem_osc_handle(const char* address,
               const char* types,
               lo_arg**    argv,
               int         argc,
               lo_message  message,
               void*       data);

/// Carry out a message that has come to its time
void
rem_osc_obey(RemServer*  server,
             const char* address,
             lo_message  message,
             lo_address  from);

/// Let a message wait; false if there is no room or it is too far away
bool
rem_osc_postpone(RemServer*  server,
                 const char* address,
                 lo_message  message,
                 lo_address  from);

/// Return a copy of an address, or NULL without memory
lo_address
rem_osc_copy_address(lo_address address);

/// Send `message` to `to` at `address` with `ending` behind it, and free it;
/// NULL is allowed for the message
void
rem_osc_send(const RemServer* server,
             lo_address       to,
             const char*      address,
             const char*      ending,
             lo_message       message);

/// Tell `to` that the model at `path` sounds in an instance
void
rem_osc_send_loaded(const RemServer*   server,
                    lo_address         to,
                    const RemInstance* instance,
                    const char*        path);

/// Answer a command with `/ok` and what it brings, which is freed
void
rem_osc_ok(const RemCommand* command, lo_message brings);

/// Answer a command with `/error`
void
rem_osc_error(const RemCommand* command, int code, const char* words);

/// Answer with `/error` for a failure of a model
void
rem_osc_fail(const RemCommand* command, const RemError* error);

/// Answer with `/ok` when entrance `number` is heard, or, if that is 0, when
/// the host has played a whole block from now on.  `brings` is freed.
void
rem_osc_ok_when_heard(const RemCommand* command,
                      uint32_t          number,
                      lo_message        brings);

/// Answer with `/error` what was to be answered when heard, and empty the place
void
rem_osc_give_up(const RemServer* server,
                RemPending*      pending,
                int              code,
                const char*      words);

/// Press a button and answer; an argument of 0 only lets it go
void
rem_osc_press(const RemCommand* command, RemButton* button);

/// Return a message that holds `text`, or NULL without memory
lo_message
rem_osc_text(const char* text);

/// Read argument `i` as a number; false if there is none there
bool
rem_osc_number(const RemCommand* command, int i, double* x);

/// Read argument `i` as a text; NULL if there is none there
const char*
rem_osc_string(const RemCommand* command, int i);

/// Carry out what is asked of an instance's models
void
rem_osc_load(const RemCommand* command);
void
rem_osc_preload(const RemCommand* command);
void
rem_osc_slot(const RemCommand* command);
void
rem_osc_next(const RemCommand* command);
void
rem_osc_prev(const RemCommand* command);
void
rem_osc_models(const RemCommand* command);
void
rem_osc_model(const RemCommand* command);
void
rem_osc_reset(const RemCommand* command);

/// Carry out `model/N`, given N
void
rem_osc_select(const RemCommand* command, uint32_t n);

/// Carry out what is asked of its controls
void
rem_osc_knobs(const RemCommand* command);
void
rem_osc_knob(const RemCommand* command);

/// Turn or tell a control; false if there is none of that symbol
bool
rem_osc_control(const RemCommand* command);

/// Send the status once, or over and over
void
rem_osc_get(const RemCommand* command);
void
rem_osc_subscribe(const RemCommand* command);

/// Look after what waits; return after how many seconds to look again
double
rem_osc_tend_timed(RemServer* server);
double
rem_osc_tend_pending(RemServer* server);
double
rem_osc_tend_subscribers(RemServer* server);

/// Empty a place
void
rem_osc_drop_timed(RemTimed* timed);
void
rem_osc_drop_pending(RemPending* pending);
void
rem_osc_drop_subscriber(RemSubscriber* subscriber);

#endif // REM_PLUGIN_OSC_INTERNAL_H

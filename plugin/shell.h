// SPDX-License-Identifier: ISC

/// What both kinds of plugins, for sound and for control frames, have in
/// common: how they talk to the host, the worker, sessions and OSC.  An
/// instance of either begins with a RemShell.  shell.c, shell_control.c and
/// shell_message.c are the audio thread; shell_setup.c makes and frees, and
/// shell_work.c is the worker and the session.

#ifndef REM_PLUGIN_SHELL_H
#define REM_PLUGIN_SHELL_H

#include "dsp/rt.h"
#include "plugin/loader.h"
#include "plugin/osc/instance.h"
#include "plugin/remote.h"
#include "plugin/uris.h"
#include "remanence_ports.h" // Generated from ttl/

#include <lv2/atom/atom.h>
#include <lv2/atom/forge.h>
#include <lv2/core/lv2.h>
#include <lv2/log/logger.h>
#include <lv2/state/state.h>
#include <lv2/urid/urid.h>
#include <lv2/worker/worker.h>

#include <stdbool.h>
#include <stdint.h>

/// What a message to the worker asks for: its first four bytes.  A message
/// carries no ownership, so a host may drop it.
enum {
  REM_WORK_LOAD,    ///< Then the path of a model, with its zero
  REM_WORK_NAME,    ///< Then a name for the instance, with its zero
  REM_WORK_SELECT,  ///< Then a number: load that model of the folder, from 0
  REM_WORK_COLLECT, ///< Then any number: free what the audio thread is done
                    ///< with
  REM_WORK_MAPPING, ///< Then a mapping of MIDI, with its zero
  REM_WORK_CLIENT,  ///< Then the address of who is sent OSC, with its zero
  REM_WORK_OWN      ///< From here on, what a kind of plugin has of its own
};

/// A request that the host has not taken yet
typedef struct {
  uint32_t kind;
  uint32_t serial; ///< Of requests for a model: all but the newest are void
  char     text[REM_PATH_SIZE];
} RemRequest;

/// Requests in words that are none for a model: name, mapping, client
#define REM_N_TEXTS 3U

/// A request without words
typedef struct {
  uint32_t kind;
  uint32_t serial; ///< As RemRequest.serial
  uint32_t number;
} RemNumberRequest;

/// What the host can be told on the notify port
enum {
  REM_TELL_MODEL   = 1U,
  REM_TELL_MESSAGE = 2U,
  REM_TELL_KNOBS   = 4U,
  REM_TELL_NAME    = 8U,
  REM_TELL_PORT    = 16U,
  REM_TELL_UNSAVED = 32U, ///< The session is not as it was saved
  REM_TELL_MAPPING = 64U,
  REM_TELL_CLIENT  = 128U
};

/// All that sound has to tell when it is asked
#define REM_TELL_SOUND                                                  \
  (REM_TELL_MODEL | REM_TELL_MESSAGE | REM_TELL_KNOBS | REM_TELL_NAME | \
   REM_TELL_PORT)

/// Ports that every plugin begins with
enum { REM_PORT_CONTROL, REM_PORT_NOTIFY };

/// All that control frames have to tell
#define REM_TELL_CONTROL                                               \
  (REM_TELL_MODEL | REM_TELL_MESSAGE | REM_TELL_NAME | REM_TELL_PORT | \
   REM_TELL_MAPPING | REM_TELL_CLIENT)

/// All that notes have to tell
#define REM_TELL_NOTES \
  (REM_TELL_MODEL | REM_TELL_MESSAGE | REM_TELL_NAME | REM_TELL_PORT)

typedef struct RemShell RemShell;

/// What one plugin is, as its shell needs to know it
typedef struct {
  const char*       uri;
  const char*       family; ///< Instances nobody has named are FAMILY-1, ...
  const RemOscKind* osc;
  RemControlTable   controls;
  uint32_t          first;   ///< Port of the first control input
  uint32_t          n_ports; ///< At most #REM_MAX_PORTS
  uint32_t          tells;   ///< Properties that it has: bits of REM_TELL_*

  /**
     Set a text that the host, a session or OSC gives; NULL if it has none.

     @param unsaved As for rem_loader_set_text().
  */
  RemStatus (*set_text)(RemShell*   self,
                        RemText     which,
                        const char* text,
                        bool        unsaved,
                        RemError*   error);

  /// Bring the texts up to date before they are saved; NULL if it has none
  void (*refresh)(RemShell* self);

  /// Carry out a message from #REM_WORK_OWN up; false if it is none.
  /// @param text What follows it, or NULL if that is no text.
  bool (*work)(RemShell*               self,
               const RemNumberRequest* request,
               const char*             text);
} RemPluginKind;

/// First member of an instance; the host never runs two of its REM_RT functions
/// at once
struct RemShell {
  const RemPluginKind* kind;

  // Host
  LV2_URID_Map*        map;      ///< NULL: no messages, no sessions
  LV2_Worker_Schedule* schedule; ///< NULL: models load in no function of ours
  LV2_Log_Logger       logger;   ///< that the audio thread runs
  RemUris              uris;
  double               rate; ///< Hz

  void* ports[REM_MAX_PORTS]; ///< In the order of the Turtle

  RemLoader   loader;
  RemRemote   remote;
  RemInstance instance; ///< As OSC sees it

  /// For hosts without a worker: REM_WORK_* done in the OSC thread
  LV2_Worker_Schedule own_schedule;

  // Audio thread only
  LV2_Atom_Forge       forge;
  LV2_Atom_Forge_Frame sequence; ///< Of what is being written
  RemRequest           request;
  uint32_t             request_size;       ///< Bytes of it to send; 0 for none
  RemRequest           texts[REM_N_TEXTS]; ///< As `request`: a name and others
  uint32_t             text_sizes[REM_N_TEXTS];
  RemReport*           report;  ///< What the host was told last, or NULL
  const char*          message; ///< Of `report`, or our own
  bool                 failed;  ///< The last load did
  uint32_t          tell; ///< What the host is to be told: bits of REM_TELL_*
  bool              collecting; ///< The worker was asked to free things
  _Atomic(uint32_t) newest;     ///< Number of the last request for a model

  float    seen[REM_MAX_CONTROLS];  ///< The host's ports in the last block
  float    value[REM_MAX_CONTROLS]; ///< In effect
  bool     ran;                     ///< run() was called, ever
  bool     unsaved; ///< Others than the host have turned controls
  uint32_t n_quiet; ///< Samples until the host may be told so
  float    load;    ///< Share of the time a block lasts
  double   ticks_per_sample;
};

/**
   Make the shell of an instance that is all zero and begins with it.

   @param stage Where its models play.
   @return Whether there was memory.  rem_shell_clear() takes it back either
   way.

   Thread: any but audio.
*/
bool
rem_shell_init(RemShell*                 self,
               const RemPluginKind*      kind,
               double                    rate,
               const char*               bundle,
               RemStage                  stage,
               const LV2_Feature* const* features);

/// Take what the environment says, let OSC know the instance: the last thing to
/// do before the host gets it.  Thread: any but audio.
void
rem_shell_join(RemShell* self);

/// Leave OSC: from here on nobody but the host uses the instance, which may be
/// half made.  Thread: any but audio.
void
rem_shell_leave(RemShell* self);

/// Free what a shell owns, after rem_shell_leave().  Thread: any but audio.
void
rem_shell_clear(RemShell* self);

/// LV2_Descriptor::extension_data
const void*
rem_shell_extension_data(const char* uri);

/// LV2_Descriptor::connect_port
REM_RT void
rem_shell_connect_port(LV2_Handle instance, uint32_t port, void* data);

/// Note that a block begins; returns what rem_shell_end() wants.  Thread:
/// audio.
REM_RT uint64_t
rem_shell_begin(RemShell* self);

/// Note that a block of `n` samples ends; follows the DSP load.  Thread: audio.
REM_RT void
rem_shell_end(RemShell* self, uint64_t begun, uint32_t n);

/// Write a number to an output port, if it is connected.  Thread: audio.
REM_RT void
rem_shell_show(const RemShell* self, uint32_t port, float x);

/// Return what the port `status` says while nothing fades.
/// @param has_net Whether there is a net to play.
/// Thread: audio.
REM_RT uint32_t
rem_shell_status(const RemShell* self, bool has_net);

/// Return the first event on the control port, or NULL.  Thread: audio.
REM_RT const LV2_Atom_Event*
rem_shell_first_event(const RemShell* self);

/// Return the event after `event`, or NULL.  Thread: audio.
REM_RT const LV2_Atom_Event*
rem_shell_next_event(const RemShell* self, const LV2_Atom_Event* event);

/// Take over what the host's ports and other threads say of the controls.
/// Thread: audio.
REM_RT void
rem_shell_read_controls(RemShell* self);

/// Put a control to a value, by others than the host's port.  Thread: audio.
REM_RT void
rem_shell_turn(RemShell* self, uint32_t control, float value);

/**
   Take what the host and the loader have to say, but MIDI, and ask the worker
   for what is wanted.

   Thread: audio.
*/
REM_RT void
rem_shell_receive(RemShell* self);

/// Note a request for model `index` of the folder, which replaces one not yet
/// sent; returns false if there is nobody to load it.  Thread: audio.
REM_RT bool
rem_shell_select(RemShell* self, uint32_t index);

/// Ask the worker for something without words; returns whether the host took
/// it.  Thread: audio.
REM_RT bool
rem_shell_ask_number(const RemShell* self, uint32_t kind, uint32_t number);

/**
   Begin to write to the notify port, with what the host does not know yet as
   far as there is room; the rest next time.

   @param n Samples of the block.
   @return Whether there is a port to write to: then rem_shell_end_notify()
   must follow.

   Thread: audio.
*/
REM_RT bool
rem_shell_begin_notify(RemShell* self, uint32_t n);

/// Finish what was written to the notify port.  Thread: audio.
REM_RT void
rem_shell_end_notify(RemShell* self);

#endif // REM_PLUGIN_SHELL_H

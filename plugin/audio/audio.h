// SPDX-License-Identifier: ISC

/// The audio plugins, mono and stereo: what their realtime and their other half
/// share.  audio.c makes and frees an instance; run.c, control.c and message.c
/// are the audio thread, work.c the worker and the session.

#ifndef REM_PLUGIN_AUDIO_H
#define REM_PLUGIN_AUDIO_H

#include "dsp/rt.h"
#include "plugin/audio/stage.h"
#include "plugin/loader.h"
#include "plugin/osc/instance.h"
#include "plugin/ramp.h"
#include "plugin/remote.h"
#include "plugin/slot.h"
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
  REM_WORK_QUALITY, ///< Then a number: 1, 2 or 4
  REM_WORK_COLLECT ///< Then any number: free what the audio thread is done with
};

/// A request that the host has not taken yet
typedef struct {
  uint32_t kind;
  uint32_t serial; ///< Of requests for a model: all but the newest are void
  char     text[REM_PATH_SIZE];
} RemRequest;

/// A request without words
typedef struct {
  uint32_t kind;
  uint32_t serial; ///< As RemRequest.serial
  uint32_t number;
} RemNumberRequest;

/// Controls on their way
typedef struct {
  RemRamp enabled; ///< 1 plays, 0 passes the dry signal
  RemRamp in_gain; ///< Linear
  RemRamp out_gain;
  RemRamp mix;
  RemRamp dc_block; ///< Share of what went through the DC blocker
  RemRamp knobs[REM_SLOT_KNOBS];
} RemControls;

/// One piece of a block on its way through, and the controls at each sample
typedef struct {
  float dry[REM_SLOT_CHANNELS][REM_SLOT_CHUNK]; ///< As the host gave it
  float in[REM_SLOT_CHANNELS][REM_SLOT_CHUNK];  ///< As the net hears it
  float wet[REM_SLOT_CHANNELS][REM_SLOT_CHUNK];
  float knobs[REM_SLOT_KNOBS][REM_SLOT_CHUNK];
  float in_gain[REM_SLOT_CHUNK];
  float out_gain[REM_SLOT_CHUNK];
  float dc_block[REM_SLOT_CHUNK];
  float share[REM_SLOT_CHUNK];   ///< Of the wet signal: mix and bypass
  float through[REM_SLOT_CHUNK]; ///< Of the wet signal, that no net plays
  float scratch[REM_SLOT_CHUNK];
} RemPiece;

/// The last sample in and out of a DC blocker
typedef struct {
  float x;
  float y;
} RemDcBlocker;

/// One instance; the host never runs two of its REM_RT functions at once
typedef struct {
  // Host
  LV2_URID_Map*        map;      ///< NULL: no messages, no sessions
  LV2_Worker_Schedule* schedule; ///< NULL: models load in no function of ours
  LV2_Log_Logger       logger;   ///< that the audio thread runs
  RemUris              uris;
  double               rate; ///< Hz
  uint32_t             n_channels;

  void* ports[REM_AUDIO_STEREO_N_PORTS]; ///< In the order of the Turtle

  RemSlot*      slot;
  RemAudioStage stage;
  RemLoader     loader;
  RemRemote     remote;
  RemInstance   instance; ///< As OSC sees it

  /// For hosts without a worker: REM_WORK_* done in the OSC thread
  LV2_Worker_Schedule own_schedule;

  // Audio thread only
  LV2_Atom_Forge    forge;
  RemRequest        request;
  uint32_t          request_size; ///< Bytes of `request` to send; 0 for none
  RemRequest        rename;       ///< As `request`
  uint32_t          rename_size;
  uint32_t          quality; ///< That the loader was asked for last
  RemReport*        report;  ///< What the host was told last, or NULL
  const char*       message; ///< Of `report`, or our own
  bool              failed;  ///< The last load did
  uint32_t          tell; ///< What the host is to be told: bits of REM_TELL_*
  bool              collecting; ///< The worker was asked to free things
  _Atomic(uint32_t) newest;     ///< Number of the last request for a model

  float    seen[REM_AUDIO_N_CONTROLS];  ///< The host's ports in the last block
  float    value[REM_AUDIO_N_CONTROLS]; ///< In effect
  uint32_t program; ///< That the control of that name asked for last
  RemControls  controls;
  bool         started;      ///< Controls glide from now on
  bool         ran;          ///< run() was called, ever
  bool         unsaved;      ///< Others than the host have turned controls
  uint32_t     n_quiet;      ///< Samples until the host may be told so
  uint32_t     n_glide;      ///< Samples until a control arrives
  uint32_t     n_non_finite; ///< Samples replaced, but for those of nets
  float        load;         ///< Share of the time a block lasts
  double       ticks_per_sample;
  float        in_peak;  ///< Linear, falling
  float        out_peak; ///< Likewise
  float        dc_pole;  ///< Of the DC blocker
  RemDcBlocker dc[REM_SLOT_CHANNELS];
  RemPiece     piece;
} RemAudio;

/// Return the host's buffer for a port, given by its number in the mono plugin:
/// the stereo plugin has two audio ports more, and then the same
REM_RT static inline void*
rem_audio_port(const RemAudio* const self, const uint32_t mono)
{
  const uint32_t more = REM_AUDIO_STEREO_ENABLED - REM_AUDIO_ENABLED;
  const bool     late = mono >= REM_AUDIO_ENABLED && self->n_channels == 2U;
  return self->ports[late ? mono + more : mono];
}

/// The control inputs of both plugins
extern const RemControl rem_audio_controls[REM_AUDIO_N_CONTROLS];

/// LV2_Descriptor::connect_port
REM_RT void
rem_audio_connect_port(LV2_Handle instance, uint32_t port, void* data);

/// LV2_Descriptor::activate
REM_RT void
rem_audio_activate(LV2_Handle instance);

/// LV2_Descriptor::run
REM_RT void
rem_audio_run(LV2_Handle instance, uint32_t n_samples);

/// Take what the host and the loader have to say, but MIDI, and ask the worker
/// for what is wanted.  Thread: audio.
REM_RT void
rem_audio_receive(RemAudio* self);

/// What the host can be told on the notify port
enum {
  REM_TELL_MODEL   = 1U,
  REM_TELL_MESSAGE = 2U,
  REM_TELL_KNOBS   = 4U,
  REM_TELL_NAME    = 8U,
  REM_TELL_PORT    = 16U,
  REM_TELL_UNSAVED = 32U, ///< The session is not as it was saved
  REM_TELL_ALL     = 31U  ///< All that can be asked for
};

/**
   Return the first event on the control port, or NULL if there is none.

   Thread: audio.
*/
REM_RT const LV2_Atom_Event*
rem_audio_first_event(const RemAudio* self);

/**
   Obey the MIDI events up to sample `at` of the block.

   @param event The first that was not looked at, or NULL.
   @param until Lowered to the sample of the next event, if that is below it.
   @return The first event after `at`, or NULL.

   Thread: audio.
*/
REM_RT const LV2_Atom_Event*
rem_audio_obey_midi(RemAudio*             self,
                    const LV2_Atom_Event* event,
                    uint32_t              at,
                    uint32_t*             until);

/// Note a request for another model, which replaces one not yet sent; returns
/// false if there is nobody to load it.  Thread: audio.
REM_RT bool
rem_audio_select(RemAudio* self, uint32_t index);

/// Take over what the host's ports and other threads say of the controls.
/// Thread: audio.
REM_RT void
rem_audio_read_controls(RemAudio* self);

/// Put a control to a value, by others than the host's port.  Thread: audio.
REM_RT void
rem_audio_turn(RemAudio* self, uint32_t control, float value);

/// Tell the host what it does not know yet, as far as there is room on the
/// notify port; the rest next time.  The block has `n` samples.  Thread: audio.
REM_RT void
rem_audio_notify(RemAudio* self, uint32_t n);

/// Carry out a message to the worker.  Thread: any but audio.
LV2_Worker_Status
rem_audio_work(RemAudio* self, uint32_t size, const void* data);

/// LV2_Worker_Interface, for hosts that have a worker
extern const LV2_Worker_Interface rem_audio_worker;

/// LV2_State_Interface
extern const LV2_State_Interface rem_audio_state;

#endif // REM_PLUGIN_AUDIO_H

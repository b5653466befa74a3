// SPDX-License-Identifier: ISC

/// The audio plugins, mono and stereo: what their realtime and their other half
/// share.  audio.c makes and frees an instance, run.c and message.c are the
/// audio thread, work.c the worker and the session.

#ifndef REM_PLUGIN_AUDIO_H
#define REM_PLUGIN_AUDIO_H

#include "dsp/rt.h"
#include "plugin/loader.h"
#include "plugin/ramp.h"
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
  REM_WORK_LOAD,   ///< Then the path of a model, with its zero
  REM_WORK_COLLECT ///< Free what the audio thread has done with
};

/// A request to load that the host has not taken yet
typedef struct {
  uint32_t kind; ///< #REM_WORK_LOAD
  char     path[REM_PATH_SIZE];
} RemRequest;

/// Controls on their way
typedef struct {
  RemRamp enabled; ///< 1 plays, 0 passes the dry signal
  RemRamp in_gain; ///< Linear
  RemRamp out_gain;
  RemRamp mix;
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
  float share[REM_SLOT_CHUNK];   ///< Of the wet signal: mix and bypass
  float through[REM_SLOT_CHUNK]; ///< Of the wet signal, that no net plays
  float scratch[REM_SLOT_CHUNK];
} RemPiece;

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

  RemSlot*  slot;
  RemLoader loader;

  // Audio thread only
  LV2_Atom_Forge forge;
  RemRequest     request;
  uint32_t       request_size; ///< Bytes of `request` to send; 0 for none
  RemReport*     report;       ///< What the host was told last, or NULL
  const char*    message;      ///< Of `report`, or our own
  bool           failed;       ///< The last load did
  bool           tell_model;   ///< The host is to be told
  bool           tell_message;
  bool           collecting; ///< The worker was asked to free things

  RemControls controls;
  bool        started;      ///< Controls glide from now on
  uint32_t    n_glide;      ///< Samples until a control arrives
  uint32_t    n_non_finite; ///< Samples replaced, but for those of nets
  float       load;         ///< Share of the time a block lasts
  double      ticks_per_sample;
  RemPiece    piece;
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

/// LV2_Descriptor::connect_port
REM_RT void
rem_audio_connect_port(LV2_Handle instance, uint32_t port, void* data);

/// LV2_Descriptor::activate
REM_RT void
rem_audio_activate(LV2_Handle instance);

/// LV2_Descriptor::run
REM_RT void
rem_audio_run(LV2_Handle instance, uint32_t n_samples);

/// Take what the host and the loader have to say, and ask the worker for what
/// is wanted.  Thread: audio.
REM_RT void
rem_audio_receive(RemAudio* self);

/// Tell the host what it does not know yet, as far as there is room on the
/// notify port; the rest next time.  Thread: audio.
REM_RT void
rem_audio_notify(RemAudio* self);

/// LV2_Worker_Interface, for hosts that have a worker
extern const LV2_Worker_Interface rem_audio_worker;

/// LV2_State_Interface
extern const LV2_State_Interface rem_audio_state;

#endif // REM_PLUGIN_AUDIO_H

// SPDX-License-Identifier: ISC

/**
   The plugin that turns sound into control: onsets, beats, any labels or curves
   that a net has learned to hear, as MIDI, control ports and OSC.  listener.c
   makes and frees an instance, osc.c is what OSC asks of it; the rest is the
   audio thread: run.c listens, give.c gives out what is heard.

   Time is counted in samples since activation.  An event is given out at the
   sample at which it is known: nothing depends on how time is cut into blocks.
*/

#ifndef REM_PLUGIN_LISTENER_LISTENER_H
#define REM_PLUGIN_LISTENER_LISTENER_H

#include "dsp/rt.h"
#include "dsp/symbols.h"
#include "plugin/client.h"
#include "plugin/control/ring.h"
#include "plugin/listener/stage.h"
#include "plugin/shell.h"
#include "remanence_ports.h" // Generated from ttl/

#include <lv2/core/lv2.h>

#include <stdbool.h>
#include <stdint.h>

#define REM_LISTENER_PORTS 8U  ///< Outputs that have ports
#define REM_LISTENER_KEYS 128U ///< Outputs that have MIDI

/// What the control `midi` says
enum {
  REM_LISTENER_NO_MIDI,
  REM_LISTENER_NOTES,
  REM_LISTENER_CONTROLLERS,
  REM_LISTENER_BOTH
};

/// Something heard, on its way to OSC
typedef struct {
  uint32_t output;
  bool     curve; ///< A height; else an event
  float    strength;
  char     name[REM_MAX_SYMBOL_NAME];
} RemHeardEvent;

/// A note that may sound, for an output
typedef struct {
  bool     on;
  uint8_t  channel; ///< 0..15
  uint8_t  key;
  uint64_t end; ///< Sample at which it ends
} RemListenerNote;

/// One instance; the host never runs two of its REM_RT functions at once
typedef struct {
  RemShell         shell; ///< First
  RemListenerStage stage;
  RemClient        client;
  RemRing          heard; ///< RemHeardEvent, from the audio thread to OSC

  // Audio thread only
  uint64_t        now;     ///< First sample of the block
  bool            started; ///< A block was run since activation
  bool            enabled; ///< In the last block
  bool            writing; ///< There is a notify port to write to
  float           out[REM_LISTENER_PORTS];   ///< What the ports show
  bool            fresh[REM_LISTENER_PORTS]; ///< Heard in this block
  RemListenerNote notes[REM_LISTENER_KEYS];
  uint32_t        n_notes;               ///< That sound
  uint32_t        cc[REM_LISTENER_KEYS]; ///< Last message of controllers, or 0
} RemListener;

/// The plugin's control inputs
extern const RemControl rem_listener_controls[REM_LISTENER_N_CONTROLS];

/// The plugin
extern const LV2_Descriptor rem_listener;

/// LV2_Descriptor::activate
REM_RT void
rem_listener_activate(LV2_Handle instance);

/// LV2_Descriptor::run
REM_RT void
rem_listener_run(LV2_Handle instance, uint32_t n_samples);

/// Give out the strengths [n_out] of a frame that is complete at sample `at` of
/// the block, and the events that are known by it.  Thread: audio.
REM_RT void
rem_listener_give(RemListener* self, const float* strengths, uint32_t at);

/// End the notes that are over before sample `until` of the block, each at its
/// sample.  Thread: audio.
REM_RT void
rem_listener_end_notes(RemListener* self, uint32_t until);

/// End all notes at sample `at` of the block; what there is no room for, as
/// soon as there is, also if time begins anew.  Thread: audio.
REM_RT void
rem_listener_silence(RemListener* self, uint32_t at);

#endif // REM_PLUGIN_LISTENER_LISTENER_H

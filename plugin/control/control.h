// SPDX-License-Identifier: ISC

/**
   The plugins that listen to a controller and play on, with numbers or control
   voltage.  control.c makes and frees an instance, osc.c is what OSC asks of
   it; the rest is the audio thread: run.c, touch.c takes in what the player
   does, give.c gives out what is played.

   Time is counted in samples since activation.  A block is gone through once,
   in order: before anything that the player does at a sample, what the duet
   has to play before that sample is given out at its own sample.
*/

#ifndef REM_PLUGIN_CONTROL_CONTROL_H
#define REM_PLUGIN_CONTROL_CONTROL_H

#include "dsp/duet.h"
#include "dsp/rt.h"
#include "plugin/button.h"
#include "plugin/client.h"
#include "plugin/control/cast.h"
#include "plugin/control/mapping.h"
#include "plugin/control/record.h"
#include "plugin/control/ring.h"
#include "plugin/shell.h"
#include "remanence_ports.h" // Generated from ttl/

#include <lv2/atom/atom.h>
#include <lv2/core/lv2.h>

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#define REM_PORT_DIMS 8U ///< Dimensions that have ports

/// Asked of the worker besides what every shell asks
enum {
  REM_WORK_LEARNED = REM_WORK_OWN, ///< Then any number: the mapping has changed
  REM_WORK_RECORDED ///< Then any number: the recorder has something to tell
};

/// A frame of the player's that came by OSC
typedef struct {
  uint32_t n;
  float    x[REM_MAX_DIMS];
} RemTouch;

/// Control voltage on its way through a block
typedef struct {
  float    seen[REM_PORT_DIMS]; ///< The inputs at the last frame taken in
  bool     known;               ///< They are
  bool     high;                ///< The trigger was, at the last sample
  uint32_t n_scanned;           ///< Samples of the block that were looked at
  uint32_t n_filled;            ///< And written
  uint32_t n_until;             ///< Samples until the period is over
  uint32_t n_pulse;             ///< Samples that the trigger stays up
} RemVoltage;

/// What the host last said of its transport
typedef struct {
  double speed;   ///< 0 stands
  double unit;    ///< Notes of which a whole one has so many are beats
  double tempo;   ///< Beats a minute
  double per_bar; ///< Beats
} RemTransport;

/// One instance; the host never runs two of its REM_RT functions at once
typedef struct {
  RemShell     shell; ///< First
  bool         cv;
  uint32_t     n_spacing; ///< Samples between OSC frames that came in one block
  uint32_t     n_pulse;   ///< Samples that the trigger stays up
  RemDuet*     duet;
  RemCast      cast;
  RemRecorder* recorder;

  RemSharedMapping shared; ///< MIDI, as everyone may set it

  RemRing           touches; ///< RemTouch, from OSC to the audio thread
  RemRing           played;  ///< RemDuetEvent, from there to OSC
  RemClient         client;
  _Atomic(uint32_t) n_dims; ///< Of the net that plays; 0 without one
  RemButton         reset;

  // Audio thread only
  uint64_t   now;                ///< First sample of the block
  bool       started;            ///< A block was run since activation
  uint32_t   seed;               ///< In use
  bool       thru;               ///< What the player does is passed on
  bool       writing;            ///< There is a notify port to write to
  float      in[REM_PORT_DIMS];  ///< The ports in the last block
  float      out[REM_PORT_DIMS]; ///< What the ports show
  uint32_t   n_bad;              ///< Inputs that were no numbers
  RemVoltage voltage;

  RemTransport transport;
  RemMapping   mapping;   ///< In force
  uint32_t     n_mapping; ///< Of the shared one's changes, obeyed
  RemMidiLearn learn;
  bool         learned;      ///< The worker is to be told
  uint32_t     n_recorded;   ///< Of the recorder's news, that it was told
  RemMidiOut   midi;         ///< What sounds
  bool         owes_silence; ///< There was no room to end every note
  uint32_t     event_at;     ///< Sample of the block that events have come to
  uint32_t     osc_at;       ///< Sample of the block for the next OSC frame
} RemControlPlugin;

/// The control inputs of both plugins; the last one is control-cv's alone
extern const RemControl rem_control_controls[REM_CONTROL_CV_N_CONTROLS];

/// The plugins
extern const LV2_Descriptor rem_control;
extern const LV2_Descriptor rem_control_cv;

/// Return an output port of this plugin, given by its number in `control`.
/// Thread: audio.
REM_RT static inline uint32_t
rem_control_port(const RemControlPlugin* const self, const uint32_t plain)
{
  const uint32_t more = REM_CONTROL_CV_STATUS - REM_CONTROL_STATUS;
  return self->cv && plain >= REM_CONTROL_STATUS ? plain + more : plain;
}

/// LV2_Descriptor::activate
REM_RT void
rem_control_activate(LV2_Handle instance);

/// LV2_Descriptor::run
REM_RT void
rem_control_run(LV2_Handle instance, uint32_t n_samples);

/// Play what is due before sample `until` of the block.  Thread: audio.
REM_RT void
rem_control_play_until(RemControlPlugin* self, uint32_t until);

/// Put what the player has not moved yet where it rests: switches and keys at
/// 0, all else in the middle.  Thread: audio.
REM_RT void
rem_control_rest_faders(RemControlPlugin* self);

/// Take in ports that were moved before the block.
/// Thread: audio.
REM_RT void
rem_control_take_ports(RemControlPlugin* self);

/// Take in OSC frames up to sample `until` of the block.  Thread: audio.
REM_RT void
rem_control_take_osc(RemControlPlugin* self, uint32_t until);

/// Take in control voltage up to sample `until` of the block, and play what is
/// due before each touch.  Thread: audio.
REM_RT void
rem_control_take_voltage(RemControlPlugin* self, uint32_t until);

/// Take in an event of the control port, in a block of `n` samples, and before
/// it all that is due.  Thread: audio.
REM_RT void
rem_control_take_event(RemControlPlugin*     self,
                       const LV2_Atom_Event* event,
                       uint32_t              n);

/// Obey another mapping from sample `at` of the block on.  Thread: audio.
REM_RT void
rem_control_follow_mapping(RemControlPlugin* self, uint32_t at);

/// Begin to give out a block, of control voltage at least.  Thread: audio.
REM_RT void
rem_control_begin_giving(RemControlPlugin* self);

/// Give out something that happens at sample `at` of the block.  Thread: audio.
REM_RT void
rem_control_give(RemControlPlugin*   self,
                 const RemDuetEvent* event,
                 uint32_t            at);

/// End at sample `at` of the block the note of a `note` dimension that a MIDI
/// message lets go of; returns whether one has ended.  Thread: audio.
REM_RT bool
rem_control_let_go(RemControlPlugin* self,
                   const uint8_t*    bytes,
                   uint32_t          size,
                   uint32_t          at);

/// End all sounding notes at sample `at` of the block.  Thread: audio.
REM_RT void
rem_control_end_notes(RemControlPlugin* self, uint32_t at);

/// Give out the rest of a block of `n` samples.  Thread: audio.
REM_RT void
rem_control_end_giving(RemControlPlugin* self, uint32_t n);

#endif // REM_PLUGIN_CONTROL_CONTROL_H

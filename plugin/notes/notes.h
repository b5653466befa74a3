// SPDX-License-Identifier: ISC

/**
   The plugin that listens to a keyboard and plays on.  notes.c makes and frees
   an instance; run.c is the audio thread, with dsp/improviser.h.

   Time is counted in samples since activation.
*/

#ifndef REM_PLUGIN_NOTES_NOTES_H
#define REM_PLUGIN_NOTES_NOTES_H

#include "dsp/improviser.h"
#include "dsp/rt.h"
#include "plugin/button.h"
#include "plugin/notes/cast.h"
#include "plugin/notes/thru.h"
#include "plugin/shell.h"
#include "remanence_ports.h" // Generated from ttl/

#include <lv2/core/lv2.h>

#include <stdbool.h>
#include <stdint.h>

/// One instance; the host never runs two of its REM_RT functions at once
typedef struct {
  RemShell     shell; ///< First
  RemNotesCast cast;
  RemButton    reset;

  // Audio thread only
  RemImproviser improviser;
  uint64_t      now;      ///< First sample of the block
  bool          started;  ///< A block was run since activation
  uint32_t      seed;     ///< In use
  bool          rolls;    ///< The host's transport
  bool          writing;  ///< There is a notify port to write to
  uint32_t      event_at; ///< Sample of the block that events have come to
  bool          passes;   ///< What the player does is passed on
  RemThru       thru;
  uint8_t       player_channel; ///< The last one, 0..15
  uint8_t       channel;        ///< On which the net's notes sound
  uint32_t      n_sounding;     ///< Of the net's notes, as the host has it
} RemNotesPlugin;

/// The control inputs
extern const RemControl rem_notes_controls[REM_NOTES_N_CONTROLS];

/// The plugin
extern const LV2_Descriptor rem_notes;

/// LV2_Descriptor::activate
REM_RT void
rem_notes_activate(LV2_Handle instance);

/// LV2_Descriptor::run
REM_RT void
rem_notes_run(LV2_Handle instance, uint32_t n_samples);

#endif // REM_PLUGIN_NOTES_NOTES_H

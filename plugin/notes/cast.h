// SPDX-License-Identifier: ISC

/// The stage of the notes plugin: nets on their way from the loader to the
/// audio thread and back

#ifndef REM_PLUGIN_NOTES_CAST_H
#define REM_PLUGIN_NOTES_CAST_H

#include "dsp/improviser.h"
#include "dsp/mind.h"
#include "dsp/rt.h"
#include "plugin/bin.h"
#include "plugin/stage.h"

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#define REM_NOTES_REPLACED 256U ///< Entrances whose fate is known

/// A mind that was offered
typedef struct {
  RemNode  node;
  RemMind* mind;
  uint32_t number; ///< Of its entrance
} RemNotesActor;

/// Handle of `rem_notes_stage`
typedef struct {
  // Minds: each is owned by exactly one of these three
  RemNotesActor*          playing;  ///< Audio thread only; NULL without a net
  _Atomic(RemNotesActor*) incoming; ///< From the loader to the audio thread
  RemBin                  retired;  ///< From the audio thread to be freed

  _Atomic(uint32_t) sounding; ///< Number of the entrance that plays
  uint32_t          n_failed; ///< Of minds that are gone; audio thread only

  // Those who offer only
  uint32_t          n_offered;
  _Atomic(uint32_t) replaced[REM_NOTES_REPLACED]; ///< Each at its remainder
} RemNotesCast;

/// Free every mind; one that is all zero is allowed.  Thread: any but audio.
void
rem_notes_cast_clear(RemNotesCast* cast);

/// What is built is a RemMind
extern const RemStageCalls rem_notes_stage;

/// Pick up what is on offer and let it play from sample `at` on.  Thread:
/// audio.
REM_RT void
rem_notes_pick_up(RemNotesCast* cast, RemImproviser* improviser, uint64_t at);

/// Return how often nets have run away.  Thread: audio.
REM_RT uint32_t
rem_notes_n_failures(const RemNotesCast* cast);

#endif // REM_PLUGIN_NOTES_CAST_H

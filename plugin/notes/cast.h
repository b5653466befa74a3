// SPDX-License-Identifier: ISC

/// The stage of the notes plugin: nets on their way from the loader to the
/// audio thread and back

#ifndef REM_PLUGIN_NOTES_CAST_H
#define REM_PLUGIN_NOTES_CAST_H

#include "dsp/improviser.h"
#include "dsp/mind.h"
#include "dsp/rt.h"
#include "plugin/mailbox.h"
#include "plugin/stage.h"

#include <stdint.h>

/// A mind that was offered
typedef struct {
  RemEntry entry;
  RemMind* mind;
} RemNotesActor;

/// Handle of `rem_notes_stage`
typedef struct {
  RemMailbox     mailbox;  ///< Of RemNotesActors
  RemNotesActor* playing;  ///< Audio thread only; NULL without a net
  uint32_t       n_failed; ///< Of minds that are gone; audio thread only
} RemNotesCast;

/// Make an empty cast of one that is all zero.  Thread: any but audio.
void
rem_notes_cast_init(RemNotesCast* cast);

/// Free every mind; one that is all zero is allowed.  Thread: any but audio.
void
rem_notes_cast_clear(RemNotesCast* cast);

/// What is built is a RemNotesActor
extern const RemStageCalls rem_notes_stage;

/// Pick up what is on offer and let it play from sample `at` on.  Thread:
/// audio.
REM_RT void
rem_notes_pick_up(RemNotesCast* cast, RemImproviser* improviser, uint64_t at);

/// Return how often nets have run away.  Thread: audio.
REM_RT uint32_t
rem_notes_n_failures(const RemNotesCast* cast);

#endif // REM_PLUGIN_NOTES_CAST_H

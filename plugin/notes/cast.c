// SPDX-License-Identifier: ISC

/// The audio thread's half of the stage; cast_setup.c has the other

#include "plugin/notes/cast.h"

#include <stddef.h>

REM_RT void
rem_notes_pick_up(RemNotesCast* const  cast,
                  RemImproviser* const improviser,
                  const uint64_t       at)
{
  RemNotesActor* const next = (RemNotesActor*)rem_mailbox_take(&cast->mailbox);
  if (!next) {
    return;
  }
  (void)rem_improviser_set_mind(improviser, at, next->mind);
  if (cast->playing) {
    cast->n_failed += rem_mind_n_failures(cast->playing->mind);
    rem_mailbox_retire(&cast->mailbox, &cast->playing->entry);
  }
  cast->playing = next;
  rem_mailbox_announce(&cast->mailbox, &next->entry);
}

REM_RT uint32_t
rem_notes_n_failures(const RemNotesCast* const cast)
{
  return cast->n_failed +
         (cast->playing ? rem_mind_n_failures(cast->playing->mind) : 0U);
}

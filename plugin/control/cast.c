// SPDX-License-Identifier: ISC

/// The audio thread's half of the cast; cast_setup.c has the other

#include "plugin/control/cast.h"

#include <stddef.h>

#define MAX_LAG 63U ///< Frames that are heard late; earlier ones are left out

REM_RT void
rem_cast_remember(RemCast* const     cast,
                  const float* const frame,
                  const uint32_t     n_values)
{
  static const float none = 0.0f;
  const float*       columns[REM_MAX_FRAME];
  for (uint32_t c = 0U; c < REM_MAX_FRAME; ++c) {
    columns[c] = c < n_values ? &frame[c] : &none;
  }
  rem_history_write(&cast->history, columns, 1U);
}

REM_RT void
rem_cast_forget(RemCast* const cast)
{
  rem_history_restart(&cast->history);
}

REM_RT void
rem_actor_hear(const RemCast* const cast,
               RemActor* const      actor,
               const uint64_t       end)
{
  for (; actor->heard < end; ++actor->heard) {
    float  frame[REM_MAX_FRAME];
    float* columns[REM_MAX_FRAME];
    for (uint32_t c = 0U; c < REM_MAX_FRAME; ++c) {
      columns[c] = &frame[c];
    }
    if (rem_history_read(&cast->history, actor->heard, columns, 1U)) {
      rem_predictor_hear(actor->predictor, frame);
    }
  }
}

/// Let a predictor hear what it missed, but the very last frame: that the duet
/// itself tells it
REM_RT static void
catch_up(const RemCast* const cast, RemActor* const next)
{
  const uint64_t begin = atomic_load(&cast->history.first);
  const uint64_t end   = rem_history_end(&cast->history);
  const uint64_t goal  = end > begin ? end - 1U : end;
  if (next->since < begin) { // Warmed before everything was forgotten
    rem_predictor_reset(next->predictor);
    next->heard = begin;
  }
  if (goal > next->heard + MAX_LAG) {
    next->heard = goal - MAX_LAG;
  }
  rem_actor_hear(cast, next, goal);
}

REM_RT bool
rem_cast_pick_up(RemCast* const cast, RemDuet* const duet, const uint64_t at)
{
  RemActor* const next = (RemActor*)rem_mailbox_take(&cast->mailbox);
  if (!next) {
    return false;
  }
  catch_up(cast, next);
  (void)rem_duet_set_predictor(duet, at, next->predictor);
  if (cast->playing) {
    cast->n_failed += rem_predictor_n_failures(cast->playing->predictor);
    rem_mailbox_retire(&cast->mailbox, &cast->playing->entry);
  }
  cast->playing = next;
  rem_mailbox_announce(&cast->mailbox, &next->entry);
  return true;
}

REM_RT uint32_t
rem_cast_n_failures(const RemCast* const cast)
{
  return cast->n_failed +
         (cast->playing ? rem_predictor_n_failures(cast->playing->predictor)
                        : 0U);
}

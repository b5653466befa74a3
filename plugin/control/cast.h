// SPDX-License-Identifier: ISC

/**
   Where a control plugin holds the net that plays and the one that comes in.

   A loader hands over a predictor that has heard what the net before it heard
   last: some 200 frames, from a ring that the audio thread writes.  What came
   since, a few frames at most, the audio thread plays to it when it picks it
   up.  Predictors do not fade: the next event is the new one's.
*/

#ifndef REM_PLUGIN_CONTROL_CAST_H
#define REM_PLUGIN_CONTROL_CAST_H

#include "dsp/duet.h"
#include "dsp/frames.h"
#include "dsp/predictor.h"
#include "dsp/rt.h"
#include "plugin/history.h"
#include "plugin/mailbox.h"
#include "plugin/stage.h"

#include <stdbool.h>
#include <stdint.h>

#define REM_CAST_FRAMES 256U ///< That are remembered; three quarters are heard

/// A predictor and what it has heard
typedef struct {
  RemEntry      entry;
  RemPredictor* predictor;
  uint64_t      since; ///< The first frame that it heard
  uint64_t      heard; ///< It heard every frame before this one
} RemActor;

/// Handle of `rem_control_stage`
typedef struct {
  RemHistory history; ///< Frames that nets hear: dt, then #REM_MAX_DIMS values

  RemMailbox mailbox;  ///< Of RemActors
  RemActor*  playing;  ///< Audio thread only; NULL without a net
  uint32_t   n_failed; ///< Of predictors that are gone; audio thread only
} RemCast;

/// Make an empty cast of one that is all zero; returns whether there was
/// memory.  Thread: any but audio.
bool
rem_cast_init(RemCast* cast);

/// Free every predictor, after the duet.  Thread: any but audio.
void
rem_cast_clear(RemCast* cast);

/// What is built is a RemActor
extern const RemStageCalls rem_control_stage;

/// Remember a frame that the net hears; what lacks is 0.  Thread: audio.
/// @param frame [n_values] dt in seconds, then values in 0..1.
REM_RT void
rem_cast_remember(RemCast* cast, const float* frame, uint32_t n_values);

/// Forget what was remembered, as after rem_duet_reset().  Thread: audio.
REM_RT void
rem_cast_forget(RemCast* cast);

/**
   Pick up what is on offer and give it to the duet.

   @param at As for rem_duet_set_predictor().
   @return Whether another predictor plays.

   Thread: audio.  Cost: at most 64 steps of the net.
*/
REM_RT bool
rem_cast_pick_up(RemCast* cast, RemDuet* duet, uint64_t at);

/// Return how often nets have run away.  Thread: audio.
REM_RT uint32_t
rem_cast_n_failures(const RemCast* cast);

/// Hear frames from `actor->heard` up to `end`; what was overwritten meanwhile
/// is left out.  Thread: audio, or the loader that owns `actor`.
REM_RT void
rem_actor_hear(const RemCast* cast, RemActor* actor, uint64_t end);

#endif // REM_PLUGIN_CONTROL_CAST_H

// SPDX-License-Identifier: ISC

/**
   A net that reads MIDI events and says what comes next: for the plugin and for
   files alike.

   There are two kinds.  One goes on: it hears whatever is played, by whom ever,
   and always knows how likely every event is to come next.  The other answers:
   it hears a call, and from rem_mind_begin() on says an answer to all of it.

   Thread of every function: audio, with denormals off (dsp/denormal.h), unless
   it says otherwise.  None of these can fail.
*/

#ifndef REM_DSP_MIND_H
#define REM_DSP_MIND_H

#include "dsp/events.h"
#include "dsp/model.h"
#include "dsp/rt.h"
#include "dsp/status.h"

#include <stdbool.h>
#include <stdint.h>

/// A net and its memory
typedef struct RemMind RemMind;

/// Return whether a model can be a mind, else say why not.  Thread: any but
/// audio.
RemStatus
rem_mind_check(const RemModel* model, const char* place, RemError* error);

/// Return a mind that has heard nothing, or NULL without memory.  `model` is
/// one that rem_mind_check() accepts, and may be freed.  Thread: any but audio.
RemMind*
rem_mind_new(const RemModel* model);

/// Free a mind; NULL is allowed.  Thread: any but audio.
void
rem_mind_free(RemMind* mind);

/// Return whether it answers, rather than goes on
REM_RT bool
rem_mind_answers(const RemMind* mind);

/// Forget everything.  Cost: one step.
REM_RT void
rem_mind_reset(RemMind* mind);

/// Hear an event.  Cost: one step.
REM_RT void
rem_mind_hear(RemMind* mind, uint32_t token);

/// Begin an answer, or the same one anew; a mind that goes on does.  Cost: one
/// step.
REM_RT void
rem_mind_begin(RemMind* mind);

/// Return the logits [#REM_N_TOKENS] of what is said next, finite
REM_RT const float*
rem_mind_logits(const RemMind* mind);

/// Say an event, which may be another than the likeliest.  Cost: one step.
REM_RT void
rem_mind_say(RemMind* mind, uint32_t token);

/// Return how often the net ran away, after which it has forgotten everything
REM_RT uint32_t
rem_mind_n_failures(const RemMind* mind);

#endif // REM_DSP_MIND_H

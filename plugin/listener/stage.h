// SPDX-License-Identifier: ISC

/// Where a listener holds the net that listens and the one that comes in.  A
/// net that comes in begins at rest: what it hears, it hears from then on.

#ifndef REM_PLUGIN_LISTENER_STAGE_H
#define REM_PLUGIN_LISTENER_STAGE_H

#include "dsp/ear.h"
#include "dsp/peaks.h"
#include "dsp/rt.h"
#include "dsp/symbols.h"
#include "plugin/mailbox.h"
#include "plugin/resample.h"
#include "plugin/stage.h"

#include <stdbool.h>
#include <stdint.h>

/// A net that listens at the host's rate
typedef struct {
  RemEntry     entry;
  RemEar*      ear;
  RemResampler resampler; ///< All zero where rates are the same
  float*       sound;     ///< [resampler.n_most] at the model's rate
  uint32_t*    at;        ///< [resampler.n_most] As rem_resampler_take() has it
  RemPeaks*    peaks;     ///< [n_out]
  uint32_t     n_out;
  bool         curve; ///< Outputs are heights of curves, not labels
  double       delay; ///< Seconds from what happens to when it is known
  char (*names)[REM_MAX_SYMBOL_NAME]; ///< [n_out] of the outputs
} RemHearer;

/// Handle of `rem_listener_stage`
typedef struct {
  double     rate;     ///< Of the host, Hz
  RemMailbox mailbox;  ///< Of RemHearers
  RemHearer* playing;  ///< Audio thread only; NULL without a net
  uint32_t   n_failed; ///< Of nets that are gone; audio thread only
} RemListenerStage;

/// Make an empty stage of one that is all zero, for a host's rate in Hz.
/// Thread: any but audio.
void
rem_listener_stage_init(RemListenerStage* stage, double rate);

/// What is built is a RemHearer
extern const RemStageCalls rem_listener_stage;

/// Free every net.  Thread: any but audio.
void
rem_listener_stage_clear(RemListenerStage* stage);

/// Pick up what is on offer; returns whether another net listens.  Thread:
/// audio.
REM_RT bool
rem_listener_stage_pick_up(RemListenerStage* stage);

/// Return how often nets have run away.  Thread: audio.
REM_RT uint32_t
rem_listener_stage_n_failures(const RemListenerStage* stage);

/// Forget everything heard.  Thread: audio.
REM_RT void
rem_hearer_reset(RemHearer* hearer);

#endif // REM_PLUGIN_LISTENER_STAGE_H

// SPDX-License-Identifier: ISC

/// Recordings to learn from: an input, what the device made of it, and where
/// its knobs stood

#ifndef REM_OFFLINE_TRAINER_DATA_PAIR_H
#define REM_OFFLINE_TRAINER_DATA_PAIR_H

#include "dsp/model.h"
#include "dsp/status.h"
#include "offline_trainer/data/align.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/// A knob as given on the command line: `--knob Gain=0.3`
typedef struct {
  char  name[64];
  float value; ///< In the user's own unit
} RemKnobSetting;

/// What to read
typedef struct {
  const char*           input_path;
  const char*           target_path;
  uint32_t              n_knobs;
  const RemKnobSetting* knobs;
  bool                  latency_given; ///< Use `latency`, do not measure
  int32_t               latency;       ///< Samples by which the target lags
} RemPairSource;

/// How serious a finding is
typedef enum {
  REM_FINDING_NOTE,    ///< Good to know
  REM_FINDING_WARNING, ///< Costs quality
} RemFindingLevel;

/// One sentence for the user about a pair
typedef struct {
  RemFindingLevel level;
  char            text[256];
} RemFinding;

#define REM_MAX_FINDINGS 24 ///< More are left out

/// A pair, aligned: target[t] belongs to input[t].  A target that is upside
/// down stays so, as some devices do that; a finding says it.
typedef struct {
  uint32_t     rate;   ///< Hz, of both files
  size_t       n;      ///< Samples left after alignment
  float*       input;  ///< [n] owned
  float*       target; ///< [n] owned, polarity as recorded
  float*       knobs;  ///< [n_knobs] 0 to 1 as the net sees them; owned
  uint32_t     n_knobs;
  RemAlignment alignment; ///< As found, but for a latency that was given
  uint32_t     n_findings;
  RemFinding   findings[REM_MAX_FINDINGS];
  double noise_floor_db; ///< Of the target's quietest tenth of a second, dBFS
  double self_esr; ///< Of a repeated phrase against its mean, or NaN: the best
                   ///< ESR that any model can reach on this recording
} RemPair;

/// Pairs that one model learns from, all at one rate and with the same knobs
typedef struct {
  uint32_t rate;
  uint32_t n_pairs;
  RemPair* pairs; ///< [n_pairs] owned
  uint32_t n_knobs;
  RemKnob* knobs; ///< [n_knobs] ranges over all pairs; owned
} RemRecording;

/**
   Read, check and align pairs.

   Every pair is checked for length, channels, samples that are not numbers,
   silence, level, clipping, DC, latency, polarity, noise and repeated phrases;
   RemPair.findings say in sentences what was found, where, and what to do.
   Pairs whose latencies differ by a few samples at most get the earliest of
   them, and one that cannot tell gets what the surest measured.
   Of two-channel files the mean is taken if the channels are equal, else the
   louder channel.

   Ranges of knobs: 0 to 1 if all values lie there, else lowest to highest
   value.  Defaults: the mean of the values.

   @param sources [n_sources] of which each has the same knobs, in any order.
   @param out On success to be cleared with rem_recording_clear(); on failure
              empty, and `error` says which file is at fault and why.
   @return #REM_NO_FILE, #REM_BAD_FORMAT, #REM_TOO_LARGE, #REM_BAD_AUDIO (rates
   differ, silence, shorter than half a second, not a number, the latency
   leaves nothing), #REM_BAD_ARGUMENT (no pair, or knobs differ between pairs),
   #REM_NO_MEMORY or #REM_SUCCESS.

   Thread: any but audio.  Cost: about a second per pair.
*/
RemStatus
rem_recording_read(const RemPairSource* sources,
                   uint32_t             n_sources,
                   RemRecording*        out,
                   RemError*            error);

/// Free what a recording owns and empty it
void
rem_recording_clear(RemRecording* recording);

#endif // REM_OFFLINE_TRAINER_DATA_PAIR_H

// SPDX-License-Identifier: ISC

/// What nets for spectra hear in whole recordings

#ifndef REM_OFFLINE_TRAINER_SPECTRA_HEAR_H
#define REM_OFFLINE_TRAINER_SPECTRA_HEAR_H

#include "dsp/model.h"
#include "dsp/peaks.h"
#include "dsp/status.h"
#include "offline_trainer/spectra/labels.h"
#include "offline_trainer/spectra/sound.h"

#include <stdbool.h>
#include <stddef.h>

#define REM_HEAR_THRESHOLD 0.5 ///< Strength that an event has, usually
#define REM_HEAR_APART 0.05    ///< Seconds from event to event, usually

/// Who is told how far it is, 0 to 1; returns whether to go on.  `go_on` may
/// be NULL.
typedef struct {
  bool (*go_on)(void* handle, double done);
  void* handle;
} RemHearWatch;

/// Numbers for every frame of a recording
typedef struct {
  size_t n;         ///< Frames
  size_t n_columns; ///< Bands, or outputs
  float* x;         ///< [n, n_columns] owned
} RemHeard;

/// Free numbers and empty the struct
void
rem_heard_clear(RemHeard* heard);

/**
   Make frames of sound, up to the one whose window's middle lies behind it.

   @param sound At the rate of the spectra.
   @param out   To be cleared with rem_heard_clear(); empty on failure.
   @return #REM_NO_MEMORY or #REM_SUCCESS.
*/
RemStatus
rem_hear_frames(const RemSpectra* spectra,
                const RemSound*   sound,
                RemHeard*         out,
                RemError*         error);

/**
   Return whether a model can hear recordings: all that rem_ear_check() accepts,
   and nets that read in both directions.

   @param place What the error calls the model.
*/
RemStatus
rem_hear_check(const RemModel* model, const char* place, RemError* error);

/**
   Play sound to a model and note strengths, as rem_ear_strengths().

   @param model rem_hear_check() accepts it.
   @param sound At the rate of its spectra.
   @param watch May be NULL.
   @param out   To be cleared with rem_heard_clear(); empty on failure.
   @return #REM_INTERRUPTED, #REM_NOT_FINITE, #REM_NO_MEMORY or #REM_SUCCESS.
*/
RemStatus
rem_hear(const RemModel*     model,
         const RemSound*     sound,
         const RemHearWatch* watch,
         RemHeard*           out,
         RemError*           error);

/**
   Play frames to a net, from the rest state that is zero or learned.

   @param frames [n, I]
   @param y      [n, O] what the head gives.
   @return #REM_NOT_FINITE, #REM_NO_MEMORY or #REM_SUCCESS.
*/
RemStatus
rem_hear_net(const RemNetSpec* spec,
             const float*      params,
             const float*      frames,
             size_t            n,
             float*            y,
             RemError*         error);

/// Return the rule of the peaks for a threshold, and seconds from event to
/// event
RemPeakRule
rem_hear_rule(const RemSpectra* spectra, double threshold, double apart);

/**
   Add the events in strengths to `out`, which is put in order.

   @param model What the strengths are of: how frames lie in time, and names.
   @return False without memory.
*/
bool
rem_hear_events(const RemModel*    model,
                const RemHeard*    strengths,
                const RemPeakRule* rule,
                RemLabels*         out);

/// Return strengths as a CSV file: a heading, then the seconds of each frame's
/// middle from 0 on and every output.  To free(); NULL without memory.
char*
rem_hear_text(const RemModel* model, const RemHeard* strengths);

/// Write the name of an output: a label's, or its number, from 1
void
rem_hear_name(const RemModel* model,
              uint32_t        output,
              char            name[REM_MAX_SYMBOL_NAME]);

#endif // REM_OFFLINE_TRAINER_SPECTRA_HEAR_H

// SPDX-License-Identifier: ISC

/// Gestures that a model makes up, or that a person made

#ifndef REM_OFFLINE_TRAINER_CONTROL_GENERATE_H
#define REM_OFFLINE_TRAINER_CONTROL_GENERATE_H

#include "dsp/frames.h"
#include "dsp/logfile/log.h"
#include "dsp/model.h"
#include "dsp/status.h"

#include <stddef.h>
#include <stdint.h>

/// Events of one performance.  All zero is none.
typedef struct {
  uint32_t n_dims;
  size_t   n;
  double*  time; ///< [n] seconds, never falling; owned
  float*   x;    ///< [n, n_dims] in 0..1; owned
} RemGestures;

/// How to make some up
typedef struct {
  double    seconds;   ///< From the end of the prime on
  double    timescale; ///< Times of the net are multiplied by it
  RemTemper temper;
  uint64_t  seed;
} RemGenerate;

/**
   Let a net play by itself, as the plugin does in its mode `battle`, events no
   nearer to each other than #REM_DUET_SPACING.

   @param model One for control frames.
   @param prime Heard before, all rows of the person; as many dimensions as the
                model has.  NULL is none.
   @param out   On success to be cleared with rem_gestures_clear(); times count
                from the end of the prime.
   @return #REM_NO_MEMORY, #REM_BAD_SHAPE, #REM_UNSUPPORTED for a model of
   sound, #REM_INTERRUPTED, or #REM_SUCCESS.
*/
RemStatus
rem_generate(const RemModel*    model,
             const RemLog*      prime,
             const RemGenerate* how,
             RemGestures*       out,
             RemError*          error);

/// Copy what a person played; false without memory, with `out` empty.  Times
/// count from the first row on.
bool
rem_gestures_of_log(const RemLog* log, RemGestures* out);

/// Free what gestures own and empty them
void
rem_gestures_clear(RemGestures* gestures);

#endif // REM_OFFLINE_TRAINER_CONTROL_GENERATE_H

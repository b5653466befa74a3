// SPDX-License-Identifier: ISC

/// Recordings cut into parallel streams, anew for every epoch

#ifndef REM_OFFLINE_TRAINER_STREAMS_H
#define REM_OFFLINE_TRAINER_STREAMS_H

#include "dsp/random.h"
#include "dsp/status.h"
#include "offline_trainer/split.h"

#include <stddef.h>
#include <stdint.h>

#define REM_MAX_STREAMS 4096U         ///< More is a slip
#define REM_EPOCH_SAMPLES (4U << 20U) ///< Most samples in an epoch

/// Where one stream begins in this epoch
typedef struct {
  const RemStretch* stretch;
  size_t            begin; ///< Sample of the pair
} RemStream;

/// Streams that together go once through everything, or through
/// #REM_EPOCH_SAMPLES of it if that is less
typedef struct {
  uint32_t          n_stretches;
  const RemStretch* stretches; ///< [n_stretches] borrowed
  uint32_t          n_steps;   ///< T, samples of a window
  uint32_t          n_windows; ///< Windows that a stream lasts
  uint32_t          n_streams;
  RemStream*        streams; ///< [n_streams] owned
} RemStreams;

/**
   Plan `n_streams` streams of whole windows.

   @param stretches What to learn from; must outlive the streams.
   @param n_steps   T, samples of a window.
   @param out       On success to be cleared with rem_streams_clear(), not
                    drawn yet.
   @return #REM_BAD_AUDIO if a stretch is shorter than a window, #REM_NO_MEMORY
   or #REM_SUCCESS.
*/
RemStatus
rem_streams_open(const RemStretch* stretches,
                 uint32_t          n_stretches,
                 uint32_t          n_streams,
                 uint32_t          n_steps,
                 RemStreams*       out,
                 RemError*         error);

/// Free what streams own and empty them
void
rem_streams_clear(RemStreams* streams);

/**
   Choose where the streams of an epoch begin: at even distances over all
   stretches, from a random place on, and never across a stretch's border.

   @param random Advanced.
*/
void
rem_streams_draw(RemStreams* streams, RemRandom* random);

/**
   Fill the input of a window: audio, then knobs.

   @param first  First stream of `n_streams`.
   @param at     First sample, counted from where the streams begin.  Before
                 the stretch that a stream is in there is silence.
   @param n      Number of samples.
   @param input  [n, n_streams, 1 + n_knobs] overwritten.
*/
void
rem_streams_fill(const RemStreams* streams,
                 uint32_t          first,
                 uint32_t          n_streams,
                 int64_t           at,
                 uint32_t          n,
                 float*            input);

/// Return the target of `stream` in window `window`: [T]
const float*
rem_streams_target(const RemStreams* streams, uint32_t stream, uint32_t window);

#endif // REM_OFFLINE_TRAINER_STREAMS_H

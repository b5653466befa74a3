// SPDX-License-Identifier: ISC

/// The last second that the plugin heard, written by the audio thread and read
/// by whoever warms a net.  Columns are what one frame holds: the channels,
/// then the knobs.

#ifndef REM_PLUGIN_HISTORY_H
#define REM_PLUGIN_HISTORY_H

#include "dsp/rt.h"

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

/// A ring of frames, counted from 0 since creation.  Neither side waits for the
/// other: a reader that was overtaken notices and tries again further on.
typedef struct {
  uint32_t          n_columns;
  uint32_t          n_frames; ///< Length of the ring, a power of two
  _Atomic float*    values;   ///< [n_columns, n_frames]
  _Atomic(uint64_t) n_begun;  ///< Frames written, and being written now
  _Atomic(uint64_t) n_written;
  _Atomic(uint64_t) first; ///< First frame since activation
} RemHistory;

/**
   Make room for at least `n_frames`, none written yet.

   @param history All zero.
   @return Whether there was memory.

   Thread: any but audio.
*/
bool
rem_history_init(RemHistory* history, uint32_t n_columns, uint32_t n_frames);

/// Free what rem_history_init() allocated.  Thread: any but audio.
void
rem_history_clear(RemHistory* history);

/// Forget everything: what is written next is the first frame.  Thread: audio.
REM_RT void
rem_history_restart(RemHistory* history);

/// Append `n` frames, at most `n_frames`.  Thread: audio, and no other.
/// @param columns [n_columns] pointers to [n].
REM_RT void
rem_history_write(RemHistory* history, const float* const* columns, uint32_t n);

/// Return the number of frames written so far.  Thread: any.
REM_RT uint64_t
rem_history_end(const RemHistory* history);

/**
   Return the oldest frame worth reading: the first since activation, or what
   lies three quarters of the ring back, so that a reader has a quarter of it to
   keep ahead of the writer.

   Thread: any.
*/
REM_RT uint64_t
rem_history_begin(const RemHistory* history);

/**
   Copy `n` frames that rem_history_end() has announced.

   @param at      The first.
   @param columns [n_columns] pointers to [n], or NULL for what is not wanted.
   @return False if the writer overtook the reader: `columns` is nonsense then.

   Thread: any.  Cost: n * n_columns; never waits.
*/
REM_RT bool
rem_history_read(const RemHistory* history,
                 uint64_t          at,
                 float* const*     columns,
                 uint32_t          n);

#endif // REM_PLUGIN_HISTORY_H

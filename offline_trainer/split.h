// SPDX-License-Identifier: ISC

/// Which parts of recordings are learned from, and which are held out to see
/// how well that went.  No sample is in both.

#ifndef REM_OFFLINE_TRAINER_SPLIT_H
#define REM_OFFLINE_TRAINER_SPLIT_H

#include "dsp/status.h"
#include "offline_trainer/data/pair.h"

#include <stddef.h>
#include <stdint.h>

#define REM_MAX_HELD_OUT_SECONDS 20.0 ///< Of one pair; more costs time only

/// Samples [begin, end) of a pair, which must outlive it
typedef struct {
  const RemPair* pair;
  size_t         begin;
  size_t         end;
} RemStretch;

/// Both kinds
typedef struct {
  uint32_t    n_training;
  RemStretch* training; ///< [n_training] owned
  uint32_t    n_held_out;
  RemStretch* held_out; ///< [n_held_out] owned
} RemSplit;

/**
   Hold out the last pairs whole.

   @param n_training Pairs to learn from, the first; 1..recording->n_pairs - 1.
   @param out        On success to be cleared with rem_split_clear().
*/
RemStatus
rem_split_by_pair(const RemRecording* recording,
                  uint32_t            n_training,
                  RemSplit*           out,
                  RemError*           error);

/**
   Hold out one stretch of every pair: `fraction` of it, at most
   #REM_MAX_HELD_OUT_SECONDS, where input and target are about as loud as they
   are on the whole.  What is left on either side is nothing or as long again.

   @param fraction Above 0, up to 0.5.
   @param out      On success to be cleared with rem_split_clear().
   @return #REM_NO_MEMORY or #REM_SUCCESS.
*/
RemStatus
rem_split_by_time(const RemRecording* recording,
                  double              fraction,
                  RemSplit*           out,
                  RemError*           error);

/// Return the number of samples in stretches
size_t
rem_stretches_length(const RemStretch* stretches, uint32_t n);

/// Free what a split owns and empty it
void
rem_split_clear(RemSplit* split);

#endif // REM_OFFLINE_TRAINER_SPLIT_H

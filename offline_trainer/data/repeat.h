// SPDX-License-Identifier: ISC

/// Phrases that a recording plays twice, to the sample

#ifndef REM_OFFLINE_TRAINER_DATA_REPEAT_H
#define REM_OFFLINE_TRAINER_DATA_REPEAT_H

#include "dsp/status.h"

#include <stddef.h>

/// A phrase: x[first + i] equals x[again + i] for i < length
typedef struct {
  size_t first;
  size_t again;
  size_t length; ///< 0 if there is none
} RemRepeat;

/**
   Find the longest stretch of two blocks or more that comes back.

   Blocks of 4096 samples are entered into a table by a rolling hash, which is
   then looked up at every sample; what agrees is compared and grown both ways.
   Blocks of silence or of one value do not count, overlaps neither.

   Source: Karp and Rabin 1987, doi:10.1147/rd.312.0249.

   @param x [n] finite.
   @return #REM_NO_MEMORY or #REM_SUCCESS.

   Thread: any but audio.  Cost: O(n).
*/
RemStatus
rem_find_repeat(const float* x, size_t n, RemRepeat* out);

/**
   Return the best ESR that any model can reach on two takes of a phrase.

       sum (a - b)^2 / (sum a^2 + sum b^2)

   Noise of variance s in each take gives 2 s in their difference but only s in
   the error of a perfect model, so half of the takes' ESR to each other is the
   best that a model can reach.

   @param a, b [n] targets of the two takes.
   @return NaN if both are silent.
*/
double
rem_self_esr(const float* a, const float* b, size_t n);

#endif // REM_OFFLINE_TRAINER_DATA_REPEAT_H

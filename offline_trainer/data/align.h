// SPDX-License-Identifier: ISC

/// How far a target lags its input, and whether it is upside down

#ifndef REM_OFFLINE_TRAINER_DATA_ALIGN_H
#define REM_OFFLINE_TRAINER_DATA_ALIGN_H

#include "dsp/status.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/// What was found
typedef struct {
  int32_t latency;    ///< Samples by which the target lags; negative: it leads
  bool    inverted;   ///< The device turns the polarity over
  bool    confident;  ///< Else the recording does not say: trust a person
  float   confidence; ///< 0 to 1, for the report
} RemAlignment;

/**
   Measure the latency between an input and a target.

   The peak of a plain cross-correlation is the device's group delay, not its
   latency (54 samples on a DS-1 that is aligned), so this <...say here what is
   done: the method, its source, what it was proved on>.

   @param input, target [n] at `rate` Hz.
   @param max_latency   Search from -max_latency to +max_latency samples.
   @return #REM_NO_MEMORY or #REM_SUCCESS.
*/
RemStatus
rem_align(const float*  input,
          const float*  target,
          size_t        n,
          uint32_t      rate,
          uint32_t      max_latency,
          RemAlignment* out,
          RemError*     error);

#endif // REM_OFFLINE_TRAINER_DATA_ALIGN_H

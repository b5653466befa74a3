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
  float   confidence; ///< 0 to 1, for the report
  bool    inverted;   ///< The device turns the polarity over
  bool    confident;  ///< Else the recording does not say: trust a person
  bool    borrowed;   ///< Measured on another pair of the same recording
  bool    related;    ///< A linear fit explains more than chance would
} RemAlignment;

/**
   Measure the latency between an input and a target.

   The peak of a plain cross-correlation is the device's group delay, not its
   latency (54 samples on a DS-1 that is aligned).  What is looked for is the
   first input sample that a causal model cannot do without:

   1. Coarse: both signals are differenced, made equally loud everywhere and
      whitened; the peak of their correlation lies a few samples behind the
      onset of the response.
   2. Fine: rem_causal_fit() says what each input sample around that peak adds
      to a linear model.  Samples that the device has not heard yet add next to
      nothing; the lag where the gain rises most above the eight before it is
      the onset.  Two fits vote, one of the signals as they are and one of them
      made equally loud, where quiet passages and high strings count as well.
   3. If no onset stands out in the whole, parts of 5 seconds are asked: what
      more than half of those that are sure agree on, and at least three,
      counts.

   A causal net learns a small positive lag, but never a negative one, so
   doubt goes to the early side: if the first gain is small beside those that
   follow, a low-pass or a converter's filter may hide an earlier sample, and
   3 samples (62 us) are given away.  A target that needs no shift but for
   those stays where it is.  If nothing stands out, `confident` is false:
   `latency` is then 0, or if the coarse peak is clear and more than 64 samples
   out, 16 samples before it.

   Proved on ds1 (shared data, a DS-1 said to be aligned; its onset is at
   sample 3): shifts to 2400 samples either way come out exact, inverted copies
   and noise at -40 dB included, but that copies 1 to 3 samples early are
   causal and stay as they are.  On 14 simulated amplifiers and pedals playing
   two recordings at five shifts, with and without that noise, 230 of 280 are
   confident, and of those one is late, by a sample.  (Three of the devices
   resample inside; their response is the middle of a linear-phase filter.)

   @param input, target [n] at `rate` Hz, finite; fewer than 2048 samples, or
                        silence, give no confidence.
   @param max_latency   Search from -max_latency to +max_latency samples; no
                        more than a quarter of `n`.
   @param out           Overwritten.  `inverted` is the sign of the strongest
                        whitened response, which is that of the first wave.
   @return #REM_NO_MEMORY or #REM_SUCCESS.

   Thread: any but audio.  Cost: 0.1 s for 5 seconds of sound, 0.5 s for half a
   minute or an hour: only the loudest 22 seconds are fitted.  Asking parts
   takes up to 2.5 s more.
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

// SPDX-License-Identifier: ISC

/**
   Doubling and halving of a sample rate without latency to speak of.

   An elliptic half-band filter is the sum of two chains of all-pass sections,
   each of which runs at the lower of both rates:

       H(z) = (A0(z^2) + z^-1 A1(z^2)) / 2    A(z) = prod (a + z^-1)/(1 + a
   z^-1)

   Source: Valenzuela and Constantinides 1983, "Digital signal processing
   schemes for efficient interpolation and decimation", IEE Proceedings G
   130(6), doi:10.1049/ip-g-1.1983.0044, as laid out by de Soras in HIIR.
*/

#ifndef REM_PLUGIN_HALFBAND_H
#define REM_PLUGIN_HALFBAND_H

#include "dsp/rt.h"

#include <stdbool.h>
#include <stdint.h>

#define REM_HALFBAND_MAX 16U ///< Most sections of both chains together

/// A filter: what its sections multiply by, first chain at the even places
typedef struct {
  uint32_t n; ///< Sections of both chains, even
  float    a[REM_HALFBAND_MAX];
} RemHalfband;

/// What one stream through one filter remembers; all zero is at rest
typedef struct {
  float last[REM_HALFBAND_MAX + 2U]; ///< Into every section, then out of both
} RemHalfbandState;

/**
   Design the filter with the fewest sections, or with #REM_HALFBAND_MAX.

   @param transition     From the edge of the pass band to the middle, a quarter
                         of the higher rate, as a part of the higher rate; above
                         0, below 0.25.
   @param attenuation_db Of the stop band at least, above 0.

   Thread: any but audio.
*/
RemHalfband
rem_halfband_design(double transition, double attenuation_db);

/// Return by how many samples of the lower rate the way up and down again
/// delays low frequencies: its group delay at 0 Hz.  Thread: any but audio.
double
rem_halfband_delay(const RemHalfband* filter);

/**
   Double the rate.

   @param in  [n].
   @param out [2n]; not `in`.

   Thread: audio.  Cost: `n` sections a sample.
*/
REM_RT void
rem_halfband_up(const RemHalfband* filter,
                RemHalfbandState*  state,
                const float*       in,
                float*             out,
                uint32_t           n);

/**
   Halve the rate.

   @param in  [2n].
   @param out [n]; may be `in`.

   Thread: audio.  Cost: `n` sections a sample.
*/
REM_RT void
rem_halfband_down(const RemHalfband* filter,
                  RemHalfbandState*  state,
                  const float*       in,
                  float*             out,
                  uint32_t           n);

/// Return whether what a stream remembers is finite.  Thread: audio.
REM_RT bool
rem_halfband_is_finite(const RemHalfbandState* state);

#endif // REM_PLUGIN_HALFBAND_H

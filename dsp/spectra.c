// SPDX-License-Identifier: ISC

#include "dsp/spectra.h"

#include <math.h>
#include <stddef.h>

RemSpectra
rem_spectra_default(void)
{
  RemSpectra s = {.rate    = 24000.0,
                  .n_fft   = 512U,
                  .hop     = 192U,
                  .n_bands = 32U,
                  .lowest  = 40.0f,
                  .highest = 11000.0f,
                  .floor   = 1e-4f};
  for (uint32_t b = 0U; b < REM_MAX_MEL; ++b) {
    s.scale[b] = 1.0f;
  }
  return s;
}

static RemStatus
check_columns(const RemSpectra* const s, RemError* const error)
{
  for (uint32_t b = 0U; b < s->n_bands; ++b) {
    if (!isfinite(s->offset[b]) || !(s->scale[b] >= 1e-6f) ||
        !isfinite(s->scale[b])) {
      return rem_fail(error,
                      REM_BAD_SHAPE,
                      NULL,
                      "band %u has offset %g and scale %g, expected finite "
                      "numbers and a scale of 1e-06 or more",
                      b,
                      (double)s->offset[b],
                      (double)s->scale[b]);
    }
  }
  return REM_SUCCESS;
}

/// Check the sizes of windows
static RemStatus
check_sizes(const RemSpectra* const s, RemError* const error)
{
  if (s->n_fft < REM_SPECTRA_MIN_FFT || s->n_fft > REM_SPECTRA_MAX_FFT ||
      (s->n_fft & (s->n_fft - 1U))) {
    return rem_fail(error,
                    REM_BAD_SHAPE,
                    NULL,
                    "windows have %u samples, expected a power of two from %u "
                    "to %u",
                    s->n_fft,
                    REM_SPECTRA_MIN_FFT,
                    REM_SPECTRA_MAX_FFT);
  }
  if (s->hop < REM_SPECTRA_MIN_HOP || s->hop > s->n_fft) {
    return rem_fail(error,
                    REM_BAD_SHAPE,
                    NULL,
                    "frames are %u samples apart, expected %u to %u",
                    s->hop,
                    REM_SPECTRA_MIN_HOP,
                    s->n_fft);
  }
  return s->n_bands && s->n_bands <= REM_MAX_MEL
           ? REM_SUCCESS
           : rem_fail(error,
                      REM_BAD_SHAPE,
                      NULL,
                      "frames have %u bands, expected 1 to %u",
                      s->n_bands,
                      REM_MAX_MEL);
}

RemStatus
rem_spectra_check(const RemSpectra* const s, RemError* const error)
{
  RemStatus st = check_sizes(s, error);
  if (st) {
    return st;
  }
  if (!(s->rate >= REM_SPECTRA_MIN_RATE && s->rate <= REM_SPECTRA_MAX_RATE) ||
      s->rate != floor(s->rate)) {
    return rem_fail(error,
                    REM_BAD_SHAPE,
                    NULL,
                    "the rate is %g Hz, expected a whole number from %g to %g",
                    s->rate,
                    REM_SPECTRA_MIN_RATE,
                    REM_SPECTRA_MAX_RATE);
  }
  if (!(s->lowest >= 0.0f) || !(s->highest > s->lowest) ||
      !((double)s->highest <= 0.5 * s->rate)) {
    return rem_fail(error,
                    REM_BAD_SHAPE,
                    NULL,
                    "bands go from %g to %g Hz, expected 0 to half the rate",
                    (double)s->lowest,
                    (double)s->highest);
  }
  if (!(s->floor >= 1e-9f && s->floor <= 1.0f)) {
    return rem_fail(error,
                    REM_BAD_SHAPE,
                    NULL,
                    "the floor is %g, expected 1e-09 to 1",
                    (double)s->floor);
  }
  return check_columns(s, error);
}

double
rem_spectra_delay(const RemSpectra* const s)
{
  return 0.5 * s->n_fft / s->rate;
}

double
rem_spectra_time(const RemSpectra* const s, const double frame)
{
  return ((frame + 1.0) * s->hop - 0.5 * s->n_fft) / s->rate;
}

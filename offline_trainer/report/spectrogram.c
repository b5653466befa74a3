// SPDX-License-Identifier: ISC

#include "offline_trainer/report/spectrogram.h"

#include "offline_trainer/spectrum.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define LOWEST 60.0         ///< Hz
#define FRAME_SECONDS 0.040 ///< Before rounding up to a power of two

/// Return the length of a frame at `rate`
static uint32_t
frame_length(const double rate)
{
  uint32_t n = 64U;
  while (n < FRAME_SECONDS * rate && n < (1U << 16U)) {
    n *= 2U;
  }
  return n;
}

/// Sum the power of the frames of one column; return their number
static uint32_t
measure_column(RemSpectrum* const spectrum,
               const uint32_t     n_fft,
               const float* const samples,
               const size_t       n,
               const double       centre,
               const double       width,
               double* const      power)
{
  const double   latest = n > n_fft ? (double)(n - n_fft) : 0.0;
  const uint32_t n_frames =
    (uint32_t)fmin(fmax(ceil(2.0 * width / n_fft), 1.0), 1000.0);
  memset(power, 0, (n_fft / 2U + 1U) * sizeof(double));
  for (uint32_t i = 0; i < n_frames; ++i) {
    const double at    = centre + width * ((i + 0.5) / n_frames - 0.5);
    const double start = fmax(0.0, fmin(latest, at - 0.5 * n_fft));
    rem_spectrum_add(spectrum, samples, n, (size_t)start, power);
  }
  return n_frames;
}

/// Return the mean of the bins from `low` to `high`, which need not be whole
static double
mean_of_bins(const double* const power, const double low, const double high)
{
  const size_t first = (size_t)ceil(low);
  double       sum   = 0.0;
  size_t       k     = first;
  for (; (double)k < high; ++k) {
    sum += power[k];
  }
  if (k > first) {
    return sum / (double)(k - first);
  }
  const double at = 0.5 * (low + high), part = at - floor(at); // In between
  return power[(size_t)at] * (1.0 - part) + power[(size_t)at + 1U] * part;
}

/// Sort the bins of one column into the rows of `out`
static void
fill_column(const RemSpectrogram* const out,
            const size_t                column,
            const double* const         power,
            const double                n_frames,
            const double                hz_per_bin)
{
  const double ratio = out->high / out->low, n_rows = (double)out->n_rows;
  for (size_t r = 0; r < out->n_rows; ++r) {
    const double row  = (double)(out->n_rows - 1U - r);
    const double low  = out->low * pow(ratio, row / n_rows);
    const double high = out->low * pow(ratio, (row + 1.0) / n_rows);
    out->power[r * out->n_columns + column] =
      mean_of_bins(power, low / hz_per_bin, high / hz_per_bin) / n_frames;
  }
}

bool
rem_spectrogram_measure(const float* const    samples,
                        const size_t          n,
                        const double          rate,
                        RemSpectrogram* const out)
{
  const uint32_t     n_fft    = frame_length(rate);
  RemSpectrum* const spectrum = rem_spectrum_new(n_fft);
  double* const      bins = (double*)calloc(n_fft / 2U + 2U, sizeof(double));
  out->low                = fmin(LOWEST, 0.1 * rate);
  out->high               = 0.5 * rate;
  out->power = (double*)calloc(out->n_columns * out->n_rows, sizeof(double));
  const bool   ok    = spectrum && bins && out->power;
  const double width = (double)n / (double)out->n_columns;
  for (size_t c = 0; ok && c < out->n_columns; ++c) {
    const double   centre = ((double)c + 0.5) * width;
    const uint32_t n_frames =
      measure_column(spectrum, n_fft, samples, n, centre, width, bins);
    fill_column(out, c, bins, n_frames, rate / n_fft);
  }
  rem_spectrum_free(spectrum);
  free(bins);
  return ok;
}

void
rem_spectrogram_clear(RemSpectrogram* const s)
{
  free(s->power);
  memset(s, 0, sizeof(*s));
}

double
rem_spectrogram_peak(const RemSpectrogram* const s)
{
  double peak = 0.0;
  for (size_t i = 0; i < s->n_rows * s->n_columns; ++i) {
    peak = fmax(peak, s->power[i]);
  }
  return peak;
}

/// Return a colour as cairo's RGB24 holds it
static uint32_t
to_pixel(const RemColour c)
{
  return (uint32_t)lrint(255.0 * c.red) << 16U |
         (uint32_t)lrint(255.0 * c.green) << 8U |
         (uint32_t)lrint(255.0 * c.blue);
}

/// Fill the pixels of `image`, one for every point of the grid
static void
fill_image(cairo_surface_t* const      image,
           const RemSpectrogram* const s,
           const double                peak,
           const double                range_db)
{
  const size_t         stride = (size_t)cairo_image_surface_get_stride(image);
  unsigned char* const data   = cairo_image_surface_get_data(image);
  for (size_t r = 0; r < s->n_rows; ++r) {
    for (size_t c = 0; c < s->n_columns; ++c) {
      const double   power = s->power[r * s->n_columns + c];
      const double   db = peak > 0.0 ? 10.0 * log10(power / peak) : -range_db;
      const uint32_t pixel = to_pixel(rem_heat(1.0 + db / range_db));
      memcpy(data + r * stride + c * sizeof(pixel), &pixel, sizeof(pixel));
    }
  }
  cairo_surface_mark_dirty(image);
}

bool
rem_spectrogram_paint(cairo_t* const              cr,
                      const RemBox                box,
                      const RemSpectrogram* const s,
                      const double                peak,
                      const double                range_db)
{
  cairo_surface_t* const image = cairo_image_surface_create(
    CAIRO_FORMAT_RGB24, (int)s->n_columns, (int)s->n_rows);
  const bool ok = cairo_surface_status(image) == CAIRO_STATUS_SUCCESS;
  if (ok) {
    cairo_surface_flush(image);
    fill_image(image, s, peak, range_db);
    cairo_save(cr);
    cairo_translate(cr, box.x, box.y);
    cairo_scale(
      cr, box.width / (double)s->n_columns, box.height / (double)s->n_rows);
    cairo_set_source_surface(cr, image, 0.0, 0.0);
    cairo_rectangle(cr, 0.0, 0.0, (double)s->n_columns, (double)s->n_rows);
    cairo_pattern_set_filter(cairo_get_source(cr), CAIRO_FILTER_BILINEAR);
    cairo_pattern_set_extend(cairo_get_source(cr), CAIRO_EXTEND_PAD);
    cairo_fill(cr);
    cairo_restore(cr);
  }
  cairo_surface_destroy(image);
  return ok;
}

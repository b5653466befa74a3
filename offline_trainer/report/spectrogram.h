// SPDX-License-Identifier: ISC

/// Spectra over time, as pictures

#ifndef REM_OFFLINE_TRAINER_REPORT_SPECTROGRAM_H
#define REM_OFFLINE_TRAINER_REPORT_SPECTROGRAM_H

#include "offline_trainer/report/plot.h"

#include <stdbool.h>
#include <stddef.h>

/// Levels at the points of a grid, frequencies evenly spaced by pitch
typedef struct {
  size_t  n_columns;
  size_t  n_rows;
  double  low;   ///< Hz, lower edge of the lowest row
  double  high;  ///< Hz, upper edge of the highest: half the sample rate
  double* power; ///< [n_rows, n_columns] mean square per bin, highest row first
} RemSpectrogram;

/**
   Measure `samples` [n] at `rate` Hz.

   Every column is the mean of half-overlapping frames around it, about 40 ms
   long each; every row that of the bins in it.

   @param out `n_columns` and `n_rows` are given; the rest is overwritten, and
              to be freed with rem_spectrogram_clear().
   @return Whether there was memory.
*/
bool
rem_spectrogram_measure(const float*    samples,
                        size_t          n,
                        double          rate,
                        RemSpectrogram* out);

/// Free what a spectrogram owns and empty it
void
rem_spectrogram_clear(RemSpectrogram* spectrogram);

/// Return the highest power
double
rem_spectrogram_peak(const RemSpectrogram* spectrogram);

/**
   Paint a spectrogram into `box`.

   @param peak     Power that the lightest colour stands for.
   @param range_db Decibels below it that the darkest colour stands for.
   @return Whether there was memory.
*/
bool
rem_spectrogram_paint(cairo_t*              cr,
                      RemBox                box,
                      const RemSpectrogram* spectrogram,
                      double                peak,
                      double                range_db);

#endif // REM_OFFLINE_TRAINER_REPORT_SPECTROGRAM_H

// SPDX-License-Identifier: ISC

/// The pictures of a report, each drawn into a box

#ifndef REM_OFFLINE_TRAINER_REPORT_FIGURES_H
#define REM_OFFLINE_TRAINER_REPORT_FIGURES_H

#include "offline_trainer/report/plot.h"
#include "offline_trainer/report/report.h"

#include <cairo.h>

#include <stdbool.h>
#include <stddef.h>

#define REM_HEARD_SECONDS 15.0 ///< Longest stretch that is heard and analysed
#define REM_ZOOM_SECONDS 0.020 ///< Stretch that is seen wave by wave

/// Part of a recording
typedef struct {
  size_t start;
  size_t n;
} RemSpan;

/// Return the stretch of at most `seconds` in which the target is loudest
RemSpan
rem_report_loudest(const RemReport* report, double seconds);

/// Return target minus prediction of a part, [n] to be freed, or NULL without
/// memory
float*
rem_report_difference(const RemReport* report, RemSpan span);

/// Return the index of the best validation, or `n_history` if there is none
size_t
rem_report_best(const RemReport* report);

/// Draws one picture into `box`; returns whether there was memory
typedef bool (*RemDrawing)(cairo_t*         cr,
                           const RemReport* report,
                           const RemStyle*  style,
                           RemBox           box);

/// Training loss and validation ESR against seconds
bool
rem_draw_history(cairo_t*         cr,
                 const RemReport* report,
                 const RemStyle*  style,
                 RemBox           box);

/// Target and prediction, wave by wave, where the target is loud
bool
rem_draw_zoom(cairo_t*         cr,
              const RemReport* report,
              const RemStyle*  style,
              RemBox           box);

/// Target, prediction and difference from beginning to end
bool
rem_draw_whole(cairo_t*         cr,
               const RemReport* report,
               const RemStyle*  style,
               RemBox           box);

/// Spectrograms of target, prediction and difference, by the same colours
bool
rem_draw_spectrograms(cairo_t*         cr,
                      const RemReport* report,
                      const RemStyle*  style,
                      RemBox           box);

/// Difference and level by octave
bool
rem_draw_bands(cairo_t*         cr,
               const RemReport* report,
               const RemStyle*  style,
               RemBox           box);

#endif // REM_OFFLINE_TRAINER_REPORT_FIGURES_H

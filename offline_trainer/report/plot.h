// SPDX-License-Identifier: ISC

/// Axes and curves, drawn by cairo

#ifndef REM_OFFLINE_TRAINER_REPORT_PLOT_H
#define REM_OFFLINE_TRAINER_REPORT_PLOT_H

#include "offline_trainer/report/style.h"

#include <cairo.h>

#include <stdbool.h>
#include <stddef.h>

#define REM_PLOT_LEFT \
  5.6                      ///< Room left of the axes, in heights of letters;
                           ///< more where the numbers there are wider
#define REM_PLOT_RIGHT 1.2 ///< Room right of the axes, in heights of letters

/// A rectangle, in pixels
typedef struct {
  double x;
  double y;
  double width;
  double height;
} RemBox;

/// One axis
typedef struct {
  const char* label; ///< Quantity and unit, or NULL for neither name nor ticks
  double      low;
  double      high; ///< Above `low`
  bool        log;  ///< Both ends are positive then
} RemAxis;

/// A frame to draw in
typedef struct {
  cairo_t*        cr;
  const RemStyle* style;
  RemBox          box; ///< Inside the axes
  RemAxis         x;
  RemAxis         y;
} RemPlot;

/// Draw the axes of a plot that fills `outer`, and return it
RemPlot
rem_plot_begin(cairo_t*        cr,
               const RemStyle* style,
               RemBox          outer,
               RemAxis         x,
               RemAxis         y);

/// Return where a value of the x axis stands, in pixels
double
rem_plot_x(const RemPlot* plot, double value);

/// Return where a value of the y axis stands, in pixels
double
rem_plot_y(const RemPlot* plot, double value);

/// Continue the path to a point; a value that is not finite breaks the line
void
rem_plot_to(const RemPlot* plot, double x, double y);

/// Draw the path as a line `width` pixels wide, cut at the axes
void
rem_plot_stroke(const RemPlot* plot, RemColour colour, double width);

/// Draw `samples` [n] from `x0` on, `dx` apart, as a line
void
rem_plot_signal(const RemPlot* plot,
                const float*   samples,
                size_t         n,
                double         x0,
                double         dx,
                RemColour      colour,
                double         width);

/// Fill what `samples` [n] cover between the ends of the x axis, or draw its
/// outline
void
rem_plot_envelope(const RemPlot* plot,
                  const float*   samples,
                  size_t         n,
                  RemColour      colour,
                  bool           filled);

/// Name curves above the plot, in its colours
void
rem_plot_legend(const RemPlot*     plot,
                const char* const* names,
                const RemColour*   colours,
                size_t             n);

/// Write `text` in `colour`; `align` 0 begins, 0.5 centres and 1 ends it at x
void
rem_plot_text(const RemPlot* plot,
              const char*    text,
              double         x,
              double         y,
              double         align,
              RemColour      colour);

#endif // REM_OFFLINE_TRAINER_REPORT_PLOT_H

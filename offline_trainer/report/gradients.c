// SPDX-License-Identifier: ISC

#include "offline_trainer/report/gradients.h"

#include "dsp/modelfile/file.h"
#include "offline_trainer/report/markup.h"
#include "offline_trainer/report/picture.h"
#include "offline_trainer/report/plot.h"

#include <cairo-svg.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#define WIDTH 880.0
#define HEIGHT 360.0
#define MOST_DECADES 12.0 ///< What is further below the largest is not shown

/// Return the ends of the axes
static void
find_axes(const RemGradients* const curves,
          const size_t              n,
          RemAxis* const            x,
          RemAxis* const            y)
{
  double least = INFINITY, most = 0.0;
  size_t longest = 2U;
  for (size_t i = 0; i < n; ++i) {
    longest = curves[i].n > longest ? curves[i].n : longest;
    for (size_t d = 0; d < curves[i].n; ++d) {
      const double norm = curves[i].norms[d];
      most              = fmax(most, norm);
      least             = norm > 0.0 ? fmin(least, norm) : least;
    }
  }
  const double high = most > 0.0 ? pow(10.0, ceil(log10(most))) : 1.0;
  const double low  = isfinite(least) ? pow(10.0, floor(log10(least))) : 0.1;
  *x = (RemAxis){"Steps before the loss", 0.0, (double)longest - 1.0, false};
  *y = (RemAxis){"|dL/dh|",
                 fmin(fmax(low, high * pow(10.0, -MOST_DECADES)), high / 10.0),
                 high,
                 true};
}

/// Draw all curves on `cr`, [n] of them
static void
draw_curves(cairo_t* const cr, const RemGradients* const curves, const size_t n)
{
  const RemStyle  style                      = rem_style(false);
  const RemBox    box                        = {0.0, 0.0, WIDTH, HEIGHT};
  const RemColour colours[REM_MAX_GRADIENTS] = {style.device,
                                                style.model,
                                                style.difference,
                                                {0.80, 0.47, 0.65},
                                                {0.45, 0.45, 0.45},
                                                {0.34, 0.71, 0.91}};
  const char*     names[REM_MAX_GRADIENTS]   = {NULL};
  RemAxis         x;
  RemAxis         y;
  cairo_set_source_rgb(
    cr, style.paper.red, style.paper.green, style.paper.blue);
  cairo_paint(cr);
  find_axes(curves, n, &x, &y);
  const RemPlot plot = rem_plot_begin(cr, &style, box, x, y);
  for (size_t i = 0; i < n; ++i) {
    names[i] = curves[i].name;
    for (size_t d = 0; d < curves[i].n; ++d) {
      rem_plot_to(&plot, (double)d, curves[i].norms[d]);
    }
    rem_plot_stroke(&plot, colours[i], 2.0);
  }
  rem_plot_legend(&plot, names, colours, n);
}

RemStatus
rem_gradients_draw(const char* const         path,
                   const RemGradients* const curves,
                   const size_t              n,
                   RemError* const           error)
{
  RemText                svg     = {NULL, 0U, 0U, false};
  cairo_surface_t* const surface = cairo_svg_surface_create_for_stream(
    rem_picture_append, &svg, WIDTH, HEIGHT);
  cairo_svg_surface_set_document_unit(surface, CAIRO_SVG_UNIT_PX);
  cairo_t* const cr = cairo_create(surface);
  draw_curves(cr, curves, n < REM_MAX_GRADIENTS ? n : REM_MAX_GRADIENTS);
  bool good = cairo_status(cr) == CAIRO_STATUS_SUCCESS;
  cairo_destroy(cr);
  cairo_surface_finish(surface);
  good = good && !svg.failed &&
         cairo_surface_status(surface) == CAIRO_STATUS_SUCCESS;
  cairo_surface_destroy(surface);
  const RemStatus st =
    good ? rem_file_write(path, svg.bytes, svg.size, error)
         : rem_fail(error, REM_NO_MEMORY, path, "No memory for the picture");
  rem_markup_clear(&svg);
  return st;
}

/// Write a line of the table: `d` steps before the loss
static void
print_line(FILE* const               out,
           const RemGradients* const curves,
           const size_t              n,
           const size_t              d)
{
  fprintf(out, "%zu", d);
  for (size_t i = 0; i < n; ++i) {
    fputc(',', out);
    if (d < curves[i].n) {
      fprintf(out, "%.6g", curves[i].norms[d]);
    }
  }
  fputc('\n', out);
}

RemStatus
rem_gradients_write(const char* const         path,
                    const RemGradients* const curves,
                    const size_t              n,
                    RemError* const           error)
{
  char*       text    = NULL;
  size_t      size    = 0U;
  size_t      longest = 0U;
  FILE* const out     = open_memstream(&text, &size);
  if (!out) {
    return rem_fail(error, REM_NO_MEMORY, path, "No memory for the table");
  }
  fputs("steps before the loss", out);
  for (size_t i = 0; i < n; ++i) {
    fprintf(out, ",%s", curves[i].name);
    longest = curves[i].n > longest ? curves[i].n : longest;
  }
  fputc('\n', out);
  for (size_t d = 0; d < longest; ++d) {
    print_line(out, curves, n, d);
  }
  const bool      good = !ferror(out);
  const bool      done = !fclose(out) && good;
  const RemStatus st =
    done ? rem_file_write(path, text, size, error)
         : rem_fail(error, REM_NO_MEMORY, path, "No memory for the table");
  free(text);
  return st;
}

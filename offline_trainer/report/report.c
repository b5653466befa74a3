// SPDX-License-Identifier: ISC

#include "offline_trainer/report/report.h"

#include "dsp/modelfile/file.h"
#include "offline_trainer/folder.h"
#include "offline_trainer/report/figures.h"
#include "offline_trainer/report/markup.h"
#include "offline_trainer/report/page.h"
#include "offline_trainer/report/picture.h"

#include <math.h>
#include <stdio.h>

#define SUMMARY_WIDTH 900.0   ///< Of the picture, before scaling
#define SUMMARY_HEIGHT 1050.0 ///< Likewise
#define SUMMARY_SCALE 2.0     ///< For fine screens

/// Refuse what cannot be drawn
static RemStatus
check(const RemReport* const r, RemError* const error)
{
  if (!r->n || !(r->rate >= 1.0)) {
    return rem_fail(
      error, REM_BAD_ARGUMENT, NULL, "There is no sound to report on");
  }
  for (size_t t = 0; t < r->n; ++t) {
    if (!isfinite(r->input[t]) || !isfinite(r->target[t]) ||
        !isfinite(r->prediction[t])) {
      return rem_fail(
        error, REM_NOT_FINITE, NULL, "Sample %zu is not a number", t);
    }
  }
  return REM_SUCCESS;
}

/// Write `text` to `path` unless memory ran out, and clear it
static RemStatus
write_text(RemText* const text, const char* const path, RemError* const error)
{
  const RemStatus st =
    text->failed
      ? rem_fail(error, REM_NO_MEMORY, path, "No memory for the report")
      : rem_file_write(path, text->bytes, text->size, error);
  rem_markup_clear(text);
  return st;
}

/// Write what was learned, and how well
static void
draw_title(cairo_t* const         cr,
           const RemReport* const r,
           const RemStyle* const  style,
           const RemBox           box)
{
  const RemPlot p = {cr, style, box, {NULL, 0., 1., 0}, {NULL, 0., 1., 0}};
  char          text[256];
  (void)snprintf(text, sizeof(text), "%s: ESR %.4f", r->title, r->figures.esr);
  cairo_select_font_face(
    cr, "sans-serif", CAIRO_FONT_SLANT_NORMAL, CAIRO_FONT_WEIGHT_BOLD);
  cairo_set_font_size(cr, 1.4 * style->text);
  const double left = box.x + REM_PLOT_LEFT * style->text;
  rem_plot_text(&p, text, left, box.y + 26.0, 0.0, style->ink);
}

/// Draw what matters most, one above the other
static bool
draw_summary(cairo_t* const         cr,
             const RemReport* const r,
             const RemStyle* const  style,
             const RemBox           box)
{
  const double top    = r->n_history ? 270.0 : 0.0;
  const double middle = 250.0;
  const RemBox a      = {box.x, box.y + 40.0, box.width, top};
  const RemBox b      = {box.x, box.y + top + 50.0, box.width, middle};
  const RemBox c      = {box.x,
                         box.y + top + middle + 66.0,
                         box.width,
                         box.height - top - middle - 70.0};
  draw_title(cr, r, style, box);
  return (!r->n_history || rem_draw_history(cr, r, style, a)) &&
         rem_draw_zoom(cr, r, style, b) &&
         rem_draw_spectrograms(cr, r, style, c);
}

RemStatus
rem_report_picture(const RemReport* const report,
                   const char* const      path,
                   RemError* const        error)
{
  RemText         text  = {NULL, 0U, 0U, false};
  const RemStyle  style = rem_style(false);
  const RemStatus st    = check(report, error);
  if (st) {
    return st;
  }
  rem_picture_png(&text,
                  draw_summary,
                  report,
                  &style,
                  SUMMARY_WIDTH,
                  SUMMARY_HEIGHT,
                  SUMMARY_SCALE);
  return write_text(&text, path, error);
}

/// Set `path` [size] to `dir`/`name`
static RemStatus
join(const char* const dir,
     const char* const name,
     char* const       path,
     const size_t      size,
     RemError* const   error)
{
  const int length = snprintf(path, size, "%s/%s", dir, name);
  return length < 0 || (size_t)length >= size
           ? rem_fail(error, REM_CANNOT_WRITE, dir, "The path is too long")
           : REM_SUCCESS;
}

RemStatus
rem_report_write(const RemReport* const report,
                 const char* const      dir,
                 RemError* const        error)
{
  char      page[4096];
  char      picture[4096];
  RemText   text = {NULL, 0U, 0U, false};
  RemStatus st   = check(report, error);
  if (st || (st = rem_folder_make(dir, error)) ||
      (st = join(dir, "report.html", page, sizeof(page), error)) ||
      (st = join(dir, "report.png", picture, sizeof(picture), error))) {
    return st;
  }
  rem_page(&text, report);
  st = write_text(&text, page, error);
  return st ? st : rem_report_picture(report, picture, error);
}

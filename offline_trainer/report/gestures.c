// SPDX-License-Identifier: ISC

#include "offline_trainer/report/gestures.h"

#include "dsp/modelfile/file.h"
#include "dsp/modelfile/text.h"
#include "offline_trainer/report/picture.h"
#include "offline_trainer/report/plot.h"
#include "offline_trainer/report/style.h"

#include <cairo-svg.h>
#include <cairo.h>

#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define WIDTH 1000.0
#define TITLE 2.0         ///< Above the lanes, in heights of letters
#define AXIS 3.2          ///< Below the lowest lane, likewise
#define BETWEEN 1.0       ///< Halves, likewise
#define HALF_HEIGHT 320.0 ///< All lanes of one half, if none is too low
#define LEAST_LANE 22.0   ///< Pixels
#define MOST_LANE 110.0   ///< Pixels
#define LANE_GAP 5.0      ///< Pixels
#define DOT 1.3           ///< Radius of an event, pixels
#define PNG_SCALE 2.0

/// Return the height of one lane
static double
lane_height(const RemGesturesPicture* const picture)
{
  const double height = HALF_HEIGHT / (double)picture->frames->n_dims;
  return fmin(fmax(height, LEAST_LANE), MOST_LANE);
}

/// Return the height of one half, its axis included
static double
half_height(const RemGesturesPicture* const picture, const double em)
{
  return (TITLE + AXIS) * em +
         (double)picture->frames->n_dims * lane_height(picture);
}

static double
whole_height(const RemGesturesPicture* const picture, const double em)
{
  const double n = picture->real.gestures ? 2.0 : 1.0;
  return n * half_height(picture, em) + (n + 1.0) * BETWEEN * em;
}

/// Return whether an event is on the axis
static bool
is_shown(const RemPlot* const p, const double time)
{
  return time >= p->x.low && time <= p->x.high;
}

/// Draw one dimension: a value holds until the next event
static void
draw_line(const RemPlot* const          p,
          const RemGesturesShown* const shown,
          const uint32_t                d,
          const RemColour               colour)
{
  const RemGestures* const g    = shown->gestures;
  double                   last = (double)NAN;
  for (size_t t = 0U; t < g->n; ++t) {
    const double time  = g->time[t] - shown->from;
    const double value = (double)g->x[t * g->n_dims + d];
    rem_plot_to(p, time, last);
    rem_plot_to(p, time, value);
    last = value;
  }
  rem_plot_to(p, shown->until - shown->from, last);
  rem_plot_stroke(p, colour, 1.3);
}

/// Draw a dot at every event that changes a dimension
static void
draw_dots(const RemPlot* const          p,
          const RemGesturesShown* const shown,
          const uint32_t                d,
          const RemColour               colour)
{
  const RemGestures* const g    = shown->gestures;
  double                   last = (double)NAN;
  for (size_t t = 0U; t < g->n; ++t) {
    const double time  = g->time[t] - shown->from;
    const double value = (double)g->x[t * g->n_dims + d];
    if (is_shown(p, time) && value != last) {
      cairo_new_sub_path(p->cr);
      cairo_arc(p->cr,
                rem_plot_x(p, time),
                rem_plot_y(p, value),
                DOT,
                0.0,
                2.0 * acos(-1.0));
    }
    last = value;
  }
  cairo_set_source_rgb(p->cr, colour.red, colour.green, colour.blue);
  cairo_fill(p->cr);
}

/// Return the lane of dimension `d`, with a line along its lower and its upper
/// end and its name
static RemPlot
begin_lane(RemPlot p, const RemGesturesPicture* const picture, const uint32_t d)
{
  const double    height = lane_height(picture);
  const double    em     = p.style->text;
  const RemColour grid   = p.style->grid;
  char            number[16];
  p.box.y += (double)d * height + LANE_GAP / 2.0;
  p.box.height = height - LANE_GAP;
  p.y          = (RemAxis){NULL, 0.0, 1.0, false};
  cairo_set_source_rgb(p.cr, grid.red, grid.green, grid.blue);
  cairo_set_line_width(p.cr, 1.0);
  cairo_rectangle(p.cr, p.box.x, p.box.y, p.box.width, p.box.height);
  cairo_stroke(p.cr);
  (void)snprintf(number, sizeof(number), "x%u", d + 1U);
  const char* const name = picture->frames->dims[d].name;
  rem_plot_text(&p,
                *name ? name : number,
                p.box.x - 0.6 * em,
                p.box.y + 0.5 * p.box.height + 0.36 * em,
                1.0,
                p.style->ink);
  return p;
}

static void
draw_half(cairo_t* const                  cr,
          const RemStyle* const           style,
          const RemGesturesPicture* const picture,
          const RemGesturesShown* const   shown,
          const double                    top,
          const RemColour                 colour)
{
  const double  em    = style->text;
  const RemBox  outer = {0.0, top, WIDTH, half_height(picture, em)};
  const RemAxis x     = {"Time in seconds", 0.0, picture->seconds, false};
  const RemAxis y     = {NULL, 0.0, 1.0, false};
  const RemPlot p     = rem_plot_begin(cr, style, outer, x, y);
  rem_plot_legend(&p, &shown->title, &colour, 1U);
  for (uint32_t d = 0U; d < picture->frames->n_dims; ++d) {
    const RemPlot lane = begin_lane(p, picture, d);
    draw_line(&lane, shown, d, colour);
    draw_dots(&lane, shown, d, colour);
  }
}

/// Draw all of it on a surface; return whether it went well
static bool
draw_on(cairo_surface_t* const          surface,
        const RemGesturesPicture* const picture,
        const RemStyle* const           style)
{
  cairo_t* const cr  = cairo_create(surface);
  const double   em  = style->text;
  double         top = BETWEEN * em;
  cairo_set_source_rgb(
    cr, style->paper.red, style->paper.green, style->paper.blue);
  cairo_paint(cr);
  if (picture->real.gestures) {
    draw_half(cr, style, picture, &picture->real, top, style->device);
    top += half_height(picture, em) + BETWEEN * em;
  }
  draw_half(cr, style, picture, &picture->generated, top, style->model);
  const bool good = cairo_status(cr) == CAIRO_STATUS_SUCCESS;
  cairo_destroy(cr);
  return good;
}

/// Return whether `path` ends in `.name`
static bool
ends_in(const char* const path, const char* const name)
{
  const char* const dot = strrchr(path, '.');
  return dot && !strcmp(dot, name);
}

bool
rem_gestures_can_draw(const char* const path)
{
  return ends_in(path, ".svg") || ends_in(path, ".png");
}

/// Draw a file in memory; return whether it went well
static bool
draw_bytes(const RemGesturesPicture* const picture,
           const bool                      png,
           RemText* const                  text)
{
  const RemStyle   style   = rem_style(false);
  const double     height  = ceil(whole_height(picture, style.text));
  cairo_surface_t* surface = NULL;
  if (png) {
    surface = cairo_image_surface_create(CAIRO_FORMAT_RGB24,
                                         (int)lrint(PNG_SCALE * WIDTH),
                                         (int)lrint(PNG_SCALE * height));
    cairo_surface_set_device_scale(surface, PNG_SCALE, PNG_SCALE);
  } else {
    surface = cairo_svg_surface_create_for_stream(
      rem_picture_append, text, WIDTH, height);
    cairo_svg_surface_set_document_unit(surface, CAIRO_SVG_UNIT_PX);
  }
  bool good = draw_on(surface, picture, &style);
  if (png) {
    good = good && cairo_surface_write_to_png_stream(
                     surface, rem_picture_append, text) == CAIRO_STATUS_SUCCESS;
  }
  cairo_surface_finish(surface);
  good = good && cairo_surface_status(surface) == CAIRO_STATUS_SUCCESS;
  cairo_surface_destroy(surface);
  return good && !text->failed;
}

RemStatus
rem_gestures_draw(const RemGesturesPicture* const picture,
                  const char* const               path,
                  RemError* const                 error)
{
  RemText         text = {NULL, 0U, 0U, false};
  const RemStatus st =
    draw_bytes(picture, ends_in(path, ".png"), &text)
      ? rem_file_write(path, text.bytes, text.size, error)
      : rem_fail(error, REM_NO_MEMORY, path, "No memory for the picture");
  free(text.bytes);
  return st;
}

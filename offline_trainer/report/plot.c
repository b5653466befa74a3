// SPDX-License-Identifier: ISC

#include "offline_trainer/report/plot.h"

#include <math.h>
#include <stdio.h>

#define TICK_PIXELS 70.0   ///< Wanted between ticks along x
#define TICK_PIXELS_Y 34.0 ///< Wanted between ticks along y
#define DECADE_PIXELS 48.0 ///< A decade shorter than this is not divided
#define TICK_GAP 6.0       ///< Pixels between the y axis and its numbers
#define NUMBER 32          ///< Bytes of a number, written
#define NAME_ROOM 1.6      ///< Of the y axis' name, in heights of letters

/// Where the numbers of an axis stand: `first` to `last` are value_at()'s
typedef struct {
  bool   log;
  double step; ///< Of a linear axis
  int    first;
  int    last;
  int    by;
} Ticks;

static void
set_colour(cairo_t* const cr, const RemColour c)
{
  cairo_set_source_rgb(cr, c.red, c.green, c.blue);
}

/// Return where `value` stands between the ends of `axis`, 0 to 1
static double
place(const RemAxis* const axis, const double value)
{
  return axis->log ? log(value / axis->low) / log(axis->high / axis->low)
                   : (value - axis->low) / (axis->high - axis->low);
}

double
rem_plot_x(const RemPlot* const p, const double value)
{
  return p->box.x + p->box.width * place(&p->x, value);
}

double
rem_plot_y(const RemPlot* const p, const double value)
{
  return p->box.y + p->box.height * (1.0 - place(&p->y, value));
}

void
rem_plot_text(const RemPlot* const p,
              const char* const    text,
              const double         x,
              const double         y,
              const double         align,
              const RemColour      colour)
{
  cairo_text_extents_t extents;
  cairo_text_extents(p->cr, text, &extents);
  set_colour(p->cr, colour);
  cairo_move_to(p->cr, x - align * extents.x_advance, y);
  cairo_show_text(p->cr, text);
  cairo_new_path(p->cr);
}

/// Return a value with a number: the linear ones are multiples of the step, the
/// others, by threes, 1, 2 and 5 times a power of ten
static double
value_at(const Ticks* const ticks, const int i)
{
  static const double parts[] = {1.0, 2.0, 5.0};
  const int           decade  = (int)floor(i / 3.0);
  return ticks->log ? parts[i - 3 * decade] * pow(10.0, decade)
                    : i * ticks->step;
}

/// Return ticks at steps of 1, 2 or 5 times a power of ten
static Ticks
linear_ticks(const RemAxis* const axis, const double n_wanted)
{
  const double rough = (axis->high - axis->low) / fmax(n_wanted, 1.0);
  const double power = pow(10.0, floor(log10(rough)));
  const double ratio = rough / power;
  const double step  = power * (ratio > 5.0   ? 10.0
                                : ratio > 2.0 ? 5.0
                                : ratio > 1.0 ? 2.0
                                              : 1.0);
  const Ticks  ticks = {false,
                        step,
                        (int)ceil(axis->low / step - 1e-6),
                        (int)floor(axis->high / step + 1e-6),
                        1};
  return ticks;
}

/// Return ticks at powers of ten, and at 2 and 5 times where there is room
static Ticks
log_ticks(const RemAxis* const axis, const double pixels)
{
  const bool divided = pixels / log10(axis->high / axis->low) >= DECADE_PIXELS;
  Ticks      ticks   = {true, 0.0, 0, 0, divided ? 1 : 3};
  ticks.first        = 3 * (int)floor(log10(axis->low));
  while (value_at(&ticks, ticks.first) < axis->low * (1.0 - 1e-9)) {
    ticks.first += ticks.by;
  }
  ticks.last = 3 * (int)floor(log10(axis->high)) + 3;
  while (value_at(&ticks, ticks.last) > axis->high * (1.0 + 1e-9)) {
    --ticks.last;
  }
  return ticks;
}

/// Return the ticks of an axis so many pixels long: none if it has no name
static Ticks
ticks_of(const RemAxis* const axis, const double pixels, const double apart)
{
  static const Ticks none = {false, 0.0, 0, -1, 1};
  return !axis->label ? none
         : axis->log  ? log_ticks(axis, pixels)
                      : linear_ticks(axis, pixels / apart);
}

/// Write a value as its axis names it
static void
name_value(const RemAxis* const axis, const double value, char text[NUMBER])
{
  const bool kilo = axis->log && value >= 1000.0;
  (void)snprintf(
    text, NUMBER, kilo ? "%gk" : "%g", kilo ? value / 1000.0 : value);
}

/// Return the width of the widest number of an axis, in pixels
static double
widest(cairo_t* const cr, const RemAxis* const axis, const Ticks ticks)
{
  double width = 0.0;
  for (int i = ticks.first; i <= ticks.last; i += ticks.by) {
    cairo_text_extents_t extents;
    char                 text[NUMBER];
    name_value(axis, value_at(&ticks, i), text);
    cairo_text_extents(cr, text, &extents);
    width = fmax(width, extents.x_advance);
  }
  return width;
}

static void
draw_grid_line(const RemPlot* const p,
               const double         x0,
               const double         y0,
               const double         x1,
               const double         y1)
{
  cairo_move_to(p->cr, x0, y0);
  cairo_line_to(p->cr, x1, y1);
  set_colour(p->cr, p->style->grid);
  cairo_set_line_width(p->cr, 1.0);
  cairo_stroke(p->cr);
}

/// Draw the grid along x, and the numbers that belong to it
static void
draw_x_ticks(const RemPlot* const p, const Ticks ticks)
{
  const double bottom = p->box.y + p->box.height;
  for (int i = ticks.first; i <= ticks.last; i += ticks.by) {
    char         text[NUMBER];
    const double value = value_at(&ticks, i);
    const double x     = floor(rem_plot_x(p, value)) + 0.5;
    draw_grid_line(p, x, p->box.y, x, bottom);
    name_value(&p->x, value, text);
    rem_plot_text(
      p, text, x, bottom + 1.3 * p->style->text, 0.5, p->style->ink);
  }
}

/// Draw the grid along y, and the numbers that belong to it
static void
draw_y_ticks(const RemPlot* const p, const Ticks ticks)
{
  const double left = p->box.x;
  for (int i = ticks.first; i <= ticks.last; i += ticks.by) {
    char         text[NUMBER];
    const double value = value_at(&ticks, i);
    const double y     = floor(rem_plot_y(p, value)) + 0.5;
    draw_grid_line(p, left, y, left + p->box.width, y);
    name_value(&p->y, value, text);
    rem_plot_text(
      p, text, left - TICK_GAP, y + 0.36 * p->style->text, 1.0, p->style->ink);
  }
}

/// Write the name of the y axis, upwards, along the left edge
static void
label_y(const RemPlot* const p, const double left)
{
  cairo_save(p->cr);
  cairo_translate(p->cr, left + p->style->text, p->box.y + 0.5 * p->box.height);
  cairo_rotate(p->cr, -0.5 * acos(-1.0));
  rem_plot_text(p, p->y.label, 0.0, 0.0, 0.5, p->style->ink);
  cairo_restore(p->cr);
}

RemPlot
rem_plot_begin(cairo_t* const        cr,
               const RemStyle* const style,
               const RemBox          outer,
               const RemAxis         x,
               const RemAxis         y)
{
  const double em     = style->text;
  const double top    = 1.9 * em;
  const double below  = x.label ? 3.0 * em : 0.3 * em;
  const double height = outer.height - top - below;
  const Ticks  along  = ticks_of(&y, height, TICK_PIXELS_Y);

  cairo_select_font_face(
    cr, "sans-serif", CAIRO_FONT_SLANT_NORMAL, CAIRO_FONT_WEIGHT_NORMAL);
  cairo_set_font_size(cr, em);
  const double  numbers = widest(cr, &y, along) + TICK_GAP;
  const double  left    = fmax(REM_PLOT_LEFT * em, NAME_ROOM * em + numbers);
  const double  width   = outer.width - left - REM_PLOT_RIGHT * em;
  const RemPlot p       = {
          cr, style, {outer.x + left, outer.y + top, width, height}, x, y};

  draw_x_ticks(&p, ticks_of(&x, width, TICK_PIXELS));
  draw_y_ticks(&p, along);
  if (x.label) {
    rem_plot_text(&p,
                  x.label,
                  p.box.x + 0.5 * p.box.width,
                  outer.y + outer.height - 0.3 * em,
                  0.5,
                  style->ink);
  }
  if (y.label) {
    label_y(&p, outer.x);
  }
  return p;
}

void
rem_plot_to(const RemPlot* const p, const double x, const double y)
{
  if (isfinite(x) && isfinite(y) && (!p->y.log || y > 0.0)) {
    cairo_line_to(p->cr, rem_plot_x(p, x), rem_plot_y(p, y));
  } else {
    cairo_new_sub_path(p->cr);
  }
}

/// Let nothing be drawn outside the axes until cairo_restore()
static void
clip(const RemPlot* const p)
{
  cairo_path_t* const path = cairo_copy_path(p->cr);
  cairo_save(p->cr);
  cairo_new_path(p->cr);
  cairo_rectangle(p->cr, p->box.x, p->box.y, p->box.width, p->box.height);
  cairo_clip(p->cr);
  cairo_append_path(p->cr, path);
  cairo_path_destroy(path);
}

void
rem_plot_stroke(const RemPlot* const p,
                const RemColour      colour,
                const double         width)
{
  clip(p);
  set_colour(p->cr, colour);
  cairo_set_line_width(p->cr, width);
  cairo_set_line_join(p->cr, CAIRO_LINE_JOIN_ROUND);
  cairo_stroke(p->cr);
  cairo_restore(p->cr);
}

void
rem_plot_signal(const RemPlot* const p,
                const float* const   samples,
                const size_t         n,
                const double         x0,
                const double         dx,
                const RemColour      colour,
                const double         width)
{
  for (size_t t = 0; t < n; ++t) {
    rem_plot_to(p, x0 + dx * (double)t, (double)samples[t]);
  }
  rem_plot_stroke(p, colour, width);
}

/// Return the lowest or the highest of `samples` [n]
static double
extreme(const float* const samples, const size_t n, const bool highest)
{
  double best = (double)samples[0];
  for (size_t t = 1; t < n; ++t) {
    const double x = (double)samples[t];
    best           = highest ? fmax(best, x) : fmin(best, x);
  }
  return best;
}

/// Continue the path along the highest or lowest sample of pixel column `c`
static void
envelope_to(const RemPlot* const p,
            const float* const   samples,
            const size_t         n,
            const size_t         c,
            const bool           highest)
{
  const size_t n_columns = (size_t)p->box.width;
  const size_t begin     = c * n / n_columns;
  const size_t end       = (c + 1U) * n / n_columns;
  if (begin < n) {
    const double value =
      extreme(samples + begin, end > begin ? end - begin : 1U, highest);
    cairo_line_to(p->cr,
                  p->box.x + (double)c,
                  rem_plot_y(p, value) + (highest ? -0.4 : 0.4));
  }
}

void
rem_plot_envelope(const RemPlot* const p,
                  const float* const   samples,
                  const size_t         n,
                  const RemColour      colour,
                  const bool           filled)
{
  const size_t n_columns = (size_t)p->box.width;
  for (size_t c = 0; c < n_columns; ++c) {
    envelope_to(p, samples, n, c, true);
  }
  for (size_t c = n_columns; c-- > 0;) {
    envelope_to(p, samples, n, c, false);
  }
  clip(p);
  set_colour(p->cr, colour);
  cairo_set_line_width(p->cr, 1.0);
  if (filled) {
    cairo_fill(p->cr);
  } else {
    cairo_stroke(p->cr);
  }
  cairo_restore(p->cr);
}

void
rem_plot_legend(const RemPlot* const     p,
                const char* const* const names,
                const RemColour* const   colours,
                const size_t             n)
{
  const double em = p->style->text;
  double       x  = p->box.x;
  for (size_t i = 0; i < n; ++i) {
    cairo_text_extents_t extents;
    cairo_text_extents(p->cr, names[i], &extents);
    set_colour(p->cr, colours[i]);
    cairo_rectangle(p->cr, x, p->box.y - 1.2 * em, 1.2 * em, 0.5 * em);
    cairo_fill(p->cr);
    rem_plot_text(
      p, names[i], x + 1.6 * em, p->box.y - 0.6 * em, 0.0, p->style->ink);
    x += 1.6 * em + extents.x_advance + 1.4 * em;
  }
}

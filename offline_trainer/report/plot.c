// SPDX-License-Identifier: ISC

#include "offline_trainer/report/plot.h"

#include <math.h>
#include <stdio.h>

#define TICK_PIXELS 70.0   ///< Wanted between ticks along x
#define TICK_PIXELS_Y 34.0 ///< Wanted between ticks along y
#define DECADE_PIXELS 48.0 ///< A decade shorter than this is not divided

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

/// Draw a line of the grid, and the number that belongs to it
static void
draw_tick(const RemPlot* const p, const bool along_x, const double value)
{
  char                text[32];
  const double        b   = p->box.y + p->box.height;
  const double        r   = p->box.x + p->box.width;
  const RemBox* const box = &p->box;
  const double        x = along_x ? floor(rem_plot_x(p, value)) + 0.5 : box->x;
  const double        y = along_x ? b : floor(rem_plot_y(p, value)) + 0.5;
  const bool          kilo = (along_x ? p->x.log : p->y.log) && value >= 1000.0;

  cairo_move_to(p->cr, x, y);
  cairo_line_to(p->cr, along_x ? x : r, along_x ? box->y : y);
  set_colour(p->cr, p->style->grid);
  cairo_set_line_width(p->cr, 1.0);
  cairo_stroke(p->cr);

  (void)snprintf(
    text, sizeof(text), kilo ? "%gk" : "%g", kilo ? value / 1000.0 : value);
  if (along_x) {
    rem_plot_text(p, text, x, y + 1.3 * p->style->text, 0.5, p->style->ink);
  } else {
    rem_plot_text(
      p, text, x - 6.0, y + 0.36 * p->style->text, 1.0, p->style->ink);
  }
}

/// Draw ticks at steps of 1, 2 or 5 times a power of ten
static void
draw_linear_ticks(const RemPlot* const p,
                  const RemAxis* const axis,
                  const bool           along_x,
                  const double         n_wanted)
{
  const double rough = (axis->high - axis->low) / fmax(n_wanted, 1.0);
  const double power = pow(10.0, floor(log10(rough)));
  const double ratio = rough / power;
  const double step  = power * (ratio > 5.0   ? 10.0
                                : ratio > 2.0 ? 5.0
                                : ratio > 1.0 ? 2.0
                                              : 1.0);
  const int    last  = (int)floor(axis->high / step + 1e-6);
  for (int i = (int)ceil(axis->low / step - 1e-6); i <= last; ++i) {
    draw_tick(p, along_x, i * step);
  }
}

/// Draw ticks at powers of ten, and at 2 and 5 times where there is room
static void
draw_log_ticks(const RemPlot* const p,
               const RemAxis* const axis,
               const bool           along_x,
               const double         pixels)
{
  const double decades = log10(axis->high / axis->low);
  const bool   divided = pixels / decades >= DECADE_PIXELS;
  const double last    = axis->high * (1.0 + 1e-9);
  for (int e = (int)floor(log10(axis->low)); pow(10.0, e) <= last; ++e) {
    const double power = pow(10.0, e);
    for (int k = 1; k <= (divided ? 5 : 1); k = k == 1 ? 2 : k + 3) {
      if (k * power >= axis->low * (1.0 - 1e-9) && k * power <= last) {
        draw_tick(p, along_x, k * power);
      }
    }
  }
}

static void
draw_axis(const RemPlot* const p, const RemAxis* const axis, const bool along_x)
{
  const double pixels = along_x ? p->box.width : p->box.height;
  if (!axis->label) {
    return;
  }
  if (axis->log) {
    draw_log_ticks(p, axis, along_x, pixels);
  } else {
    draw_linear_ticks(
      p, axis, along_x, pixels / (along_x ? TICK_PIXELS : TICK_PIXELS_Y));
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
  const double  em   = style->text;
  const double  left = 4.4 * em, top = 1.9 * em;
  const double  below = x.label ? 3.0 * em : 0.3 * em;
  const RemPlot p     = {cr,
                         style,
                         {outer.x + left,
                          outer.y + top,
                          outer.width - left - 1.2 * em,
                          outer.height - top - below},
                         x,
                         y};

  cairo_select_font_face(
    cr, "sans-serif", CAIRO_FONT_SLANT_NORMAL, CAIRO_FONT_WEIGHT_NORMAL);
  cairo_set_font_size(cr, em);
  draw_axis(&p, &x, true);
  draw_axis(&p, &y, false);
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

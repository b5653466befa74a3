// SPDX-License-Identifier: ISC

#include "offline_trainer/report/figures.h"
#include "offline_trainer/report/spectrogram.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#define RANGE_DB 80.0       ///< Below the loudest point of the target
#define BANDS_FLOOR (-60.0) ///< dB: what is below is drawn there

/// Draw the colours and what they stand for along the top of `box`
static void
draw_scale(cairo_t* const cr, const RemStyle* const style, const RemBox box)
{
  const RemPlot p     = {cr, style, box, {NULL, 0., 1., 0}, {NULL, 0., 1., 0}};
  const double  width = 0.35 * box.width, height = 0.8 * style->text;
  const int     steps = 64;
  const double  y     = box.y + height;
  char          text[64];
  (void)snprintf(text, sizeof(text), "-%.0f dB", RANGE_DB);
  rem_plot_text(&p, text, box.x - 8.0, y, 1.0, style->ink);
  rem_plot_text(
    &p, "0 dB: the device's peak", box.x + width + 8.0, y, 0.0, style->ink);
  for (int i = 0; i < steps; ++i) {
    const RemColour c = rem_heat((i + 0.5) / steps);
    cairo_set_source_rgb(cr, c.red, c.green, c.blue);
    cairo_rectangle(cr,
                    floor(box.x + width * i / steps),
                    box.y,
                    ceil(width / steps) + 0.5,
                    height);
    cairo_fill(cr);
  }
}

/// Draw one spectrogram with its axes
static bool
draw_panel(cairo_t* const              cr,
           const RemStyle* const       style,
           const RemBox                box,
           const RemAxis               x,
           const RemSpectrogram* const s,
           const double                peak,
           const char* const           name)
{
  const RemAxis y    = {"Hz", s->low, s->high, true};
  const RemPlot p    = rem_plot_begin(cr, style, box, x, y);
  const bool    done = rem_spectrogram_paint(cr, p.box, s, peak, RANGE_DB);
  rem_plot_text(
    &p, name, p.box.x, p.box.y - 0.45 * style->text, 0.0, style->ink);
  return done;
}

/// Draw the three spectrograms, measured already, one below the other
static bool
draw_panels(cairo_t* const              cr,
            const RemStyle* const       style,
            const RemBox                box,
            const RemAxis               time,
            const RemSpectrogram* const s)
{
  static const char* const names[] = {"Device", "Model", "Difference"};
  const double             scale   = 1.6 * style->text;
  const double             ticks   = 2.7 * style->text; // Below the last only
  const double             height  = (box.height - scale - ticks) / 3.0;
  const double             peak    = rem_spectrogram_peak(&s[0]);
  bool                     ok      = true;
  for (int i = 0; ok && i < 3; ++i) {
    const RemAxis x     = {i == 2 ? time.label : NULL, time.low, time.high, 0};
    const RemBox  panel = {box.x,
                           box.y + scale + i * height,
                           box.width,
                           height + (i == 2 ? ticks : 0.0)};
    ok = draw_panel(cr, style, panel, x, &s[i], peak, names[i]);
  }
  const double left = box.x + REM_PLOT_LEFT * style->text;
  const RemBox top  = {left, box.y + 2.0, box.width, scale};
  draw_scale(cr, style, top);
  return ok;
}

/// Measure a stretch of target, prediction and their difference
static bool
measure(const RemReport* const r, const RemSpan h, RemSpectrogram* const s)
{
  float* const difference = rem_report_difference(r, h);
  const bool   ok =
    difference &&
    rem_spectrogram_measure(r->target + h.start, h.n, r->rate, &s[0]) &&
    rem_spectrogram_measure(r->prediction + h.start, h.n, r->rate, &s[1]) &&
    rem_spectrogram_measure(difference, h.n, r->rate, &s[2]);
  free(difference);
  return ok;
}

bool
rem_draw_spectrograms(cairo_t* const         cr,
                      const RemReport* const r,
                      const RemStyle* const  style,
                      const RemBox           box)
{
  const RemSpan  h         = rem_report_loudest(r, REM_HEARD_SECONDS);
  const double   sides     = (REM_PLOT_LEFT + REM_PLOT_RIGHT) * style->text;
  const size_t   n_columns = (size_t)fmax(box.width - sides, 16.0);
  const size_t   n_rows    = (size_t)fmax(box.height / 3.0 - 40.0, 16.0);
  RemSpectrogram s[3];
  bool           ok = true;
  for (int i = 0; i < 3; ++i) {
    s[i] = (RemSpectrogram){n_columns, n_rows, 0.0, 0.0, NULL};
  }
  const RemAxis time = {"seconds",
                        (double)h.start / r->rate,
                        (double)(h.start + h.n) / r->rate,
                        false};
  ok                 = measure(r, h, s) && draw_panels(cr, style, box, time, s);
  for (int i = 0; i < 3; ++i) {
    rem_spectrogram_clear(&s[i]);
  }
  return ok;
}

/// Return an axis that holds every octave's figures, in steps of 10 dB
static RemAxis
bands_axis(const RemFigures* const f)
{
  RemAxis y = {"dB by the device's", -20.0, 0.0, false};
  for (uint32_t i = 0; i < f->n_bands; ++i) {
    const RemBand* const b = &f->bands[i];
    if (!isnan(b->error_db)) {
      y.low  = fmin(y.low, fmin(b->error_db, b->level_db) - 3.0);
      y.high = fmax(y.high, fmax(b->error_db, b->level_db));
    }
  }
  y.low  = 10.0 * floor(fmax(y.low, BANDS_FLOOR) / 10.0);
  y.high = 10.0 * floor(fmin(y.high, 30.0) / 10.0) + 10.0;
  return y;
}

/// Draw how far one octave is off: a column that should be short
static void
draw_band(const RemPlot* const p, const RemBand* const b)
{
  const double left   = rem_plot_x(p, b->low) + 3.0;
  const double right  = rem_plot_x(p, b->high) - 3.0;
  const double bottom = p->box.y + p->box.height;
  const double top =
    rem_plot_y(p, fmax(p->y.low, fmin(p->y.high, b->error_db)));
  const RemColour* const c = &p->style->difference;
  cairo_set_source_rgb(p->cr, c->red, c->green, c->blue);
  cairo_rectangle(p->cr, left, top, fmax(right - left, 1.0), bottom - top);
  cairo_fill(p->cr);
}

/// Draw the level of every octave: a line that should lie at 0 dB
static void
draw_levels(const RemPlot* const p, const RemFigures* const f)
{
  for (uint32_t i = 0; i < f->n_bands; ++i) {
    const RemBand* const b = &f->bands[i];
    cairo_new_sub_path(p->cr);
    if (!isnan(b->level_db)) {
      rem_plot_to(p, 1.05 * b->low, b->level_db);
      rem_plot_to(p, b->high / 1.05, b->level_db);
    }
  }
  rem_plot_stroke(p, p->style->model, 3.0);
}

bool
rem_draw_bands(cairo_t* const         cr,
               const RemReport* const r,
               const RemStyle* const  style,
               const RemBox           box)
{
  static const char* const names[]   = {"difference", "model's level"};
  const RemColour          colours[] = {style->difference, style->model};
  const RemFigures* const  f         = &r->figures;
  const double             high =
    f->n_bands ? f->bands[f->n_bands - 1U].high : 0.5 * r->rate;
  const RemAxis x = {"Hz", 31.25, fmax(high, 62.5), true};
  const RemPlot p = rem_plot_begin(cr, style, box, x, bands_axis(f));
  for (uint32_t i = 0; i < f->n_bands; ++i) {
    if (!isnan(f->bands[i].error_db)) {
      draw_band(&p, &f->bands[i]);
    }
  }
  draw_levels(&p, f);
  rem_plot_legend(&p, names, colours, 2U);
  return true;
}

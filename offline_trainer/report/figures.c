// SPDX-License-Identifier: ISC

#include "offline_trainer/report/figures.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

/// Return the energy of one sample
static double
energy(const float x)
{
  return (double)x * (double)x;
}

RemSpan
rem_report_loudest(const RemReport* const report, const double seconds)
{
  const size_t wanted = (size_t)fmax(1.0, seconds * report->rate);
  RemSpan      best   = {0U, wanted < report->n ? wanted : report->n};
  double       sum = 0.0, highest = 0.0;
  for (size_t t = 0; t < report->n; ++t) {
    sum += energy(report->target[t]);
    sum -= t >= best.n ? energy(report->target[t - best.n]) : 0.0;
    if (t + 1U >= best.n && sum > highest) {
      highest    = sum;
      best.start = t + 1U - best.n;
    }
  }
  return best;
}

size_t
rem_report_best(const RemReport* const report)
{
  size_t best = report->n_history;
  for (size_t i = 0; i < report->n_history; ++i) {
    const double esr = report->history[i].figure;
    if (isfinite(esr) &&
        (best == report->n_history || esr < report->history[best].figure)) {
      best = i;
    }
  }
  return best;
}

/// Widen `axis` so that it holds `value`, if it can show it
static void
hold(RemAxis* const axis, const double value)
{
  if (isfinite(value) && (!axis->log || value > 0.0)) {
    axis->low  = fmin(axis->low, value);
    axis->high = fmax(axis->high, value);
  }
}

/// Return an axis that holds the losses of a history, with some air
static RemAxis
loss_axis(const RemReport* const r)
{
  RemAxis y = {"ESR and loss", INFINITY, 0.0, true};
  for (size_t i = 0; i < r->n_history; ++i) {
    hold(&y, r->history[i].train_loss);
    hold(&y, r->history[i].figure);
  }
  y.low  = y.high > 0.0 ? 0.8 * y.low : 0.01;
  y.high = y.high > 0.0 ? 1.25 * y.high : 1.0;
  return y;
}

/// Draw a ring around the best validation
static void
mark_best(const RemPlot* const p, const RemHistoryPoint* const best)
{
  const RemColour paper = p->style->paper, ring = p->style->model;
  cairo_new_path(p->cr);
  cairo_arc(p->cr,
            rem_plot_x(p, best->seconds),
            rem_plot_y(p, best->figure),
            4.5,
            0.0,
            2.0 * acos(-1.0));
  cairo_set_source_rgb(p->cr, paper.red, paper.green, paper.blue);
  cairo_fill_preserve(p->cr);
  cairo_set_source_rgb(p->cr, ring.red, ring.green, ring.blue);
  cairo_set_line_width(p->cr, 2.0);
  cairo_stroke(p->cr);
}

/// Draw both curves of a history
static void
draw_losses(const RemPlot* const p, const RemReport* const r)
{
  for (size_t i = 0; i < r->n_history; ++i) {
    rem_plot_to(p, r->history[i].seconds, r->history[i].train_loss);
  }
  rem_plot_stroke(p, p->style->device, 1.5);
  for (size_t i = 0; i < r->n_history; ++i) {
    rem_plot_to(p, r->history[i].seconds, r->history[i].figure);
  }
  rem_plot_stroke(p, p->style->model, 2.0);
}

bool
rem_draw_history(cairo_t* const         cr,
                 const RemReport* const r,
                 const RemStyle* const  style,
                 const RemBox           box)
{
  char              esr[64]   = "validation ESR";
  const char* const names[]   = {"training loss", esr};
  const RemColour   colours[] = {style->device, style->model};
  const size_t      best      = rem_report_best(r);
  RemAxis           x         = {"seconds of training", 0.0, 0.1, false};
  for (size_t i = 0; i < r->n_history; ++i) {
    hold(&x, r->history[i].seconds);
  }
  const RemPlot p = rem_plot_begin(cr, style, box, x, loss_axis(r));
  draw_losses(&p, r);
  if (best < r->n_history) {
    mark_best(&p, &r->history[best]);
    (void)snprintf(
      esr, sizeof(esr), "validation ESR, best %.4f", r->history[best].figure);
  }
  rem_plot_legend(&p, names, colours, 2U);
  return true;
}

/// Return an axis for the samples of a stretch, with some air
static RemAxis
sample_axis(const RemReport* const r, const RemSpan s)
{
  RemAxis y = {"full scale", 0.0, 0.0, false};
  for (size_t t = s.start; t < s.start + s.n; ++t) {
    hold(&y, (double)r->target[t]);
    hold(&y, (double)r->prediction[t]);
  }
  const double air = fmax(0.06 * (y.high - y.low), 1e-6);
  y.low -= air;
  y.high += air;
  return y;
}

bool
rem_draw_zoom(cairo_t* const         cr,
              const RemReport* const r,
              const RemStyle* const  style,
              const RemBox           box)
{
  static const char* const names[]   = {"device", "model"};
  const RemColour          colours[] = {style->device, style->model};
  const RemSpan            s         = rem_report_loudest(r, REM_ZOOM_SECONDS);
  const double             ms        = 1000.0 / r->rate;
  char                     label[64];
  (void)snprintf(label,
                 sizeof(label),
                 "milliseconds from %.3f s",
                 (double)s.start / r->rate);
  const RemAxis x = {label, 0.0, (double)s.n * ms, false};
  const RemPlot p = rem_plot_begin(cr, style, box, x, sample_axis(r, s));
  rem_plot_signal(&p, r->target + s.start, s.n, 0.0, ms, style->device, 3.5);
  rem_plot_signal(&p, r->prediction + s.start, s.n, 0.0, ms, style->model, 1.5);
  rem_plot_legend(&p, names, colours, 2U);
  return true;
}

float*
rem_report_difference(const RemReport* const r, const RemSpan s)
{
  float* const difference = (float*)malloc((s.n + 1U) * sizeof(float));
  for (size_t t = 0; difference && t < s.n; ++t) {
    difference[t] = r->target[s.start + t] - r->prediction[s.start + t];
  }
  return difference;
}

bool
rem_draw_whole(cairo_t* const         cr,
               const RemReport* const r,
               const RemStyle* const  style,
               const RemBox           box)
{
  static const char* const names[] = {"device", "model", "difference"};
  const RemColour colours[]  = {style->device, style->model, style->difference};
  const RemSpan   whole      = {0U, r->n};
  float* const    difference = rem_report_difference(r, whole);
  if (!difference) {
    return false;
  }
  const RemAxis x = {"seconds", 0.0, (double)r->n / r->rate, false};
  const RemPlot p = rem_plot_begin(cr, style, box, x, sample_axis(r, whole));
  rem_plot_envelope(&p, r->target, r->n, style->device, true);
  rem_plot_envelope(&p, r->prediction, r->n, style->model, false);
  rem_plot_envelope(&p, difference, r->n, style->difference, true);
  rem_plot_legend(&p, names, colours, 3U);
  free(difference);
  return true;
}

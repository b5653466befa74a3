// SPDX-License-Identifier: ISC

#include "offline_trainer/report/page.h"

#include "offline_trainer/report/figures.h"
#include "offline_trainer/report/page_style.h"
#include "offline_trainer/report/picture.h"
#include "offline_trainer/report/wav.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#define WIDE 880.0         ///< Width of pictures on a desk, pixels
#define NARROW 400.0       ///< And on a phone
#define FADE_SECONDS 0.005 ///< At the ends of sounds

/// A picture on the page, and its height on wide and narrow screens
typedef struct {
  RemDrawing draw;
  double     height;
  double     height_narrow;
} Picture;

/// Append one rendering of a picture as the value of an attribute
static void
add_svg(RemText* const         text,
        const RemReport* const r,
        const Picture* const   picture,
        const bool             dark,
        const bool             narrow)
{
  const RemStyle style = rem_style(dark);
  rem_text_add(text, "\"data:image/svg+xml;base64,");
  rem_picture_svg_base64(text,
                         picture->draw,
                         r,
                         &style,
                         narrow ? NARROW : WIDE,
                         narrow ? picture->height_narrow : picture->height);
  rem_text_add(text, "\"");
}

/// Append a picture in every form a reader may want; `alt` says what it shows
static void
add_picture(RemText* const         text,
            const RemReport* const r,
            const Picture* const   picture,
            const char* const      alt)
{
  rem_text_add(text,
               "<picture>\n<source media=\"(max-width: 600px) and"
               " (prefers-color-scheme: dark)\" srcset=");
  add_svg(text, r, picture, true, true);
  rem_text_add(text, ">\n<source media=\"(max-width: 600px)\" srcset=");
  add_svg(text, r, picture, false, true);
  rem_text_add(text,
               ">\n<source media=\"(prefers-color-scheme: dark)\" srcset=");
  add_svg(text, r, picture, true, false);
  rem_text_add(text, ">\n<img alt=\"");
  rem_markup_escaped(text, alt);
  rem_text_add(text, "\" src=");
  add_svg(text, r, picture, false, false);
  rem_text_add(text, ">\n</picture>\n");
}

/// Append a figure with its caption
static void
add_figure(RemText* const         text,
           const RemReport* const r,
           const Picture* const   picture,
           const char* const      alt,
           const char* const      caption)
{
  rem_text_add(text, "<figure>\n");
  add_picture(text, r, picture, alt);
  rem_text_add(text, "<figcaption>");
  rem_markup_escaped(text, caption);
  rem_text_add(text, "</figcaption>\n</figure>\n");
}

static void
add_head(RemText* const text, const RemReport* const r)
{
  rem_text_add(text, REM_PAGE_HEAD "<title>");
  rem_markup_escaped(text, r->title);
  rem_text_add(
    text, "</title>\n" REM_PAGE_STYLE "</head>\n<body>\n<main>\n<header><h1>");
  rem_markup_escaped(text, r->title);
  rem_text_add(text, "</h1>\n<p class=\"soft\">");
  rem_markup_escaped(text, r->subtitle);
  rem_text_add(text, "</p></header>\n");
}

/// Append one row of the table of figures
static void
add_row(RemText* const    text,
        const char* const name,
        const char* const value,
        const double      db,
        const char* const meaning)
{
  rem_markup_format(text,
                    "<tr><th scope=\"row\">%s</th><td class=\"n\">%s</td>"
                    "<td class=\"n\">%.1f dB</td><td>%s</td></tr>\n",
                    name,
                    value,
                    db,
                    meaning);
}

/// Append a row whose value is a ratio of energies or an amplitude
static void
add_number_row(RemText* const    text,
               const char* const name,
               const double      value,
               const double      db_factor,
               const char* const meaning)
{
  char formatted[32];
  (void)snprintf(formatted, sizeof(formatted), "%.5f", value);
  add_row(text, name, formatted, db_factor * log10(fabs(value)), meaning);
}

static void
add_figures(RemText* const text, const RemReport* const r)
{
  const RemFigures* const f = &r->figures;
  rem_markup_format(
    text,
    "<section>\n<div class=\"big\"><strong>%.2f&nbsp;%%</strong>"
    "<span>of the device's energy is missed, on %.1f seconds of"
    " sound at %.0f Hz</span></div>\n",
    100.0 * f->esr,
    (double)r->n / r->rate,
    r->rate);
  rem_text_add(text,
               "<table>\n<thead><tr><th scope=\"col\">Figure</th>"
               "<th scope=\"col\" class=\"n\">Value</th>"
               "<th scope=\"col\" class=\"n\">Level</th>"
               "<th scope=\"col\">Meaning</th></tr></thead>\n<tbody>\n");
  add_number_row(text,
                 "ESR",
                 f->esr,
                 10.0,
                 "Error to signal ratio: energy of the difference by that of"
                 " the device. 0 is perfect, 1 as bad as silence");
  add_number_row(text,
                 "ESR, pre-emphasis",
                 f->esr_emphasis,
                 10.0,
                 "The same after 1&nbsp;&minus;&nbsp;0.85&nbsp;z<sup>&minus;1"
                 "</sup>, where treble counts more");
  add_number_row(text,
                 "MAE",
                 f->mae,
                 20.0,
                 "Mean distance of a sample from the device's, full scale 1");
  add_number_row(
    text, "DC", f->dc, 20.0, "Mean of device minus model, full scale 1");
  rem_text_add(text, "</tbody>\n</table>\n</section>\n");
}

/// Append a sound with a name
static void
add_sound(RemText* const         text,
          const RemReport* const r,
          const char* const      name,
          const float* const     samples,
          const RemSpan          s,
          const double           gain)
{
  rem_markup_format(text,
                    "<div><span>%s</span>\n<audio controls preload=\"metadata\""
                    " aria-label=\"%s\" src=\"data:audio/wav;base64,",
                    name,
                    name);
  rem_wav_base64(text,
                 samples,
                 s.n,
                 (uint32_t)lrint(r->rate),
                 gain,
                 (size_t)(FADE_SECONDS * r->rate));
  rem_text_add(text, "\"></audio></div>\n");
}

/// Return the largest of `samples` [n] and `peak`
static double
peak_of(const float* const samples, const size_t n, double peak)
{
  for (size_t t = 0; t < n; ++t) {
    peak = fmax(peak, fabs((double)samples[t]));
  }
  return peak;
}

/// Append the four sounds; those to compare keep their levels to each other
static void
add_sounds(RemText* const         text,
           const RemReport* const r,
           const RemSpan          s,
           const float* const     difference)
{
  const float* const target     = r->target + s.start;
  const float* const prediction = r->prediction + s.start;
  const double       peak       = peak_of(
    difference, s.n, peak_of(prediction, s.n, peak_of(target, s.n, 1.0)));
  const double dry = peak_of(r->input + s.start, s.n, 1.0);
  add_sound(text, r, "Device", target, s, 1.0 / peak);
  add_sound(text, r, "Model", prediction, s, 1.0 / peak);
  add_sound(text, r, "Difference", difference, s, 1.0 / peak);
  add_sound(text, r, "Dry input", r->input + s.start, s, 1.0 / dry);
  if (peak > 1.0) {
    rem_markup_format(
      text,
      "<p class=\"soft\">Device, model and difference are turned"
      " down by %.1f dB here, so that none clips.</p>\n",
      20.0 * log10(peak));
  }
}

static void
add_listening(RemText* const text, const RemReport* const r)
{
  const RemSpan s          = rem_report_loudest(r, REM_HEARD_SECONDS);
  float* const  difference = rem_report_difference(r, s);
  if (!difference) {
    text->failed = true;
    return;
  }
  rem_markup_format(
    text,
    "<section>\n<h2>Listen</h2>\n<p class=\"soft\">From %.1f to"
    " %.1f s, all at their own levels: the difference is as loud"
    " as it is.</p>\n<div class=\"listen\">\n",
    (double)s.start / r->rate,
    (double)(s.start + s.n) / r->rate);
  add_sounds(text, r, s, difference);
  rem_text_add(text, "</div>\n</section>\n");
  free(difference);
}

static void
add_waves(RemText* const text, const RemReport* const r)
{
  static const Picture zoom  = {rem_draw_zoom, 320.0, 260.0};
  static const Picture whole = {rem_draw_whole, 240.0, 220.0};
  const RemSpan        s     = rem_report_loudest(r, REM_ZOOM_SECONDS);
  char                 alt[256];
  rem_text_add(text, "<section>\n<h2>Waveforms</h2>\n");
  (void)snprintf(alt,
                 sizeof(alt),
                 "Curves of device and model over %.0f milliseconds from"
                 " %.3f seconds on; their ESR over the whole is %.4f",
                 1000.0 * (double)s.n / r->rate,
                 (double)s.start / r->rate,
                 r->figures.esr);
  add_figure(text, r, &zoom, alt, "Wave by wave, where the device is loudest.");
  (void)snprintf(alt,
                 sizeof(alt),
                 "Envelopes of device, model and their difference over %.1f"
                 " seconds; mean absolute difference %.4f of full scale",
                 (double)r->n / r->rate,
                 r->figures.mae);
  add_figure(text, r, &whole, alt, "From beginning to end.");
  rem_text_add(text, "</section>\n");
}

static void
add_spectrograms(RemText* const text, const RemReport* const r)
{
  static const Picture picture = {rem_draw_spectrograms, 620.0, 560.0};
  const RemSpan        s       = rem_report_loudest(r, REM_HEARD_SECONDS);
  char                 alt[256];
  (void)snprintf(alt,
                 sizeof(alt),
                 "Spectrograms of device, model and difference from %.1f to"
                 " %.1f seconds, 60 hertz to %.0f hertz, 80 decibels deep",
                 (double)s.start / r->rate,
                 (double)(s.start + s.n) / r->rate,
                 0.5 * r->rate);
  rem_text_add(text, "<section>\n<h2>Spectrograms</h2>\n");
  add_figure(text,
             r,
             &picture,
             alt,
             "Lighter is louder, by one scale for all three. The darker the"
             " third, the closer the model.");
  rem_text_add(text, "</section>\n");
}

/// Append the octaves as a table
static void
add_band_table(RemText* const text, const RemFigures* const f)
{
  rem_text_add(text,
               "<details><summary>As numbers</summary>\n<table>\n<thead><tr>"
               "<th scope=\"col\">Octave</th>"
               "<th scope=\"col\" class=\"n\">Difference</th>"
               "<th scope=\"col\" class=\"n\">Model's level</th>"
               "</tr></thead>\n<tbody>\n");
  for (uint32_t i = 0; i < f->n_bands; ++i) {
    const RemBand* const b = &f->bands[i];
    rem_markup_format(
      text, "<tr><th scope=\"row\">%g to %g Hz</th>", b->low, b->high);
    if (isnan(b->error_db)) {
      rem_text_add(text, "<td class=\"n\">silent</td><td class=\"n\"></td>");
    } else {
      rem_markup_format(
        text,
        "<td class=\"n\">%.1f dB</td><td class=\"n\">%+.1f dB</td>",
        b->error_db,
        b->level_db);
    }
    rem_text_add(text, "</tr>\n");
  }
  rem_text_add(text, "</tbody>\n</table>\n</details>\n");
}

static void
add_bands(RemText* const text, const RemReport* const r)
{
  static const Picture picture = {rem_draw_bands, 280.0, 240.0};
  rem_text_add(text, "<section>\n<h2>Octave by octave</h2>\n");
  add_figure(text,
             r,
             &picture,
             "Columns of the difference's level and lines of the model's level"
             " for every octave, in decibels by the device's level there; the"
             " table below has the numbers",
             "Short columns are good; the model's level belongs at 0 dB.");
  add_band_table(text, &r->figures);
  rem_text_add(text, "</section>\n");
}

static void
add_history(RemText* const text, const RemReport* const r)
{
  static const Picture picture  = {rem_draw_history, 320.0, 260.0};
  const size_t         best     = rem_report_best(r);
  char                 alt[256] = "Training loss and validation ESR by time";
  if (!r->n_history) {
    return;
  }
  if (best < r->n_history) {
    const RemHistoryPoint* const b = &r->history[best];
    (void)snprintf(alt,
                   sizeof(alt),
                   "Training loss and validation ESR over %.0f seconds; the"
                   " best ESR, %.4g, came after %.0f seconds, in epoch %u",
                   r->history[r->n_history - 1U].seconds,
                   b->figure,
                   b->seconds,
                   b->epoch);
  }
  rem_text_add(text, "<section>\n<h2>Training</h2>\n");
  add_figure(text,
             r,
             &picture,
             alt,
             "Validation is on sound that training never sees; the weights of"
             " the best point are kept.");
  rem_text_add(text, "</section>\n");
}

void
rem_page(RemText* const text, const RemReport* const report)
{
  add_head(text, report);
  add_figures(text, report);
  add_listening(text, report);
  add_waves(text, report);
  add_spectrograms(text, report);
  add_bands(text, report);
  add_history(text, report);
  rem_text_add(text,
               "<footer>Written by remanence. This file holds everything it"
               " shows.</footer>\n</main>\n</body>\n</html>\n");
}

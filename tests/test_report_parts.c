// SPDX-License-Identifier: ISC

/// What reports are made of: base64, colours and axes

#include "offline_trainer/report/markup.h"
#include "offline_trainer/report/plot.h"
#include "offline_trainer/report/style.h"
#include "tests/check.h"
#include "tests/fonts.h"

#include <cairo.h>

#include <math.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>

#define WIDTH 400
#define HEIGHT 300

/// The vectors of RFC 4648, section 10
static void
test_base64(void)
{
  static const char* const said[] = {
    "", "Zg==", "Zm8=", "Zm9v", "Zm9vYg==", "Zm9vYmE=", "Zm9vYmFy"};
  for (size_t n = 0; n < 7U; ++n) {
    RemText text = {NULL, 0U, 0U, false};
    rem_markup_base64(&text, "foobar", n);
    CHECK(text.size == strlen(said[n]));
    CHECK(!text.size || !memcmp(text.bytes, said[n], text.size));
    rem_markup_clear(&text);
  }
}

/// Return how light a colour is: luminance to the power of 1/3, about even to
/// the eye
static double
lightness(const RemColour c)
{
  return cbrt(0.2126 * pow(c.red, 2.2) + 0.7152 * pow(c.green, 2.2) +
              0.0722 * pow(c.blue, 2.2));
}

/// Return the contrast ratio of two colours, WCAG 2.1
static double
contrast(const RemColour a, const RemColour b)
{
  const double x = pow(lightness(a), 3.0), y = pow(lightness(b), 3.0);
  return (fmax(x, y) + 0.05) / (fmin(x, y) + 0.05);
}

/// Louder is lighter, always; letters and curves stand out from the paper
static void
test_colours(void)
{
  for (int i = 0; i < 256; ++i) {
    const double step =
      lightness(rem_heat((i + 1) / 256.0)) - lightness(rem_heat(i / 256.0));
    CHECK(step > 0.002 && step < 0.005);
  }
  for (int dark = 0; dark < 2; ++dark) {
    const RemStyle s = rem_style(dark);
    CHECK(contrast(s.ink, s.paper) > 7.0);
    CHECK(contrast(s.device, s.paper) > 3.0);
    CHECK(contrast(s.model, s.paper) > 3.0);
    CHECK(contrast(s.difference, s.paper) > 3.0);
  }
}

/// Draw a plot whose y axis has this name
static cairo_surface_t*
draw_axes(RemAxis y, const char* const name)
{
  const RemStyle         style = rem_style(false);
  const RemBox           box   = {0.0, 0.0, WIDTH, HEIGHT};
  const RemAxis          x     = {NULL, 0.0, 1.0, false};
  cairo_surface_t* const surface =
    cairo_image_surface_create(CAIRO_FORMAT_A8, WIDTH, HEIGHT);
  cairo_t* const cr = cairo_create(surface);
  y.label           = name;
  (void)rem_plot_begin(cr, &style, box, x, y);
  CHECK(cairo_status(cr) == CAIRO_STATUS_SUCCESS);
  cairo_destroy(cr);
  cairo_surface_flush(surface);
  return surface;
}

/// Return whether the pictures differ in column x
static bool
differ(cairo_surface_t* const a, cairo_surface_t* const b, const int x)
{
  const int stride = cairo_image_surface_get_stride(a);
  bool      found  = false;
  for (int y = 0; !found && y < HEIGHT; ++y) {
    found = cairo_image_surface_get_data(a)[y * stride + x] !=
            cairo_image_surface_get_data(b)[y * stride + x];
  }
  return found;
}

/// The name of the y axis ends left of its numbers, however wide they are
static void
test_axis_name(void)
{
  static const RemAxis axes[] = {{NULL, 0.00045, 0.2, true},
                                 {NULL, 1e-9, 1e-7, true},
                                 {NULL, -1.0, 1.0, false},
                                 {NULL, -0.00125, -0.00124, false}};
  for (size_t i = 0; i < sizeof(axes) / sizeof(axes[0]); ++i) {
    const RemAxis          bare    = {NULL, 0.0, 1.0, false};
    cairo_surface_t* const empty   = draw_axes(bare, NULL);
    cairo_surface_t* const unnamed = draw_axes(axes[i], " ");
    cairo_surface_t* const named   = draw_axes(axes[i], "ESR, (gjpqy)");
    int                    first   = 0;
    int                    last    = WIDTH - 1;
    while (first < WIDTH && !differ(empty, unnamed, first)) {
      ++first;
    }
    while (last > 0 && !differ(unnamed, named, last)) {
      --last;
    }
    CHECK(last > 0 && last + 1 < first && first < WIDTH / 2);
    cairo_surface_destroy(empty);
    cairo_surface_destroy(unnamed);
    cairo_surface_destroy(named);
  }
}

int
main(void)
{
  test_base64();
  test_colours();
  test_axis_name();
  free_fonts();
  return 0;
}

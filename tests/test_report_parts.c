// SPDX-License-Identifier: ISC

/// What reports are made of: base64 and colours

#include "offline_trainer/report/markup.h"
#include "offline_trainer/report/style.h"
#include "tests/check.h"

#include <math.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>

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

int
main(void)
{
  test_base64();
  test_colours();
  return 0;
}

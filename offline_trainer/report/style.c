// SPDX-License-Identifier: ISC

#include "offline_trainer/report/style.h"

#include <math.h>

// Hues after Okabe and Ito 2008, https://jfly.uni-koeln.de/color
static const RemStyle light = {{1.000, 1.000, 1.000},
                               {0.160, 0.180, 0.210},
                               {0.880, 0.890, 0.910},
                               {0.000, 0.400, 0.650},
                               {0.850, 0.370, 0.000},
                               {0.690, 0.230, 0.530},
                               13.0};
static const RemStyle dark  = {{0.090, 0.100, 0.120},
                               {0.830, 0.850, 0.880},
                               {0.220, 0.240, 0.280},
                               {0.340, 0.700, 0.910},
                               {0.960, 0.620, 0.160},
                               {0.890, 0.530, 0.750},
                               13.0};

RemStyle
rem_style(const bool is_dark)
{
  return is_dark ? dark : light;
}

/// Return `x`, linear light, as sRGB holds it
static double
encode(const double x)
{
  const double v = fmax(0.0, fmin(1.0, x));
  return v <= 0.0031308 ? 12.92 * v : 1.055 * pow(v, 1.0 / 2.4) - 0.055;
}

/// Return an Oklab colour in sRGB
static RemColour
from_oklab(const double lightness, const double a, const double b)
{
  const double    l = pow(lightness + 0.3963377774 * a + 0.2158037573 * b, 3.0);
  const double    m = pow(lightness - 0.1055613458 * a - 0.0638541728 * b, 3.0);
  const double    s = pow(lightness - 0.0894841775 * a - 1.2914855480 * b, 3.0);
  const RemColour c = {
    encode(4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s),
    encode(-1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s),
    encode(-0.0041960863 * l - 0.7034186147 * m + 1.7076147010 * s)};
  return c;
}

RemColour
rem_heat(const double value)
{
  // Chroma and hue (degrees) at equal steps; lightness is a straight line
  static const double chroma[] = {0.03, 0.13, 0.18, 0.16, 0.07};
  static const double hue[]    = {285., 300., 362., 415., 465.};

  const double v  = value > 0.0 ? fmin(value, 1.0) : 0.0; // NaN is 0 as well
  const int    i  = (int)fmin(4.0 * v, 3.0);
  const double to = 4.0 * v - i;
  const double c  = chroma[i] + to * (chroma[i + 1] - chroma[i]);
  const double h  = hue[i] + to * (hue[i + 1] - hue[i]);
  const double radians = h * acos(-1.0) / 180.0;
  return from_oklab(0.14 + 0.83 * v, c * cos(radians), c * sin(radians));
}

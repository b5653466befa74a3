// SPDX-License-Identifier: ISC

/// Colours and sizes of pictures, on light and on dark paper

#ifndef REM_OFFLINE_TRAINER_REPORT_STYLE_H
#define REM_OFFLINE_TRAINER_REPORT_STYLE_H

#include <stdbool.h>

/// sRGB, 0 to 1
typedef struct {
  double red;
  double green;
  double blue;
} RemColour;

/// What every picture of a set shares
typedef struct {
  RemColour paper;
  RemColour ink;        ///< Letters
  RemColour grid;       ///< Lines that guide the eye
  RemColour device;     ///< The target
  RemColour model;      ///< The prediction
  RemColour difference; ///< Target minus prediction
  double    text;       ///< Height of letters, pixels
} RemStyle;

/// Return the style for a theme.  The three colours of curves are apart for
/// colour-blind eyes too, and 3:1 or better against the paper.
RemStyle
rem_style(bool dark);

/**
   Return a colour between dark violet (0) and pale yellow (1) whose lightness
   rises evenly with `value`, which is clamped.

   Source: Oklab, Ottosson 2020, https://bottosson.github.io/posts/oklab.
*/
RemColour
rem_heat(double value);

#endif // REM_OFFLINE_TRAINER_REPORT_STYLE_H

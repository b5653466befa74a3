// SPDX-License-Identifier: ISC

/// One of several values, drawn with temperature from those that may be and
/// are likely enough

#ifndef REM_DSP_HEAD_DRAW_H
#define REM_DSP_HEAD_DRAW_H

#include "dsp/random.h"
#include "dsp/rt.h"

#include <stdbool.h>
#include <stdint.h>

#define REM_NOTHING_DRAWN UINT32_MAX ///< Nothing may be drawn

/// How to draw; all zero takes the likeliest
typedef struct {
  float       temperature; ///< Divides logits; from 1e-3 down the likeliest
  uint32_t    top_k;       ///< Only so many of the likeliest; 0 for all
  const bool* allowed;     ///< [n] What may be drawn, or NULL for all
} RemDraw;

/**
   Draw one of `n` with logits y / temperature: of those allowed, and of these
   the `top_k` likeliest, equally likely ones in their order.

   Source: top-k, Fan, Lewis and Dauphin 2018, arXiv:1805.04833.

   @param y      [n] finite.
   @param random One number is taken of it, whatever is drawn.
   @return Below n, or #REM_NOTHING_DRAWN if nothing is allowed.

   Thread: audio.  Cost: two exponentials each, and with top_k below n as many
   as 32 comparisons each.  Cannot fail.
*/
REM_RT uint32_t
rem_draw(const float* y, uint32_t n, const RemDraw* how, RemRandom* random);

#endif // REM_DSP_HEAD_DRAW_H

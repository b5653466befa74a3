// SPDX-License-Identifier: ISC

// The quick loss of control frames, for every head and every kind of dimension:
// the value is rem_frames_nll()'s, and the gradient is its slope.

#include "offline_trainer/control/frames_loss.h"
#include "tests/check.h"

#include <math.h>
#include <string.h>

#define MAX_OUT 2400U

/// Set columns that a frame could have
static void
make_columns(const RemFrames* const frames,
             float* const           columns,
             uint32_t* const        seed)
{
  float frame[REM_MAX_FRAME];
  frame[0] = expf(2.0f * noise(seed) - 3.0f);
  for (uint32_t d = 1U; d <= frames->n_dims; ++d) {
    frame[d] = 0.5f + 0.5f * noise(seed);
  }
  rem_frames_encode(frames, frame, columns);
}

/// Return the loss with y[k] moved
static double
moved(const RemFrames* const frames,
      float* const           y,
      const uint32_t         k,
      const float            by,
      const float* const     before,
      const float* const     next)
{
  const float kept = y[k];
  y[k]             = kept + by;
  const double nll = rem_frames_nll(frames, y, before, next);
  y[k]             = kept;
  return nll;
}

/// Return dL/dy_k from differences in double, their error of order h^4: y are
/// multiples of 2^-12, so that every step is exact
static double
slope_of(const RemFrames* const frames,
         float* const           y,
         const uint32_t         k,
         const float* const     before,
         const float* const     next)
{
  const float  h    = 0x1p-9f;
  const double near = moved(frames, y, k, h, before, next) -
                      moved(frames, y, k, -h, before, next);
  const double far = moved(frames, y, k, 2.0f * h, before, next) -
                     moved(frames, y, k, -2.0f * h, before, next);
  return (8.0 * near - far) / (12.0 * (double)h);
}

/// Hold value and gradient to those of the engine.  Float rounds sums of M C
/// terms: 1e-5 of the largest slope was 3e-6 at most.
static void
check(const RemFrames* const frames, const float loud, uint32_t seed)
{
  static float        y[MAX_OUT], dy[MAX_OUT];
  float               before[REM_MAX_IN], next[REM_MAX_IN];
  const RemFramesLoss loss = rem_frames_loss(frames);
  RemError            error;
  CHECK(!rem_frames_check(frames, &error));
  CHECK(loss.n_in == rem_frames_n_in(frames) && loss.n_out <= MAX_OUT);
  CHECK(loss.n_continuous == rem_frames_n_continuous(frames));
  make_columns(frames, before, &seed);
  make_columns(frames, next, &seed);
  for (uint32_t k = 0U; k < loss.n_out; ++k) {
    y[k] = floorf(loud * noise(&seed) * 0x1p+12f) * 0x1p-12f;
  }
  const double nll = rem_frames_loss_gradient(&loss, y, before, next, 1.0f, dy);
  const double expected = rem_frames_nll(frames, y, before, next);
  double       largest  = 1.0;
  double       worst    = 0.0;
  CHECK(fabs(nll - expected) < 1e-5 * (1.0 + fabs(expected)));
  for (uint32_t k = 0U; k < loss.n_out; ++k) {
    const double slope = slope_of(frames, y, k, before, next);
    largest            = fmax(largest, fabs(slope));
    worst              = fmax(worst, fabs(slope - (double)dy[k]));
  }
  if (worst >= 1e-5 * largest) {
    fprintf(stderr, "largest slope %g, missed by %g\n", largest, worst);
  }
  CHECK(worst < 1e-5 * largest);
}

/// Every kind of dimension, residual and not
static void
test_kinds(const uint32_t n_mixtures)
{
  RemFrames frames;
  rem_frames_init(&frames, 9U, n_mixtures);
  frames.floor             = 0.1f;
  frames.dims[2].kind      = REM_DIM_SWITCH;
  frames.dims[4].kind      = REM_DIM_CHOICE;
  frames.dims[8].kind      = REM_DIM_SWITCH;
  frames.dims[4].n_choices = 3U;
  for (uint32_t k = 0U; k < 3U; ++k) {
    frames.dims[4].choices[k] = 0.25f * (float)(k + 1U);
  }
  for (uint32_t seed = 1U; seed < 20U; ++seed) {
    frames.residual = seed % 2U;
    check(&frames, 1.5f, seed);
  }
}

/// One dimension, and as many as there may be
static void
test_sizes(void)
{
  RemFrames frames;
  rem_frames_init(&frames, 1U, 1U);
  check(&frames, 1.0f, 1U);
  rem_frames_init(&frames, REM_MAX_DIMS, 7U);
  frames.floor = 0.2f;
  check(&frames, 1.0f, 2U);
}

/// Numbers that would overflow if they were not held: the value is the
/// engine's, and everything is finite
static void
test_extremes(void)
{
  enum { N_OUT = 5 * (1 + 2 * 9) };
  RemFrames frames;
  uint32_t  seed = 5U;
  float     y[N_OUT], dy[N_OUT], before[9], next[9];
  rem_frames_init(&frames, 8U, 5U);
  const RemFramesLoss loss = rem_frames_loss(&frames);
  make_columns(&frames, before, &seed);
  make_columns(&frames, next, &seed);
  for (uint32_t i = 0U; i < 100U; ++i) {
    for (uint32_t k = 0U; k < N_OUT; ++k) {
      y[k] = 300.0f * noise(&seed);
    }
    const double nll =
      rem_frames_loss_gradient(&loss, y, before, next, 0.5f, dy);
    const double expected = rem_frames_nll(&frames, y, before, next);
    CHECK(fabs(nll - expected) < 1e-5 * (1.0 + fabs(expected)));
    for (uint32_t k = 0U; k < N_OUT; ++k) {
      CHECK(isfinite(dy[k]));
    }
  }
}

int
main(void)
{
  test_kinds(5U);
  test_kinds(0U);
  test_sizes();
  test_extremes();
  return 0;
}

// SPDX-License-Identifier: ISC

/// Frames of control: columns and back, what is refused, what can be drawn

#include "dsp/frames.h"
#include "dsp/random.h"
#include "tests/check.h"
#include "tests/frames.h"

#include <float.h>
#include <math.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#define MAX_Y 512U

static void
check_sizes(void)
{
  const RemFrames  a    = frames_of("cccccccc", 5U);
  const RemFrames  b    = frames_of("cs5c", 3U);
  const RemFrames  c    = frames_of("cs5c", 0U);
  const RemNetSpec spec = rem_frames_net(&b, 64U, 2U);
  CHECK(rem_frames_n_in(&a) == 9U && rem_frames_n_continuous(&a) == 9U);
  CHECK(rem_frames_n_out(&a) == 5U + 2U * 5U * 9U);
  CHECK(rem_frames_n_in(&b) == 1U + 1U + 1U + 5U + 1U);
  CHECK(rem_frames_n_continuous(&b) == 3U);
  CHECK(rem_frames_n_out(&b) == 3U + 2U * 3U * 3U + 1U + 5U);
  CHECK(rem_frames_n_out(&c) == 3U + 1U + 5U);
  CHECK(spec.head == REM_HEAD_MDN && spec.n_in == 9U && spec.n_out == 27U &&
        spec.n_hidden == 64U && spec.n_layers == 2U && !spec.skip);
  CHECK(rem_frames_net(&c, 8U, 1U).head == REM_HEAD_LINEAR);
}

static void
check_columns(void)
{
  RemFrames   frames  = frames_of("cs3c", 2U);
  const float frame[] = {0.05f, 0.75f, 0.5f, 0.7f, 0.25f};
  const float low[]   = {0.0f, 0.0f, 0.4999f, 0.8f, 1.0f};
  float       x[7];
  float       z[3];
  float       base[3];
  frames.dt_offset      = -2.0f;
  frames.dt_scale       = 2.0f;
  frames.dims[0].offset = 0.25f;
  frames.dims[0].scale  = 0.125f;
  rem_frames_encode(&frames, frame, x);
  CHECK(fabs((double)x[0] - (log(0.05) + 2.0) / 2.0) < 1e-6);
  CHECK(x[1] == 4.0f && x[2] == 1.0f);
  CHECK(x[3] == 0.0f && x[4] == 1.0f && x[5] == 0.0f); // 0.7: nearest is 0.5
  CHECK(fabsf(x[6] + 0.25f / 0.3f) < 1e-6f);
  rem_frames_continuous(&frames, x, z);
  CHECK(z[0] == x[0] && z[1] == x[1] && z[2] == x[6]);
  rem_frames_base(&frames, x, base);
  CHECK(base[0] == 0.0f && base[1] == x[1] && base[2] == x[6]);
  frames.residual = false;
  rem_frames_base(&frames, x, base);
  CHECK(base[0] == 0.0f && base[1] == 0.0f && base[2] == 0.0f);
  rem_frames_encode(&frames, low, x);
  CHECK(fabs((double)x[0] - (log(0.001) + 2.0) / 2.0) < 1e-6);
  CHECK(x[2] == 0.0f && x[3] == 0.0f && x[4] == 0.0f && x[5] == 1.0f);
}

/// A frame said with certainty by a head comes back as it was
static void
check_round_trip(const uint32_t n_mixtures, const bool residual)
{
  RemFrames       frames = frames_of("cs9cc", n_mixtures);
  const RemTemper temper = {1.0f, 0.0f};
  RemRandom       random = {1U};
  uint32_t        seed   = 9U;
  frames.residual        = residual;
  for (uint32_t i = 0U; i < 1000U; ++i) {
    const float    frame[] = {expf(4.0f * noise(&seed)),
                              0.5f + 0.5f * noise(&seed),
                           noise(&seed) > 0.0f ? 1.0f : 0.0f,
                              frames.dims[2].choices[i % 9U],
                              0.5f + 0.5f * noise(&seed),
                              (float)(i % 2U)};
    const uint32_t head    = n_mixtures ? n_mixtures * 9U : 4U;
    float          y[64]   = {0.0f};
    float          before[REM_MAX_IN];
    float          next[REM_MAX_IN];
    float          base[REM_MAX_FRAME];
    float          z[REM_MAX_FRAME];
    float          back[REM_MAX_FRAME];
    random_columns(&frames, 1.0f, &seed, before);
    rem_frames_encode(&frames, frame, next);
    rem_frames_base(&frames, before, base);
    rem_frames_continuous(&frames, next, z);
    for (uint32_t k = 0U; k < (n_mixtures ? n_mixtures : 1U) * 4U; ++k) {
      y[n_mixtures + k] = z[k % 4U] - base[k % 4U];
    }
    y[head]               = 100.0f * (frame[2] - 0.5f);
    y[head + 1U + i % 9U] = 100.0f;
    rem_frames_draw(&frames, y, before, &temper, &random, back);
    CHECK(fabsf(back[0] / frame[0] - 1.0f) < 1e-5f);
    CHECK(fabsf(back[1] - frame[1]) < 1e-6f);
    CHECK(back[2] == frame[2] && back[3] == frame[3]);
    CHECK(fabsf(back[4] - frame[4]) < 1e-6f);
    CHECK(fabsf(back[5] - frame[5]) < 1e-6f);
  }
}

/// Whatever a net says, what is drawn is a frame, after as many random numbers
static void
check_bounds(const char* const kinds, const uint32_t n_mixtures)
{
  static const float scales[] = {0.0f, 1.0f, 30.0f, 1e30f, FLT_MAX};
  RemFrames          frames   = frames_of(kinds, n_mixtures);
  RemRandom          first    = {1U};
  uint32_t           seed     = 5U;
  uint64_t           n_steps  = 0U;
  frames.dt_maximum           = 5.0f;
  for (uint32_t i = 0U; i < 5000U; ++i) {
    const float     scale  = scales[i % 5U];
    const RemTemper temper = {scales[i / 5U % 4U], scales[i / 20U % 4U]};
    RemRandom       random = first;
    float           y[MAX_Y];
    float           before[REM_MAX_IN];
    float           frame[REM_MAX_FRAME];
    random_numbers(rem_frames_n_out(&frames), scale, &seed, y);
    random_columns(&frames, i % 7U ? 1.0f : scale, &seed, before);
    rem_frames_draw(&frames, y, before, &temper, &random, frame);
    CHECK(frame[0] >= REM_MIN_DT && frame[0] <= 5.0f);
    for (uint32_t d = 1U; d <= frames.n_dims; ++d) {
      CHECK(frame[d] >= 0.0f && frame[d] <= 1.0f);
      CHECK(kinds[d - 1U] != 's' || frame[d] == 0.0f || frame[d] == 1.0f);
    }
    const uint64_t steps = random.state - first.state;
    CHECK(!i || steps == n_steps);
    n_steps = steps;
    CHECK(isfinite(rem_frames_nll(&frames, y, before, before)));
    first.state += 12345U;
  }
  CHECK(n_steps || !n_mixtures);
}

/// The same seed plays the same; times are as long as they should be
static void
check_draws(void)
{
  const RemFrames frames = frames_of("cs4", 3U);
  const RemTemper temper = rem_temper();
  RemRandom       a      = {11U};
  RemRandom       b      = {11U};
  uint32_t        seed   = 2U;
  double          sum    = 0.0;
  float           y[MAX_Y];
  float           before[REM_MAX_IN];
  float           x[4];
  float           z[4];
  CHECK(temper.pitemp == 1.0f && temper.sigmatemp == 1.0f);
  random_numbers(rem_frames_n_out(&frames), 1.0f, &seed, y);
  random_columns(&frames, 1.0f, &seed, before);
  for (uint32_t m = 0U; m < 3U; ++m) {
    y[3U + m * 2U]      = 0.5f;        // Mean of column 0
    y[3U + 6U + m * 2U] = logf(0.19f); // Deviation 0.2
  }
  for (uint32_t i = 0U; i < 20000U; ++i) {
    rem_frames_draw(&frames, y, before, &temper, &a, x);
    rem_frames_draw(&frames, y, before, &temper, &b, z);
    CHECK(!memcmp(x, z, sizeof(x)));
    sum += log((double)x[0]);
  }
  const double expected = -3.0 + 1.5 * 0.5;
  CHECK(fabs(sum / 20000.0 - expected) < 5.0 * 1.5 * 0.2 / sqrt(20000.0));
}

/// What one field must not be
typedef struct {
  const char* kinds;
  size_t      at; ///< Offset in RemFrames
  size_t      size;
  union {
    float    f;
    uint32_t u;
  } value;
} Bad;

#define BAD_F(kinds, field, x)                        \
  {                                                   \
    kinds, offsetof(RemFrames, field), sizeof(float), \
    {                                                 \
      .f = (x)                                        \
    }                                                 \
  }
#define BAD_U(kinds, field, x)                           \
  {                                                      \
    kinds, offsetof(RemFrames, field), sizeof(uint32_t), \
    {                                                    \
      .u = (x)                                           \
    }                                                    \
  }

static const Bad bad[] = {
  BAD_U("cc", n_dims, 0U),
  BAD_U("cc", n_dims, REM_MAX_DIMS + 1U),
  BAD_U("cc", n_mixtures, REM_MAX_MIXTURES + 1U),
  BAD_F("cc", floor, 0.0f),
  BAD_F("cc", floor, -0.01f),
  BAD_F("cc", floor, NAN),
  BAD_F("cc", floor, INFINITY),
  BAD_F("cc", dt_offset, NAN),
  BAD_F("cc", dt_offset, INFINITY),
  BAD_F("cc", dt_offset, -1e7f),
  BAD_F("cc", dt_scale, 0.0f),
  BAD_F("cc", dt_scale, -1.0f),
  BAD_F("cc", dt_scale, NAN),
  BAD_F("cc", dt_scale, INFINITY),
  BAD_F("cc", dt_maximum, 0.0f),
  BAD_F("cc", dt_maximum, NAN),
  BAD_F("cc", dt_maximum, INFINITY),
  BAD_U("cc", dims[1].kind, 3U),
  BAD_F("cc", dims[1].offset, NAN),
  BAD_F("cc", dims[1].offset, 1e7f),
  BAD_F("cc", dims[1].scale, 0.0f),
  BAD_F("cc", dims[1].scale, -1.0f),
  BAD_F("cc", dims[1].scale, NAN),
  BAD_F("cc", dims[1].scale, 1e7f),
  BAD_U("c5", dims[1].n_choices, 0U),
  BAD_U("c5", dims[1].n_choices, 1U),
  BAD_U("c5", dims[1].n_choices, REM_MAX_CHOICES + 1U),
  BAD_F("c5", dims[1].choices[0], -0.1f),
  BAD_F("c5", dims[1].choices[4], 1.1f),
  BAD_F("c5", dims[1].choices[2], 0.25f),
  BAD_F("c5", dims[1].choices[2], NAN),
};

static void
check_refusals(void)
{
  for (uint32_t i = 0U; i < sizeof(bad) / sizeof(*bad); ++i) {
    RemFrames frames = frames_of(bad[i].kinds, 3U);
    RemError  error  = {REM_SUCCESS, "", ""};
    memcpy((char*)&frames + bad[i].at, &bad[i].value, bad[i].size);
    CHECK(rem_frames_check(&frames, &error));
    CHECK(error.status && error.text[0]);
  }
}

/// What is fine by itself can be too much together
static void
check_totals(void)
{
  RemFrames wide = frames_of("ccc", 5U);
  RemFrames deep = frames_of("c", 32U);
  for (uint32_t d = 0U; d < 3U; ++d) { // 1 + 3 * 128 columns
    wide.dims[d].kind      = REM_DIM_CHOICE;
    wide.dims[d].n_choices = 128U;
    for (uint32_t k = 0U; k < 128U; ++k) {
      wide.dims[d].choices[k] = (float)k / 127.0f;
    }
  }
  CHECK(rem_frames_check(&wide, NULL) == REM_BAD_SHAPE);
  wide.dims[1].kind = wide.dims[2].kind = REM_DIM_CONTINUOUS;
  CHECK(!rem_frames_check(&wide, NULL));
  rem_frames_init(&deep, 7U, 32U); // 32 (1 + 2 * 8) outputs
  CHECK(rem_frames_check(&deep, NULL) == REM_BAD_SHAPE);
  rem_frames_init(&deep, 6U, 32U);
  CHECK(!rem_frames_check(&deep, NULL));
  rem_frames_init(&deep, 32U, 7U);
  CHECK(!rem_frames_check(&deep, NULL));
}

int
main(void)
{
  check_sizes();
  check_columns();
  check_round_trip(0U, true);
  check_round_trip(0U, false);
  check_round_trip(3U, true);
  check_round_trip(3U, false);
  check_bounds("ccccc", 4U);
  check_bounds("cs5c9s", 2U);
  check_bounds("cs5c9s", 0U);
  check_bounds("ss", 1U);
  check_draws();
  check_refusals();
  check_totals();
  return 0;
}

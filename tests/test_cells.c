// SPDX-License-Identifier: ISC

/// Every cell, take and kind of input of the engine against the equations, for
/// every instruction set of this machine

#include "dsp/denormal.h"
#include "dsp/kernel/kernel.h"
#include "dsp/net.h"
#include "tests/cells.h"
#include "tests/check.h"
#include "tests/engine.h"
#include "tests/reference.h"

#include <string.h>

enum { N_FRAMES = 40, N_CUT = 200 };

static const char* const isas[] = {"generic", "avx2", "avx512", "neon"};

static double*
doubles_of(const float* const from, const size_t n)
{
  double* const p = (double*)calloc(n, sizeof(double));
  CHECK(p);
  for (size_t i = 0; i < n; ++i) {
    p[i] = (double)from[i];
  }
  return p;
}

/// Largest errors against double, of the engine's y and of a plain float loop
static void
measure_errors(const RemNetSpec* const spec,
               const float* const      params,
               const float* const      state,
               const float* const      x,
               const float* const      y,
               const uint32_t          n,
               double* const           engine,
               double* const           plain)
{
  const size_t  n_state = rem_net_n_state(spec);
  double* const p64     = doubles_of(params, rem_net_n_params(spec));
  double* const s64     = doubles_of(state, n_state);
  float* const  s32     = floats(n_state);
  float* const  y32     = floats(spec->n_out);
  double* const y64     = (double*)calloc(spec->n_out, sizeof(double));
  CHECK(y64);
  memcpy(s32, state, n_state * sizeof(float));

  *engine = *plain = 0.0;
  for (uint32_t t = 0; t < n; ++t) {
    double             x64[REM_MAX_IN] = {0};
    const float* const x_t             = x + (size_t)t * spec->n_in;
    for (uint32_t j = 0; j < spec->n_in; ++j) {
      x64[j] = (double)x_t[j];
    }
    rem_reference_step(spec, p64, s64, x64, y64);
    rem_plain_step(spec, params, s32, x_t, y32);
    for (uint32_t o = 0; o < spec->n_out; ++o) {
      const float got = y[(size_t)t * spec->n_out + o];
      *engine         = fmax(*engine, fabs((double)got - y64[o]));
      *plain          = fmax(*plain, fabs((double)y32[o] - y64[o]));
      CHECK(isfinite(got));
    }
  }
  free(p64);
  free(s64);
  free(s32);
  free(y32);
  free(y64);
}

/// Every size up to 100 and some beyond, in all that make_spec() makes of it,
/// from a state that is not zero
static void
test_every_size(const uint32_t cell)
{
  double worst = 0.0;
  for (uint32_t h = 1; h <= 600; h = h < 100 ? h + 1 : 2 * h - h / 3) {
    const RemNetSpec spec   = make_spec(cell, h);
    const uint32_t   n      = h < 100 ? N_FRAMES : 6;
    float* const     params = floats(rem_net_n_params(&spec));
    float* const     state  = noise_frames(rem_net_n_state(&spec), h + 1U);
    float* const     x      = make_frames(&spec, n, h);
    float* const     y      = floats((size_t)n * spec.n_out);
    double           engine = 0.0, plain = 0.0;
    random_params(&spec, params, 1.0f / sqrtf((float)h), h);
    const Player player = open_player(&spec, params, state);
    rem_net_block(player.net, player.states[0], x, y, n);
    measure_errors(&spec, params, state, x, y, n, &engine, &plain);
    worst = fmax(worst, engine);
    if (cell != REM_CELL_RNN_THRESHOLD) { // A unit may fall on either side
      CHECK(engine <= fmax(2.0 * plain, 2e-6));
    }
    close_player(&player);
    free(params);
    free(state);
    free(x);
    free(y);
  }
  printf(
    "%s: %s: error %.2g\n", rem_net_isa(), rem_cell_name((RemCell)cell), worst);
}

/// However two streams are cut, alone, side by side, and in place: not one bit
/// differs
static void
test_cuts(const uint32_t cell)
{
  static const uint32_t cuts[] = {1, 2, 3, 5, 15, 16, 17, 61, 64};
  for (uint32_t h = 2; h < 150; h += 7) {
    RemNetSpec spec     = make_spec(cell, h);
    spec.head           = REM_HEAD_LINEAR;
    spec.n_out          = spec.n_in;
    const size_t n      = (size_t)N_CUT * spec.n_in;
    float* const params = floats(rem_net_n_params(&spec));
    float* const state  = noise_frames(rem_net_n_state(&spec), h);
    float* const x[2]   = {make_frames(&spec, N_CUT, 1U),
                           make_frames(&spec, N_CUT, 2U)};
    float* const whole  = floats(n);
    random_params(&spec, params, 0.4f, h);
    const Player a = open_player(&spec, params, state);
    const Player b = open_player(&spec, params, state);
    rem_net_block(a.net, a.states[0], x[0], whole, N_CUT);
    for (uint32_t at = 0, i = 0; at < N_CUT; ++i) {
      const uint32_t     left    = N_CUT - at;
      const uint32_t     m       = cuts[i % 9U] < left ? cuts[i % 9U] : left;
      float* const       p[2]    = {x[0] + (size_t)at * spec.n_in,
                                    x[1] + (size_t)at * spec.n_in};
      const float* const from[2] = {p[0], p[1]};
      rem_net_block(a.net, a.states[1], from[1], p[1], m); // In place
      rem_net_block_pair(b.net, b.states, from, p, m);
      at += m;
    }
    CHECK(!memcmp(whole, x[0], n * sizeof(float)));
    close_player(&a);
    close_player(&b);
    free(params);
    free(state);
    free(x[0]);
    free(x[1]);
    free(whole);
  }
}

/// What is not finite is noticed, and forgotten when the state is set
static void
test_not_finite(const uint32_t cell)
{
  const RemNetSpec spec = {.cell     = (RemCell)cell,
                           .n_in     = 1U,
                           .n_hidden = 5U,
                           .n_layers = 2U,
                           .n_out    = 1U};
  float            params[500];
  float            x[2] = {NAN, 0.5f};
  float            y;
  random_params(&spec, params, 0.4f, 1U);
  const Player player = open_player(&spec, params, NULL);
  rem_net_block(player.net, player.states[0], x, &y, 1U);
  if (cell != REM_CELL_RNN_THRESHOLD) { // What is no number is not above 0
    CHECK(!rem_net_state_is_finite(player.net, player.states[0]) && isnan(y));
  }
  rem_net_state_set(player.net, player.states[0], NULL);
  rem_net_block(player.net, player.states[0], x + 1, &y, 1U);
  CHECK(rem_net_state_is_finite(player.net, player.states[0]) && isfinite(y));
  close_player(&player);
}

int
main(void)
{
  rem_denormals_off();
  for (size_t i = 0; i < sizeof(isas) / sizeof(*isas); ++i) {
    if (!rem_kernel_find(isas[i])) {
      continue;
    }
    CHECK(!setenv("REMANENCE_ISA", isas[i], 1));
    for (uint32_t cell = 0; cell < N_CELLS; ++cell) {
      test_every_size(cell);
      test_cuts(cell);
      test_not_finite(cell);
    }
  }
  return 0;
}

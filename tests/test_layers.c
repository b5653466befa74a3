// SPDX-License-Identifier: ISC

/// Layers alone, threshold units, and what a stream begins from, for every
/// instruction set of this machine

#include "dsp/denormal.h"
#include "dsp/kernel/kernel.h"
#include "dsp/net.h"
#include "dsp/net_internal.h"
#include "tests/cells.h"
#include "tests/check.h"
#include "tests/engine.h"
#include "tests/reference.h"

#include <string.h>

enum { N_FRAMES = 40 };

static const char* const isas[] = {"generic", "avx2", "avx512", "neon"};

/// Layers alone give what they give in the net; from the end as a reversed
/// sequence does
static void
test_layers(const uint32_t cell)
{
  for (uint32_t h = 3; h < 100; h += 16) {
    RemNetSpec spec        = make_spec(cell, h);
    spec.n_layers          = 2U;
    spec.head              = REM_HEAD_NONE;
    spec.skip              = false;
    spec.take              = REM_TAKE_CONCAT;
    spec.n_out             = rem_net_n_features(&spec);
    const ptrdiff_t n_in   = spec.n_in;
    const ptrdiff_t n      = h;
    float* const    params = floats(rem_net_n_params(&spec));
    float* const    state  = noise_frames(rem_net_n_state(&spec), h);
    float* const    x      = make_frames(&spec, N_FRAMES, h);
    float* const    y      = floats((size_t)N_FRAMES * spec.n_out);
    float* const    parts  = floats((size_t)N_FRAMES * spec.n_out);
    float* const    back   = floats((size_t)N_FRAMES * spec.n_in);
    random_params(&spec, params, 0.4f, h);
    const Player player = open_player(&spec, params, state);
    rem_net_block(player.net, player.states[0], x, y, N_FRAMES);
    const RemRows below = {parts, 2 * n};
    rem_net_layer_block(player.net,
                        0U,
                        player.states[1],
                        (RemRows){x, n_in},
                        parts,
                        2 * n,
                        N_FRAMES);
    rem_net_layer_block(
      player.net, 1U, player.states[1], below, parts + n, 2 * n, N_FRAMES);
    CHECK(!memcmp(y, parts, (size_t)N_FRAMES * spec.n_out * sizeof(float)));

    for (ptrdiff_t t = 0; t < N_FRAMES; ++t) {
      memcpy(back + t * n_in,
             x + (N_FRAMES - 1 - t) * n_in,
             spec.n_in * sizeof(float));
    }
    rem_net_state_set(player.net, player.states[1], state);
    rem_net_layer_block(player.net,
                        0U,
                        player.states[1],
                        (RemRows){back + (N_FRAMES - 1) * n_in, -n_in},
                        parts + (N_FRAMES - 1) * n,
                        -n,
                        N_FRAMES);
    for (ptrdiff_t t = 0; t < N_FRAMES; ++t) {
      CHECK(!memcmp(
        parts + (N_FRAMES - 1 - t) * n, y + t * 2 * n, h * sizeof(float)));
    }
    close_player(&player);
    free(params);
    free(state);
    free(x);
    free(y);
    free(parts);
    free(back);
  }
}

/// The second direction of a layer is packed from its own parameters, behind
/// those of the first: it gives what a net in one direction of the same
/// parameters gives
static void
test_directions(const uint32_t cell)
{
  RemNetSpec spec     = {.cell     = (RemCell)cell,
                         .head     = REM_HEAD_NONE,
                         .n_in     = 2U,
                         .n_hidden = 21U,
                         .n_layers = 1U,
                         .n_out    = 42U,
                         .both     = true};
  RemNetSpec one      = spec;
  float      y[2][42] = {{1.0f}};
  float      x[4]     = {0.3f, -0.7f, 0.2f, 0.9f};
  one.both            = false;
  one.n_out           = 21U;
  CHECK(rem_net_n_params(&spec) == 2U * rem_net_n_params(&one));
  CHECK(rem_net_n_state(&spec) == 2U * rem_net_n_state(&one));
  float* const params = floats(rem_net_n_params(&spec));
  float* const state  = noise_frames(rem_net_n_state(&spec), 1U);
  random_params(&spec, params, 0.4f, 1U);
  const Player both = open_player(&spec, params, state);
  for (uint32_t d = 0; d < 2U; ++d) {
    const Player single = open_player(&one,
                                      params + d * rem_net_n_params(&one),
                                      state + d * rem_net_n_state(&one));
    rem_net_layer_block(
      both.net, d, both.states[0], (RemRows){x, 2}, y[0], 21, 2U);
    rem_net_block(single.net, single.states[0], x, y[1], 2U);
    CHECK(!memcmp(y[0], y[1], sizeof(y[0])));
    close_player(&single);
  }
  rem_net_block(both.net, both.states[0], x, y[0], 1U);
  for (int o = 0; o < 42; ++o) {
    CHECK(y[0][o] == 0.0f); // It has no output without the future
  }
  close_player(&both);
  free(params);
  free(state);
}

/// Counting modulo two by hand: h_0 = [x + h_1 > 0.5], h_1 = [x + h_1 > 1.5],
/// y = h_0 - h_1 is the parity so far, exact after any number of frames
static void
test_threshold(void)
{
  static const RemNetSpec spec     = {.cell     = REM_CELL_RNN_THRESHOLD,
                                      .n_in     = 1U,
                                      .n_hidden = 2U,
                                      .n_layers = 1U,
                                      .n_out    = 1U};
  static const float      params[] = {
         1.0f, 1.0f, 1.0f, -1.0f, 1.0f, -1.0f, -0.5f, -1.5f, 1.0f, -1.0f, 0.0f};
  enum { N = 10000 };
  float* const x      = floats(N);
  float* const y      = floats(N);
  uint32_t     seed   = 5U;
  int          parity = 0;
  CHECK(rem_net_n_params(&spec) == sizeof(params) / sizeof(*params));
  for (int t = 0; t < N; ++t) {
    x[t] = noise(&seed) > 0.0f ? 1.0f : 0.0f;
  }
  play(&spec, params, x, y, N);
  for (int t = 0; t < N; ++t) {
    parity ^= x[t] > 0.0f;
    CHECK(y[t] == (float)parity);
  }
  free(x);
  free(y);
}

/// An RNN's second memory is an offset of the first frame alone
static void
test_first_bias(void)
{
  static const RemNetSpec spec     = {.cell     = REM_CELL_RNN_LINEAR,
                                      .head     = REM_HEAD_NONE,
                                      .n_in     = 1U,
                                      .n_hidden = 1U,
                                      .n_layers = 1U,
                                      .n_out    = 1U};
  static const float      params[] = {1.0f, 0.5f, 0.25f};
  static const float      state[]  = {8.0f, 3.0f};
  static const float      x[]      = {1.0f, 0.0f, 0.0f};
  float                   y[3];
  float                   left[2];
  const Player            player = open_player(&spec, params, state);
  rem_net_block(player.net, player.states[0], x, y, 3U);
  CHECK(y[0] == 1.0f + 4.0f + 0.25f + 3.0f);
  CHECK(y[1] == 0.5f * y[0] + 0.25f && y[2] == 0.5f * y[1] + 0.25f);
  rem_net_state_get(player.net, player.states[0], left);
  CHECK(left[0] == y[2] && left[1] == 0.0f);
  close_player(&player);
}

/// A state that is learned, and one computed from a vector
static void
test_initial(void)
{
  RemNetSpec         spec        = {.cell        = REM_CELL_GRU,
                                    .n_in        = 1U,
                                    .n_hidden    = 3U,
                                    .n_layers    = 2U,
                                    .n_out       = 1U,
                                    .initial     = REM_INITIAL_VECTOR,
                                    .n_condition = 2U};
  const float        condition[] = {0.5f, -2.0f};
  const size_t       n           = rem_net_n_state(&spec);
  const RemInitialAt at          = rem_net_initial_at(&spec);
  float* const       params      = floats(rem_net_n_params(&spec));
  float              state[12]   = {0.0f};
  CHECK(n == 12U && at.end == rem_net_n_params(&spec));
  random_params(&spec, params, 0.4f, 1U);
  rem_net_initial(&spec, params, condition, state);
  for (size_t i = 0; i < n; ++i) {
    const float* const row = params + at.weight + 2U * i;
    const float want = params[at.bias + i] + 0.5f * row[0] - 2.0f * row[1];
    CHECK(fabsf(state[i] - want) < 1e-6f);
  }
  spec.initial     = REM_INITIAL_LEARNED;
  spec.n_condition = 0U;
  rem_net_initial(&spec, params, NULL, state);
  CHECK(
    !memcmp(state, params + rem_net_initial_at(&spec).bias, n * sizeof(float)));
  free(params);
}

int
main(void)
{
  rem_denormals_off();
  test_initial();
  for (size_t i = 0; i < sizeof(isas) / sizeof(*isas); ++i) {
    if (!rem_kernel_find(isas[i])) {
      continue;
    }
    CHECK(!setenv("REMANENCE_ISA", isas[i], 1));
    for (uint32_t cell = 0; cell < N_CELLS; ++cell) {
      test_layers(cell);
      test_directions(cell);
    }
    test_threshold();
    test_first_bias();
  }
  return 0;
}

// SPDX-License-Identifier: ISC

/// Windows whose head sees a part of its features

#include "dsp/denormal.h"
#include "dsp/net.h"
#include "offline_trainer/bptt/bptt.h"
#include "tests/check.h"
#include "tests/reference.h"

#include <string.h>

enum { N_STEPS = 300, N_STREAMS = 7, HIDDEN = 20, N = N_STEPS * N_STREAMS };

// Outputs are features, so that what was dropped shows
static const RemNetSpec spec = {.cell     = REM_CELL_GRU,
                                .n_in     = 2,
                                .n_hidden = HIDDEN,
                                .n_layers = 2,
                                .n_out    = HIDDEN,
                                .head     = REM_HEAD_NONE};

static void*
allocate(const size_t n, const size_t size)
{
  void* const p = calloc(n, size);
  CHECK(p);
  return p;
}

/// Run a window over noise from zeros
static void
run(RemWindow* const window)
{
  const size_t n_state = N_STREAMS * rem_net_n_state(&spec);
  float* const state   = (float*)allocate(n_state, sizeof(float));
  float* const x       = rem_window_input(window);
  uint32_t     seed    = 3U;
  for (size_t i = 0; i < (size_t)N * spec.n_in; ++i) {
    x[i] = noise(&seed);
  }
  rem_window_forward(window, N_STREAMS, N_STEPS, state);
  free(state);
}

/// A quarter drops out, the rest counts for it
static void
check_share(const float* const dropped, const float* const whole)
{
  size_t n = 0U;
  for (size_t i = 0; i < (size_t)N * HIDDEN; ++i) {
    n += dropped[i] == 0.0f;
    CHECK(dropped[i] == 0.0f ||
          fabsf(dropped[i] * 0.75f - whole[i]) < 1e-6f * fabsf(whole[i]));
  }
  printf("%zu of %d dropped out\n", n, N * HIDDEN);
  CHECK(abs((int)n - N * HIDDEN / 4) < 4 * 89); // 4 deviations of sqrt(npq)
}

/// The gradient of a window with dropout is that of one without, if what it
/// gets by its outputs is dropped as they are
static void
test_drop(void)
{
  const size_t      n      = rem_net_n_params(&spec);
  float* const      params = (float*)allocate(n, sizeof(float));
  RemBpttNet* const net    = rem_bptt_net_new(&spec);
  CHECK(net);
  const size_t     n_packed = rem_bptt_net_n_gradient(net);
  float* const     got      = (float*)allocate(2U * n_packed, sizeof(float));
  RemWindow* const window   = rem_window_new(net, N_STREAMS, N_STEPS);
  RemWindow* const whole    = rem_window_new(net, N_STREAMS, N_STEPS);
  uint32_t         seed     = 4U;
  CHECK(window && whole);
  random_params(&spec, params, 0.4f, 5U);
  rem_bptt_net_set(net, params);
  CHECK(rem_window_set_dropout(window, 0.25));
  rem_window_set_seed(window, 11U);
  run(window);
  run(whole);
  check_share(rem_window_output(window), rem_window_output(whole));
  for (size_t i = 0; i < (size_t)N * HIDDEN; ++i) {
    const bool  seen = rem_window_output(window)[i] != 0.0f;
    const float dy   = noise(&seed);
    rem_window_output_gradient(window)[i] = dy;
    rem_window_output_gradient(whole)[i]  = seen ? dy / 0.75f : 0.0f;
  }
  rem_window_backward(window, got);
  rem_window_backward(whole, got + n_packed);
  for (size_t i = 0; i < n_packed; ++i) {
    const float expected = got[n_packed + i];
    CHECK(fabsf(got[i] - expected) < 1e-5f * fmaxf(1.0f, fabsf(expected)));
  }
  memcpy(got, rem_window_output(window), HIDDEN * sizeof(float));
  rem_window_set_seed(window, 12U);
  run(window);
  CHECK(memcmp(got, rem_window_output(window), HIDDEN * sizeof(float)) != 0);
  rem_window_free(window);
  rem_window_free(whole);
  rem_bptt_net_free(net);
  free(got);
  free(params);
}

int
main(void)
{
  rem_denormals_off();
  test_drop();
  return 0;
}

// SPDX-License-Identifier: ISC

/// How a batch falls into groups, and windows that are too large to be kept

#include "dsp/denormal.h"
#include "dsp/net.h"
#include "offline_trainer/bptt/bptt.h"
#include "tests/check.h"
#include "tests/reference.h"

#include <stdlib.h>
#include <string.h>

enum { MAX_CELLS = 4096 };

static void*
allocate(const size_t n, const size_t size)
{
  void* const p = calloc(n, size);
  CHECK(p);
  return p;
}

/// Run streams first..first+n-1 of `n_all`, whose input and output gradients
/// are `x` and `dy` [T, n_all]; add up the gradient
static void
run_streams(const RemBpttNet* const net,
            const float* const      x,
            const float* const      dy,
            const uint32_t          first,
            const uint32_t          n,
            const uint32_t          n_all,
            const uint32_t          n_steps,
            float* const            y,
            float* const            packed)
{
  float* const     state  = (float*)allocate(n, MAX_CELLS * sizeof(float));
  RemWindow* const window = rem_window_new(net, n, n_steps);
  CHECK(window);
  for (uint32_t t = 0; t < n_steps; ++t) {
    const size_t from = (size_t)t * n_all + first;
    memcpy(
      rem_window_input(window) + (size_t)t * n, x + from, n * sizeof(float));
    memcpy(rem_window_output_gradient(window) + (size_t)t * n,
           dy + from,
           n * sizeof(float));
  }
  rem_window_forward(window, n, n_steps, state);
  rem_window_backward(window, packed);
  for (uint32_t t = 0; t < n_steps; ++t) {
    memcpy(y + (size_t)t * n_all + first,
           rem_window_output(window) + (size_t)t * n,
           n * sizeof(float));
  }
  rem_window_free(window);
  free(state);
}

/// A window too large to be kept, two layers of 40 by 50 streams by 900 steps,
/// 87 MB where 23 are, gives what its streams give ten at a time: outputs to
/// the last bit, for every stream is on its own, and the gradient but for the
/// order of the sum of 45000 numbers, rounded to 6e-8 each
static void
test_large_window(const RemCell cell)
{
  enum { HIDDEN = 40, ALL = 50, STEPS = 900, PART = 10, N = ALL * STEPS };
  const RemNetSpec  spec   = {.cell     = cell,
                              .n_in     = 1,
                              .n_hidden = HIDDEN,
                              .n_layers = 2,
                              .n_out    = 1,
                              .skip     = true};
  const size_t      n      = rem_net_n_params(&spec);
  float* const      params = (float*)allocate(n, sizeof(float));
  float* const      data   = (float*)allocate((size_t)4 * N, sizeof(float));
  RemBpttNet* const net    = rem_bptt_net_new(&spec);
  uint32_t          seed   = 5U;
  CHECK(net);
  const size_t n_packed = rem_bptt_net_n_gradient(net);
  float* const whole    = (float*)allocate(2U * n_packed, sizeof(float));
  float* const parts    = whole + n_packed;
  random_params(&spec, params, 0.3f, 23U);
  rem_bptt_net_set(net, params);
  for (uint32_t i = 0; i < 2U * N; ++i) {
    data[i] = noise(&seed);
  }
  float* const y = data + (size_t)2 * N;
  run_streams(net, data, data + N, 0U, ALL, ALL, STEPS, y, whole);
  for (uint32_t i = 0; i < ALL; i += PART) {
    run_streams(net, data, data + N, i, PART, ALL, STEPS, y + N, parts);
  }
  CHECK(!memcmp(y, y + N, N * sizeof(float)));
  for (size_t i = 0; i < n_packed; ++i) {
    CHECK(fabsf(whole[i] - parts[i]) < 1e-4f * fmaxf(1.0f, fabsf(whole[i])));
  }
  rem_bptt_net_free(net);
  free(whole);
  free(data);
  free(params);
}

/// A group never has fewer than `least` streams, unless there are no more, and
/// 2, 4 and 8 threads get as many groups each as soon as there are enough;
/// short windows have fewer groups, but no larger ones than they must
static void
test_groups(const uint32_t n_hidden, const uint32_t least)
{
  const RemNetSpec spec = {
    .n_in = 1, .n_hidden = n_hidden, .n_layers = 1, .n_out = 1, .skip = true};
  for (uint32_t n = 1U; n <= 5000U; ++n) {
    const uint32_t groups  = rem_bptt_n_groups(&spec, n, 256U);
    bool           smaller = false; // Larger groups come first
    CHECK(groups && !(groups & (groups - 1U)));
    CHECK(groups == 1U || n / groups >= least);
    CHECK(n < 2U * least || groups >= 2U);
    CHECK(n < 8U * least || groups >= 8U);
    const uint32_t shorter = rem_bptt_n_groups(&spec, n, 16U);
    CHECK(shorter == groups || n / shorter * 16U < 256U);
    CHECK(shorter == 1U || n * 16U / shorter >= 128U);
    CHECK(!rem_bptt_group_begin(n, groups, 0U));
    CHECK(rem_bptt_group_begin(n, groups, groups) == n);
    for (uint32_t i = 0; i < groups; ++i) {
      const uint32_t size = rem_bptt_group_begin(n, groups, i + 1U) -
                            rem_bptt_group_begin(n, groups, i);
      CHECK(size == n / groups || (size == n / groups + 1U && !smaller));
      smaller = size == n / groups;
    }
  }
}

int
main(void)
{
  rem_denormals_off();
  test_groups(32U, 4U);
  test_groups(512U, 16U);
  test_large_window(REM_CELL_LSTM);
  test_large_window(REM_CELL_GRU);
  test_large_window(REM_CELL_RNN_TANH);
  return 0;
}

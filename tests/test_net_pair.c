// SPDX-License-Identifier: ISC

/// Two streams through one net at once, for every instruction set of this
/// machine

#include "dsp/denormal.h"
#include "dsp/kernel/kernel.h"
#include "dsp/net.h"
#include "tests/check.h"
#include "tests/engine.h"
#include "tests/reference.h"

#include <string.h>

enum { N_SHORT = 700 };

static const char* const isas[] = {"generic", "avx2", "avx512", "neon"};

/// Two streams side by side: what each gives alone, to the last bit, however
/// they are cut; and when one is set anew in between, to rounding (1e-6 for
/// sums of some 100 products below 1), as then they no longer walk in step
static void
test_pair(void)
{
  static const uint32_t sizes[] = {1, 4, 7, 8, 12, 16, 20, 24, 32, 33, 41, 70};
  for (size_t i = 0; i < sizeof(sizes) / sizeof(*sizes); ++i) {
    const RemNetSpec spec     = {.n_in     = i % 2 ? 6 : 1,
                                 .n_hidden = // Beyond and within what is direct
                                 sizes[i],
                                 .n_layers = 1 + (uint32_t)i % 3,
                                 .n_out    = 1,
                                 .skip     = true};
    const size_t     row      = spec.n_in;
    float* const     params   = floats(rem_net_n_params(&spec));
    float* const     x[2]     = {noise_frames(N_SHORT * row, 1U),
                                 noise_frames(N_SHORT * row, 2U)};
    float* const     y[2]     = {floats(N_SHORT), floats(N_SHORT)};
    float* const     alone[2] = {floats(N_SHORT), floats(N_SHORT)};
    random_params(&spec, params, 0.3f, sizes[i]);
    play(&spec, params, x[0], alone[0], N_SHORT);
    play(&spec, params, x[1], alone[1], N_SHORT);

    RemNet* const      net       = rem_net_new(&spec, params);
    RemNetState* const states[2] = {rem_net_state_new(net),
                                    rem_net_state_new(net)};
    for (uint32_t at = 0, n = 1; at < N_SHORT; at += n, n = n * 5 % 97 + 1) {
      const float* const from[2] = {x[0] + at * row, x[1] + at * row};
      float* const       to[2]   = {y[0] + at, y[1] + at};
      n                          = at + n < N_SHORT ? n : N_SHORT - at;
      rem_net_block_pair(net, states, from, to, n);
    }
    CHECK(!memcmp(y[0], alone[0], N_SHORT * sizeof(float)));
    CHECK(!memcmp(y[1], alone[1], N_SHORT * sizeof(float)));

    const float* const from[2] = {x[0], x[1]};
    rem_net_state_set(net, states[0], NULL);
    rem_net_state_set(net, states[1], NULL);
    rem_net_block(net, states[0], x[0], y[0], 3);
    rem_net_state_set(net, states[0], NULL);
    rem_net_block(net, states[1], x[1], y[1], 3);
    rem_net_state_set(net, states[1], NULL);
    rem_net_block(net, states[1], x[1], y[1], 1);
    rem_net_block_pair(net, states, from, y, 1);
    CHECK(fabsf(y[0][0] - alone[0][0]) < 1e-6f);
    rem_net_state_free(states[0]);
    rem_net_state_free(states[1]);
    rem_net_free(net);
    for (int c = 0; c < 2; ++c) {
      free(x[c]);
      free(y[c]);
      free(alone[c]);
    }
    free(params);
  }
}

int
main(void)
{
  rem_denormals_off();
  for (size_t i = 0; i < sizeof(isas) / sizeof(*isas); ++i) {
    if (rem_kernel_find(isas[i])) {
      CHECK(!setenv("REMANENCE_ISA", isas[i], 1));
      test_pair();
    }
  }
  return 0;
}

// SPDX-License-Identifier: ISC

/// What training begins with

#include "offline_trainer/initialise.h"
#include "tests/check.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { H = 37, MAX_PARAMS = 40000 };

static float params[MAX_PARAMS];

static RemNetSpec
begin(const RemCell cell, const RemInit init, const double forget)
{
  const RemNetSpec spec = {
    .cell = cell, .n_in = 3, .n_hidden = H, .n_layers = 2, .n_out = 2};
  const RemBeginning beginning = {init, 100.0, forget};
  RemRandom          random    = {3U};
  CHECK(rem_net_n_params(&spec) <= MAX_PARAMS);
  rem_initialise_as(&spec, &beginning, &random, params);
  return spec;
}

/// Rows of every gate's U are of length 1 and at right angles; W fills its
/// range, and biases are 0 but for those of memories
static void
test_orthogonal(const RemCell cell)
{
  const RemNetSpec spec = begin(cell, REM_INIT_ORTHOGONAL, 0.0);
  for (uint32_t l = 0; l < spec.n_layers; ++l) {
    const RemLayerAt at    = rem_net_layer_at(&spec, l);
    const double     bound = sqrt(6.0 / (at.n_in + H));
    double           most  = 0.0;
    for (size_t i = at.weight_ih; i < at.weight_hh; ++i) {
      most = fmax(most, fabs((double)params[i]));
    }
    CHECK(most <= bound && most > 0.95 * bound);
    for (size_t row = 0; row < (size_t)at.n_gates * H; ++row) {
      const float* const a = params + at.weight_hh + row * H;
      for (size_t other = row / H * H; other <= row; ++other) {
        const float* const b   = params + at.weight_hh + other * H;
        double             sum = 0.0;
        for (size_t k = 0; k < H; ++k) {
          sum += (double)a[k] * (double)b[k];
        }
        CHECK(fabs(sum - (row == other)) < 1e-6);
      }
    }
    CHECK(params[at.bias] <= 0.0f && params[at.bias + 2U * H] == 0.0f);
  }
}

/// --forget-bias is that of the forget gates, and of no others
static void
test_forget(void)
{
  const RemNetSpec spec = begin(REM_CELL_LSTM, REM_INIT_ORTHOGONAL, 1.5);
  const RemLayerAt at   = rem_net_layer_at(&spec, 1U);
  for (size_t j = 0; j < (size_t)4 * H; ++j) {
    CHECK(params[at.bias + j] == (j / H == 1U ? 1.5f : 0.0f));
  }
}

/// Memories of 1 to 100 steps: log T from 0 to log 100, and -log T of an LSTM's
/// input gates
static void
test_memories(void)
{
  RemNetSpec  spec = begin(REM_CELL_LSTM, REM_INIT_DEFAULT, 0.0);
  const float most = logf(100.0f);
  float*      bias = params + rem_net_layer_at(&spec, 0U).bias;
  for (size_t j = 0; j < H; ++j) {
    CHECK(bias[H + j] >= 0.0f && bias[H + j] <= most);
    CHECK(bias[j] == -bias[H + j]);
  }
  spec              = begin(REM_CELL_GRU, REM_INIT_DEFAULT, 0.0);
  const double rest = 1.0 / sqrt(H);
  bias              = params + rem_net_layer_at(&spec, 0U).bias;
  for (size_t j = 0; j < H; ++j) {
    CHECK(bias[H + j] >= 0.0f && bias[H + j] <= most);
    CHECK(fabs((double)bias[j]) <= rest);
  }
}

int
main(void)
{
  test_orthogonal(REM_CELL_LSTM);
  test_orthogonal(REM_CELL_GRU);
  test_forget();
  test_memories();
  return 0;
}

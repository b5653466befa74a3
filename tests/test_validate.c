// SPDX-License-Identifier: ISC

// The figure that picks the best weights is that of the model to be written:
// settled, and played in one go.

#include "dsp/model.h"
#include "offline_trainer/evaluate.h"
#include "offline_trainer/pool.h"
#include "offline_trainer/validate.h"
#include "tests/check.h"
#include "tests/reference.h"

#include <stdbool.h>
#include <string.h>

#define RATE 48000U
#define N ((size_t)4 * RATE)  // Three pieces
#define MIDDLE ((size_t)5000) // Less than what is played before a piece
#define FIRST_HALF ((size_t)70000)
#define FIRST_PIECE ((size_t)30000)

/// Return a net of 2 whose rest state is far from zero and takes exp(`forget`)
/// samples to reach: forget gates of sigmoid(`forget`)
static RemModel*
slow_model(const float forget)
{
  const RemNetSpec spec = {
    .n_in = 1U, .n_hidden = 2U, .n_layers = 1U, .n_out = 1U};
  RemModel* const model = rem_model_new(&spec);
  CHECK(model);
  random_params(&spec, model->params, 1.0f, 5U);
  float* const bias = model->params + rem_net_layer_at(&spec, 0).bias;
  for (size_t j = 0; j < spec.n_hidden; ++j) {
    bias[j]                      = -forget; // Input: as little as is kept
    bias[spec.n_hidden + j]      = forget;
    bias[2U * spec.n_hidden + j] = 0.5f; // Candidate
  }
  return model;
}

/// Return sum (d - y)^2 over [begin, end), and add sum d^2 to `energy`
static double
compare(const RemPair* const pair,
        const float* const   y,
        const size_t         begin,
        const size_t         end,
        double* const        energy)
{
  double error = 0.0;
  for (size_t t = begin; t < end; ++t) {
    const double d = (double)pair->target[t];
    error += (d - (double)y[t]) * (d - (double)y[t]);
    *energy += d * d;
  }
  return error;
}

/// Return the figure by the definition
static double
settled_esr(RemModel* const         model,
            const RemStretch* const stretches,
            const uint32_t          n)
{
  static float y[N];
  double       error  = 0.0;
  double       energy = 0.0;
  CHECK(!rem_model_settle(model, NULL));
  for (uint32_t i = 0; i < n; ++i) {
    const RemPair* const pair = stretches[i].pair;
    CHECK(!rem_render(model, NULL, pair->input, y, N, NULL));
    error += compare(pair, y, stretches[i].begin, stretches[i].end, &energy);
  }
  return error / energy;
}

/// Threads change nothing, and a thousandth is what pieces may cost
static void
test_esr(const RemModel* const   model,
         const RemStretch* const stretches,
         const uint32_t          n,
         const double            want)
{
  RemValidation* const v = rem_validation_new(&model->spec, stretches, n);
  double               esr[2];
  CHECK(v);
  for (uint32_t i = 0; i < 2U; ++i) {
    RemPool* const pool = rem_pool_new(1U + 2U * i);
    CHECK(pool);
    esr[i] = rem_validation_esr(v, pool, model->params);
    rem_pool_free(pool);
  }
  CHECK(esr[0] == esr[1] && fabs(esr[0] - want) < 1e-3 * want);
  rem_validation_free(v);
}

/// Compare a model with itself and a little noise, over stretches of `pair`
static void
test_model(const float             forget,
           RemPair* const          pair,
           const RemStretch* const stretches,
           const uint32_t          n)
{
  RemModel* const model = slow_model(forget);
  uint32_t        seed  = 9U;
  CHECK(!rem_model_settle(model, NULL));
  CHECK(!rem_render(model, NULL, pair->input, pair->target, N, NULL));
  for (size_t t = 0; t < N; ++t) {
    pair->target[t] += 0.01f * noise(&seed);
  }
  test_esr(model, stretches, n, settled_esr(model, stretches, n));
  rem_model_free(model);
}

int
main(void)
{
  static float     input[N];
  static float     target[N];
  uint32_t         seed  = 7U;
  RemPair          pair  = {.rate = RATE, .n = N};
  const RemStretch all[] = {{&pair, 0U, N}, {&pair, MIDDLE, FIRST_HALF}};
  const RemStretch piece = {&pair, 0U, FIRST_PIECE};
  pair.input             = input;
  pair.target            = target;
  for (size_t t = 0; t < N; ++t) {
    input[t] = 0.5f * noise(&seed);
  }
  test_model(6.0f, &pair, all, 1U);
  test_model(6.0f, &pair, all, 2U);
  test_model(10.0f, &pair, &piece, 1U);
  return 0;
}

// SPDX-License-Identifier: ISC

/// Losses over symbols and switches, beside their equations in double, and
/// rows that do not count

#include "offline_trainer/binary_cross_entropy.h"
#include "offline_trainer/cross_entropy.h"
#include "tests/check.h"

#include <string.h>

enum { N_ROWS = 7, N_COLUMNS = 13, N = N_ROWS * N_COLUMNS };

/// Outputs of moderate size, and some so large that e^y overflows
static void
make_outputs(float* const y)
{
  uint32_t seed = 4U;
  for (int i = 0; i < N; ++i) {
    y[i] = 4.0f * noise(&seed);
  }
  y[3]             = 300.0f;
  y[N_COLUMNS + 1] = -2000.0f;
}

/// Return the loss of a row by its equation, in double
static double
nats(const float* const y, const uint32_t target)
{
  double most = (double)y[0], sum = 0.0;
  for (int i = 1; i < N_COLUMNS; ++i) {
    most = fmax(most, (double)y[i]);
  }
  for (int i = 0; i < N_COLUMNS; ++i) {
    sum += exp((double)y[i] - most);
  }
  return most + log(sum) - (double)y[target];
}

static void
check_rows_that_count(void)
{
  float    y[N], dy[N];
  uint32_t targets[N_ROWS];
  double   want = 0.0;
  make_outputs(y);
  for (uint32_t r = 0U; r < N_ROWS; ++r) {
    targets[r] = r % 3U == 2U ? REM_NO_TARGET : 5U * r % N_COLUMNS;
    if (r % 3U != 2U) {
      want += nats(y + (size_t)r * N_COLUMNS, targets[r]);
    }
  }
  memset(dy, 0xFF, sizeof(dy));
  const double got = rem_cross_entropy(y, targets, N_ROWS, N_COLUMNS, 0.25, dy);
  // The exponential of the trainer's cells is good to 4e-7
  CHECK(fabs(got - want) < 1e-6 * want);
  for (uint32_t r = 0U; r < N_ROWS; ++r) {
    double sum = 0.0;
    for (int i = 0; i < N_COLUMNS; ++i) {
      const float slope = dy[(int)r * N_COLUMNS + i];
      CHECK(targets[r] != REM_NO_TARGET || slope == 0.0f);
      sum += (double)slope;
    }
    CHECK(fabs(sum) < 1e-6); // Chances sum to 1, and so does the target
  }
}

static void
check_switches(void)
{
  float  y[N], dy[N], targets[N];
  double want = 0.0;
  make_outputs(y);
  for (int i = 0; i < N; ++i) {
    const double logit = (double)y[i];
    targets[i]         = (float)(i * i % 3) / 2.0f;
    want += (double)targets[i] * log1p(exp(-fmax(logit, -700.0)));
    want += (1.0 - (double)targets[i]) * log1p(exp(fmin(logit, 700.0)));
    want += logit < -700.0 ? (double)targets[i] * (-logit - 700.0) : 0.0;
  }
  const double got =
    rem_binary_cross_entropy(y, targets, N_ROWS, N_COLUMNS, 0.5, dy);
  CHECK(fabs(got - want) < 1e-12 * want); // Sums of N rounded doubles
  for (int i = 0; i < N; ++i) {
    const double p = 1.0 / (1.0 + exp(-(double)y[i]));
    CHECK(fabs((double)dy[i] - 0.5 * (p - (double)targets[i])) < 1e-7);
  }
  CHECK(rem_binary_cross_entropy(y, targets, N_ROWS, N_COLUMNS, 1.0, NULL) ==
        got);
  y[5] = NAN;
  CHECK(
    isnan(rem_binary_cross_entropy(y, targets, N_ROWS, N_COLUMNS, 0.5, dy)));
}

/// What torch.nn.functional.binary_cross_entropy_with_logits and
/// cross_entropy of PyTorch 1.13 say, reduction="sum", in double
static void
check_torch(void)
{
  const float    y[]        = {0.5f, -1.25f, 3.0f, -40.0f};
  const float    switches[] = {1.0f, 0.0f, 0.0f, 1.0f};
  const uint32_t target     = 1U;
  float          dy[4];
  CHECK(fabs(rem_binary_cross_entropy(y, switches, 1U, 4U, 1.0, dy) -
             43.77459341709922) < 1e-9);
  CHECK(fabs(rem_cross_entropy(y, &target, 1U, 4U, 1.0, dy) -
             4.341985780591969) < 1e-6);
}

int
main(void)
{
  check_rows_that_count();
  check_switches();
  check_torch();
  return 0;
}

// SPDX-License-Identifier: ISC

/// Drawing of symbols: how often each comes, and which never do

#include "dsp/head/draw.h"
#include "tests/check.h"

#define N 6U
#define N_DRAWN 200000U

/// Draw often; fill how often each of `n` came, as a share
static void
try(const float* const y, const RemDraw* const how, double shares[const N])
{
  RemRandom random    = {7U};
  uint32_t  counts[N] = {0U};
  for (uint32_t i = 0U; i < N_DRAWN; ++i) {
    const uint32_t k = rem_draw(y, N, how, &random);
    CHECK(k < N);
    ++counts[k];
  }
  for (uint32_t k = 0U; k < N; ++k) {
    shares[k] = (double)counts[k] / N_DRAWN;
  }
}

/// Check shares against softmax over what `takes_part`, within 5 standard
/// deviations
static void
check(const float* const y, const RemDraw* const how, const bool* takes_part)
{
  double shares[N] = {0.0};
  double sum       = 0.0;
  try(y, how, shares);
  for (uint32_t k = 0U; k < N; ++k) {
    sum += takes_part[k] ? exp((double)(y[k] / how->temperature)) : 0.0;
  }
  for (uint32_t k = 0U; k < N; ++k) {
    const double p =
      takes_part[k] ? exp((double)(y[k] / how->temperature)) / sum : 0.0;
    CHECK(fabs(shares[k] - p) <= 5.0 * sqrt(p * (1.0 - p) / N_DRAWN) + 1e-12);
  }
}

static void
test_shares(void)
{
  static const float y[N]       = {0.5f, -1.0f, 2.0f, 0.0f, -0.0f, 1.0f};
  static const bool  all[N]     = {true, true, true, true, true, true};
  static const bool  three[N]   = {true, false, true, false, false, true};
  static const bool  four[N]    = {true, false, true, true, false, true};
  static const bool  allowed[N] = {false, true, false, true, true, true};
  static const bool  two[N]     = {false, false, false, true, false, true};
  check(y, &(RemDraw){1.0f, 0U, NULL}, all);
  check(y, &(RemDraw){0.4f, 0U, NULL}, all);
  check(y, &(RemDraw){2.5f, N, NULL}, all);
  check(y, &(RemDraw){1.0f, 3U, NULL}, three);
  check(y, &(RemDraw){1.0f, 4U, NULL}, four); // Of equals the first
  check(y, &(RemDraw){1.0f, 0U, allowed}, allowed);
  check(y, &(RemDraw){1.0f, 9U, allowed}, allowed);
  check(y, &(RemDraw){0.7f, 2U, allowed}, two);
}

static void
test_edges(void)
{
  static const float y[N]    = {0.5f, -1.0f, 2.0f, 0.0f, 2.0f, 1.0f};
  static const bool  none[N] = {false};
  static const bool  last[N] = {false, false, false, false, false, true};
  RemRandom          random  = {1U};
  RemRandom          other   = {1U};
  const RemDraw      cold    = {0.0f, 0U, NULL};
  CHECK(rem_draw(y, N, &cold, &random) == 2U);
  CHECK(rem_draw(y, N, &(RemDraw){1.0f, 0U, none}, &random) ==
        REM_NOTHING_DRAWN);
  CHECK(rem_draw(y, N, &(RemDraw){1.0f, 0U, last}, &random) == 5U);
  CHECK(rem_draw(y, N, &(RemDraw){1.0f, 1U, NULL}, &random) == 2U);
  CHECK(rem_draw(y, 0U, &cold, &random) == REM_NOTHING_DRAWN);
  for (uint32_t i = 0U; i < 5U; ++i) { // One number for each draw
    (void)rem_random_uniform(&other);
  }
  CHECK(random.state == other.state);
}

/// The k likeliest are those that sorting would find
static void
test_cut(void)
{
  uint32_t seed = 1U;
  for (uint32_t run = 0U; run < 300U; ++run) {
    float          y[N];
    const uint32_t top = 1U + run % N;
    for (uint32_t k = 0U; k < N; ++k) {
      y[k] = roundf(3.0f * noise(&seed)); // Many are equal
    }
    RemRandom random = {run};
    for (uint32_t i = 0U; i < 100U; ++i) {
      const uint32_t k = rem_draw(y, N, &(RemDraw){50.0f, top, NULL}, &random);
      uint32_t       ahead = 0U;
      for (uint32_t j = 0U; j < N; ++j) {
        ahead += y[j] > y[k] || (j < k && !(y[j] < y[k]));
      }
      CHECK(ahead < top);
    }
  }
}

int
main(void)
{
  test_shares();
  test_edges();
  test_cut();
  return 0;
}

// SPDX-License-Identifier: ISC

/// The engine against the equations, for every instruction set of this machine

#include "dsp/denormal.h"
#include "dsp/kernel/kernel.h"
#include "dsp/net.h"
#include "tests/check.h"
#include "tests/engine.h"
#include "tests/reference.h"

#include <float.h>
#include <string.h>

enum { N_FRAMES = 48000, N_SHORT = 700 };

static const char* const isas[] = {"generic", "avx2", "avx512", "neon"};

static double*
doubles_of(const float* const from, const size_t n)
{
  double* const p = (double*)calloc(n, sizeof(double));
  CHECK(p);
  for (size_t i = 0; from && i < n; ++i) {
    p[i] = (double)from[i];
  }
  return p;
}

/// The whole range, dense where the curves bend, in one array of the kernel's
static float
sweep(const size_t i, const size_t n)
{
  const double u = 2.0 * (double)i / (double)(n - 1U) - 1.0;
  return (float)(u * u * u * 130.0); // Steps of 2e-14 around 0, |x| to 130
}

/// tanh and sigmoid: 3e-7 absolute everywhere; and small x keep their digits,
/// which is what lets trained cells integrate (relative 4e-7)
static void
test_activations(const RemKernel* const kernel)
{
  enum { N = 1 << 20 };
  float* const x          = (float*)aligned_alloc(REM_ALIGN, N * sizeof(float));
  float* const s          = (float*)aligned_alloc(REM_ALIGN, N * sizeof(float));
  double       worst_tanh = 0.0, worst_relative = 0.0, worst_sigmoid = 0.0;
  CHECK(x && s);

  for (size_t i = 0; i < N; ++i) {
    x[i] = s[i] = sweep(i, N);
  }
  kernel->tanh(x, N);
  kernel->sigmoid(s, N);
  for (size_t i = 0; i < N; ++i) {
    const double u    = (double)sweep(i, N);
    const double miss = fabs((double)x[i] - tanh(u));
    worst_tanh        = fmax(worst_tanh, miss);
    if (fabs(u) > 1e-30) {
      worst_relative = fmax(worst_relative, miss / fabs(tanh(u)));
    }
    worst_sigmoid =
      fmax(worst_sigmoid, fabs((double)s[i] - 1.0 / (1.0 + exp(-u))));
  }
  printf("%s: tanh %.2g (relative %.2g), sigmoid %.2g\n",
         kernel->isa,
         worst_tanh,
         worst_relative,
         worst_sigmoid);
  CHECK(worst_tanh < 3e-7 && worst_sigmoid < 3e-7 && worst_relative < 4e-7);

  const float wild[] = {INFINITY, -INFINITY, FLT_MAX, -FLT_MAX, 121.0f, 0.0f};
  for (size_t i = 0; i < 6; ++i) {
    x[i] = s[i] = wild[i];
  }
  x[6] = s[6] = NAN;
  kernel->tanh(x, 16);
  kernel->sigmoid(s, 16);
  for (size_t i = 0; i < 6; ++i) {
    CHECK(fabsf(x[i] - tanhf(wild[i])) < 3e-7f);
    CHECK(fabsf(s[i] - 1.0f / (1.0f + expf(-wild[i]))) < 3e-7f);
  }
  CHECK(isnan(x[6]) && isnan(s[6]));
  free(x);
  free(s);
}

/// Largest errors against double, of the engine and of a plain float loop
static void
measure_errors(const RemNetSpec* const spec,
               const float* const      params,
               const float* const      x,
               const uint32_t          n,
               double* const           engine,
               double* const           plain)
{
  const size_t  n_state = rem_net_n_state(spec);
  double* const p64     = doubles_of(params, rem_net_n_params(spec));
  double* const s64     = doubles_of(NULL, n_state);
  float* const  s32     = floats(n_state);
  float* const  y       = floats((size_t)n * spec->n_out);

  *engine = *plain = 0.0;
  play(spec, params, x, y, n);
  for (uint32_t t = 0; t < n; ++t) {
    double             x64[REM_MAX_IN] = {0}, y64[REM_MAX_OUT];
    float              y32[REM_MAX_OUT];
    const float* const x_t = x + (size_t)t * spec->n_in;
    for (uint32_t j = 0; j < spec->n_in; ++j) {
      x64[j] = (double)x_t[j];
    }
    rem_reference_step(spec, p64, s64, x64, y64);
    rem_plain_step(spec, params, s32, x_t, y32);
    for (uint32_t o = 0; o < spec->n_out; ++o) {
      const float got = y[(size_t)t * spec->n_out + o];
      *engine         = fmax(*engine, fabs((double)got - y64[o]));
      *plain          = fmax(*plain, fabs((double)y32[o] - y64[o]));
    }
  }
  free(p64);
  free(s64);
  free(s32);
  free(y);
}

/// One second of noise, weights as the field's benchmarks take them: at most
/// twice the error of the plain float loop, or 1e-7 where that is smaller
static void
test_against_double(void)
{
  static const RemNetSpec specs[] = {
    {.n_in = 1, .n_hidden = 8, .n_layers = 1, .n_out = 1},
    {.n_in = 1, .n_hidden = 20, .n_layers = 1, .n_out = 1, .skip = true},
    {.n_in = 1, .n_hidden = 40, .n_layers = 1, .n_out = 1, .skip = true},
    {.n_in = 3, .n_hidden = 16, .n_layers = 2, .n_out = 2, .skip = true},
  };
  for (size_t i = 0; i < sizeof(specs) / sizeof(*specs); ++i) {
    const RemNetSpec* const spec   = &specs[i];
    float* const            params = floats(rem_net_n_params(spec));
    float* const            x = noise_frames((size_t)N_FRAMES * spec->n_in, 7U);
    double                  engine = 0.0, plain = 0.0;
    random_params(spec, params, 0.3f, 3U);
    measure_errors(spec, params, x, N_FRAMES, &engine, &plain);
    printf("%s: %u x %u: error %.2g, plain loop %.2g\n",
           rem_net_isa(),
           spec->n_layers,
           spec->n_hidden,
           engine,
           plain);
    CHECK(engine <= fmax(2.0 * plain, 1e-7));
    free(params);
    free(x);
  }
}

/// Cells that integrate past |c| = 100, as trained ones do: wide open forget
/// gates, so that rounding piles up.  The bound is the plain loop's own error.
static void
test_large_cells(void)
{
  const RemNetSpec spec = {
    .n_in = 1, .n_hidden = 16, .n_layers = 1, .n_out = 1};
  float* const     params = floats(rem_net_n_params(&spec));
  float* const     x      = noise_frames(N_FRAMES, 9U);
  const RemLayerAt at     = rem_net_layer_at(&spec, 0);
  float            state[32];
  double           engine = 0.0, plain = 0.0;

  random_params(&spec, params, 0.3f, 5U);
  for (uint32_t j = 0; j < 16; ++j) {
    params[at.bias + 16 + j] = 9.0f; // f near 1 - 1e-4
    params[at.bias + 32 + j] = j % 2 ? 1.5f : -1.5f;
  }
  measure_errors(&spec, params, x, N_FRAMES, &engine, &plain);

  RemNet* const      net     = rem_net_new(&spec, params);
  RemNetState* const s       = rem_net_state_new(net);
  float              largest = 0.0f;
  rem_net_block(net, s, x, x, N_FRAMES);
  rem_net_state_get(net, s, state);
  for (int j = 16; j < 32; ++j) {
    largest = fmaxf(largest, fabsf(state[j]));
  }
  rem_net_state_free(s);
  rem_net_free(net);
  printf("%s: cells to %.0f: error %.2g, plain loop %.2g\n",
         rem_net_isa(),
         (double)largest,
         engine,
         plain);
  CHECK(largest > 100.0f);
  CHECK(engine <= fmax(2.0 * plain, 5e-5));
  free(params);
  free(x);
}

/// Every hidden size up to 130 and some beyond, several layers and inputs:
/// where vectors, groups and tiles end, errors would hide
static void
test_every_size(void)
{
  for (uint32_t h = 1; h <= 1024; h = h < 100 ? h + 1 : 2 * h - h / 3) {
    const RemNetSpec spec   = {.n_in     = 1 + h % 5,
                               .n_hidden = h,
                               .n_layers = h < 64 ? 1 + h % 3 : 1,
                               .n_out    = 1 + h % 4 % (1 + h % 5),
                               .skip     = h % 2 == 0};
    const uint32_t   n      = h < 100 ? 40 : 6;
    float* const     params = floats(rem_net_n_params(&spec));
    float* const     x      = noise_frames((size_t)n * spec.n_in, h);
    double           engine = 0.0, plain = 0.0;
    random_params(&spec, params, 0.3f, h);
    measure_errors(&spec, params, x, n, &engine, &plain);
    CHECK(engine <= fmax(2.0 * plain, 2e-6)); // Sums of up to 2048 products
    free(params);
    free(x);
  }
}

/// However the stream is cut, and in place: not one bit differs
static void
test_cuts(void)
{
  static const uint32_t cuts[] = {1, 2, 3, 5, 15, 16, 17, 61, 64, 333, 0};
  for (uint32_t h = 3; h < 80; h += 19) {
    const RemNetSpec spec   = {.n_in     = 2,
                               .n_hidden = h,
                               .n_layers = 1 + h % 3,
                               .n_out    = 2,
                               .skip     = true};
    float* const     params = floats(rem_net_n_params(&spec));
    float* const     x      = noise_frames((size_t)N_SHORT * 2, h);
    float* const     whole  = floats((size_t)N_SHORT * 2);
    float* const     parts  = floats((size_t)N_SHORT * 2);
    random_params(&spec, params, 0.5f, h);
    play(&spec, params, x, whole, N_SHORT);

    RemNet* const      net   = rem_net_new(&spec, params);
    RemNetState* const state = rem_net_state_new(net);
    memcpy(parts, x, (size_t)N_SHORT * 2 * sizeof(float));
    for (uint32_t at = 0, i = 0; at < N_SHORT; ++i) {
      const uint32_t wanted = cuts[i % 11];
      const uint32_t m      = at + wanted < N_SHORT ? wanted : N_SHORT - at;
      float* const   p      = parts + (size_t)at * 2;
      rem_net_block(net, state, p, p, m);
      at += m;
    }
    CHECK(!memcmp(whole, parts, (size_t)N_SHORT * 2 * sizeof(float)));
    rem_net_state_free(state);
    rem_net_free(net);
    free(params);
    free(x);
    free(whole);
    free(parts);
  }
}

/// What get gives, set takes; NaN is noticed and forgotten on reset
static void
test_state(void)
{
  const RemNetSpec spec = {
    .n_in = 1, .n_hidden = 5, .n_layers = 2, .n_out = 1, .skip = true};
  float params[1000], values[20], again[20], x[3] = {1, -1, NAN}, y;
  CHECK(rem_net_n_params(&spec) == 4 * 5 * 7 + 4 * 5 * 11 + 6);
  CHECK(rem_net_n_state(&spec) == 20);
  random_params(&spec, params, 0.7f, 1U);

  RemNet* const      net   = rem_net_new(&spec, params);
  RemNetState* const state = rem_net_state_new(net);
  for (int i = 0; i < 20; ++i) {
    values[i] = (float)i / 20.0f;
  }
  rem_net_state_set(net, state, values);
  rem_net_state_get(net, state, again);
  CHECK(!memcmp(values, again, sizeof(values)));
  rem_net_block(net, state, x, &y, 0);
  rem_net_state_get(net, state, again);
  CHECK(!memcmp(values, again, sizeof(values)));
  rem_net_block(net, state, x, &y, 1);
  CHECK(rem_net_state_is_finite(net, state) && isfinite(y));
  rem_net_block(net, state, x + 2, &y, 1);
  CHECK(!rem_net_state_is_finite(net, state) && isnan(y));
  rem_net_state_set(net, state, NULL);
  CHECK(rem_net_state_is_finite(net, state));
  rem_net_block(net, state, x, &y, 1);
  CHECK(isfinite(y));
  rem_net_state_free(state);
  rem_net_free(net);
}

static void
test_spec_check(void)
{
  const RemNetSpec good = {
    .n_in = 1, .n_hidden = 8, .n_layers = 1, .n_out = 1, .skip = true};
  RemNetSpec bad   = good;
  RemError   error = {REM_SUCCESS, "", ""};
  CHECK(!rem_net_spec_check(&good, &error));
  bad.n_hidden = 1025;
  CHECK(rem_net_spec_check(&bad, &error) == REM_BAD_SHAPE);
  CHECK(strstr(error.text, "1025") && strstr(error.text, "1024"));
  bad          = good;
  bad.n_layers = 0;
  CHECK(rem_net_spec_check(&bad, NULL) == REM_BAD_SHAPE);
  bad       = good;
  bad.n_out = 2; // Skips more than it is given
  CHECK(rem_net_spec_check(&bad, &error) == REM_BAD_SHAPE);
}

int
main(void)
{
  rem_denormals_off();
  test_spec_check();
  for (size_t i = 0; i < sizeof(isas) / sizeof(*isas); ++i) {
    const RemKernel* const kernel = rem_kernel_find(isas[i]);
    if (kernel) {
      CHECK(!setenv("REMANENCE_ISA", isas[i], 1));
      CHECK(!strcmp(rem_net_isa(), isas[i]));
      test_activations(kernel);
      test_against_double();
      test_large_cells();
      test_every_size();
      test_cuts();
      test_state();
    }
  }
  return 0;
}

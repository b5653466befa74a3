// SPDX-License-Identifier: ISC

/// Instruction sets agree: what one plays every other plays within rounding,
/// and all accept the presets.
///
///     test_isa             these checks
///     test_isa which       print the instruction set that is chosen
///     test_isa force ISA   run that code whether or not the processor has it
///
/// tests/test_processors.py needs the last two.

#include "dsp/denormal.h"
#include "dsp/kernel/kernel.h"
#include "dsp/kernel/kernel_table.h"
#include "dsp/model.h"
#include "dsp/modelfile/modelfile.h"
#include "tests/check.h"
#include "tests/engine.h"
#include "tests/reference.h"

#include <string.h>

enum { N_ISAS = 4, N = 6000, MAX_SIZE = 128 };

static const char* const isas[N_ISAS] = {"generic", "avx2", "avx512", "neon"};

/// From now on nets are packed for `isa`; false if this processor lacks it
static bool
use(const char* const isa)
{
  if (!rem_kernel_find(isa)) {
    return false;
  }
  CHECK(!setenv("REMANENCE_ISA", isa, 1));
  CHECK(!strcmp(rem_net_isa(), isa));
  return true;
}

/// Return the largest error of a plain loop in float, and write what the same
/// loop makes in double
static double
play_reference(const RemNetSpec* const spec,
               const float* const      params,
               const float* const      x,
               double* const           y)
{
  const size_t  n     = rem_net_n_params(spec);
  double* const p64   = (double*)calloc(n, sizeof(double));
  double        worst = 0.0, s64[4 * MAX_SIZE] = {0.0};
  float         s32[4 * MAX_SIZE] = {0.0f};
  CHECK(p64 && rem_net_n_state(spec) <= 4U * MAX_SIZE);
  for (size_t i = 0; i < n; ++i) {
    p64[i] = (double)params[i];
  }
  for (uint32_t t = 0; t < N; ++t) {
    const double x64 = (double)x[t];
    float        y32 = 0.0f;
    rem_reference_step(spec, p64, s64, &x64, y + t);
    rem_plain_step(spec, params, s32, x + t, &y32);
    worst = fmax(worst, fabs((double)y32 - y[t]));
  }
  free(p64);
  return worst;
}

static double
largest_difference(const float* const a, const float* const b)
{
  double worst = 0.0;
  for (uint32_t t = 0; t < N; ++t) {
    worst = fmax(worst, fabs((double)a[t] - (double)b[t]));
  }
  return worst;
}

/// The bound of dsp/net.h: twice the error of a plain float loop, or 1e-7 where
/// that is smaller, from the equations, and so twice that from each other
static void
test_agreement(const RemNetSpec* const spec)
{
  float* const  params       = floats(rem_net_n_params(spec));
  float* const  x            = floats(N);
  double* const exact        = (double*)calloc(N, sizeof(double));
  float*        y[N_ISAS]    = {NULL};
  uint32_t      seed         = 11U;
  double        worst_exact  = 0.0;
  double        worst_mutual = 0.0;
  CHECK(exact);
  random_params(spec, params, 0.3f, 4U);
  for (uint32_t t = 0; t < N; ++t) {
    x[t] = noise(&seed);
  }
  const double plain = play_reference(spec, params, x, exact);
  for (uint32_t i = 0; i < N_ISAS; ++i) {
    if (use(isas[i])) {
      y[i] = floats(N);
      play(spec, params, x, y[i], N);
    }
    for (uint32_t t = 0; y[i] && t < N; ++t) {
      worst_exact = fmax(worst_exact, fabs((double)y[i][t] - exact[t]));
    }
    for (uint32_t k = 0; y[i] && k < i; ++k) {
      if (y[k]) {
        worst_mutual = fmax(worst_mutual, largest_difference(y[i], y[k]));
      }
    }
  }
  printf("%u x %u: %.2g from double, %.2g from each other; plain loop %.2g\n",
         spec->n_layers,
         spec->n_hidden,
         worst_exact,
         worst_mutual,
         plain);
  const double bound = fmax(2.0 * plain, 1e-7);
  CHECK(worst_exact <= bound && worst_mutual <= 2.0 * bound);
  for (uint32_t i = 0; i < N_ISAS; ++i) {
    free(y[i]);
  }
  free(params);
  free(x);
  free(exact);
}

/// The presets' models play on every processor
static void
test_presets(void)
{
  static const char* const paths[] = {
    SOURCE_DIR "/presets/tube-preamp.safetensors",
    SOURCE_DIR "/presets/distortion-pedal.safetensors",
    SOURCE_DIR "/presets/control/faders.safetensors"};
  for (uint32_t i = 0; i < N_ISAS; ++i) {
    for (uint32_t k = 0; use(isas[i]) && k < 3U; ++k) {
      RemModel* model = NULL;
      RemFormat format;
      RemError  error = {REM_SUCCESS, "", ""};
      if (rem_model_read(paths[k], &model, &format, &error)) {
        printf("%s: %s: %s\n", isas[i], error.place, error.text);
      }
      CHECK(model);
      rem_model_free(model);
    }
  }
}

static void
force(const char* const isa)
{
  const RemKernel* kernel = &rem_kernel_generic;
#if defined(__x86_64__)
  kernel = strcmp(isa, "avx2") ? kernel : &rem_kernel_avx2;
  kernel = strcmp(isa, "avx512") ? kernel : &rem_kernel_avx512;
#endif
  CHECK(!strcmp(kernel->isa, isa));
  _Alignas(REM_ALIGN) float x[REM_ALIGN / sizeof(float)] = {0.5f};
  kernel->tanh(x, sizeof(x) / sizeof(*x));
  CHECK(fabsf(x[0] - tanhf(0.5f)) < 1e-6f);
}

int
main(const int argc, char** const argv)
{
  static const RemNetSpec specs[] = {
    {.n_in = 1, .n_hidden = 7, .n_layers = 1, .n_out = 1},
    {.n_in = 1, .n_hidden = 16, .n_layers = 1, .n_out = 1, .skip = true},
    {.n_in = 1, .n_hidden = 40, .n_layers = 1, .n_out = 1, .skip = true},
    {.n_in = 1, .n_hidden = 96, .n_layers = 1, .n_out = 1, .skip = true},
    {.n_in = 1, .n_hidden = 24, .n_layers = 2, .n_out = 1, .skip = true},
  };
  if (argc == 2 && !strcmp(argv[1], "which")) {
    puts(rem_net_isa());
    return 0;
  }
  if (argc == 3 && !strcmp(argv[1], "force")) {
    force(argv[2]);
    return 0;
  }
  rem_denormals_off();
  for (size_t i = 0; i < sizeof(specs) / sizeof(*specs); ++i) {
    test_agreement(&specs[i]);
  }
  test_presets();
  return 0;
}

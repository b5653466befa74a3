// SPDX-License-Identifier: ISC

/// A state_dict that PyTorch wrote loads, and plays what PyTorch plays

#include "dsp/model.h"
#include "dsp/modelfile/file.h"
#include "dsp/modelfile/modelfile.h"
#include "dsp/voice.h"
#include "tests/check.h"

#include <string.h>
#include <sys/wait.h>

/// PyTorch in double against us in float: cells of such nets stay below 10,
/// and rounding adds up to a few 1e-7
#define BOUND 1e-5

static void*
read_numbers(const char* const name,
             const char* const ending,
             const size_t      n_bytes)
{
  char   path[64];
  void*  bytes = NULL;
  size_t size  = 0;
  (void)snprintf(path, sizeof(path), "%s.%s", name, ending);
  CHECK(!rem_file_read(path, n_bytes, &bytes, &size, NULL));
  CHECK(size == n_bytes);
  return bytes;
}

/// Play a model from the zero state; return the largest miss
static double
miss(const RemModel* const model,
     const float* const    x,
     const double* const   expected,
     const uint32_t        n)
{
  RemNet* const      net   = rem_net_new(&model->spec, model->params);
  RemNetState* const state = net ? rem_net_state_new(net) : NULL;
  const size_t       n_out = model->spec.n_out;
  float* const       y     = (float*)malloc(n * n_out * sizeof(float));
  double             worst = 0.0;
  CHECK(state && y);
  rem_net_state_set(net, state, NULL);
  rem_net_block(net, state, x, y, n);
  for (size_t i = 0; i < n * n_out; ++i) {
    worst = fmax(worst, fabs((double)y[i] - expected[i]));
  }
  free(y);
  rem_net_state_free(state);
  rem_net_free(net);
  return worst;
}

static void
test_case(const char* const name,
          const uint32_t    n,
          const uint32_t    n_in,
          const uint32_t    n_out)
{
  char          path[64];
  RemModel*     model    = NULL;
  RemFormat     format   = REM_FORMAT_UNKNOWN;
  RemError      error    = {REM_SUCCESS, "", ""};
  const size_t  n_frames = n;
  float* const  x = (float*)read_numbers(name, "in", 4U * n_frames * n_in);
  double* const y = (double*)read_numbers(name, "out", 8U * n_frames * n_out);
  (void)snprintf(path, sizeof(path), "%s.safetensors", name);
  if (rem_model_read(path, &model, &format, &error)) {
    fprintf(stderr, "%s: %s\n", error.place, error.text);
  }
  CHECK(model && format == REM_FORMAT_NATIVE);
  CHECK(model->spec.n_in == n_in && model->spec.n_out == n_out);
  CHECK(model->n_knobs == n_in - 1U && !model->spec.skip);
  CHECK(!model->rate_known && strstr(model->provenance, "no skip"));
  const double worst = miss(model, x, y, n);
  printf("%s: off by %.2g\n", name, worst);
  CHECK(worst <= BOUND);

  RemVoice* const voice = rem_voice_new(model, 1U); // What the plugin makes
  CHECK(!voice == (n_out != 1U));
  rem_voice_free(voice);
  rem_model_free(model);
  free(x);
  free(y);
}

int
main(void)
{
  const char* const command =
    "/usr/bin/python3 -B " SOURCE_DIR "/tests/torch_model.py .";
  const int status  = system(command); // NOLINT(cert-env33-c)
  unsigned  n_cases = 0;
  char      name[32], sizes[64];
  if (WEXITSTATUS(status) == 77 || WEXITSTATUS(status) == 127) {
    puts("SKIP python3-torch is not installed");
    return 77;
  }
  CHECK(!status);
  FILE* const index = fopen("index", "r");
  CHECK(index);
  for (; fscanf(index, "%31s %63[^\n]", name, sizes) == 2; ++n_cases) {
    char*          at    = sizes;
    const uint32_t n     = (uint32_t)strtoul(at, &at, 10);
    const uint32_t n_in  = (uint32_t)strtoul(at, &at, 10);
    const uint32_t n_out = (uint32_t)strtoul(at, &at, 10);
    test_case(name, n, n_in, n_out);
  }
  (void)fclose(index);
  CHECK(n_cases == 7);
  return 0;
}

// SPDX-License-Identifier: ISC

/// A state_dict that PyTorch wrote loads, and plays what PyTorch plays: LSTM,
/// GRU and RNN, in one direction and both; likewise nets of our own kinds

#include "dsp/model.h"
#include "dsp/modelfile/file.h"
#include "dsp/modelfile/modelfile.h"
#include "dsp/net_internal.h"
#include "dsp/voice.h"
#include "tests/check.h"
#include "tests/engine.h"

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

/// The head of a net in both directions, on features [n, F]
static void
run_head(const RemModel* const model,
         const float* const    features,
         float* const          y,
         const uint32_t        n)
{
  const RemNetSpec* const spec = &model->spec;
  const RemHeadAt         at   = rem_net_head_at(spec);
  for (size_t t = 0; t < n; ++t) {
    for (size_t o = 0; o < spec->n_out; ++o) {
      float sum = model->params[at.bias + o];
      for (size_t j = 0; j < at.n_in; ++j) {
        sum += model->params[at.weight + o * at.n_in + j] *
               features[t * at.n_in + j];
      }
      y[t * spec->n_out + o] = sum;
    }
  }
}

/// Play a net in both directions, layer by layer
static void
play_both(const RemModel* const model,
          const RemNet* const   net,
          RemNetState* const    state,
          const float* const    x,
          float* const          y,
          const uint32_t        n)
{
  const ptrdiff_t h       = model->spec.n_hidden;
  const ptrdiff_t last    = (ptrdiff_t)n - 1;
  float*          rows[2] = {floats((size_t)n * 2U * (size_t)h),
                             floats((size_t)n * 2U * (size_t)h)};
  RemRows         in      = {x, model->spec.n_in};
  for (uint32_t l = 0; l < model->spec.n_layers; ++l) {
    float* const  out  = rows[l % 2U];
    const RemRows back = {in.x + last * in.stride, -in.stride};
    rem_net_layer_block(net, 2U * l, state, in, out, 2 * h, n);
    rem_net_layer_block(
      net, 2U * l + 1U, state, back, out + h + last * 2 * h, -2 * h, n);
    in = (RemRows){out, 2 * h};
  }
  run_head(model, in.x, y, n);
  free(rows[0]);
  free(rows[1]);
}

/// Play a model from its initial state, or the zero state where none is
/// learned; return the largest miss
static double
miss(const RemModel* const model,
     const float* const    x,
     const double* const   expected,
     const uint32_t        n)
{
  const bool         learned = model->spec.initial == REM_INITIAL_LEARNED;
  RemNet* const      net     = rem_net_new(&model->spec, model->params);
  RemNetState* const state   = net ? rem_net_state_new(net) : NULL;
  const size_t       n_out   = model->spec.n_out;
  float* const       y       = floats(n * n_out);
  double             worst   = 0.0;
  CHECK(state);
  rem_net_state_set(net, state, learned ? model->rest : NULL);
  if (model->spec.both) {
    play_both(model, net, state, x, y, n);
  } else {
    rem_net_block(net, state, x, y, n);
  }
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
  const bool    json = strchr(name, '.'); // Of guitarists
  (void)snprintf(path, sizeof(path), "%s%s", name, json ? "" : ".safetensors");
  if (rem_model_read(path, &model, &format, &error)) {
    fprintf(stderr, "%s: %s\n", error.place, error.text);
  }
  CHECK(model && (format == REM_FORMAT_NATIVE) == !json);
  CHECK(model->spec.n_in == n_in && model->spec.n_out == n_out);
  CHECK((format == REM_FORMAT_GUITARML) == model->rate_known);
  CHECK(!model->spec.skip);
  if (model->kind == REM_FRAME_AUDIO && !json) { // A state_dict
    CHECK(model->n_knobs == n_in - 1U && strstr(model->provenance, "no skip"));
  }
  const double worst = miss(model, x, y, n);
  printf("%s: off by %.2g\n", name, worst);
  CHECK(worst <= BOUND);

  RemVoice* const voice = rem_voice_new(model, 1U); // What the plugin makes
  CHECK(!voice == (n_out != 1U || model->spec.both));
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
  CHECK(n_cases == 7U + 2U + 18U + 108U);
  return 0;
}

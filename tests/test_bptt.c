// SPDX-License-Identifier: ISC

/// Backpropagation through time against finite differences of the equations in
/// double, and against the engine that plays.
///
///     test_bptt            all checks, for every instruction set
///     test_bptt IN OUT     one case for tests/test_torch.py, which see

#include "dsp/denormal.h"
#include "dsp/kernel/kernel.h"
#include "dsp/net.h"
#include "offline_trainer/bptt/bptt.h"
#include "tests/check.h"
#include "tests/reference.h"

enum { N_STEPS = 9, N_BEFORE = 5, N_STREAMS = 3, MAX_CELLS = 4096 };

static const char* const isas[] = {"generic", "avx2", "avx512", "neon"};

static const RemNetSpec specs[] = {
  {REM_CELL_LSTM, REM_HEAD_LINEAR, 1, 1, 1, 1, true},
  {REM_CELL_LSTM, REM_HEAD_LINEAR, 1, 8, 1, 1, true},
  {REM_CELL_LSTM, REM_HEAD_LINEAR, 3, 5, 2, 2, true},
  {REM_CELL_LSTM, REM_HEAD_LINEAR, 4, 17, 1, 3, false},
  {REM_CELL_LSTM, REM_HEAD_LINEAR, 2, 12, 3, 1, true},
};

static void*
allocate(const size_t n, const size_t size)
{
  void* const p = calloc(n, size);
  CHECK(p);
  return p;
}

/// Input of stream `lane`, a different one for each
static float
input_at(const uint32_t lane, const uint32_t t, const uint32_t j)
{
  uint32_t seed = 1U + lane * 7919U + t * 104729U + j * 15485863U;
  (void)noise(&seed);
  (void)noise(&seed);
  return noise(&seed);
}

static float
dy_at(const uint32_t lane, const uint32_t t, const uint32_t o)
{
  return lane < N_STREAMS ? input_at(lane + 100U, t, o) : 0.0f;
}

static void
fill_window(const RemNetSpec* const spec,
            RemWindow* const        window,
            const uint32_t          from,
            const uint32_t          n)
{
  float* const x  = rem_window_input(window);
  float* const dy = rem_window_output_gradient(window);
  for (uint32_t t = 0; t < n; ++t) {
    for (uint32_t lane = 0; lane < REM_LANES; ++lane) {
      for (uint32_t j = 0; j < spec->n_in; ++j) {
        x[((size_t)t * spec->n_in + j) * REM_LANES + lane] =
          input_at(lane, from + t, j);
      }
      for (uint32_t o = 0; o < spec->n_out; ++o) {
        dy[((size_t)t * spec->n_out + o) * REM_LANES + lane] =
          dy_at(lane, from + t, o);
      }
    }
  }
}

/// The loss sum(dy * y) of one stream's window, from `state`, in double
static double
reference_loss(const RemNetSpec* const spec,
               const double* const     params,
               const double* const     state,
               const uint32_t          lane)
{
  double s[MAX_CELLS], x[REM_MAX_IN] = {0}, y[REM_MAX_OUT], loss = 0.0;
  memcpy(s, state, rem_net_n_state(spec) * sizeof(double));
  for (uint32_t t = 0; t < N_STEPS; ++t) {
    for (uint32_t j = 0; j < spec->n_in; ++j) {
      x[j] = (double)input_at(lane, N_BEFORE + t, j);
    }
    reference_step(spec, params, s, x, y);
    for (uint32_t o = 0; o < spec->n_out; ++o) {
      loss += (double)dy_at(lane, N_BEFORE + t, o) * y[o];
    }
  }
  return loss;
}

/// Every parameter of every group of tensors: central difference of the double
/// reference against BPTT in float.  Truncation of the difference is about
/// eps^2 = 1e-10; sums of N_STREAMS * N_STEPS float products leave 1e-5.
static void
check_gradient(const RemNetSpec* const spec,
               const float* const      params,
               double (*const state)[MAX_CELLS],
               const float* const grad)
{
  const double  eps   = 1e-5;
  const size_t  n     = rem_net_n_params(spec);
  double* const q     = (double*)allocate(n, sizeof(double));
  double        worst = 0.0;

  for (size_t i = 0; i < n; ++i) {
    q[i] = (double)params[i];
  }
  for (size_t i = 0; i < n; ++i) {
    const double saved = q[i];
    double       slope = 0.0;
    for (uint32_t lane = 0; lane < N_STREAMS; ++lane) {
      q[i]            = saved + eps;
      const double up = reference_loss(spec, q, state[lane], lane);
      q[i]            = saved - eps;
      slope += (up - reference_loss(spec, q, state[lane], lane)) / (2.0 * eps);
    }
    q[i]              = saved;
    const double miss = fabs(slope - (double)grad[i]);
    worst             = fmax(worst, miss / fmax(1.0, fabs(slope)));
  }
  printf("%s: %u x %u, %u in, %u out: gradient within %.2g\n",
         rem_net_isa(),
         spec->n_layers,
         spec->n_hidden,
         spec->n_in,
         spec->n_out,
         worst);
  CHECK(worst < 1e-5);
  free(q);
}

/// Two windows, the second from where the first ended: its gradient must take
/// that state as constant
static void
test_gradient(const RemNetSpec* const spec)
{
  const size_t n      = rem_net_n_params(spec);
  float* const params = (float*)allocate(n, sizeof(float));
  float* const grad   = (float*)allocate(n, sizeof(float));
  float        state[MAX_CELLS];
  double       state64[N_STREAMS][MAX_CELLS];
  random_params(spec, params, 0.5f, 21U);

  RemBpttNet* const net = rem_bptt_net_new(spec);
  CHECK(net);
  rem_bptt_net_set(net, params);
  RemWindow* const window = rem_window_new(net, N_STEPS + 3);
  CHECK(window);
  fill_window(spec, window, 0, N_BEFORE);
  rem_window_forward(window, N_BEFORE);
  for (uint32_t lane = 0; lane < N_STREAMS; ++lane) {
    rem_window_get_state(window, lane, state);
    for (size_t i = 0; i < rem_net_n_state(spec); ++i) {
      state64[lane][i] = (double)state[i];
    }
  }
  fill_window(spec, window, N_BEFORE, N_STEPS);
  rem_window_forward(window, N_STEPS);
  rem_window_backward(window, grad);
  check_gradient(spec, params, state64, grad);

  rem_window_free(window);
  rem_bptt_net_free(net);
  free(params);
  free(grad);
}

/// Compare one lane of a window with what the engine makes of the same input
static void
check_window(const RemWindow* const window,
             const uint32_t         lane,
             const uint32_t         from,
             const RemNet* const    engine,
             RemNetState* const     state)
{
  const RemNetSpec* const spec = rem_net_spec(engine);
  const float* const      got  = rem_window_output(window);

  for (uint32_t t = 0; t < N_STEPS; ++t) {
    float x[REM_MAX_IN], y[REM_MAX_OUT];
    for (uint32_t j = 0; j < spec->n_in; ++j) {
      x[j] = input_at(lane, from + t, j);
    }
    rem_net_block(engine, state, x, y, 1);
    for (uint32_t o = 0; o < spec->n_out; ++o) {
      const size_t at = ((size_t)t * spec->n_out + o) * REM_LANES + lane;
      CHECK(fabsf(got[at] - y[o]) < 2e-6f);
    }
  }
}

/// Forward of every lane against the engine over several windows, with states
/// that are set and read back.  Both sum H products in different orders: a few
/// roundings of numbers near 1, each 6e-8, over 3 layers.
static void
test_forward(const RemNetSpec* const spec)
{
  const size_t n      = rem_net_n_params(spec);
  float* const params = (float*)allocate(n, sizeof(float));
  float        first[MAX_CELLS], last[MAX_CELLS], expected[MAX_CELLS];
  uint32_t     seed = 77U;
  random_params(spec, params, 0.5f, 22U);

  RemBpttNet* const net    = rem_bptt_net_new(spec);
  RemNet* const     engine = rem_net_new(spec, params);
  CHECK(net && engine);
  rem_bptt_net_set(net, params);
  RemWindow* const   window = rem_window_new(net, N_STEPS);
  RemNetState* const state  = rem_net_state_new(engine);
  CHECK(window && state);

  for (uint32_t lane = 0; lane < REM_LANES; ++lane) {
    for (size_t i = 0; i < rem_net_n_state(spec); ++i) {
      first[i] = noise(&seed);
    }
    rem_window_set_state(window, lane, NULL);
    rem_window_set_state(window, lane, first);
    rem_net_state_set(engine, state, first);
    for (uint32_t from = 0; from < 3 * N_STEPS; from += N_STEPS) {
      fill_window(spec, window, from, N_STEPS);
      rem_window_forward(window, N_STEPS);
      check_window(window, lane, from, engine, state);
    }
    rem_window_get_state(window, lane, last);
    rem_net_state_get(engine, state, expected);
    for (size_t i = 0; i < rem_net_n_state(spec); ++i) {
      CHECK(fabsf(last[i] - expected[i]) < 2e-6f);
    }
  }
  rem_net_state_free(state);
  rem_net_free(engine);
  rem_window_free(window);
  rem_bptt_net_free(net);
  free(params);
}

static void
read_floats(FILE* const file, float* const to, const size_t n)
{
  CHECK(fread(to, sizeof(float), n, file) == n);
}

/// IN: six uint32 (inputs, hidden, layers, outputs, skip, steps), parameters,
/// x [T, I, lanes], dy [T, O, lanes].  OUT: y [T, O, lanes], then the gradient.
static int
run_case(const char* const in, const char* const out)
{
  uint32_t    size[6];
  FILE* const from = fopen(in, "rb");
  FILE* const to   = fopen(out, "wb");
  CHECK(from && to && fread(size, sizeof(*size), 6, from) == 6);

  const RemNetSpec spec   = {REM_CELL_LSTM,
                             REM_HEAD_LINEAR,
                             size[0],
                             size[1],
                             size[2],
                             size[3],
                             size[4]};
  const size_t     n      = rem_net_n_params(&spec);
  const size_t     n_y    = (size_t)size[5] * spec.n_out * REM_LANES;
  float* const     params = (float*)allocate(n, sizeof(float));
  float* const     grad   = (float*)allocate(n, sizeof(float));
  read_floats(from, params, n);

  RemBpttNet* const net = rem_bptt_net_new(&spec);
  CHECK(net);
  rem_bptt_net_set(net, params);
  RemWindow* const window = rem_window_new(net, size[5]);
  CHECK(window);
  read_floats(
    from, rem_window_input(window), (size_t)size[5] * spec.n_in * REM_LANES);
  read_floats(from, rem_window_output_gradient(window), n_y);
  rem_window_forward(window, size[5]);
  rem_window_backward(window, grad);
  CHECK(fwrite(rem_window_output(window), sizeof(float), n_y, to) == n_y);
  CHECK(fwrite(grad, sizeof(float), n, to) == n);

  rem_window_free(window);
  rem_bptt_net_free(net);
  free(params);
  free(grad);
  CHECK(!fclose(from) && !fclose(to));
  return 0;
}

int
main(const int argc, char** const argv)
{
  rem_denormals_off();
  if (argc == 3) {
    return run_case(argv[1], argv[2]);
  }
  for (size_t i = 0; i < sizeof(isas) / sizeof(*isas); ++i) {
    if (rem_kernel_find(isas[i])) {
      CHECK(!setenv("REMANENCE_ISA", isas[i], 1));
      for (size_t k = 0; k < sizeof(specs) / sizeof(*specs); ++k) {
        test_gradient(&specs[k]);
        test_forward(&specs[k]);
      }
    }
  }
  return 0;
}

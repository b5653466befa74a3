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

#include <string.h>

// Streams: more than a tile of rows holds, and not a multiple of anything
enum { N_STEPS = 9, N_BEFORE = 5, N_STREAMS = 3, MAX_STREAMS = 19 };
enum { MAX_CELLS = 4096 };

static const char* const isas[] = {"generic", "avx2", "avx512", "neon"};

static const RemNetSpec specs[] = {
  {.n_in = 1, .n_hidden = 1, .n_layers = 1, .n_out = 1, .skip = true},
  {.n_in = 1, .n_hidden = 8, .n_layers = 1, .n_out = 1, .skip = true},
  {.n_in = 3, .n_hidden = 5, .n_layers = 2, .n_out = 2, .skip = true},
  {.n_in = 4, .n_hidden = 17, .n_layers = 1, .n_out = 3},
  {.n_in = 2, .n_hidden = 12, .n_layers = 3, .n_out = 1, .skip = true},
};

static void*
allocate(const size_t n, const size_t size)
{
  void* const p = calloc(n, size);
  CHECK(p);
  return p;
}

/// Input of stream `s`, a different one for each
static float
input_at(const uint32_t s, const uint32_t t, const uint32_t j)
{
  uint32_t seed = 1U + s * 7919U + t * 104729U + j * 15485863U;
  (void)noise(&seed);
  (void)noise(&seed);
  return noise(&seed);
}

static float
dy_at(const uint32_t s, const uint32_t t, const uint32_t o)
{
  return input_at(s + 100U, t, o);
}

static void
fill_window(const RemNetSpec* const spec,
            RemWindow* const        window,
            const uint32_t          n_streams,
            const uint32_t          from,
            const uint32_t          n)
{
  float* x  = rem_window_input(window);
  float* dy = rem_window_output_gradient(window);
  for (uint32_t t = 0; t < n; ++t) {
    for (uint32_t s = 0; s < n_streams; ++s) {
      for (uint32_t j = 0; j < spec->n_in; ++j) {
        *x++ = input_at(s, from + t, j);
      }
      for (uint32_t o = 0; o < spec->n_out; ++o) {
        *dy++ = dy_at(s, from + t, o);
      }
    }
  }
}

/// The loss sum(dy * y) of one stream's window, from `state`, in double
static double
reference_loss(const RemNetSpec* const spec,
               const double* const     params,
               const double* const     before,
               const uint32_t          s)
{
  double state[MAX_CELLS], x[REM_MAX_IN] = {0}, y[REM_MAX_OUT], loss = 0.0;
  memcpy(state, before, rem_net_n_state(spec) * sizeof(double));
  for (uint32_t t = 0; t < N_STEPS; ++t) {
    for (uint32_t j = 0; j < spec->n_in; ++j) {
      x[j] = (double)input_at(s, N_BEFORE + t, j);
    }
    rem_reference_step(spec, params, state, x, y);
    for (uint32_t o = 0; o < spec->n_out; ++o) {
      loss += (double)dy_at(s, N_BEFORE + t, o) * y[o];
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
    for (uint32_t s = 0; s < N_STREAMS; ++s) {
      q[i]            = saved + eps;
      const double up = reference_loss(spec, q, state[s], s);
      q[i]            = saved - eps;
      slope += (up - reference_loss(spec, q, state[s], s)) / (2.0 * eps);
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
  const size_t n       = rem_net_n_params(spec);
  float* const params  = (float*)allocate(n, sizeof(float));
  float* const grad    = (float*)allocate(n, sizeof(float));
  const size_t n_state = rem_net_n_state(spec);
  float* const state   = (float*)allocate(N_STREAMS * n_state, sizeof(float));
  double       state64[N_STREAMS][MAX_CELLS];
  random_params(spec, params, 0.5f, 21U);

  RemBpttNet* const net = rem_bptt_net_new(spec);
  CHECK(net);
  rem_bptt_net_set(net, params);
  float* const packed =
    (float*)allocate(rem_bptt_net_n_gradient(net), sizeof(float));
  RemWindow* const window = rem_window_new(net, N_STREAMS + 1, N_STEPS + 3);
  CHECK(window);
  fill_window(spec, window, N_STREAMS, 0, N_BEFORE);
  rem_window_forward(window, N_STREAMS, N_BEFORE, state);
  for (uint32_t s = 0; s < N_STREAMS; ++s) {
    for (size_t i = 0; i < n_state; ++i) {
      state64[s][i] = (double)state[s * n_state + i];
    }
  }
  fill_window(spec, window, N_STREAMS, N_BEFORE, N_STEPS);
  rem_window_forward(window, N_STREAMS, N_STEPS, state);
  rem_window_backward(window, packed);
  rem_bptt_net_unpack(net, packed, grad);
  check_gradient(spec, params, state64, grad);

  rem_window_free(window);
  rem_bptt_net_free(net);
  free(packed);
  free(state);
  free(params);
  free(grad);
}

/// Compare one stream of a window with what the engine makes of the same input
static void
check_window(const RemWindow* const window,
             const uint32_t         s,
             const uint32_t         from,
             const RemNet* const    engine,
             RemNetState* const     state)
{
  const RemNetSpec* const spec = rem_net_spec(engine);
  const float* const      got  = rem_window_output(window);

  for (uint32_t t = 0; t < N_STEPS; ++t) {
    float x[REM_MAX_IN], y[REM_MAX_OUT];
    for (uint32_t j = 0; j < spec->n_in; ++j) {
      x[j] = input_at(s, from + t, j);
    }
    rem_net_block(engine, state, x, y, 1);
    for (uint32_t o = 0; o < spec->n_out; ++o) {
      const size_t at = ((size_t)t * MAX_STREAMS + s) * spec->n_out + o;
      CHECK(fabsf(got[at] - y[o]) < 2e-6f);
    }
  }
}

/// Run three windows; compare outputs and last states with the engine's
static void
check_forward(RemWindow* const    window,
              const RemNet* const engine,
              float* const        states)
{
  const RemNetSpec* const spec    = rem_net_spec(engine);
  const size_t            n_state = rem_net_n_state(spec);
  RemNetState*            engines[MAX_STREAMS];
  float                   expected[MAX_CELLS];

  for (uint32_t s = 0; s < MAX_STREAMS; ++s) {
    engines[s] = rem_net_state_new(engine);
    CHECK(engines[s]);
    rem_net_state_set(engine, engines[s], states + s * n_state);
  }
  for (uint32_t from = 0; from < 3 * N_STEPS; from += N_STEPS) {
    fill_window(spec, window, MAX_STREAMS, from, N_STEPS);
    rem_window_forward(window, MAX_STREAMS, N_STEPS, states);
    for (uint32_t s = 0; s < MAX_STREAMS; ++s) {
      check_window(window, s, from, engine, engines[s]);
    }
  }
  for (uint32_t s = 0; s < MAX_STREAMS; ++s) {
    rem_net_state_get(engine, engines[s], expected);
    for (size_t i = 0; i < n_state; ++i) {
      CHECK(fabsf(states[s * n_state + i] - expected[i]) < 2e-6f);
    }
    rem_net_state_free(engines[s]);
  }
}

/// Forward of every stream against the engine over several windows, from random
/// states.  Both sum H products in different orders: a few roundings of numbers
/// near 1, each 6e-8, over 3 layers.
static void
test_forward(const RemNetSpec* const spec)
{
  const size_t n      = MAX_STREAMS * rem_net_n_state(spec);
  float* const params = (float*)allocate(rem_net_n_params(spec), sizeof(float));
  float* const states = (float*)allocate(n, sizeof(float));
  uint32_t     seed   = 77U;
  random_params(spec, params, 0.5f, 22U);
  for (size_t i = 0; i < n; ++i) {
    states[i] = noise(&seed);
  }

  RemBpttNet* const net    = rem_bptt_net_new(spec);
  RemNet* const     engine = rem_net_new(spec, params);
  CHECK(net && engine);
  rem_bptt_net_set(net, params);
  RemWindow* const window = rem_window_new(net, MAX_STREAMS, N_STEPS);
  CHECK(window);
  check_forward(window, engine, states);

  rem_net_free(engine);
  rem_window_free(window);
  rem_bptt_net_free(net);
  free(states);
  free(params);
}

static void
read_floats(FILE* const file, float* const to, const size_t n)
{
  CHECK(fread(to, sizeof(float), n, file) == n);
}

/// IN: eight uint32 (cell, inputs, hidden, layers, outputs, skip, steps,
/// streams), parameters, x [T, S, I], dy [T, S, O].  OUT: y [T, S, O], then the
/// gradient.
static int
run_case(const char* const in, const char* const out)
{
  uint32_t    number[8];
  FILE* const from = fopen(in, "rb");
  FILE* const to   = fopen(out, "wb");
  CHECK(from && to && fread(number, sizeof(*number), 8, from) == 8);

  const uint32_t* const size   = number + 1;
  const RemNetSpec      spec   = {.cell     = (RemCell)number[0],
                                  .n_in     = size[0],
                                  .n_hidden = size[1],
                                  .n_layers = size[2],
                                  .n_out    = size[3],
                                  .skip     = size[4]};
  const size_t          n      = rem_net_n_params(&spec);
  const size_t          rows   = (size_t)size[5] * size[6];
  float* const          params = (float*)allocate(n, sizeof(float));
  float* const          state =
    (float*)allocate(size[6] * rem_net_n_state(&spec), sizeof(float));
  read_floats(from, params, n);

  RemBpttNet* const net = rem_bptt_net_new(&spec);
  CHECK(net);
  rem_bptt_net_set(net, params);
  float* const packed =
    (float*)allocate(rem_bptt_net_n_gradient(net), sizeof(float));
  RemWindow* const window = rem_window_new(net, size[6], size[5]);
  CHECK(window);
  read_floats(from, rem_window_input(window), rows * spec.n_in);
  read_floats(from, rem_window_output_gradient(window), rows * spec.n_out);
  rem_window_forward(window, size[6], size[5], state);
  rem_window_backward(window, packed);
  rem_bptt_net_unpack(net, packed, params); // Not needed any more
  const size_t n_y = rows * spec.n_out;
  CHECK(fwrite(rem_window_output(window), sizeof(float), n_y, to) == n_y);
  CHECK(fwrite(params, sizeof(float), n, to) == n);

  rem_window_free(window);
  rem_bptt_net_free(net);
  free(params);
  free(state);
  free(packed);
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

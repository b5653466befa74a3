// SPDX-License-Identifier: ISC

/// Windows of symbols with a head over a vocabulary, and windows of nets so
/// large that products are cut to the caches: against the equations in double.
///
///     test_symbols            all checks, for every instruction set
///     test_symbols IN OUT     one case for tests/test_torch_symbols.py, which
///                             see

#include "dsp/denormal.h"
#include "dsp/kernel/kernel.h"
#include "dsp/net.h"
#include "offline_trainer/bptt/bptt.h"
#include "offline_trainer/cross_entropy.h"
#include "tests/check.h"
#include "tests/reference.h"

#include <string.h>

enum { N_STEPS = 7, N_STREAMS = 5, MAX_VOCABULARY = 128, MAX_CELLS = 1024 };

static const char* const isas[] = {"generic", "avx2", "avx512", "neon"};

/// One case: a net, and every how many parameters are checked: a difference
/// costs two windows in double
typedef struct {
  RemNetSpec spec;
  bool       symbols;
  size_t     stride;
} Case;

// Outputs that are 0, 1 and 3 more than vectors of 4, and fewer than 16; one
// and two panels beside a narrow one; rows of the gradient beside 8 and 256
static const Case cases[] = {
  {{.n_in = 11, .n_hidden = 5, .n_layers = 2, .n_out = 11}, true, 1},
  {{.n_in = 65, .n_hidden = 9, .n_layers = 1, .n_out = 65}, true, 3},
  {{.n_in = 100, .n_hidden = 20, .n_layers = 2, .n_out = 100}, true, 53},
  {{.n_in = 19, .n_hidden = 132, .n_layers = 2, .n_out = 19}, true, 4001},
  {{.n_in = 3, .n_hidden = 261, .n_layers = 1, .n_out = 16}, false, 6007},
};

static void*
allocate(const size_t n, const size_t size)
{
  void* const p = calloc(n, size);
  CHECK(p);
  return p;
}

/// Symbol of stream `s` at step `t`, the same one now and then
static uint32_t
symbol_at(const uint32_t n_symbols, const uint32_t t, const uint32_t s)
{
  return (t * t * 31U + s * 17U + t * s) % n_symbols;
}

/// What is to come next
static uint32_t
target_at(const uint32_t n_symbols, const uint32_t t, const uint32_t s)
{
  return symbol_at(n_symbols, t + 1U, s);
}

static float
input_at(const uint32_t t, const uint32_t s, const uint32_t j)
{
  uint32_t seed = 1U + t * 7919U + s * 104729U + j * 15485863U;
  (void)noise(&seed);
  return noise(&seed);
}

/// x [I] of one stream at one step in double
static void
make_input(const Case* const c,
           const uint32_t    t,
           const uint32_t    s,
           double* const     x)
{
  memset(x, 0, MAX_VOCABULARY * sizeof(double));
  if (c->symbols) {
    x[symbol_at(c->spec.n_in, t, s)] = 1.0;
  }
  for (uint32_t j = 0; !c->symbols && j < c->spec.n_in; ++j) {
    x[j] = (double)input_at(t, s, j);
  }
}

/// -log softmax(y) of `target`, and y as it is in one file only
static double
surprise(const double* const y, const size_t n, const uint32_t target)
{
  double most = y[0], sum = 0.0;
  for (size_t i = 0; i < n; ++i) {
    most = fmax(most, y[i]);
  }
  for (size_t i = 0; i < n; ++i) {
    sum += exp(y[i] - most);
  }
  return most + log(sum) - y[target];
}

/// The mean cross-entropy of all streams over the second window, from `before`
/// [S, cells], in double
static double
reference_loss(const Case* const   c,
               const double* const params,
               const float* const  before)
{
  const RemNetSpec* const spec    = &c->spec;
  const size_t            n_state = rem_net_n_state(spec);
  double                  state[MAX_CELLS], x[MAX_VOCABULARY], y[REM_MAX_OUT];
  double                  loss = 0.0;
  for (uint32_t s = 0; s < N_STREAMS; ++s) {
    for (size_t i = 0; i < n_state; ++i) {
      state[i] = (double)before[s * n_state + i];
    }
    for (uint32_t t = N_STEPS; t < 2 * N_STEPS; ++t) {
      make_input(c, t, s, x);
      rem_reference_step(spec, params, state, x, y);
      loss += surprise(y, spec->n_out, target_at(spec->n_out, t, s));
    }
  }
  return loss / (N_STEPS * N_STREAMS);
}

/// The same net, told the place of the 1 in a vector instead of the vector
static RemNetSpec
symbolic(const RemNetSpec* const vectors)
{
  RemNetSpec spec = *vectors;
  spec.n_symbols  = vectors->n_in;
  spec.n_in       = 1U;
  return spec;
}

static void
fill_window(const Case* const c, RemWindow* const window, const uint32_t from)
{
  float* x = rem_window_input(window);
  for (uint32_t t = 0; t < N_STEPS; ++t) {
    for (uint32_t s = 0; s < N_STREAMS; ++s) {
      if (c->symbols) {
        *x++ = (float)symbol_at(c->spec.n_in, from + t, s);
      }
      for (uint32_t j = 0; !c->symbols && j < c->spec.n_in; ++j) {
        *x++ = input_at(from + t, s, j);
      }
    }
  }
}

/// The mean cross-entropy of the second window and its gradient; `before` is
/// what streams remember before it
static double
run_windows(const Case* const  c,
            const float* const params,
            float* const       before,
            float* const       grad)
{
  const RemNetSpec        by_symbol = symbolic(&c->spec);
  const RemNetSpec* const spec      = c->symbols ? &by_symbol : &c->spec;
  const size_t            n         = N_STREAMS * rem_net_n_state(spec);
  RemBpttNet* const       net       = rem_bptt_net_new(spec);
  CHECK(net);
  rem_bptt_net_set(net, params);
  RemWindow* const window = rem_window_new(net, N_STREAMS + 1, N_STEPS + 2);
  float* const     state  = (float*)allocate(n, sizeof(float));
  float* const     packed =
    (float*)allocate(rem_bptt_net_n_gradient(net), sizeof(float));
  uint32_t targets[N_STEPS * N_STREAMS];
  CHECK(window);

  fill_window(c, window, 0);
  rem_window_forward(window, N_STREAMS, N_STEPS, state);
  memcpy(before, state, n * sizeof(float));
  fill_window(c, window, N_STEPS);
  rem_window_forward(window, N_STREAMS, N_STEPS, state);
  for (uint32_t i = 0; i < N_STEPS * N_STREAMS; ++i) {
    targets[i] = target_at(spec->n_out, N_STEPS + i / N_STREAMS, i % N_STREAMS);
  }
  const double loss = rem_cross_entropy(rem_window_output(window),
                                        targets,
                                        (size_t)N_STEPS * N_STREAMS,
                                        spec->n_out,
                                        1.0 / (N_STEPS * N_STREAMS),
                                        rem_window_output_gradient(window));
  rem_window_backward(window, packed);
  rem_bptt_net_unpack(net, packed, grad);

  free(packed);
  free(state);
  rem_window_free(window);
  rem_bptt_net_free(net);
  return loss / (N_STEPS * N_STREAMS);
}

/// Loss and gradient against central differences of the double reference.
///
/// Weights within 1 / sqrt(H) keep z near 1, so that float leaves about
/// sqrt(2H) roundings of 6e-8 / sqrt(2H) in each: 1e-6 in a loss near 4 after
/// N_STEPS, and 1e-5 of the largest gradient.  The difference of losses is good
/// to 4 * 1e-16 / eps = 4e-11, its truncation to about eps^2 = 1e-10.
static void
test_case(const Case* const c)
{
  const double  eps    = 1e-5;
  const size_t  n      = rem_net_n_params(&c->spec);
  float* const  params = (float*)allocate(n, sizeof(float));
  float* const  grad   = (float*)allocate(n, sizeof(float));
  double* const q      = (double*)allocate(n, sizeof(double));
  float* const  before =
    (float*)allocate(N_STREAMS * rem_net_n_state(&c->spec), sizeof(float));
  double worst = 0.0, most = 0.0;
  random_params(&c->spec, params, 1.0f / sqrtf((float)c->spec.n_hidden), 5U);

  const double loss = run_windows(c, params, before, grad);
  for (size_t i = 0; i < n; ++i) {
    q[i] = (double)params[i];
  }
  const double expected = reference_loss(c, q, before);
  for (size_t i = c->stride / 2U; i < n; i += c->stride) {
    const double saved = q[i];
    q[i]               = saved + eps;
    const double up    = reference_loss(c, q, before);
    q[i]               = saved - eps;
    const double slope = (up - reference_loss(c, q, before)) / (2.0 * eps);
    q[i]               = saved;
    worst              = fmax(worst, fabs(slope - (double)grad[i]));
    most               = fmax(most, fabs(slope));
  }
  printf("%s: %u x %u, %u %s, %u out: loss %.4f within %.1g, gradient up to "
         "%.2g within %.1g\n",
         rem_net_isa(),
         c->spec.n_layers,
         c->spec.n_hidden,
         c->spec.n_in,
         c->symbols ? "symbols" : "in",
         c->spec.n_out,
         loss,
         fabs(loss - expected),
         most,
         worst);
  CHECK(fabs(loss - expected) < 1e-6);
  CHECK(worst < 1e-5 * most + 2e-10);
  free(params);
  free(grad);
  free(before);
  free(q);
}

/// Rows of every length up to two vectors and more, near 0, far from it and far
/// apart: losses and slopes to a few roundings of numbers up to 1, and of the
/// largest y (6e-8 of 1e4)
static void
test_cross_entropy(void)
{
  static const float scales[] = {0.0f, 1.0f, 30.0f, 1e4f};
  uint32_t           seed     = 9U;
  for (size_t n = 1; n < 20U; ++n) {
    for (size_t k = 0; k < sizeof(scales) / sizeof(*scales); ++k) {
      const uint32_t target = (uint32_t)(n / 2U);
      float          y[20], dy[20];
      double         exact[20];
      for (size_t i = 0; i < n; ++i) {
        y[i]     = scales[k] * (1.0f + noise(&seed));
        exact[i] = (double)y[i];
      }
      const double expected = surprise(exact, n, target);
      const double loss     = rem_cross_entropy(y, &target, 1U, n, 0.5, dy);
      CHECK(fabs(loss - expected) < 1e-6 * fmax(1.0, (double)scales[k]));
      for (uint32_t i = 0; i < n; ++i) {
        const double p = exp(-surprise(exact, n, i));
        CHECK(fabs((double)dy[i] - 0.5 * (p - (i == target))) < 1e-6);
      }
    }
  }
}

/// What is no number must not pass for a loss
static void
test_not_finite(void)
{
  static const float bad[]  = {(float)NAN, (float)INFINITY};
  const uint32_t     target = 1U;
  for (size_t at = 0; at < 6U; ++at) {
    for (size_t k = 0; k < 2U; ++k) {
      float y[6] = {0.0f, 1.0f, 2.0f, 3.0f, 4.0f, 5.0f};
      y[at]      = bad[k];
      CHECK(isnan(rem_cross_entropy(y, &target, 1U, 6U, 1.0, y)));
    }
  }
}

static void
read_words(FILE* const file, void* const to, const size_t n)
{
  CHECK(fread(to, 4, n, file) == n);
}

/// IN: six uint32 (cell, symbols, hidden, layers, steps, streams), parameters,
/// symbols [T, S], targets [T, S].  OUT: the mean loss, then the gradient.
static int
run_case(const char* const in, const char* const out)
{
  uint32_t    number[6];
  FILE* const from = fopen(in, "rb");
  FILE* const to   = fopen(out, "wb");
  CHECK(from && to);
  read_words(from, number, 6);

  const uint32_t* const size    = number + 1;
  const RemNetSpec      spec    = {.cell      = (RemCell)number[0],
                                   .n_in      = 1U,
                                   .n_hidden  = size[1],
                                   .n_layers  = size[2],
                                   .n_out     = size[0],
                                   .n_symbols = size[0]};
  const size_t          n       = rem_net_n_params(&spec);
  const size_t          rows    = (size_t)size[3] * size[4];
  float* const          params  = (float*)allocate(n, sizeof(float));
  uint32_t* const       targets = (uint32_t*)allocate(rows, sizeof(uint32_t));
  RemBpttNet* const     net     = rem_bptt_net_new(&spec);
  CHECK(net);
  RemWindow* const window = rem_window_new(net, size[4], size[3]);
  float* const     state =
    (float*)allocate(size[4] * rem_net_n_state(&spec), sizeof(float));
  float* const packed =
    (float*)allocate(rem_bptt_net_n_gradient(net), sizeof(float));
  CHECK(window);
  read_words(from, params, n);
  read_words(from, targets, rows);
  for (size_t i = 0; i < rows; ++i) {
    rem_window_input(window)[i] = (float)targets[i];
  }
  read_words(from, targets, rows);

  rem_bptt_net_set(net, params);
  rem_window_forward(window, size[4], size[3], state);
  const float loss =
    (float)(rem_cross_entropy(rem_window_output(window),
                              targets,
                              rows,
                              spec.n_out,
                              1.0 / (double)rows,
                              rem_window_output_gradient(window)) /
            (double)rows);
  rem_window_backward(window, packed);
  rem_bptt_net_unpack(net, packed, params); // Not needed any more
  CHECK(fwrite(&loss, sizeof(loss), 1, to) == 1);
  CHECK(fwrite(params, sizeof(float), n, to) == n);

  rem_window_free(window);
  rem_bptt_net_free(net);
  free(packed);
  free(state);
  free(targets);
  free(params);
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
  test_cross_entropy();
  test_not_finite();
  for (size_t i = 0; i < sizeof(isas) / sizeof(*isas); ++i) {
    if (rem_kernel_find(isas[i])) {
      CHECK(!setenv("REMANENCE_ISA", isas[i], 1));
      for (size_t k = 0; k < sizeof(cases) / sizeof(*cases); ++k) {
        test_case(&cases[k]);
      }
    }
  }
  return 0;
}

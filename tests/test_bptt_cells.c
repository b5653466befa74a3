// SPDX-License-Identifier: ISC

/// Backpropagation through time of every cell, of frames that begin with a
/// symbol, of heads that see all layers and of initial states: against finite
/// differences of the equations of dsp/net.h in double.

#include "dsp/denormal.h"
#include "dsp/kernel/kernel.h"
#include "dsp/net.h"
#include "offline_trainer/bptt/bptt.h"
#include "tests/check.h"
#include "tests/reference.h"

#include <string.h>

// Streams: more than a tile of rows holds, and not a multiple of anything
enum { N_STEPS = 7, N_STREAMS = 3, MAX_STATE = 1024 };

static const char* const isas[] = {"generic", "avx2", "avx512", "neon"};

/// What a net is besides its cell, and every how many parameters are checked
typedef struct {
  uint32_t n_in;
  uint32_t n_hidden;
  uint32_t n_layers;
  uint32_t n_out;
  uint32_t n_symbols;
  RemTake  take;
  RemHead  head;
  bool     skip;
  size_t   stride;
} Shape;

// Sizes are beside 4, 8, 16 and panels of 128
static const Shape shapes[] = {
  {1, 1, 1, 1, 0, REM_TAKE_LAST, REM_HEAD_LINEAR, true, 1},
  {3, 5, 2, 2, 0, REM_TAKE_LAST, REM_HEAD_LINEAR, true, 1},
  {2, 23, 1, 3, 0, REM_TAKE_LAST, REM_HEAD_LINEAR, false, 23},
  {2, 12, 3, 17, 0, REM_TAKE_CONCAT, REM_HEAD_SOFTMAX, false, 31},
  {2, 6, 3, 1, 0, REM_TAKE_AVERAGE, REM_HEAD_LINEAR, true, 5},
  {1, 9, 2, 20, 7, REM_TAKE_LAST, REM_HEAD_SOFTMAX, false, 17},
  {3, 6, 2, 4, 5, REM_TAKE_CONCAT, REM_HEAD_SIGMOID, false, 7},
  {3, 131, 2, 2, 0, REM_TAKE_LAST, REM_HEAD_LINEAR, false, 4001},
  {2, 7, 2, 14, 0, REM_TAKE_CONCAT, REM_HEAD_NONE, false, 7},
};

static const RemCell cells[] = {REM_CELL_LSTM,
                                REM_CELL_GRU,
                                REM_CELL_RNN_TANH,
                                REM_CELL_RNN_SIGMOID,
                                REM_CELL_RNN_LINEAR,
                                REM_CELL_FORWARD};

static void*
allocate(const size_t n, const size_t size)
{
  void* const p = calloc(n, size);
  CHECK(p);
  return p;
}

/// Number `j` of a frame of stream `s`, a different one for each
static float
input_at(const RemNetSpec* const spec,
         const uint32_t          s,
         const uint32_t          t,
         const uint32_t          j)
{
  uint32_t seed = 1U + s * 7919U + t * 104729U + j * 15485863U;
  (void)noise(&seed);
  (void)noise(&seed);
  return !j && spec->n_symbols ? (float)((seed >> 8U) % spec->n_symbols)
                               : noise(&seed);
}

static float
dy_at(const uint32_t s, const uint32_t t, const uint32_t o)
{
  const RemNetSpec any = {.n_symbols = 0U};
  return input_at(&any, s + 100U, t, o);
}

/// Where in a window the last layer's h is moved, and by how much
typedef struct {
  uint32_t t;
  uint32_t j;
  double   by;
} Push;

/// The loss sum(dy * y) of one stream's window, of its steps from `from` on;
/// `state` is updated, `y` [T, O] is what it gave
static double
run_stream(const RemNetSpec* const spec,
           const double* const     params,
           double* const           state,
           const uint32_t          s,
           const uint32_t          from,
           const Push* const       push,
           double* const           y)
{
  double x[REM_MAX_IN], loss = 0.0;
  for (uint32_t t = 0; t < N_STEPS; ++t) {
    for (uint32_t j = 0; j < spec->n_in; ++j) {
      x[j] = (double)input_at(spec, s, t, j);
    }
    double* const at = y + (size_t)t * spec->n_out;
    rem_reference_step(spec, params, state, x, at);
    for (uint32_t o = 0; t >= from && o < spec->n_out; ++o) {
      loss += (double)dy_at(s, t, o) * at[o];
    }
    if (push && push->t == t) {
      state[(size_t)2 * (spec->n_layers - 1U) * spec->n_hidden + push->j] +=
        push->by;
    }
  }
  return loss;
}

/// What a case is made of
typedef struct {
  const RemNetSpec* spec;
  size_t            n;       ///< Parameters
  size_t            n_state; ///< Of a stream
  float*            params;
  float*            state;  ///< [S, n_state] before the window
  double*           wide;   ///< [n] parameters in double
  double*           before; ///< [S, n_state] in double
  double*           y;      ///< [T, O] of one stream
  RemBpttNet*       net;
  RemWindow*        window;
  float*            packed;
  float*            grad;    ///< [n]
  float*            initial; ///< [S, n_state] gradient by `before`
} Fixture;

/// Whether a cell has a second memory
static bool
has_second(const RemCell cell)
{
  return cell != REM_CELL_GRU && cell != REM_CELL_FORWARD;
}

static Fixture
set_up(const RemNetSpec* const spec)
{
  const size_t n       = rem_net_n_params(spec);
  const size_t n_state = rem_net_n_state(spec);
  const size_t n_all   = N_STREAMS * n_state;
  const size_t n_y     = (size_t)N_STEPS * spec->n_out;
  Fixture      f       = {.spec    = spec,
                          .n       = n,
                          .n_state = n_state,
                          .params  = (float*)allocate(n, sizeof(float)),
                          .state   = (float*)allocate(n_all, sizeof(float)),
                          .wide    = (double*)allocate(n, sizeof(double)),
                          .before  = (double*)allocate(n_all, sizeof(double)),
                          .y       = (double*)allocate(n_y, sizeof(double)),
                          .net     = rem_bptt_net_new(spec),
                          .grad    = (float*)allocate(n, sizeof(float)),
                          .initial = (float*)allocate(n_all, sizeof(float))};
  uint32_t     seed    = 77U;
  CHECK(f.net && n_state <= MAX_STATE);
  f.packed = (float*)allocate(rem_bptt_net_n_gradient(f.net), sizeof(float));
  f.window = rem_window_new(f.net, N_STREAMS + 1, N_STEPS + 2);
  CHECK(f.window);
  random_params(
    spec, f.params, fminf(0.7f, 1.0f / sqrtf((float)spec->n_hidden)), 21U);
  rem_bptt_net_set(f.net, f.params);
  for (size_t i = 0; i < n; ++i) {
    f.wide[i] = (double)f.params[i];
  }
  for (size_t i = 0; i < n_all; ++i) {
    const bool first = i / spec->n_hidden % 2U == 0U;
    f.state[i]       = first || has_second(spec->cell) ? noise(&seed) : 0.0f;
    f.before[i]      = (double)f.state[i];
  }
  return f;
}

static void
tear_down(const Fixture* const f)
{
  rem_window_free(f->window);
  rem_bptt_net_free(f->net);
  free(f->params);
  free(f->state);
  free(f->wide);
  free(f->before);
  free(f->y);
  free(f->packed);
  free(f->grad);
  free(f->initial);
}

static void
run(const Fixture* const f)
{
  const RemNetSpec* const spec = f->spec;
  float*                  x    = rem_window_input(f->window);
  float*                  dy   = rem_window_output_gradient(f->window);
  for (uint32_t t = 0; t < N_STEPS; ++t) {
    for (uint32_t s = 0; s < N_STREAMS; ++s) {
      for (uint32_t j = 0; j < spec->n_in; ++j) {
        *x++ = input_at(spec, s, t, j);
      }
      for (uint32_t o = 0; o < spec->n_out; ++o) {
        *dy++ = dy_at(s, t, o);
      }
    }
  }
  rem_window_forward(f->window, N_STREAMS, N_STEPS, f->state);
  rem_window_backward(f->window, f->packed);
  rem_bptt_net_unpack(f->net, f->packed, f->grad);
  rem_window_initial_gradient(f->window, f->initial);
}

/// The loss of stream `s`, from its state before the window
static double
loss_of(const Fixture* const f, const uint32_t s, const uint32_t from)
{
  double state[MAX_STATE];
  memcpy(state, f->before + s * f->n_state, f->n_state * sizeof(double));
  return run_stream(f->spec, f->wide, state, s, from, NULL, f->y);
}

/// By how much a number misses, by its size where that is more than 1
static double
miss(const double got, const double expected)
{
  return fabs(got - expected) / fmax(1.0, fabs(expected));
}

/// Outputs and last states: both sum up to a few hundred products in other
/// orders, a few roundings of numbers near 1, each 6e-8, over three layers
static double
check_forward(const Fixture* const f)
{
  const size_t       n_out = f->spec->n_out;
  const float* const y     = rem_window_output(f->window);
  double             worst = 0.0;
  for (uint32_t s = 0; s < N_STREAMS; ++s) {
    double state[MAX_STATE];
    memcpy(state, f->before + s * f->n_state, f->n_state * sizeof(double));
    (void)run_stream(f->spec, f->wide, state, s, 0U, NULL, f->y);
    for (size_t t = 0; t < N_STEPS; ++t) {
      for (size_t o = 0; o < n_out; ++o) {
        const double got = (double)y[(t * N_STREAMS + s) * n_out + o];
        worst            = fmax(worst, miss(got, f->y[t * n_out + o]));
      }
    }
    for (size_t i = 0; i < f->n_state; ++i) {
      const double got = (double)f->state[s * f->n_state + i];
      worst            = fmax(worst, miss(got, state[i]));
    }
  }
  return worst;
}

/// The slope of the loss of streams first..end-1 by a number in double
static double
slope_by(const Fixture* const f,
         double* const        at,
         const uint32_t       first,
         const uint32_t       end)
{
  const double eps   = 1e-5;
  const double saved = *at;
  double       slope = 0.0;
  for (uint32_t s = first; s < end; ++s) {
    *at             = saved + eps;
    const double up = loss_of(f, s, 0U);
    *at             = saved - eps;
    slope += (up - loss_of(f, s, 0U)) / (2.0 * eps);
  }
  *at = saved;
  return slope;
}

/// Central differences are good to eps^2 = 1e-10; sums of N_STREAMS * N_STEPS
/// products in float leave 1e-5 of the largest
static double
check_gradient(const Fixture* const f, const size_t stride)
{
  double worst = 0.0;
  double most  = 1.0;
  for (size_t i = stride / 2U; i < f->n; i += stride) {
    const double slope = slope_by(f, f->wide + i, 0U, N_STREAMS);
    worst              = fmax(worst, fabs(slope - (double)f->grad[i]));
    most               = fmax(most, fabs(slope));
  }
  return worst / most;
}

static double
check_initial(const Fixture* const f, const size_t stride)
{
  double worst = 0.0;
  double most  = 1.0;
  for (uint32_t s = 0; s < N_STREAMS; ++s) {
    for (size_t i = 0; i<f->n_state; i += stride> 100U ? 61U : 1U) {
      const size_t at    = s * f->n_state + i;
      const double slope = slope_by(f, f->before + at, s, s + 1U);
      worst              = fmax(worst, fabs(slope - (double)f->initial[at]));
      most               = fmax(most, fabs(slope));
    }
  }
  return worst / most;
}

/// |dL/dh|^2 of the last layer's h after step `t`, L the loss at the last step
static double
square_at(const Fixture* const f, const uint32_t t)
{
  double sum = 0.0;
  for (uint32_t s = 0; s < N_STREAMS; ++s) {
    for (uint32_t j = 0; j < f->spec->n_hidden; ++j) {
      double slope = 0.0;
      for (int way = -1; way <= 1; way += 2) {
        const Push push = {t, j, 1e-5 * way};
        double     state[MAX_STATE];
        memcpy(state, f->before + s * f->n_state, f->n_state * sizeof(double));
        slope +=
          way / 2e-5 *
          run_stream(f->spec, f->wide, state, s, N_STEPS - 1U, &push, f->y);
      }
      sum += slope * slope;
    }
  }
  return sum / N_STREAMS;
}

/// How far back a loss is heard; what h does at its own step goes by the head,
/// which a push behind it does not see
static double
check_probe(const Fixture* const f)
{
  double squares[N_STEPS] = {0.0};
  double worst            = 0.0;
  rem_window_probe(f->window, f->packed, squares);
  CHECK(squares[0] > 0.0);
  for (uint32_t d = 1; d < N_STEPS; ++d) {
    const double expected = square_at(f, N_STEPS - 1U - d);
    worst = fmax(worst, fabs(squares[d] - expected) / fmax(1.0, expected));
  }
  return worst;
}

static void
test_case(const RemCell cell, const Shape* const shape)
{
  const RemNetSpec spec = {.cell      = cell,
                           .head      = shape->head,
                           .n_in      = shape->n_in,
                           .n_hidden  = shape->n_hidden,
                           .n_layers  = shape->n_layers,
                           .n_out     = shape->n_out,
                           .skip      = shape->skip,
                           .n_symbols = shape->n_symbols,
                           .take      = shape->take};
  RemError         error;
  CHECK(!rem_net_spec_check(&spec, &error));
  const Fixture f = set_up(&spec);
  run(&f);
  const double forward  = check_forward(&f);
  const double gradient = check_gradient(&f, shape->stride);
  const double initial  = check_initial(&f, shape->stride);
  const double probe    = spec.n_hidden < 100U ? check_probe(&f) : 0.0;
  printf("%s: %s %u x %u, %u in, %u out: forward %.1g, gradient %.1g, initial "
         "%.1g, probe %.1g\n",
         rem_net_isa(),
         rem_cell_name(cell),
         spec.n_layers,
         spec.n_hidden,
         spec.n_in,
         spec.n_out,
         forward,
         gradient,
         initial,
         probe);
  CHECK(forward < 4e-6);
  CHECK(gradient < 1e-5 && initial < 1e-5 && probe < 1e-5);
  tear_down(&f);
}

int
main(void)
{
  rem_denormals_off();
  for (size_t i = 0; i < sizeof(isas) / sizeof(*isas); ++i) {
    if (rem_kernel_find(isas[i])) {
      CHECK(!setenv("REMANENCE_ISA", isas[i], 1));
      for (size_t c = 0; c < sizeof(cells) / sizeof(*cells); ++c) {
        for (size_t k = 0; k < sizeof(shapes) / sizeof(*shapes); ++k) {
          test_case(cells[c], &shapes[k]);
        }
      }
    }
  }
  return 0;
}

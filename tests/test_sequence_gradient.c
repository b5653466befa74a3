// SPDX-License-Identifier: ISC

// Whole sequences in training against plain loops in double: outputs, and
// gradients by central differences, of every cell, direction, way to take,
// beginning, encoder and attention.  With two arguments, IN and OUT, it is what
// test_torch_sequence.py runs.

#include "offline_trainer/sequence/sequence.h"
#include "tests/sequence_reference.h"

#include <stdio.h>
#include <string.h>

enum { MAX_STREAMS = 8, MAX_STEPS = 12, MAX_ENCODER_STEPS = 9 };

/// A net and a batch, in float and in double
typedef struct {
  RemSequenceSpec spec;
  uint32_t        n_own; ///< Columns of a frame but attention's
  size_t          n_params;
  float*          params;
  double*         exact; ///< The same
  RemSequenceNet* net;
  RemSequenceRun* run;
  double*         x;         ///< [S, T, n_own]
  double*         encoder_x; ///< [S, T', I']
  double*         condition; ///< [S, n_condition]
  double*         by;        ///< [S, T, O] the loss is the sum of these times y
  float*          grad;
} Case;

/// A number of a frame: a symbol or noise
static double
draw(const RemNetSpec* const spec, const uint32_t column, uint32_t* const seed)
{
  const float u = noise(seed);
  return spec->n_symbols && !column
           ? floor(0.5 * (1.0 + (double)u) * spec->n_symbols)
           : (double)u;
}

/// Draw sequences of all lengths, one after the other
static double*
draw_sequences(const RemNetSpec* const spec,
               const uint32_t          n_columns,
               const uint32_t          max_steps,
               uint32_t                seed)
{
  const size_t  n = (size_t)MAX_STREAMS * max_steps * n_columns;
  double* const x = slow_doubles(n);
  for (size_t i = 0; n_columns && i < n; ++i) {
    x[i] = draw(spec, (uint32_t)(i % n_columns), &seed);
  }
  return x;
}

/// Copy sequences to a batch, and what must not be seen behind their ends
static void
put_sequences(const double* const   from,
              const uint32_t        n_columns,
              const uint32_t        n,
              const uint32_t        n_steps,
              const uint32_t        max_steps,
              const uint32_t* const lengths,
              float* const          to)
{
  for (uint32_t s = 0; s < n; ++s) {
    for (uint32_t t = 0; t < n_steps; ++t) {
      for (uint32_t i = 0; i < n_columns; ++i) {
        to[((size_t)t * n + s) * n_columns + i] =
          t < lengths[s]
            ? (float)from[((size_t)s * max_steps + t) * n_columns + i]
            : NAN;
      }
    }
  }
}

static uint32_t
longest(const uint32_t* const lengths, const uint32_t n)
{
  uint32_t most = 0U;
  for (uint32_t s = 0; s < n; ++s) {
    most = lengths[s] > most ? lengths[s] : most;
  }
  return most;
}

static void
fill_batch(Case* const c, const uint32_t n)
{
  const RemNetSpec* const net   = &c->spec.net;
  RemSequenceBatch* const batch = rem_sequence_batch(c->run);
  const bool              pair  = c->spec.encoder.n_hidden > 0U;
  batch->n                      = n;
  for (uint32_t s = 0; s < n; ++s) {
    batch->lengths[s] = 1U + (s * 5U + 6U) % 7U;
    if (pair) {
      batch->encoder_lengths[s] = 1U + (s * 3U + 4U) % 6U;
    }
  }
  batch->n_steps = longest(batch->lengths, n);
  put_sequences(
    c->x, c->n_own, n, batch->n_steps, MAX_STEPS, batch->lengths, batch->x);
  if (pair) {
    batch->n_encoder_steps = longest(batch->encoder_lengths, n);
    put_sequences(c->encoder_x,
                  c->spec.encoder.n_in,
                  n,
                  batch->n_encoder_steps,
                  MAX_ENCODER_STEPS,
                  batch->encoder_lengths,
                  batch->encoder_x);
  }
  CHECK(!batch->condition == (pair || !net->n_condition));
  for (uint32_t s = 0; batch->condition && s < n; ++s) {
    for (uint32_t i = 0; i < net->n_condition; ++i) {
      batch->condition[(size_t)s * net->n_condition + i] =
        (float)c->condition[(size_t)s * net->n_condition + i];
    }
  }
}

static void
open_case(Case* const c, const RemSequenceSpec* const spec, const uint32_t n)
{
  RemError error = {REM_SUCCESS, "", ""};
  uint32_t seed  = 77U;
  *c             = (Case){.spec = *spec};
  CHECK(!rem_sequence_spec_check(spec, &error));
  c->n_own = spec->net.n_in -
             (spec->n_attention ? rem_net_n_features(&spec->encoder) : 0U);
  c->n_params = rem_sequence_n_params(spec);
  c->params   = (float*)calloc(c->n_params, sizeof(float));
  c->grad     = (float*)calloc(c->n_params, sizeof(float));
  c->exact    = slow_doubles(c->n_params);
  c->net      = rem_sequence_net_new(spec);
  c->run =
    rem_sequence_run_new(c->net, MAX_STREAMS, MAX_STEPS, MAX_ENCODER_STEPS);
  CHECK(c->params && c->grad && c->net && c->run);
  for (size_t i = 0; i < c->n_params; ++i) {
    c->params[i] = 0.6f * noise(&seed);
    c->exact[i]  = (double)c->params[i];
  }
  rem_sequence_net_set(c->net, c->params);
  c->x = draw_sequences(&spec->net, c->n_own, MAX_STEPS, 5U);
  c->encoder_x =
    draw_sequences(&spec->encoder, spec->encoder.n_in, MAX_ENCODER_STEPS, 6U);
  c->condition = draw_sequences(&spec->net, spec->net.n_condition, 1U, 7U);
  c->by = slow_doubles((size_t)MAX_STREAMS * MAX_STEPS * spec->net.n_out);
  for (size_t i = 0; i < (size_t)MAX_STREAMS * MAX_STEPS * spec->net.n_out;
       ++i) {
    c->by[i] = (double)noise(&seed);
  }
  fill_batch(c, n);
}

static void
close_case(Case* const c)
{
  rem_sequence_run_free(c->run);
  rem_sequence_net_free(c->net);
  free(c->params);
  free(c->grad);
  free(c->exact);
  free(c->x);
  free(c->encoder_x);
  free(c->condition);
  free(c->by);
}

/// Return where output `o` of a sequence at a step stands in the trainer's
static size_t
output_at(const Case* const c,
          const uint32_t    s,
          const uint32_t    t,
          const uint32_t    o)
{
  const uint32_t n = rem_sequence_batch(c->run)->n;
  return ((size_t)t * n + s) * c->spec.net.n_out + o;
}

/// The loss of sequence `s`, exactly; outputs go to `y` if there is room
static double
slow_loss(const Case* const c,
          const uint32_t    s,
          const Poke* const poke,
          double* const     out)
{
  const RemNetSpec* const       net      = &c->spec.net;
  const RemSequenceBatch* const batch    = rem_sequence_batch(c->run);
  const bool                    pair     = c->spec.encoder.n_hidden > 0U;
  const size_t                  n_in     = c->spec.encoder.n_in;
  const SlowSequence            sequence = {
               batch->lengths[s],
               c->x + (size_t)s * MAX_STEPS * c->n_own,
               c->condition + (size_t)s * net->n_condition,
    pair ? batch->encoder_lengths[s] : 0U,
    pair ? c->encoder_x + (size_t)s * MAX_ENCODER_STEPS * n_in : NULL};
  const size_t  n    = (net->whole ? 1U : (size_t)sequence.n) * net->n_out;
  double* const y    = slow_doubles(n);
  double        loss = 0.0;
  slow_sequence(&c->spec, c->exact, &sequence, poke, y);
  for (size_t i = 0; i < n; ++i) {
    loss += c->by[(size_t)s * MAX_STEPS * net->n_out + i] * y[i];
  }
  if (out) {
    memcpy(out, y, n * sizeof(double));
  }
  free(y);
  return loss;
}

/// Outputs are those of plain loops; the gradient of the loss is set
static void
check_outputs(Case* const c)
{
  const RemNetSpec* const       net   = &c->spec.net;
  const RemSequenceBatch* const batch = rem_sequence_batch(c->run);
  const float* const            y     = rem_sequence_output(c->run);
  float* const                  dy    = rem_sequence_output_gradient(c->run);
  double* const exact = slow_doubles((size_t)MAX_STEPS * net->n_out);
  double        worst = 0.0;
  for (uint32_t s = 0; s < batch->n; ++s) {
    const uint32_t n = net->whole ? 1U : batch->lengths[s];
    (void)slow_loss(c, s, NULL, exact);
    for (uint32_t t = 0; t < n; ++t) {
      for (uint32_t o = 0; o < net->n_out; ++o) {
        const size_t at = output_at(c, s, t, o);
        const size_t i  = (size_t)t * net->n_out + o;
        worst           = fmax(worst, fabs((double)y[at] - exact[i]));
        dy[at]          = (float)c->by[(size_t)s * MAX_STEPS * net->n_out + i];
      }
    }
    for (uint32_t t = n; !net->whole && t < batch->n_steps; ++t) {
      for (uint32_t o = 0; o < net->n_out; ++o) {
        dy[output_at(c, s, t, o)] = NAN; // Never seen
      }
    }
  }
  free(exact);
  fprintf(stderr, "  outputs %.1e", worst);
  CHECK(worst < 3e-6);
}

static void
go_back(const Case* const c, float* const grad)
{
  const size_t n      = rem_sequence_net_n_gradient(c->net);
  float* const packed = (float*)calloc(n, sizeof(float));
  CHECK(packed);
  rem_sequence_backward(c->run, packed);
  rem_sequence_net_unpack(c->net, packed, grad);
  free(packed);
}

static double
slow_losses(const Case* const c)
{
  double loss = 0.0;
  for (uint32_t s = 0; s < rem_sequence_batch(c->run)->n; ++s) {
    loss += slow_loss(c, s, NULL, NULL);
  }
  return loss;
}

/// Some of the parameters' derivatives are those of central differences
static void
check_gradient(Case* const c)
{
  enum { TRIES = 150 };
  const size_t step  = c->n_params < TRIES ? 1U : c->n_params / TRIES;
  double       worst = 0.0;
  double       most  = 0.0;
  for (size_t i = 0; i < c->n_params; i += step) {
    const double before = c->exact[i];
    const double by     = 1e-5;
    c->exact[i]         = before + by;
    const double above  = slow_losses(c);
    c->exact[i]         = before - by;
    const double below  = slow_losses(c);
    c->exact[i]         = before;
    const double exact  = (above - below) / (2.0 * by);
    worst               = fmax(worst, fabs((double)c->grad[i] - exact));
    most                = fmax(most, fabs(exact));
  }
  fprintf(stderr, ", gradient %.1e of %.1e\n", worst, most);
  CHECK(worst < 1e-5 * most);
}

static const RemNetSpec small = {.n_in     = 3U,
                                 .n_hidden = 5U,
                                 .n_layers = 1U,
                                 .n_out    = 3U};

/// Everything about a shape
static void
check_spec(const char* const            what,
           const RemSequenceSpec* const spec,
           const uint32_t               n)
{
  Case c;
  fprintf(stderr, "%s:", what);
  open_case(&c, spec, n);
  rem_sequence_forward(c.run, NULL);
  check_outputs(&c);
  go_back(&c, c.grad);
  check_gradient(&c);
  close_case(&c);
}

/// Every cell, from every beginning, in stacks of both directions
static void
test_cells(void)
{
  static const RemCell cells[] = {REM_CELL_LSTM,
                                  REM_CELL_GRU,
                                  REM_CELL_RNN_TANH,
                                  REM_CELL_RNN_SIGMOID,
                                  REM_CELL_RNN_LINEAR,
                                  REM_CELL_FORWARD};
  for (size_t i = 0; i < sizeof(cells) / sizeof(*cells); ++i) {
    RemSequenceSpec spec = {.net = small};
    spec.net.cell        = cells[i];
    check_spec(rem_cell_name(cells[i]), &spec, 6U);
    spec.net.n_layers = 2U;
    spec.net.both     = true;
    spec.net.initial  = REM_INITIAL_LEARNED;
    check_spec("  both, learned", &spec, 6U);
    spec.net.whole       = true;
    spec.net.take        = REM_TAKE_CONCAT;
    spec.net.initial     = REM_INITIAL_VECTOR;
    spec.net.n_condition = 3U;
    check_spec("  both, whole, concat, vector", &spec, 6U);
  }
}

/// Ways to take, sizes on both sides of vectors, symbols, skip, no head
static void
test_shapes(void)
{
  RemSequenceSpec spec = {.net = small};
  spec.net.n_layers    = 3U;
  spec.net.take        = REM_TAKE_AVERAGE;
  check_spec("average", &spec, 6U);
  spec.net.take = REM_TAKE_CONCAT;
  check_spec("concat", &spec, 6U);
  spec.net.both     = true;
  spec.net.n_hidden = 17U;
  spec.net.n_out    = 4U;
  check_spec("concat, both, 17 units", &spec, 7U);
  spec.net.take  = REM_TAKE_LAST;
  spec.net.head  = REM_HEAD_NONE;
  spec.net.n_out = 34U;
  check_spec("no head", &spec, 3U);
  spec          = (RemSequenceSpec){.net = small};
  spec.net.skip = true;
  check_spec("skip", &spec, 8U);
  spec.net.skip      = false;
  spec.net.n_symbols = 9U;
  check_spec("symbols and columns", &spec, 8U);
  spec.net.n_in  = 1U;
  spec.net.both  = true;
  spec.net.whole = true;
  check_spec("symbols, whole", &spec, 8U);
  spec.net.n_hidden = 132U; // Panels
  check_spec("132 units", &spec, 2U);
}

/// A decoder of `n_layers` and its encoder
static RemSequenceSpec
pair_of(const RemCell cell, const uint32_t n_attention)
{
  RemSequenceSpec spec  = {.net = small, .encoder = small};
  spec.net.cell         = cell;
  spec.net.n_symbols    = 7U;
  spec.net.initial      = REM_INITIAL_VECTOR;
  spec.encoder.cell     = cell;
  spec.encoder.head     = REM_HEAD_NONE;
  spec.encoder.n_hidden = 6U;
  spec.encoder.n_layers = 2U;
  spec.encoder.both     = n_attention > 0U;
  spec.encoder.n_out    = rem_net_n_features(&spec.encoder);
  spec.net.n_condition  = rem_encoder_n_condition(&spec.encoder);
  spec.n_attention      = n_attention;
  spec.net.n_in = 2U + (n_attention ? rem_net_n_features(&spec.encoder) : 0U);
  return spec;
}

static void
test_encoders(void)
{
  RemSequenceSpec spec = pair_of(REM_CELL_LSTM, 0U);
  check_spec("encoder", &spec, 6U);
  spec.encoder.initial = REM_INITIAL_LEARNED;
  spec.encoder.both    = true;
  spec.encoder.n_out   = rem_net_n_features(&spec.encoder);
  spec.net.n_condition = rem_encoder_n_condition(&spec.encoder);
  check_spec("encoder, both, learned", &spec, 6U);
  spec = pair_of(REM_CELL_LSTM, 5U);
  check_spec("attention", &spec, 6U);
  spec              = pair_of(REM_CELL_GRU, 17U);
  spec.net.n_layers = 2U;
  check_spec("attention, GRU, 2 layers", &spec, 6U);
  spec = pair_of(REM_CELL_RNN_TANH, 4U);
  check_spec("attention, RNN", &spec, 6U);
  spec               = pair_of(REM_CELL_LSTM, 16U);
  spec.net.n_layers  = 3U;
  spec.net.take      = REM_TAKE_CONCAT;
  spec.encoder.take  = REM_TAKE_CONCAT;
  spec.net.n_in      = 2U + rem_net_n_features(&spec.encoder);
  spec.encoder.n_out = rem_net_n_features(&spec.encoder);
  check_spec("attention, concat", &spec, 8U);
  spec                 = pair_of(REM_CELL_LSTM, 8U);
  spec.encoder.both    = false;
  spec.encoder.n_out   = rem_net_n_features(&spec.encoder);
  spec.net.n_condition = rem_encoder_n_condition(&spec.encoder);
  spec.net.n_in        = 1U + spec.encoder.n_out;
  check_spec("attention, forward encoder", &spec, 6U);
}

/// Rows of attention are shares of what is there
static void
test_attention_rows(void)
{
  Case                  c;
  const RemSequenceSpec spec = pair_of(REM_CELL_LSTM, 5U);
  open_case(&c, &spec, 6U);
  rem_sequence_forward(c.run, NULL);
  const RemSequenceBatch* const batch = rem_sequence_batch(c.run);
  const float*                  a     = rem_sequence_attention(c.run);
  for (uint32_t r = 0; r < batch->n_steps * batch->n; ++r) {
    const uint32_t n   = batch->encoder_lengths[r % batch->n];
    float          sum = 0.0f;
    for (uint32_t j = 0; j < batch->n_encoder_steps; ++j, ++a) {
      CHECK(*a >= 0.0f && (j < n || *a == 0.0f));
      sum += *a;
    }
    CHECK(fabsf(sum - 1.0f) < 1e-6f);
  }
  close_case(&c);
}

/// Put the first output in place of the second column of the next frame
static void
feed(void* const handle, const uint32_t t, const float* const y, float* const x)
{
  const Case* const c = (const Case*)handle;
  const uint32_t    n = rem_sequence_batch(c->run)->n;
  CHECK(t + 1U < rem_sequence_batch(c->run)->n_steps);
  for (uint32_t s = 0; s < n; ++s) {
    x[(size_t)s * c->n_own + 1U] = y[(size_t)s * c->spec.net.n_out];
  }
}

/// What is fed back is as good as what was there before: the same outputs and
/// the same gradient as with these very frames
static void
check_feedback(const RemSequenceSpec* const spec)
{
  Case c;
  open_case(&c, spec, 6U);
  const RemSequenceFeedback feedback = {&c, feed};
  float* const              again = (float*)calloc(c.n_params, sizeof(float));
  rem_sequence_forward(c.run, &feedback);
  const RemSequenceBatch* const batch = rem_sequence_batch(c.run);
  for (uint32_t s = 0; s < batch->n; ++s) {
    for (uint32_t t = 1U; t < batch->lengths[s]; ++t) {
      const float x = batch->x[((size_t)t * batch->n + s) * c.n_own + 1U];
      CHECK(x == rem_sequence_output(c.run)[output_at(&c, s, t - 1U, 0U)]);
      c.x[((size_t)s * MAX_STEPS + t) * c.n_own + 1U] = (double)x;
    }
  }
  check_outputs(&c);
  go_back(&c, c.grad);
  rem_sequence_forward(c.run, NULL);
  check_outputs(&c);
  go_back(&c, again);
  fprintf(stderr, " fed back\n");
  for (size_t i = 0; i < c.n_params; ++i) {
    CHECK(fabsf(again[i] - c.grad[i]) < 1e-5f);
  }
  free(again);
  close_case(&c);
}

/// The norm of dL/dh by the distance from the end is that of differences
static void
check_probe(const RemSequenceSpec* const spec)
{
  Case   c;
  double squares[MAX_STEPS] = {0.0}, exact[MAX_STEPS] = {0.0};
  open_case(&c, spec, 6U);
  rem_sequence_probe(c.run, squares);
  rem_sequence_forward(c.run, NULL);
  check_outputs(&c);
  go_back(&c, c.grad);
  const RemSequenceBatch* const batch = rem_sequence_batch(c.run);
  for (uint32_t s = 0; s < batch->n; ++s) {
    for (uint32_t t = 0; t < batch->lengths[s]; ++t) {
      for (uint32_t j = 0; j < spec->net.n_hidden; ++j) {
        const Poke   above = {s, t, j, 1e-5}, below = {s, t, j, -1e-5};
        const double d =
          (slow_loss(&c, s, &above, NULL) - slow_loss(&c, s, &below, NULL)) /
          2e-5;
        exact[batch->lengths[s] - 1U - t] += d * d;
      }
    }
  }
  for (uint32_t k = 0; k < batch->n_steps; ++k) {
    CHECK(exact[k] > 0.0 && fabs(squares[k] / exact[k] - 1.0) < 1e-4);
  }
  fprintf(stderr, " probe\n");
  close_case(&c);
}

/// Wrong shapes are refused in words
static void
test_refusals(void)
{
  RemError        error;
  RemSequenceSpec spec = pair_of(REM_CELL_LSTM, 5U);
  spec.net.both        = true;
  CHECK(rem_sequence_spec_check(&spec, &error) == REM_BAD_SHAPE);
  CHECK(strstr(error.text, "both directions"));
  spec = pair_of(REM_CELL_LSTM, 5U);
  --spec.net.n_condition;
  CHECK(rem_sequence_spec_check(&spec, &error) == REM_BAD_SHAPE);
  CHECK(strstr(error.text, "23 numbers, expected the 24"));
  spec          = pair_of(REM_CELL_LSTM, 5U);
  spec.net.n_in = 12U;
  CHECK(rem_sequence_spec_check(&spec, &error) == REM_BAD_SHAPE);
  spec                 = pair_of(REM_CELL_LSTM, 0U);
  spec.net.initial     = REM_INITIAL_REST;
  spec.net.n_condition = 0U;
  CHECK(rem_sequence_spec_check(&spec, &error) == REM_BAD_SHAPE);
  spec          = (RemSequenceSpec){.net = small};
  spec.net.cell = REM_CELL_RNN_THRESHOLD;
  CHECK(rem_sequence_spec_check(&spec, &error) == REM_UNSUPPORTED);
  CHECK(strstr(error.text, "threshold"));
  spec.net.cell    = REM_CELL_LSTM;
  spec.n_attention = 3U;
  CHECK(rem_sequence_spec_check(&spec, &error) == REM_BAD_SHAPE);
}

/// Read or write all, or fail
static void
move(void* const data, const size_t size, FILE* const file, const bool out)
{
  CHECK((out ? fwrite(data, 1U, size, file) : fread(data, 1U, size, file)) ==
        size);
}

static RemNetSpec
read_spec(FILE* const file)
{
  uint32_t n[12];
  move(n, sizeof(n), file, false);
  return (RemNetSpec){.cell        = (RemCell)n[0],
                      .head        = (RemHead)n[1],
                      .n_in        = n[2],
                      .n_hidden    = n[3],
                      .n_layers    = n[4],
                      .n_out       = n[5],
                      .n_symbols   = n[6],
                      .take        = (RemTake)n[7],
                      .both        = n[8],
                      .whole       = n[9],
                      .initial     = (RemInitial)n[10],
                      .n_condition = n[11]};
}

/// Read nets and a batch, write outputs and the gradient of their sum times
/// what else was read
static int
answer(const char* const in, const char* const out)
{
  FILE* const     from = fopen(in, "rb");
  FILE* const     to   = fopen(out, "wb");
  RemSequenceSpec spec;
  uint32_t        n[4]; // A, S, T, T'
  CHECK(from && to);
  spec.net     = read_spec(from);
  spec.encoder = read_spec(from);
  move(n, sizeof(n), from, false);
  spec.n_attention        = n[0];
  const size_t   n_params = rem_sequence_n_params(&spec);
  const size_t   rows     = spec.net.whole ? n[1] : (size_t)n[1] * n[2];
  const uint32_t n_own =
    spec.net.n_in - (n[0] ? rem_net_n_features(&spec.encoder) : 0U);
  RemSequenceNet*   net    = rem_sequence_net_new(&spec);
  RemSequenceRun*   run    = rem_sequence_run_new(net, n[1], n[2], n[3]);
  RemSequenceBatch* batch  = rem_sequence_batch(run);
  float* const      params = (float*)calloc(n_params, sizeof(float));
  float* const      packed =
    (float*)calloc(rem_sequence_net_n_gradient(net), sizeof(float));
  CHECK(params && packed);
  batch->n               = n[1];
  batch->n_steps         = n[2];
  batch->n_encoder_steps = n[3];
  move(params, n_params * sizeof(float), from, false);
  move(batch->lengths, n[1] * sizeof(uint32_t), from, false);
  move(batch->x, (size_t)n[1] * n[2] * n_own * sizeof(float), from, false);
  if (n[3]) {
    move(batch->encoder_lengths, n[1] * sizeof(uint32_t), from, false);
    move(batch->encoder_x,
         (size_t)n[1] * n[3] * spec.encoder.n_in * sizeof(float),
         from,
         false);
  }
  rem_sequence_net_set(net, params);
  rem_sequence_forward(run, NULL);
  float* const dy = rem_sequence_output_gradient(run);
  move(dy, rows * spec.net.n_out * sizeof(float), from, false);
  rem_sequence_backward(run, packed);
  rem_sequence_net_unpack(net, packed, params);
  float* const y =
    run ? (float*)calloc(rows, spec.net.n_out * sizeof(float)) : NULL;
  CHECK(y);
  memcpy(y, rem_sequence_output(run), rows * spec.net.n_out * sizeof(float));
  move(y, rows * spec.net.n_out * sizeof(float), to, true);
  move(params, n_params * sizeof(float), to, true);
  CHECK(!fclose(from) && !fclose(to));
  rem_sequence_run_free(run);
  rem_sequence_net_free(net);
  free(params);
  free(packed);
  free(y);
  return 0;
}

int
main(int argc, char** argv)
{
  if (argc == 3) {
    return answer(argv[1], argv[2]);
  }
  test_refusals();
  test_cells();
  test_shapes();
  test_encoders();
  test_attention_rows();
  RemSequenceSpec spec = {.net = small};
  check_feedback(&spec);
  check_probe(&spec);
  spec = pair_of(REM_CELL_LSTM, 5U);
  check_feedback(&spec);
  check_probe(&spec);
  return 0;
}

// SPDX-License-Identifier: ISC

// Whole sequences in training against plain loops in double: outputs, and
// gradients by central differences, of every cell, direction, way to take,
// beginning, encoder and attention.  With arguments, IN, OUT and TIMES, it is
// what test_torch_sequence.py and bench/torch_sequence.py run.

#include "offline_trainer/sequence/sequence.h"
#include "tests/sequence_answer.h"
#include "tests/sequence_case.h"

#include <stdio.h>
#include <string.h>

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

/// About half of the features are dropped, the others count twice, and so it is
/// on the way back; `spec` has no head
static void
check_dropout(const RemSequenceSpec* const spec)
{
  Case         c;
  const size_t n_y = (size_t)MAX_STREAMS * MAX_STEPS * spec->net.n_out;
  float        by[MAX_STREAMS * MAX_STEPS * 40];
  uint32_t     n_dropped = 0U, n_seen = 0U;
  CHECK(spec->net.n_out <= 40U);
  open_case(&c, spec, MAX_STREAMS);
  float* const again = (float*)calloc(c.n_params, sizeof(float));
  CHECK(again && rem_sequence_set_dropout(c.run, 0.5));
  float* const       dy = rem_sequence_output_gradient(c.run);
  const float* const y  = rem_sequence_output(c.run);
  rem_sequence_set_seed(c.run, 5U);
  rem_sequence_forward(c.run, NULL);
  memcpy(by, y, n_y * sizeof(float));
  for (size_t i = 0; i < n_y; ++i) {
    dy[i] = (float)c.by[i];
  }
  go_back(&c, c.grad);
  CHECK(rem_sequence_set_dropout(c.run, 0.0));
  rem_sequence_forward(c.run, NULL);
  for (size_t i = 0; i < n_y; ++i) {
    n_seen += y[i] != 0.0f;
    n_dropped += y[i] != 0.0f && by[i] == 0.0f;
    CHECK(by[i] == 0.0f || fabsf(by[i] - 2.0f * y[i]) < 1e-6f);
    dy[i] = by[i] == 0.0f ? 0.0f : 2.0f * (float)c.by[i];
  }
  go_back(&c, again);
  fprintf(stderr, "%u of %u dropped\n", n_dropped, n_seen);
  CHECK(n_dropped > n_seen * 2U / 5U && n_dropped < n_seen * 3U / 5U);
  for (size_t i = 0; i < c.n_params; ++i) {
    CHECK(fabsf(again[i] - c.grad[i]) < 1e-5f);
  }
  free(again);
  close_case(&c);
}

static void
test_dropout(void)
{
  RemSequenceSpec spec = {.net = small};
  spec.net.head        = REM_HEAD_NONE;
  spec.net.n_hidden    = 18U;
  spec.net.n_out       = 18U;
  check_dropout(&spec);
  spec.net.both  = true;
  spec.net.n_out = 36U;
  check_dropout(&spec);
}

int
main(int argc, char** argv)
{
  if (argc >= 3) {
    return answer(
      argv[1], argv[2], argc > 3 ? (uint32_t)strtoul(argv[3], NULL, 10) : 1U);
  }
  test_cells();
  test_shapes();
  test_encoders();
  test_attention_rows();
  test_dropout();
  RemSequenceSpec spec = {.net = small};
  check_feedback(&spec);
  check_probe(&spec);
  spec = pair_of(REM_CELL_LSTM, 5U);
  check_feedback(&spec);
  check_probe(&spec);
  return 0;
}

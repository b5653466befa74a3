// SPDX-License-Identifier: ISC

// Whole sequences in the engine, and encoders and decoders frame by frame,
// against plain loops in double, which the trainer is held to as well.

#include "dsp/decoder.h"
#include "dsp/sequence.h"
#include "offline_trainer/sequence/sequence.h"
#include "tests/sequence_reference.h"

#include <string.h>

enum { MAX_STEPS = 40 };

/// A net or a pair of them, and one sequence
typedef struct {
  RemSequenceSpec spec;
  uint32_t        n_own; ///< Columns of a frame but attention's
  RemModel*       model;
  double*         params;
  double*         x; ///< [MAX_STEPS, n_own]
  double*         encoder_x;
  double*         condition;
  float*          x32; ///< The same
  float*          encoder_x32;
  float*          condition32;
  double*         y; ///< [MAX_STEPS, O] exactly
} Case;

/// Draw frames, symbols first where there are any, in double and float
static void
draw(const RemNetSpec* const spec,
     const uint32_t          n_columns,
     uint32_t                seed,
     double** const          x,
     float** const           x32)
{
  const size_t n = (size_t)MAX_STEPS * n_columns;
  *x             = slow_doubles(n);
  *x32           = (float*)calloc(n + 1U, sizeof(float));
  CHECK(*x32);
  for (size_t i = 0; i < n; ++i) {
    const float u = noise(&seed);
    (*x32)[i]     = spec->n_symbols && i % n_columns == 0U
                      ? floorf(0.5f * (1.0f + u) * (float)spec->n_symbols)
                      : u;
    (*x)[i]       = (double)(*x32)[i];
  }
}

static void
open_case(Case* const c, const RemSequenceSpec* const spec)
{
  RemError     error  = {REM_SUCCESS, "", ""};
  uint32_t     seed   = 41U;
  const size_t n      = rem_sequence_n_params(spec);
  const float  scale  = fminf(0.6f, 1.5f / sqrtf((float)spec->net.n_hidden));
  float* const params = (float*)calloc(n, sizeof(float));
  float* const again  = (float*)calloc(n, sizeof(float));
  CHECK(params && again && !rem_sequence_spec_check(spec, &error));
  *c = (Case){.spec = *spec, .params = slow_doubles(n)};
  for (size_t i = 0; i < n; ++i) {
    params[i]    = scale * noise(&seed);
    c->params[i] = (double)params[i];
  }
  c->model = rem_sequence_model(spec, params);
  CHECK(c->model);
  rem_sequence_params(c->model, again);
  CHECK(!memcmp(params, again, n * sizeof(float)));
  free(params);
  free(again);
  c->n_own = spec->net.n_in -
             (spec->n_attention ? rem_net_n_features(&spec->encoder) : 0U);
  draw(&spec->net, c->n_own, 3U, &c->x, &c->x32);
  draw(&spec->encoder, spec->encoder.n_in, 4U, &c->encoder_x, &c->encoder_x32);
  draw(&(RemNetSpec){.n_symbols = 0U},
       spec->net.n_condition,
       5U,
       &c->condition,
       &c->condition32);
  c->y = slow_doubles((size_t)MAX_STEPS * spec->net.n_out);
}

static void
close_case(Case* const c)
{
  rem_model_free(c->model);
  free(c->params);
  free(c->x);
  free(c->encoder_x);
  free(c->condition);
  free(c->x32);
  free(c->encoder_x32);
  free(c->condition32);
  free(c->y);
}

/// Find what is right for `n` frames, after `n_encoder` heard
static void
find_exact(const Case* const c, const uint32_t n, const uint32_t n_encoder)
{
  const SlowSequence sequence = {
    n, c->x, c->condition, n_encoder, c->encoder_x};
  slow_sequence(&c->spec, c->params, &sequence, NULL, c->y);
}

/// Return the largest miss, by the largest number if that is above 1
static double
worst_of(const Case* const c, const float* const y, const size_t n)
{
  double worst = 0.0;
  double most  = 1.0;
  for (size_t i = 0; i < n; ++i) {
    worst = fmax(worst, fabs((double)y[i] - c->y[i]));
    most  = fmax(most, fabs(c->y[i]));
  }
  return worst / most;
}

/// One shape, for several lengths
static void
check_net(const RemNetSpec* const spec)
{
  static const uint32_t lengths[] = {1U, 2U, 17U, MAX_STEPS};
  const RemSequenceSpec shape     = {.net = *spec};
  Case                  c;
  RemError              error;
  open_case(&c, &shape);
  RemNet* const      net      = rem_net_new(spec, c.model->params);
  RemNetState* const state    = rem_net_state_new(net);
  const size_t       n_state  = rem_net_n_state(spec);
  const size_t       n_y      = (size_t)MAX_STEPS * spec->n_out;
  float* const       initial  = (float*)calloc(n_state, sizeof(float));
  float* const       final    = (float*)calloc(n_state, sizeof(float));
  float* const       y        = (float*)calloc(n_y, sizeof(float));
  float* const       streamed = (float*)calloc(n_y, sizeof(float));
  CHECK(net && state && initial && final && y && streamed);
  rem_net_initial(spec, c.model->params, c.condition32, initial);
  for (size_t i = 0; i < sizeof(lengths) / sizeof(*lengths); ++i) {
    const uint32_t n    = lengths[i];
    const size_t   rows = spec->whole ? 1U : n;
    find_exact(&c, n, 0U);
    CHECK(!rem_net_sequence(net, initial, c.x32, n, y, final, &error));
    const double worst = worst_of(&c, y, rows * spec->n_out);
    if (worst >= 3e-6) {
      fprintf(stderr,
              "%s %u units, %u frames: %.1e\n",
              rem_cell_name(spec->cell),
              spec->n_hidden,
              n,
              worst);
    }
    CHECK(worst < 3e-6);
    if (!spec->both) {
      rem_net_state_set(net, state, initial);
      rem_net_block(net, state, c.x32, streamed, n);
      CHECK(!memcmp(y,
                    streamed + (n - rows) * spec->n_out,
                    rows * spec->n_out * sizeof(float)));
      rem_net_state_get(net, state, initial);
      CHECK(!memcmp(initial, final, n_state * sizeof(float)));
      rem_net_initial(spec, c.model->params, c.condition32, initial);
      if (spec->initial == REM_INITIAL_REST) {
        memset(initial, 0, n_state * sizeof(float));
      }
    }
  }
  rem_net_state_free(state);
  rem_net_free(net);
  free(initial);
  free(final);
  free(y);
  free(streamed);
  close_case(&c);
}

static const RemNetSpec small = {.n_in     = 3U,
                                 .n_hidden = 5U,
                                 .n_layers = 2U,
                                 .n_out    = 3U};

/// Every cell in every shape
static void
test_nets(void)
{
  static const uint32_t sizes[] = {1U, 5U, 16U, 21U, 48U};
  for (uint32_t i = 0; i <= REM_CELL_FORWARD; ++i) {
    for (uint32_t k = 0; k < 36U; ++k) {
      RemNetSpec spec  = small;
      spec.cell        = (RemCell)i;
      spec.n_hidden    = sizes[(i + k) % 5U];
      spec.both        = k % 2U;
      spec.whole       = k / 2U % 2U;
      spec.take        = (RemTake)(k / 4U % 3U);
      spec.initial     = (RemInitial)(k / 12U);
      spec.n_condition = spec.initial == REM_INITIAL_VECTOR ? 4U : 0U;
      spec.n_symbols   = k % 3U ? 0U : 6U;
      if (k % 5U == 1U) {
        spec.head  = REM_HEAD_NONE;
        spec.n_out = rem_net_n_features(&spec);
      }
      if (i != REM_CELL_RNN_THRESHOLD) {
        check_net(&spec);
      }
    }
  }
}

/// An encoder and a decoder
static RemSequenceSpec
pair_of(const RemCell cell, const uint32_t n_attention, const bool both)
{
  RemSequenceSpec spec  = {.net = small, .encoder = small};
  spec.net.cell         = cell;
  spec.net.n_hidden     = 9U;
  spec.net.n_symbols    = 7U;
  spec.net.initial      = REM_INITIAL_VECTOR;
  spec.encoder.cell     = cell;
  spec.encoder.head     = REM_HEAD_NONE;
  spec.encoder.n_hidden = 6U;
  spec.encoder.both     = both;
  spec.encoder.initial  = REM_INITIAL_LEARNED;
  spec.encoder.n_out    = rem_net_n_features(&spec.encoder);
  spec.net.n_condition  = rem_encoder_n_condition(&spec.encoder);
  spec.n_attention      = n_attention;
  spec.net.n_in = 2U + (n_attention ? rem_net_n_features(&spec.encoder) : 0U);
  return spec;
}

/// Answer `n` frames to what was heard
static void
answer(const Case* const c,
       RemDecoder* const decoder,
       const uint32_t    n,
       float* const      y)
{
  const size_t n_out = c->spec.net.n_out;
  rem_decoder_begin(decoder);
  for (uint32_t t = 0; t < n; ++t) {
    const float* const out =
      rem_decoder_step(decoder, c->x32 + (size_t)t * c->n_own);
    memcpy(y + t * n_out, out, n_out * sizeof(float));
  }
}

/// Rows of attention are shares
static void
check_attention(const Case* const       c,
                const RemDecoder* const decoder,
                const uint32_t          n_heard)
{
  uint32_t           n   = 0U;
  float              sum = 0.0f;
  const float* const a   = rem_decoder_attention(decoder, &n);
  CHECK(!a == !c->spec.n_attention);
  for (uint32_t j = 0; a && j < n; ++j) {
    sum += a[j];
  }
  CHECK(!a || (n == n_heard && fabsf(sum - 1.0f) < 1e-6f));
}

static void
hear(const Case* const c, RemDecoder* const decoder, const uint32_t n)
{
  for (uint32_t t = 0; t < n; ++t) {
    rem_decoder_hear(decoder,
                     c->encoder_x32 + (size_t)t * c->spec.encoder.n_in);
  }
}

static void
check_pair(const RemSequenceSpec* const spec)
{
  enum { HEARD = 13, SAID = 11 };
  const bool  live = !spec->encoder.both;
  Case        c;
  RemError    error   = {REM_SUCCESS, "", ""};
  RemDecoder* decoder = NULL;
  float       y[SAID * 3], again[SAID * 3];
  open_case(&c, spec);
  CHECK(!rem_decoder_new(c.model, 16U, live, &decoder, &error));
  CHECK(rem_decoder_n_in(decoder) == c.n_own);
  find_exact(&c, SAID, HEARD);
  if (live) {
    hear(&c, decoder, HEARD);
    answer(&c, decoder, SAID, y);
    CHECK(worst_of(&c, y, SAID * 3U) < 3e-6);
    check_attention(&c, decoder, HEARD);
    answer(&c, decoder, SAID, again);
    CHECK(!memcmp(y, again, sizeof(y)));
    rem_decoder_reset(decoder);
  }
  CHECK(!rem_decoder_read(decoder, c.encoder_x32, HEARD, &error));
  answer(&c, decoder, SAID, again);
  CHECK(worst_of(&c, again, SAID * 3U) < 3e-6);
  check_attention(&c, decoder, HEARD);
  if (live) { // The last frames of a long call
    rem_decoder_reset(decoder);
    hear(&c, decoder, MAX_STEPS);
    answer(&c, decoder, SAID, y);
    check_attention(&c, decoder, 16U);
    float* const frame              = c.encoder_x32;
    frame[c.spec.encoder.n_in - 1U] = NAN;
    rem_decoder_hear(decoder, frame); // Forgets everything
    CHECK(rem_decoder_n_failures(decoder) == 1U);
    frame[c.spec.encoder.n_in - 1U] =
      (float)c.encoder_x[c.spec.encoder.n_in - 1U];
    hear(&c, decoder, HEARD);
    answer(&c, decoder, SAID, y);
    CHECK(worst_of(&c, y, SAID * 3U) < 3e-6);
  }
  rem_decoder_free(decoder);
  close_case(&c);
}

static void
test_refusals(void)
{
  Case            c;
  RemError        error;
  RemDecoder*     decoder = NULL;
  RemSequenceSpec spec    = pair_of(REM_CELL_LSTM, 8U, true);
  open_case(&c, &spec);
  CHECK(rem_decoder_new(c.model, 4U, true, &decoder, &error) ==
        REM_UNSUPPORTED);
  CHECK(!decoder && strstr(error.text, "reads in both directions"));
  CHECK(!rem_decoder_new(c.model, 4U, false, &decoder, &error));
  CHECK(rem_decoder_read(decoder, c.encoder_x32, 5U, &error) ==
        REM_BAD_ARGUMENT);
  rem_decoder_free(decoder);
  ++c.model->spec.n_condition;
  CHECK(rem_decoder_new(c.model, 4U, false, &decoder, &error) == REM_BAD_SHAPE);
  close_case(&c);
  spec = (RemSequenceSpec){.net = small};
  open_case(&c, &spec);
  CHECK(rem_decoder_new(c.model, 4U, false, &decoder, &error) ==
        REM_UNSUPPORTED);
  CHECK(strstr(error.text, "no encoder"));
  close_case(&c);
}

/// Wrong shapes are refused in words
static void
test_shapes(void)
{
  RemError        error;
  RemSequenceSpec spec = pair_of(REM_CELL_LSTM, 5U, true);
  spec.net.both        = true;
  CHECK(rem_sequence_spec_check(&spec, &error) == REM_BAD_SHAPE);
  CHECK(strstr(error.text, "both directions"));
  spec = pair_of(REM_CELL_LSTM, 5U, true);
  --spec.net.n_condition;
  CHECK(rem_sequence_spec_check(&spec, &error) == REM_BAD_SHAPE);
  CHECK(strstr(error.text, "23 numbers, expected the 24"));
  spec          = pair_of(REM_CELL_LSTM, 5U, true);
  spec.net.n_in = 12U;
  CHECK(rem_sequence_spec_check(&spec, &error) == REM_BAD_SHAPE);
  spec                 = pair_of(REM_CELL_LSTM, 0U, true);
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

int
main(void)
{
  static const RemCell cells[] = {
    REM_CELL_LSTM, REM_CELL_GRU, REM_CELL_RNN_TANH};
  test_nets();
  for (uint32_t i = 0; i < 12U; ++i) {
    const RemSequenceSpec spec =
      pair_of(cells[i % 3U], i / 3U % 2U ? 7U : 0U, i / 6U);
    check_pair(&spec);
  }
  test_refusals();
  test_shapes();
  return 0;
}

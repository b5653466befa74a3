// SPDX-License-Identifier: ISC

/// Shapes of what learns whole sequences

#include "offline_trainer/sequence/sequence.h"

static bool
has_encoder(const RemSequenceSpec* const spec)
{
  return spec->encoder.n_hidden > 0U;
}

size_t
rem_sequence_encoder_at(const RemSequenceSpec* const spec)
{
  return rem_net_n_params(&spec->net);
}

size_t
rem_sequence_attention_at(const RemSequenceSpec* const spec)
{
  return rem_sequence_encoder_at(spec) +
         (has_encoder(spec) ? rem_net_n_params(&spec->encoder) : 0U);
}

size_t
rem_sequence_n_params(const RemSequenceSpec* const spec)
{
  const size_t n = spec->n_attention;
  const size_t n_each =
    n ? spec->net.n_hidden + rem_net_n_features(&spec->encoder) + 1U : 0U;
  return rem_sequence_attention_at(spec) + n * n_each;
}

/// Refuse what no net can be trained as
static RemStatus
check_net(const RemNetSpec* const spec,
          const char* const       what,
          RemError* const         error)
{
  const RemStatus st = rem_net_spec_check(spec, error);
  if (st) {
    return st;
  }
  if (spec->cell == REM_CELL_RNN_THRESHOLD) {
    return rem_fail(error,
                    REM_UNSUPPORTED,
                    NULL,
                    "the %s has threshold units, whose derivative is 0: set"
                    " its weights by hand, or train tanh units",
                    what);
  }
  if (spec->skip && spec->whole) {
    return rem_fail(error,
                    REM_BAD_SHAPE,
                    NULL,
                    "the %s adds its input to one output for a whole sequence",
                    what);
  }
  return REM_SUCCESS;
}

static RemStatus
check_encoder(const RemNetSpec* const encoder, RemError* const error)
{
  const RemStatus st = check_net(encoder, "encoder", error);
  if (st) {
    return st;
  }
  if (encoder->head != REM_HEAD_NONE || encoder->whole || encoder->skip ||
      encoder->initial == REM_INITIAL_VECTOR) {
    return rem_fail(error,
                    REM_BAD_SHAPE,
                    NULL,
                    "the encoder has a head, one output, a skip or a vector to"
                    " begin from, expected none");
  }
  return REM_SUCCESS;
}

static RemStatus
check_pair(const RemSequenceSpec* const spec, RemError* const error)
{
  const RemNetSpec* const net     = &spec->net;
  const uint32_t          n_own   = net->n_symbols ? 1U : 0U;
  const uint32_t          n_shown = rem_net_n_features(&spec->encoder);
  if (net->both || net->whole) {
    return rem_fail(error,
                    REM_BAD_SHAPE,
                    NULL,
                    "the decoder reads in both directions or gives one output,"
                    " expected one that writes step by step");
  }
  if (net->initial != REM_INITIAL_VECTOR ||
      net->n_condition != rem_encoder_n_condition(&spec->encoder)) {
    return rem_fail(error,
                    REM_BAD_SHAPE,
                    NULL,
                    "the decoder begins from %u numbers, expected the %u that"
                    " its encoder ends with",
                    net->n_condition,
                    rem_encoder_n_condition(&spec->encoder));
  }
  if (spec->n_attention > REM_MAX_ATTENTION) {
    return rem_fail(error,
                    REM_BAD_SHAPE,
                    NULL,
                    "attention has %u units, expected at most %u",
                    spec->n_attention,
                    REM_MAX_ATTENTION);
  }
  if (spec->n_attention && net->n_in < n_own + n_shown) {
    return rem_fail(error,
                    REM_BAD_SHAPE,
                    NULL,
                    "a frame of the decoder has %u numbers, expected its own"
                    " and the %u that attention gives",
                    net->n_in,
                    n_shown);
  }
  return REM_SUCCESS;
}

RemStatus
rem_sequence_spec_check(const RemSequenceSpec* const spec,
                        RemError* const              error)
{
  RemStatus st = check_net(&spec->net, "net", error);
  if (st) {
    return st;
  }
  if (!has_encoder(spec)) {
    return spec->n_attention
             ? rem_fail(error,
                        REM_BAD_SHAPE,
                        NULL,
                        "there is attention, but no encoder to look at")
             : REM_SUCCESS;
  }
  st = check_encoder(&spec->encoder, error);
  return st ? st : check_pair(spec, error);
}

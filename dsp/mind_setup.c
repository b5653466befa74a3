// SPDX-License-Identifier: ISC

/// Building and freeing minds; never called in the audio thread

#include "dsp/mind.h"

#include "dsp/mind_internal.h"

#include <stdlib.h>
#include <string.h>

/// Check that a net hears nothing but events and begins from itself
static RemStatus
check_alone(const RemNetSpec* const spec,
            const char* const       place,
            RemError* const         error)
{
  return spec->n_in == 1U && spec->initial != REM_INITIAL_VECTOR
           ? REM_SUCCESS
           : rem_fail(error,
                      REM_UNSUPPORTED,
                      place,
                      "begins from a vector, or hears other things beside MIDI "
                      "events");
}

/// Check that a call is of events and is read from front to back
static RemStatus
check_encoder(const RemModel* const model,
              const char* const     place,
              RemError* const       error)
{
  const RemEncoder* const encoder = model->encoder;
  const RemStatus st = rem_event_symbols_check(encoder->symbols, place, error);
  if (st) {
    return st;
  }
  const uint32_t n_seen =
    encoder->n_attention ? rem_net_n_features(&encoder->spec) : 0U;
  if (encoder->spec.both) {
    return rem_fail(error,
                    REM_UNSUPPORTED,
                    place,
                    "reads calls in both directions; expected an encoder that "
                    "hears as you play");
  }
  return encoder->spec.n_in == 1U && model->spec.n_in == 1U + n_seen
           ? REM_SUCCESS
           : rem_fail(error,
                      REM_UNSUPPORTED,
                      place,
                      "hears other things beside MIDI events");
}

RemStatus
rem_mind_check(const RemModel* const model,
               const char* const     place,
               RemError* const       error)
{
  const RemNetSpec* const spec = &model->spec;
  if (model->kind != REM_FRAME_SYMBOL || !model->symbols) {
    return rem_fail(error,
                    REM_UNSUPPORTED,
                    place,
                    "is a net for %s frames; expected a net for MIDI events "
                    "(remanence train --midi)",
                    rem_frame_kind_name(model->kind));
  }
  const RemStatus st = rem_event_symbols_check(model->symbols, place, error);
  if (st) {
    return st;
  }
  if (spec->both || spec->whole) {
    return rem_fail(error,
                    REM_UNSUPPORTED,
                    place,
                    "%s; expected a net that says what comes next",
                    spec->both ? "reads in both directions"
                               : "gives one output for a whole sequence");
  }
  if (spec->n_symbols != REM_N_TOKENS || spec->n_out != REM_N_TOKENS ||
      spec->head != REM_HEAD_SOFTMAX) {
    return rem_fail(
      error, REM_UNSUPPORTED, place, "does not say what MIDI event comes next");
  }
  return model->encoder ? check_encoder(model, place, error)
                        : check_alone(spec, place, error);
}

static bool
fill_net(RemMind* const mind, const RemModel* const model)
{
  const size_t n_state = rem_net_n_state(&model->spec);
  mind->net            = rem_net_new(&model->spec, model->params);
  mind->state          = mind->net ? rem_net_state_new(mind->net) : NULL;
  mind->rest           = (float*)calloc(n_state, sizeof(float));
  if (!mind->state || !mind->rest) {
    return false;
  }
  memcpy(mind->rest, model->rest, n_state * sizeof(float));
  rem_net_initial(&model->spec, model->params, NULL, mind->rest);
  return true;
}

static bool
fill(RemMind* const mind, const RemModel* const model)
{
  const bool filled =
    model->encoder
      ? !rem_decoder_new(model, REM_DECODER_FRAMES, true, &mind->decoder, NULL)
      : fill_net(mind, model);
  if (filled) {
    rem_mind_reset(mind);
  }
  return filled;
}

RemMind*
rem_mind_new(const RemModel* const model)
{
  RemMind* const mind = (RemMind*)calloc(1, sizeof(RemMind));
  if (mind && !fill(mind, model)) {
    rem_mind_free(mind);
    return NULL;
  }
  return mind;
}

void
rem_mind_free(RemMind* const mind)
{
  if (mind) {
    rem_decoder_free(mind->decoder);
    rem_net_state_free(mind->state);
    rem_net_free(mind->net);
    free(mind->rest);
    free(mind);
  }
}

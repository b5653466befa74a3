// SPDX-License-Identifier: ISC

#include "offline_trainer/text/continue.h"

#include "dsp/head/draw.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/// A net that speaks
typedef struct {
  const RemModel* model;
  RemNet*         net;
  RemNetState*    state;
  float*          y;       ///< [O]
  bool*           allowed; ///< [O]
} Voice;

static RemStatus
check(const RemModel* const model, RemError* const error)
{
  const RemNetSpec* const spec = &model->spec;
  if (!model->symbols || !model->labels || model->encoder || spec->whole ||
      spec->head != REM_HEAD_SOFTMAX || spec->n_in != 1U ||
      model->symbols->n != model->labels->n ||
      spec->initial == REM_INITIAL_VECTOR) {
    return rem_fail(error,
                    REM_UNSUPPORTED,
                    NULL,
                    "It does not foretell what it reads, so it cannot go on by"
                    " itself");
  }
  if (spec->both) {
    return rem_fail(error,
                    REM_UNSUPPORTED,
                    NULL,
                    "It reads in both directions, so it would have to know the"
                    " future to go on by itself");
  }
  return REM_SUCCESS;
}

static void
clear_voice(Voice* const voice)
{
  rem_net_state_free(voice->state);
  rem_net_free(voice->net);
  free(voice->y);
  free(voice->allowed);
}

/// Prepare a net at its beginning; false without memory
static bool
open_voice(const RemModel* const model, Voice* const out)
{
  const RemNetSpec* const spec  = &model->spec;
  const size_t            n     = rem_net_n_state(spec);
  float* const            state = (float*)malloc(n * sizeof(float));
  *out                          = (Voice){.model = model};
  out->net                      = rem_net_new(spec, model->params);
  out->state                    = out->net ? rem_net_state_new(out->net) : NULL;
  out->y                        = (float*)calloc(spec->n_out, sizeof(float));
  out->allowed                  = (bool*)malloc(spec->n_out * sizeof(bool));
  const bool good               = state && out->state && out->y && out->allowed;
  if (good) {
    memcpy(state, model->rest, n * sizeof(float));
    rem_net_initial(spec, model->params, NULL, state);
    rem_net_state_set(out->net, out->state, state);
    for (uint32_t k = 0U; k < spec->n_out; ++k) {
      out->allowed[k] =
        k != model->labels->unknown && k != model->labels->start;
    }
  }
  free(state);
  return good;
}

/// Let the net hear a symbol
static void
hear(Voice* const voice, const uint32_t symbol)
{
  const float x = (float)symbol;
  rem_net_block(voice->net, voice->state, &x, voice->y, 1U);
}

/// Return what is heard before a text that begins with nothing
static uint32_t
beginning(const RemSymbols* const symbols)
{
  const uint32_t line = rem_symbols_find(
    symbols, symbols->kind == REM_SYMBOLS_BYTES ? "<0x0A>" : "\n");
  if (symbols->start != REM_NO_SYMBOL) {
    return symbols->start;
  }
  if (line != REM_NO_SYMBOL) {
    return line;
  }
  return symbols->unknown == 0U && symbols->n > 1U ? 1U : 0U;
}

/// Go on; the net has heard what comes before
static RemStatus
speak(Voice* const             voice,
      const RemContinue* const how,
      uint32_t* const          out,
      size_t* const            n,
      RemError* const          error)
{
  const RemSymbols* const labels = voice->model->labels;
  const RemDraw           draw = {how->temperature, how->top_k, voice->allowed};
  RemRandom               random = {how->seed};
  for (*n = 0U; *n < how->length;) {
    for (uint32_t k = 0U; k < labels->n; ++k) {
      if (!isfinite(voice->y[k])) {
        return rem_fail(error, REM_NOT_FINITE, NULL, "The net runs away");
      }
    }
    const uint32_t k = rem_draw(voice->y, labels->n, &draw, &random);
    if (k == REM_NOTHING_DRAWN || k == labels->end) {
      break;
    }
    out[(*n)++] = k;
    hear(voice, k);
  }
  return REM_SUCCESS;
}

RemStatus
rem_text_continue(const RemModel* const    model,
                  const uint32_t* const    prime,
                  const size_t             n_prime,
                  const RemContinue* const how,
                  uint32_t** const         out,
                  size_t* const            n,
                  RemError* const          error)
{
  Voice     voice = {.model = NULL};
  RemStatus st    = check(model, error);
  *out            = NULL;
  *n              = 0U;
  if (st) {
    return st;
  }
  uint32_t* const said =
    (uint32_t*)malloc(((size_t)how->length + 1U) * sizeof(uint32_t));
  if (said && open_voice(model, &voice)) {
    if (!n_prime || model->symbols->start != REM_NO_SYMBOL) {
      hear(&voice, beginning(model->symbols));
    }
    for (size_t i = 0U; i < n_prime; ++i) {
      hear(&voice, prime[i]);
    }
    st = speak(&voice, how, said, n, error);
  } else {
    st = rem_fail(error, REM_NO_MEMORY, NULL, "No memory to go on");
  }
  clear_voice(&voice);
  if (st) {
    free(said);
    return st;
  }
  *out = said;
  return REM_SUCCESS;
}

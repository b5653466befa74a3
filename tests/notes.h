// SPDX-License-Identifier: ISC

/// Nets that say MIDI events, whose weights are noise

#ifndef REM_TESTS_NOTES_H
#define REM_TESTS_NOTES_H

#include "dsp/events.h"
#include "dsp/model.h"
#include "dsp/modelfile/modelfile.h"
#include "tests/check.h"

/// Return a net that plays short notes of any key, and ends now and then
static inline RemModel*
notes_model(uint32_t seed, const uint32_t n_hidden)
{
  RemNetSpec      spec  = {.cell      = REM_CELL_GRU,
                           .head      = REM_HEAD_SOFTMAX,
                           .n_in      = 1U,
                           .n_hidden  = n_hidden,
                           .n_layers  = 1U,
                           .n_out     = REM_N_TOKENS,
                           .n_symbols = REM_N_TOKENS};
  RemModel* const model = rem_model_new(&spec);
  CHECK(model);
  model->kind    = REM_FRAME_SYMBOL;
  model->symbols = rem_event_symbols();
  model->labels  = rem_event_symbols();
  CHECK(model->symbols && model->labels);
  for (size_t i = 0U; i < rem_net_n_params(&spec); ++i) {
    model->params[i] = 0.5f * noise(&seed);
  }
  float* const bias = model->params + rem_net_head_at(&spec).bias;
  for (uint32_t k = 0U; k < REM_N_TOKENS; ++k) {
    const bool off   = k >= REM_TOKEN_OFF && k < REM_TOKEN_WAIT;
    const bool brief = k >= REM_TOKEN_WAIT && k < REM_TOKEN_WAIT + 10U;
    const bool rest  = k >= REM_TOKEN_WAIT + 10U && k < REM_TOKEN_VELOCITY;
    bias[k] += off ? 2.0f : (brief ? 3.0f : (rest ? -3.0f : 0.0f));
  }
  return model;
}

/// Write such a net in the native format
static inline void
notes_write(const uint32_t seed, const uint32_t n_hidden, const char* path)
{
  RemError        error = {REM_SUCCESS, "", ""};
  RemModel* const model = notes_model(seed, n_hidden);
  if (rem_model_write(model, REM_FORMAT_NATIVE, path, &error)) {
    fprintf(stderr, "%s: %s\n", error.place, error.text);
    exit(1);
  }
  rem_model_free(model);
}

#endif // REM_TESTS_NOTES_H

// SPDX-License-Identifier: ISC

/// Nets that say MIDI events, whose weights are noise

#ifndef REM_TESTS_NOTES_H
#define REM_TESTS_NOTES_H

#include "dsp/events.h"
#include "dsp/model.h"
#include "dsp/modelfile/modelfile.h"
#include "tests/check.h"

/// Fill parameters with noise, such that short notes are likely
static inline void
notes_fill(const RemNetSpec* const spec,
           uint32_t* const         seed,
           float* const            params)
{
  for (size_t i = 0U; i < rem_net_n_params(spec); ++i) {
    params[i] = 0.5f * noise(seed);
  }
  float* const bias = params + rem_net_head_at(spec).bias;
  for (uint32_t k = 0U; k < REM_N_TOKENS; ++k) {
    const bool off   = k >= REM_TOKEN_OFF && k < REM_TOKEN_WAIT;
    const bool brief = k >= REM_TOKEN_WAIT && k < REM_TOKEN_WAIT + 10U;
    const bool rest  = k >= REM_TOKEN_WAIT + 10U && k < REM_TOKEN_VELOCITY;
    bias[k] += off ? 2.0f : (brief ? 3.0f : (rest ? -3.0f : 0.0f));
  }
}

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
  notes_fill(&spec, &seed, model->params);
  return model;
}

/// Return a net that answers with short notes, and looks at the call
static inline RemModel*
notes_answerer(uint32_t seed, const uint32_t n_hidden)
{
  const RemNetSpec listen = {.cell      = REM_CELL_GRU,
                             .head      = REM_HEAD_NONE,
                             .n_in      = 1U,
                             .n_hidden  = n_hidden,
                             .n_layers  = 1U,
                             .n_out     = n_hidden,
                             .n_symbols = REM_N_TOKENS};
  RemNetSpec       spec   = listen;
  spec.head               = REM_HEAD_SOFTMAX;
  spec.n_in               = 1U + n_hidden;
  spec.n_out              = REM_N_TOKENS;
  spec.initial            = REM_INITIAL_VECTOR;
  spec.n_condition        = rem_encoder_n_condition(&listen);
  RemModel* const model   = rem_model_new(&spec);
  CHECK(model);
  model->kind    = REM_FRAME_SYMBOL;
  model->symbols = rem_event_symbols();
  model->labels  = rem_event_symbols();
  model->encoder = rem_encoder_new(&listen, 8U, n_hidden);
  CHECK(model->symbols && model->labels && model->encoder);
  model->encoder->symbols = rem_event_symbols();
  notes_fill(&spec, &seed, model->params);
  for (size_t i = 0U; i < rem_net_n_params(&listen); ++i) {
    model->encoder->params[i] = 0.5f * noise(&seed);
  }
  for (uint32_t i = 0U; i < 8U * n_hidden; ++i) {
    model->encoder->query[i] = noise(&seed);
    model->encoder->key[i]   = noise(&seed);
  }
  for (uint32_t i = 0U; i < 8U; ++i) {
    model->encoder->energy[i] = noise(&seed);
  }
  return model;
}

/// Write a model in the native format, and free it
static inline void
notes_write(RemModel* const model, const char* const path)
{
  RemError error = {REM_SUCCESS, "", ""};
  if (rem_model_write(model, REM_FORMAT_NATIVE, path, &error)) {
    fprintf(stderr, "%s: %s\n", error.place, error.text);
    exit(1);
  }
  rem_model_free(model);
}

#endif // REM_TESTS_NOTES_H

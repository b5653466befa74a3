// SPDX-License-Identifier: ISC

/// Models and sounds for the tests of plugin/stream.h

#ifndef REM_TESTS_STREAM_H
#define REM_TESTS_STREAM_H

#include "dsp/model.h"
#include "dsp/modelfile/modelfile.h"
#include "plugin/stream.h"
#include "tests/check.h"
#include "tests/reference.h"

#include <string.h>

enum { N_HOSTS = 6, N_MODELS = 3 };

static const double host_rates[N_HOSTS] =
  {44100, 48000, 88200, 96000, 176400, 192000};
static const double model_rates[N_MODELS] = {44100, 48000, 96000};

/// Return a preset as if it had been learned at `rate`
static inline RemModel*
preset_at(const char* const name, const double rate)
{
  RemModel* model = NULL;
  char      path[1000];
  CHECK(snprintf(path, sizeof(path), "%s/presets/%s", SOURCE_DIR, name) < 1000);
  CHECK(!rem_model_read(path, &model, NULL, NULL));
  model->sample_rate = rate;
  return model;
}

/// Return a small net of noise with two knobs
static inline RemModel*
small_model(const uint32_t n_hidden, const double rate)
{
  const RemNetSpec spec = {
    .n_in = 3, .n_hidden = n_hidden, .n_layers = 1, .n_out = 1, .skip = true};
  RemModel* const model = rem_model_new(&spec);
  CHECK(model);
  random_params(&spec, model->params, 0.3f, 4U);
  model->n_knobs = 2;
  model->knobs   = (RemKnob*)calloc(2, sizeof(RemKnob));
  CHECK(model->knobs);
  model->knobs[0]    = (RemKnob){"Gain", 0.0f, 1.0f, 0.5f};
  model->knobs[1]    = (RemKnob){"Tone", 0.0f, 1.0f, 0.25f};
  model->sample_rate = rate;
  CHECK(!rem_model_settle(model, NULL));
  return model;
}

/// Return a model whose output is its input
static inline RemModel*
straight_model(const double rate)
{
  const RemNetSpec spec = {
    .n_in = 1, .n_hidden = 1, .n_layers = 1, .n_out = 1, .skip = true};
  RemModel* const model = rem_model_new(&spec);
  CHECK(model);
  model->sample_rate = rate;
  return model;
}

static inline RemStream*
make_stream(const RemModel* const model,
            const uint32_t        n_channels,
            const double          host,
            const uint32_t        quality)
{
  RemStream* const stream = rem_stream_new(model, n_channels, host, quality);
  CHECK(stream);
  return stream;
}

#endif // REM_TESTS_STREAM_H

// SPDX-License-Identifier: ISC

#include "dsp/model.h"

#include "dsp/net.h"

#include <math.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

const char*
rem_frame_kind_name(const RemFrameKind kind)
{
  static const char* const names[] = {
    "audio", "control", "symbols", "spectra", "vectors"};
  return names[kind];
}

RemModel*
rem_model_new(const RemNetSpec* const spec)
{
  RemModel* const model = (RemModel*)calloc(1, sizeof(RemModel));
  if (!model) {
    return NULL;
  }
  model->spec             = *spec;
  model->params           = calloc(rem_net_n_params(spec), sizeof(float));
  model->rest             = calloc(rem_net_n_state(spec), sizeof(float));
  model->sample_rate      = REM_DEFAULT_RATE;
  model->loudness_db      = NAN;
  model->input_level_dbu  = NAN;
  model->output_level_dbu = NAN;
  if (!model->params || !model->rest) {
    rem_model_free(model);
    return NULL;
  }
  return model;
}

RemModel*
rem_model_new_control(const RemFrames* const frames,
                      const uint32_t         n_hidden,
                      const uint32_t         n_layers)
{
  const RemNetSpec spec  = rem_frames_net(frames, n_hidden, n_layers);
  RemModel* const  model = rem_model_new(&spec);
  RemFrames* const copy  = (RemFrames*)malloc(sizeof(RemFrames));
  if (!model || !copy) {
    free(copy);
    rem_model_free(model);
    return NULL;
  }
  *copy         = *frames;
  model->kind   = REM_FRAME_CONTROL;
  model->frames = copy;
  return model;
}

void
rem_model_free(RemModel* const model)
{
  if (model) {
    free(model->frames);
    rem_symbols_free(model->symbols);
    rem_symbols_free(model->labels);
    free(model->spectra);
    rem_encoder_free(model->encoder);
    free(model->params);
    free(model->rest);
    free(model->check.input);
    free(model->check.output);
    free(model->knobs);
    free(model->name);
    free(model->metadata);
    free(model->metrics);
    free(model->provenance);
    free(model);
  }
}

bool
rem_model_streams(const RemModel* const model)
{
  return !model->spec.both && !model->spec.whole && !model->encoder &&
         model->spec.initial != REM_INITIAL_VECTOR;
}

RemStatus
rem_model_check_streams(const RemModel* const model,
                        const char* const     place,
                        RemError* const       error)
{
  return rem_model_streams(model)
           ? REM_SUCCESS
           : rem_fail(error,
                      REM_UNSUPPORTED,
                      place,
                      "%s; expected a net that plays frame by frame, forward",
                      model->spec.both ? "the net reads in both directions"
                      : model->encoder ? "the net needs a whole sequence to "
                                         "begin from (encoder and decoder)"
                      : model->spec.whole
                        ? "the net has one output for a whole sequence"
                        : "the net begins from a vector");
}

bool
rem_model_rests(const RemModel* const model)
{
  return rem_model_streams(model) && model->spec.initial == REM_INITIAL_REST &&
         (model->kind == REM_FRAME_AUDIO || model->kind == REM_FRAME_CONTROL);
}

void
rem_model_idle_frame(const RemModel* const model, float* const frame)
{
  memset(frame, 0, model->spec.n_in * sizeof(float));
  for (uint32_t k = 0; k < model->n_knobs; ++k) {
    const RemKnob* const knob = &model->knobs[k];
    frame[1U + k] =
      (knob->default_value - knob->minimum) / (knob->maximum - knob->minimum);
  }
}

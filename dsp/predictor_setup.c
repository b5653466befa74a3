// SPDX-License-Identifier: ISC

/// Building and freeing predictors; never called in the audio thread

#include "dsp/predictor.h"

#include "dsp/predictor_internal.h"

#include <stdlib.h>
#include <string.h>

static bool
fill(RemPredictor* const predictor, const RemModel* const model)
{
  const size_t n_rest = rem_net_n_state(&model->spec);
  predictor->frames   = *model->frames;
  predictor->net      = rem_net_new(&model->spec, model->params);
  predictor->state = predictor->net ? rem_net_state_new(predictor->net) : NULL;
  predictor->rest  = (float*)calloc(n_rest, sizeof(float));
  predictor->columns = (float*)calloc(model->spec.n_in, sizeof(float));
  predictor->y       = (float*)calloc(model->spec.n_out, sizeof(float));
  if (!predictor->state || !predictor->rest || !predictor->columns ||
      !predictor->y) {
    return false;
  }
  memcpy(predictor->rest, model->rest, n_rest * sizeof(float));
  rem_predictor_reset(predictor);
  return true;
}

RemPredictor*
rem_predictor_new(const RemModel* const model)
{
  const bool          plays = model->frames && rem_model_streams(model);
  RemPredictor* const predictor =
    plays ? (RemPredictor*)calloc(1, sizeof(RemPredictor)) : NULL;
  if (predictor && !fill(predictor, model)) {
    rem_predictor_free(predictor);
    return NULL;
  }
  return predictor;
}

void
rem_predictor_free(RemPredictor* const predictor)
{
  if (predictor) {
    rem_net_state_free(predictor->state);
    rem_net_free(predictor->net);
    free(predictor->rest);
    free(predictor->columns);
    free(predictor->y);
    free(predictor);
  }
}

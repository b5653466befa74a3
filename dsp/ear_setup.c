// SPDX-License-Identifier: ISC

#include "dsp/ear_internal.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

RemStatus
rem_ear_check(const RemModel* const model,
              const char* const     place,
              RemError* const       error)
{
  if (model->kind != REM_FRAME_SPECTRUM || !model->spectra) {
    return rem_fail(error,
                    REM_UNSUPPORTED,
                    place,
                    "is a net for %s frames; expected a net for spectra "
                    "(remanence train --listen)",
                    rem_frame_kind_name(model->kind));
  }
  if (model->spec.both) {
    return rem_fail(error,
                    REM_UNSUPPORTED,
                    place,
                    "reads in both directions, so it wants to know the end "
                    "before it answers; expected a net that reads forward "
                    "(`remanence tag` takes this one)");
  }
  if (model->spec.whole || model->encoder) {
    return rem_fail(error,
                    REM_UNSUPPORTED,
                    place,
                    "gives one answer for a whole sequence; expected a net "
                    "that answers every frame");
  }
  return REM_SUCCESS;
}

static bool
fill(RemEar* const ear, const RemModel* const model)
{
  const size_t n_state = rem_net_n_state(&model->spec);
  ear->spectra         = *model->spectra;
  ear->mel             = rem_mel_new(model->spectra);
  ear->net             = rem_net_new(&model->spec, model->params);
  ear->state           = ear->net ? rem_net_state_new(ear->net) : NULL;
  ear->rest            = (float*)calloc(n_state, sizeof(float));
  ear->y               = (float*)calloc(model->spec.n_out, sizeof(float));
  if (!ear->mel || !ear->state || !ear->rest || !ear->y) {
    return false;
  }
  memcpy(ear->rest, model->rest, n_state * sizeof(float));
  rem_net_initial(&model->spec, model->params, NULL, ear->rest);
  rem_ear_reset(ear);
  return true;
}

RemEar*
rem_ear_new(const RemModel* const model)
{
  RemEar* const ear = (RemEar*)calloc(1U, sizeof(RemEar));
  if (ear && !fill(ear, model)) {
    rem_ear_free(ear);
    return NULL;
  }
  return ear;
}

void
rem_ear_free(RemEar* const ear)
{
  if (ear) {
    rem_net_state_free(ear->state);
    rem_net_free(ear->net);
    rem_mel_free(ear->mel);
    free(ear->rest);
    free(ear->y);
    free(ear);
  }
}

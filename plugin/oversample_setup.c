// SPDX-License-Identifier: ISC

/// The other threads' half of plugin/oversample.h

#include "dsp/voice.h"
#include "plugin/halfband.h"
#include "plugin/oversample.h"
#include "plugin/oversample_internal.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdlib.h>

#define ATTENUATION_DB 100.0

/// Of the first doubling, as a part of the doubled rate: 20 kHz of 44.1 kHz
/// pass.  The second has what the first leaves free.
static const double transitions[OVERSAMPLE_STAGES] = {0.0232, 0.125};

static bool
fill(RemOversampler* const o, const RemModel* const model)
{
  const size_t n_values = (size_t)2U * OVERSAMPLE_MOST * (model->n_knobs + 1U);

  o->voice    = rem_voice_new(model, o->n_channels * o->n_phases);
  o->channels = (RemOversampled*)calloc(o->n_channels, sizeof(RemOversampled));
  o->values   = (float*)calloc(n_values, sizeof(float));
  for (uint32_t i = 0U; i < OVERSAMPLE_STAGES; ++i) {
    o->filters[i] = rem_halfband_design(transitions[i], ATTENUATION_DB);
  }
  return o->voice && o->channels && o->values;
}

RemOversampler*
rem_oversampler_new(const RemModel* const model,
                    const uint32_t        n_channels,
                    const uint32_t        n_doubled,
                    const uint32_t        n_times)
{
  RemOversampler* const o = (RemOversampler*)calloc(1U, sizeof(RemOversampler));
  if (o) {
    o->n_channels = n_channels;
    o->n_doubled  = n_doubled;
    o->n_phases   = n_times << n_doubled;
    if (!fill(o, model)) {
      rem_oversampler_free(o);
      return NULL;
    }
  }
  return o;
}

void
rem_oversampler_free(RemOversampler* const oversampler)
{
  if (oversampler) {
    rem_voice_free(oversampler->voice);
    free(oversampler->channels);
    free(oversampler->values);
    free(oversampler);
  }
}

double
rem_oversampler_delay(const RemOversampler* const oversampler)
{
  double delay = 0.0;
  for (uint32_t i = 0U; i < oversampler->n_doubled; ++i) {
    delay += rem_halfband_delay(&oversampler->filters[i]) / (1U << i);
  }
  return delay;
}

// SPDX-License-Identifier: ISC

#include "offline_trainer/data/knobs.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/// Find a knob of a pair by its name, or NULL
static const RemKnobSetting*
find_knob(const RemPairSource* const source, const char* const name)
{
  for (uint32_t i = 0; i < source->n_knobs; ++i) {
    if (!strcmp(source->knobs[i].name, name)) {
      return &source->knobs[i];
    }
  }
  return NULL;
}

/// Find the lowest, highest and mean value of a knob over all pairs
static RemKnob
measure(const RemPairSource* const sources,
        const uint32_t             n_sources,
        const char* const          name)
{
  RemKnob knob = {"", INFINITY, -INFINITY, 0.0f};
  memcpy(knob.name, name, sizeof(knob.name));
  for (uint32_t i = 0; i < n_sources; ++i) {
    const float value = find_knob(&sources[i], name)->value;
    knob.minimum      = fminf(knob.minimum, value);
    knob.maximum      = fmaxf(knob.maximum, value);
    knob.default_value += value / (float)n_sources;
  }
  if (knob.minimum >= 0.0f && knob.maximum <= 1.0f) {
    knob.minimum = 0.0f;
    knob.maximum = 1.0f;
  }
  knob.default_value =
    fminf(fmaxf(knob.default_value, knob.minimum), knob.maximum);
  return knob;
}

/// Check the settings of one pair by themselves and against the first pair's
static RemStatus
check_pair(const RemPairSource* const first,
           const RemPairSource* const source,
           RemError* const            error)
{
  const char* const place = source->input_path;
  if (source->n_knobs != first->n_knobs || source->n_knobs > REM_MAX_KNOBS) {
    return rem_fail(error,
                    REM_BAD_ARGUMENT,
                    place,
                    "This pair has %u knobs and the first %u; all need the "
                    "same, at most %u",
                    source->n_knobs,
                    first->n_knobs,
                    REM_MAX_KNOBS);
  }
  for (uint32_t i = 0; i < source->n_knobs; ++i) {
    const RemKnobSetting* const knob = &source->knobs[i];
    if (!knob->name[0] || !isfinite(knob->value)) {
      return rem_fail(error,
                      REM_BAD_ARGUMENT,
                      place,
                      "Knob %u (\"%s\") needs a name and a finite value",
                      i + 1U,
                      knob->name);
    }
    if (find_knob(source, knob->name) != knob) {
      return rem_fail(
        error, REM_BAD_ARGUMENT, place, "Knob %s is given twice", knob->name);
    }
    if (!find_knob(first, knob->name)) {
      return rem_fail(error,
                      REM_BAD_ARGUMENT,
                      place,
                      "Knob %s is not given for the first pair; every pair "
                      "needs the same knobs",
                      knob->name);
    }
  }
  return REM_SUCCESS;
}

RemStatus
rem_knobs_check(const RemPairSource* const sources,
                const uint32_t             n_sources,
                RemError* const            error)
{
  if (!n_sources) {
    return rem_fail(
      error, REM_BAD_ARGUMENT, NULL, "At least one pair is needed");
  }

  for (uint32_t i = 0; i < n_sources; ++i) {
    const RemStatus st = check_pair(&sources[0], &sources[i], error);
    if (st) {
      return st;
    }
  }
  for (uint32_t i = 0; i < sources[0].n_knobs; ++i) {
    const char* const name = sources[0].knobs[i].name;
    const RemKnob     knob = measure(sources, n_sources, name);
    if (!(knob.maximum > knob.minimum)) {
      return rem_fail(error,
                      REM_BAD_ARGUMENT,
                      NULL,
                      "Knob %s stands at %g in every pair, so that its range "
                      "is unknown; give it as 0 to 1, or add pairs at other "
                      "settings",
                      name,
                      (double)knob.minimum);
    }
  }
  return REM_SUCCESS;
}

RemStatus
rem_knobs_set(const RemPairSource* const sources,
              RemRecording* const        recording,
              RemError* const            error)
{
  const uint32_t n   = sources[0].n_knobs;
  recording->n_knobs = n;
  recording->knobs   = (RemKnob*)calloc(n + 1U, sizeof(RemKnob));
  for (uint32_t i = 0; recording->knobs && i < n; ++i) {
    recording->knobs[i] =
      measure(sources, recording->n_pairs, sources[0].knobs[i].name);
  }
  for (uint32_t p = 0; p < recording->n_pairs; ++p) {
    RemPair* const pair = &recording->pairs[p];
    pair->n_knobs       = n;
    pair->knobs         = (float*)calloc(n + 1U, sizeof(float));
    if (!recording->knobs || !pair->knobs) {
      return rem_fail(error, REM_NO_MEMORY, NULL, "No memory for the knobs");
    }
    for (uint32_t i = 0; i < n; ++i) {
      const RemKnob* const knob  = &recording->knobs[i];
      const float          value = find_knob(&sources[p], knob->name)->value;
      pair->knobs[i] =
        (value - knob->minimum) / (knob->maximum - knob->minimum);
    }
  }
  return REM_SUCCESS;
}

// SPDX-License-Identifier: ISC

#include "dsp/modelfile/words.h"

#include <float.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/// Narrowest range of a knob.  Where nets play, denormal numbers count as zero,
/// and so would the width of a range between two of them.
#define MIN_RANGE 1e-30f

RemStatus
rem_words_number_knobs(RemModel* const   model,
                       const char* const name,
                       RemError* const   error)
{
  const uint32_t n = model->spec.n_in - 1U;
  model->knobs     = n ? (RemKnob*)calloc(n, sizeof(RemKnob)) : NULL;
  model->n_knobs   = model->knobs ? n : 0U;
  if (n && !model->knobs) {
    return rem_fail(error, REM_NO_MEMORY, NULL, "Out of memory");
  }
  for (uint32_t k = 0; k < n; ++k) {
    RemKnob* const knob = &model->knobs[k];
    (void)snprintf(knob->name, sizeof(knob->name), "%.32s%u", name, k + 1U);
    knob->maximum = 1.0f;
  }
  return REM_SUCCESS;
}

/// Read one of "knobs"
static RemStatus
read_knob(const RemJson* const at, RemKnob* const knob)
{
  const RemJson     name    = rem_json_key(at, "name");
  const RemJson     minimum = rem_json_key(at, "minimum");
  const RemJson     maximum = rem_json_key(at, "maximum");
  const RemJson     value   = rem_json_key(at, "default");
  const char* const text    = json_string_value(name.value);
  RemStatus         st      = REM_SUCCESS;
  if (!text || !*text || strlen(text) >= sizeof(knob->name)) {
    return rem_json_unexpected(&name, "a name of 1 to 63 bytes");
  }
  memset(knob, 0, sizeof(*knob));
  memcpy(knob->name, text, strlen(text));
  if ((st = rem_json_float(&minimum, -FLT_MAX, FLT_MAX, &knob->minimum)) ||
      (st = rem_json_float(&maximum, -FLT_MAX, FLT_MAX, &knob->maximum))) {
    return st;
  }
  if (!(knob->maximum - knob->minimum >= MIN_RANGE) ||
      !isfinite(knob->maximum - knob->minimum)) {
    return rem_json_fail(&maximum,
                         REM_BAD_FORMAT,
                         "is %g, expected more than the minimum of %g, by a "
                         "finite range of at least %g",
                         (double)knob->maximum,
                         (double)knob->minimum,
                         (double)MIN_RANGE);
  }
  return rem_json_float(
    &value, knob->minimum, knob->maximum, &knob->default_value);
}

/// Read "knobs"
static RemStatus
read_knobs(const RemJson* const at, RemModel* const model)
{
  RemStatus st = REM_SUCCESS;
  if (!at->value) {
    return st;
  }
  if (!json_is_array(at->value) ||
      json_array_size(at->value) != model->n_knobs) {
    return rem_json_fail(at,
                         REM_BAD_SHAPE,
                         "names %zu knobs, expected %u, one for each input "
                         "after the audio",
                         json_array_size(at->value),
                         model->n_knobs);
  }
  for (uint32_t k = 0; !st && k < model->n_knobs; ++k) {
    const RemJson item = rem_json_item(at, k);
    st                 = read_knob(&item, &model->knobs[k]);
  }
  return st;
}

/// Return "knobs"
static json_t*
write_knobs(const RemModel* const model)
{
  json_t* const knobs = json_array();
  bool          done  = knobs != NULL;
  for (uint32_t k = 0; done && k < model->n_knobs; ++k) {
    const RemKnob* const knob = &model->knobs[k];
    done                      = !json_array_append_new(knobs,
                                  json_pack("{s:s, s:f, s:f, s:f}",
                                            "name",
                                            knob->name,
                                            "minimum",
                                            (double)knob->minimum,
                                            "maximum",
                                            (double)knob->maximum,
                                            "default",
                                            (double)knob->default_value));
  }
  if (!done) {
    json_decref(knobs);
  }
  return done ? knobs : NULL;
}

/// Read a level if there is one
static RemStatus
read_level(const RemJson* const at, const char* const key, float* const out)
{
  const RemJson level = rem_json_key(at, key);
  return json_is_number(level.value)
           ? rem_json_float(&level, -FLT_MAX, FLT_MAX, out)
           : REM_SUCCESS;
}

RemStatus
rem_words_read_levels(const RemJson* const at, RemModel* const model)
{
  RemStatus st = REM_SUCCESS;
  if ((st = read_level(at, "loudness", &model->loudness_db)) ||
      (st = read_level(at, "input_level_dbu", &model->input_level_dbu))) {
    return st;
  }
  return read_level(at, "output_level_dbu", &model->output_level_dbu);
}

/// Put a level into `object` if it is known; return whether there was memory
static bool
write_level(json_t* const object, const char* const key, const float value)
{
  return !isfinite(value) ||
         !json_object_set_new(object, key, json_real((double)value));
}

bool
rem_words_write_levels(const RemModel* const model, json_t* const object)
{
  return write_level(object, "loudness", model->loudness_db) &&
         write_level(object, "input_level_dbu", model->input_level_dbu) &&
         write_level(object, "output_level_dbu", model->output_level_dbu);
}

RemStatus
rem_words_read_settings(const RemJson* const at, RemModel* const model)
{
  const RemJson   knobs  = rem_json_key(at, "knobs");
  const RemJson   levels = rem_json_key(at, "levels");
  const RemStatus st     = read_knobs(&knobs, model);
  return st ? st : rem_words_read_levels(&levels, model);
}

bool
rem_words_write_settings(const RemModel* const model, json_t* const object)
{
  json_t* const levels = json_object();
  bool          done   = rem_words_write_levels(model, levels);
  done &= !json_object_set_new(object, "levels", levels);
  return done && (!model->n_knobs ||
                  !json_object_set_new(object, "knobs", write_knobs(model)));
}

RemStatus
rem_words_read_extras(const RemJson* const at, RemModel* const model)
{
  const RemJson extras     = rem_json_key(at, "remanence");
  const RemJson metrics    = rem_json_key(&extras, "metrics");
  const RemJson provenance = rem_json_key(&extras, "provenance");
  RemStatus     st         = REM_SUCCESS;
  if ((st = rem_words_read_settings(&extras, model)) ||
      (st = rem_json_object_text(&metrics, &model->metrics))) {
    return st;
  }
  return rem_json_object_text(&provenance, &model->provenance);
}

bool
rem_words_write_extras(const RemModel* const model, json_t* const object)
{
  json_t* const extras = json_object();
  bool          done   = rem_words_write_settings(model, extras);
  done &=
    !model->metrics ||
    !json_object_set_new(extras, "metrics", rem_words_object(model->metrics));
  done &= !model->provenance ||
          !json_object_set_new(
            extras, "provenance", rem_words_object(model->provenance));
  return !json_object_set_new(object, "remanence", extras) && done;
}

RemStatus
rem_words_read_rate(const RemJson* const at, RemModel* const model)
{
  const char* const text = json_string_value(at->value);
  double            rate = json_number_value(at->value);
  if (text) { // By jansson, because strtod() depends on the locale
    json_t* const number = json_loads(text, JSON_DECODE_ANY, NULL);
    rate                 = json_number_value(number);
    json_decref(number);
  }
  if (!text && !json_is_number(at->value)) {
    return REM_SUCCESS;
  }
  if (!(rate >= REM_MIN_RATE && rate <= REM_MAX_RATE)) {
    char number[32];
    (void)snprintf(number, sizeof(number), "%g", rate);
    return rem_json_fail(at,
                         REM_BAD_FORMAT,
                         "the sample rate is %.32s, expected %g to %g Hz",
                         text ? text : number,
                         REM_MIN_RATE,
                         REM_MAX_RATE);
  }
  model->sample_rate = rate;
  model->rate_known  = true;
  return REM_SUCCESS;
}

json_t*
rem_words_object(const char* const text)
{
  const RemSource source = {"", 0, NULL};
  json_t*         object = NULL;
  if (!text) {
    return json_object();
  }
  (void)rem_json_parse(text, strlen(text), 0, &source, &object);
  return object;
}

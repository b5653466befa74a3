// SPDX-License-Identifier: ISC

#include "offline_trainer/compare.h"

#include "dsp/modelfile/words.h"

#include <math.h>
#include <stdbool.h>
#include <string.h>

#define REST_TOLERANCE 1e-4f ///< Of |h| and |c|, relative where above 1

static bool
same_shape(const RemNetSpec* const a, const RemNetSpec* const b)
{
  return a->cell == b->cell && a->head == b->head && a->n_in == b->n_in &&
         a->n_hidden == b->n_hidden && a->n_layers == b->n_layers &&
         a->n_out == b->n_out && a->skip == b->skip;
}

static bool
same_params(const RemModel* const a, const RemModel* const b)
{
  return same_shape(&a->spec, &b->spec) &&
         !memcmp(
           a->params, b->params, rem_net_n_params(&a->spec) * sizeof(float));
}

static bool
same_rest(const RemModel* const a, const RemModel* const b)
{
  const size_t n = rem_net_n_state(&a->spec);
  if (!same_shape(&a->spec, &b->spec)) {
    return false;
  }
  for (size_t i = 0; i < n; ++i) {
    const float scale = fmaxf(1.0f, fabsf(a->rest[i]));
    if (!(fabsf(a->rest[i] - b->rest[i]) <= REST_TOLERANCE * scale)) {
      return false;
    }
  }
  return true;
}

static bool
same_knobs(const RemModel* const a, const RemModel* const b)
{
  for (uint32_t k = 0; a->n_knobs == b->n_knobs && k < a->n_knobs; ++k) {
    const RemKnob* const x = &a->knobs[k];
    const RemKnob* const y = &b->knobs[k];
    if (strcmp(x->name, y->name) != 0 || x->minimum != y->minimum ||
        x->maximum != y->maximum || x->default_value != y->default_value) {
      return false;
    }
  }
  return a->n_knobs == b->n_knobs;
}

/// Return whether two levels are equal, or both unknown
static bool
same_level(const float a, const float b)
{
  return a == b || (isnan(a) && isnan(b));
}

static bool
same_levels(const RemModel* const a, const RemModel* const b)
{
  return same_level(a->loudness_db, b->loudness_db) &&
         same_level(a->input_level_dbu, b->input_level_dbu) &&
         same_level(a->output_level_dbu, b->output_level_dbu);
}

/// Return whether two texts are the same JSON object; none is an empty one
static bool
same_words(const char* const a, const char* const b)
{
  json_t* const x    = rem_words_object(a);
  json_t* const y    = rem_words_object(b);
  const bool    same = json_equal(x, y);
  json_decref(x);
  json_decref(y);
  return same;
}

size_t
compare_models(const RemModel* const a,
               const RemModel* const b,
               const char** const    out)
{
  const char* const name_a = a->name ? a->name : "";
  const char* const name_b = b->name ? b->name : "";
  const struct {
    bool        same;
    const char* what;
  } parts[] = {
    {same_shape(&a->spec, &b->spec), "the shape"},
    {same_params(a, b), "the weights"},
    {same_rest(a, b), "the rest state"},
    {same_knobs(a, b), "the knobs"},
    {a->sample_rate == b->sample_rate && a->rate_known == b->rate_known,
     "the sample rate"},
    {a->in_gain_db == b->in_gain_db && a->out_gain_db == b->out_gain_db,
     "the gains"},
    {same_levels(a, b), "the levels"},
    {!strcmp(name_a, name_b), "the name"},
    {same_words(a->metadata, b->metadata), "the metadata"},
    {same_words(a->metrics, b->metrics), "the metrics"},
    {same_words(a->provenance, b->provenance), "the provenance"},
  };
  size_t n = 0;
  for (size_t i = 0; i < sizeof(parts) / sizeof(*parts); ++i) {
    if (!parts[i].same) {
      out[n++] = parts[i].what;
    }
  }
  return n;
}

// SPDX-License-Identifier: ISC

/// Models for the tests of dsp/modelfile/

#ifndef REM_TESTS_MODELFILE_H
#define REM_TESTS_MODELFILE_H

#include "dsp/model.h"
#include "dsp/modelfile/modelfile.h"
#include "tests/check.h"
#include "tests/reference.h"

#include <jansson.h>
#include <string.h>

/// Return a settled model of a shape, without words
static inline RemModel*
plain_model(const uint32_t n_in,
            const uint32_t n_hidden,
            const uint32_t n_layers,
            const bool     skip)
{
  const RemNetSpec spec  = {.n_in     = n_in,
                            .n_hidden = n_hidden,
                            .n_layers = n_layers,
                            .n_out    = 1,
                            .skip     = skip};
  RemModel* const  model = rem_model_new(&spec);
  CHECK(model);
  random_params(&spec, model->params, 0.4f, 7U);
  model->params[rem_net_layer_at(&spec, 0).bias]     = -0.0f;
  model->params[rem_net_layer_at(&spec, 0).bias + 1] = 1e-41f; // Denormal
  model->n_knobs                                     = n_in - 1U;
  model->knobs = (RemKnob*)calloc(n_in, sizeof(RemKnob));
  CHECK(model->knobs);
  for (uint32_t k = 0; k < model->n_knobs; ++k) {
    const RemKnob knob = {"Gain", -2.0f, 10.1f + (float)k, 0.1f};
    model->knobs[k]    = knob;
  }
  CHECK(!rem_model_settle(model, NULL));
  CHECK(!rem_model_make_check(model, NULL));
  return model;
}

/// Return a model for control frames: a fader, a switch, one of three notes and
/// another fader; `n_mixtures` 0 for a linear head
static inline RemModel*
control_model(const uint32_t n_mixtures,
              const uint32_t n_hidden,
              const uint32_t n_layers)
{
  RemFrames frames;
  rem_frames_init(&frames, 4U, n_mixtures);
  frames.dims[0].scale     = 0.123f;
  frames.dims[0].step      = 1.0f / 127.0f;
  frames.dims[1].kind      = REM_DIM_SWITCH;
  frames.dims[2].kind      = REM_DIM_CHOICE;
  frames.dims[2].n_choices = 3U;
  for (uint32_t k = 0U; k < 3U; ++k) {
    frames.dims[2].choices[k] = (float)(60U + 4U * k) / 127.0f;
  }
  (void)strcpy(frames.dims[3].name, "Cutoff");
  RemModel* const model = rem_model_new_control(&frames, n_hidden, n_layers);
  CHECK(model);
  random_params(&model->spec, model->params, 0.4f, 7U);
  CHECK(!rem_model_make_check(model, NULL));
  return model;
}

/// Add everything that every format written can say
static inline RemModel*
with_words(RemModel* const model)
{
  model->sample_rate      = 44100.0;
  model->rate_known       = true;
  model->loudness_db      = -18.3f;
  model->input_level_dbu  = 12.2f;
  model->output_level_dbu = 0.1f;
  model->name             = strdup("J\xC3\xA9r\xC3\xB4me's \"amp\"");
  model->metadata         = strdup("{\"author\":\"me\",\"gear\":{\"x\":0.1}}");
  model->metrics          = strdup("{\"esr\":0.0123456789012345678}");
  model->provenance = strdup("{\"command\":\"train -o x\",\"epochs\":12}");
  CHECK(model->name && model->metadata && model->metrics && model->provenance);
  return model;
}

static inline bool
same_float(const float a, const float b)
{
  return (isnan(a) && isnan(b)) || !memcmp(&a, &b, sizeof(a));
}

/// Return whether two texts are the same JSON, or both NULL
static inline bool
same_json(const char* const a, const char* const b)
{
  json_t* const x    = a ? json_loads(a, 0, NULL) : NULL;
  json_t* const y    = b ? json_loads(b, 0, NULL) : NULL;
  const bool    same = (!a && !b) || json_equal(x, y);
  json_decref(x);
  json_decref(y);
  return same;
}

/// Return whether frames mean the same; what a kind does not have says nothing
static inline bool
same_frames(const RemFrames* const a, const RemFrames* const b)
{
  bool same = a->n_dims == b->n_dims && a->n_mixtures == b->n_mixtures &&
              a->residual == b->residual && same_float(a->floor, b->floor) &&
              same_float(a->dt_offset, b->dt_offset) &&
              same_float(a->dt_scale, b->dt_scale) &&
              same_float(a->dt_maximum, b->dt_maximum);
  for (uint32_t d = 0U; same && d < a->n_dims; ++d) {
    const RemDim* const x = &a->dims[d];
    const RemDim* const y = &b->dims[d];
    const bool          n = x->kind == REM_DIM_CHOICE;
    same =
      x->kind == y->kind && !strcmp(x->name, y->name) &&
      (x->kind != REM_DIM_CONTINUOUS ||
       (same_float(x->offset, y->offset) && same_float(x->scale, y->scale))) &&
      (!n || (x->n_choices == y->n_choices &&
              !memcmp(x->choices, y->choices, 4U * x->n_choices)));
  }
  return same;
}

/// Check that two models are the same, every number to the last bit
static inline void
check_same(const RemModel* const a, const RemModel* const b)
{
  const RemNetSpec* const spec = &a->spec;
  CHECK(spec->n_in == b->spec.n_in && spec->n_hidden == b->spec.n_hidden);
  CHECK(spec->n_layers == b->spec.n_layers && spec->n_out == b->spec.n_out);
  CHECK(spec->skip == b->spec.skip && a->n_knobs == b->n_knobs);
  CHECK(spec->head == b->spec.head && !a->frames == !b->frames);
  CHECK(spec->cell == b->spec.cell && spec->take == b->spec.take);
  CHECK(spec->both == b->spec.both && spec->whole == b->spec.whole);
  CHECK(spec->initial == b->spec.initial && a->kind == b->kind);
  CHECK(spec->n_condition == b->spec.n_condition);
  CHECK(spec->n_symbols == b->spec.n_symbols);
  CHECK(!a->frames || same_frames(a->frames, b->frames));
  CHECK(!memcmp(a->params, b->params, 4U * rem_net_n_params(spec)));
  CHECK(!memcmp(a->rest, b->rest, 4U * rem_net_n_state(spec)));
  CHECK(a->check.n_frames == b->check.n_frames);
  const size_t n = sizeof(float) * a->check.n_frames;
  CHECK(!n || !memcmp(a->check.input, b->check.input, n * spec->n_in));
  CHECK(!n || !memcmp(a->check.output, b->check.output, n * spec->n_out));
  CHECK(!a->n_knobs ||
        !memcmp(a->knobs, b->knobs, a->n_knobs * sizeof(RemKnob)));
  CHECK(a->sample_rate == b->sample_rate && a->rate_known == b->rate_known);
  CHECK(same_float(a->in_gain_db, b->in_gain_db));
  CHECK(same_float(a->out_gain_db, b->out_gain_db));
  CHECK(same_float(a->loudness_db, b->loudness_db));
  CHECK(same_float(a->input_level_dbu, b->input_level_dbu));
  CHECK(same_float(a->output_level_dbu, b->output_level_dbu));
  CHECK(!a->name == !b->name && (!a->name || !strcmp(a->name, b->name)));
  CHECK(same_json(a->metadata, b->metadata));
  CHECK(same_json(a->metrics, b->metrics));
  CHECK(same_json(a->provenance, b->provenance));
}

/// Encode and decode
static inline RemModel*
round_trip(const RemModel* const model, const RemFormat format)
{
  void*     bytes = NULL;
  size_t    size  = 0;
  RemModel* back  = NULL;
  RemFormat found = REM_FORMAT_UNKNOWN;
  RemError  error = {REM_SUCCESS, "", ""};
  if (rem_model_encode(model, format, &bytes, &size, &error) ||
      rem_model_decode(bytes, size, "round-trip", &back, &found, &error)) {
    fprintf(stderr, "%s: %s\n", error.place, error.text);
  }
  CHECK(back && found == format);
  free(bytes);
  return back;
}

/// Decode bytes that may be anything: a model of finite numbers, or NULL and an
/// error that says what and where
static inline RemModel*
decode_anything(const void* const bytes, const size_t size)
{
  RemModel*       model = NULL;
  RemError        error = {REM_SUCCESS, "", ""};
  const RemStatus st = rem_model_decode(bytes, size, "x", &model, NULL, &error);
  CHECK(!st == !!model);
  CHECK(st ? error.status == st && *error.text && *error.place : !error.status);
  for (size_t i = 0; model && i < rem_net_n_params(&model->spec); ++i) {
    CHECK(isfinite(model->params[i]));
  }
  for (size_t i = 0; model && i < rem_net_n_state(&model->spec); ++i) {
    CHECK(isfinite(model->rest[i]));
  }
  return model;
}

#endif // REM_TESTS_MODELFILE_H

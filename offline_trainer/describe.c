// SPDX-License-Identifier: ISC

#include "offline_trainer/describe_internal.h"

#include "dsp/denormal.h"
#include "dsp/modelfile/frames.h"
#include "dsp/modelfile/spec.h"
#include "dsp/modelfile/spectra.h"
#include "dsp/modelfile/symbols.h"
#include "dsp/modelfile/words.h"
#include "offline_trainer/progress.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define COST_SECONDS 0.02 ///< How long the cost is measured
#define COST_FRAMES 16U   ///< Frames a call, as a small block of a host's

double
describe_cost(const RemModel* const model)
{
  const RemNetSpec* const spec  = &model->spec;
  RemNet* const           net   = rem_net_new(spec, model->params);
  RemNetState* const      state = net ? rem_net_state_new(net) : NULL;
  const size_t            n_floats =
    (size_t)COST_FRAMES * ((size_t)spec->n_in + spec->n_out);
  float* const x    = (float*)calloc(n_floats, sizeof(float));
  double       cost = (double)NAN;
  if (state && x && !spec->both) { // Which only plays whole sequences
    const RemFloatMode mode  = rem_denormals_off();
    const double       start = progress_clock();
    double             spent = 0.0;
    size_t             n     = 0;
    for (; spent < COST_SECONDS; n += COST_FRAMES) {
      rem_net_block(
        net, state, x, x + (size_t)COST_FRAMES * spec->n_in, COST_FRAMES);
      spent = progress_clock() - start;
    }
    rem_denormals_restore(mode);
    cost = spent / (double)n;
  }
  free(x);
  rem_net_state_free(state);
  rem_net_free(net);
  return cost;
}

/// Return the largest |h| (offset 0) or |c| (offset 1) of the rest state
static double
largest_rest(const RemModel* const model, const size_t offset)
{
  const size_t n     = model->spec.n_hidden;
  float        worst = 0.0f;
  for (size_t i = 0; i < rem_net_n_state(&model->spec); ++i) {
    worst = i / n % 2U == offset ? fmaxf(worst, fabsf(model->rest[i])) : worst;
  }
  return (double)worst;
}

/// Print a line that is not there for a file that does not say
static void
print_level(bool* const       any,
            const char* const name,
            const float       value,
            const char* const unit)
{
  if (isfinite(value)) {
    if (*any) {
      fputs(", ", stdout);
    } else {
      describe_label("levels");
    }
    printf("%s %g %s", name, (double)value, unit);
    *any = true;
  }
}

/// Print "levels" if the file names any
static void
print_levels(const RemModel* const model)
{
  bool any = false;
  print_level(&any, "loudness", model->loudness_db, "dB");
  print_level(&any, "full scale in", model->input_level_dbu, "dBu");
  print_level(&any, "full scale out", model->output_level_dbu, "dBu");
  fputs(any ? "\n" : "", stdout);
}

/// Print one value
static void
print_value(const json_t* const value)
{
  if (json_is_string(value)) {
    describe_safely(json_string_value(value));
  } else if (json_is_number(value)) {
    printf("%.9g", json_number_value(value));
  } else {
    char* const text = json_dumps(value, JSON_COMPACT | JSON_ENCODE_ANY);
    describe_safely(text ? text : "");
    free(text);
  }
}

/// Print one value of an object under its name, with `prefix` before that
static void
print_pair(const char* const   title,
           const char* const   prefix,
           const char* const   key,
           const json_t* const value)
{
  describe_label(title);
  describe_safely(prefix);
  fputs(*prefix ? "." : "", stdout);
  describe_safely(key);
  fputs(": ", stdout);
  print_value(value);
  putchar('\n');
}

/// Print a text that is a JSON object, one line a value, nothing for NULL;
/// objects in it likewise, by longer names
static void
print_words(const char* title, const char* const text)
{
  json_t* const object = rem_words_object(text);
  const char *  outer = NULL, *inner = NULL;
  json_t *      value = NULL, *part = NULL;
  json_object_foreach(object, outer, value)
  {
    if (!json_object_size(value)) {
      print_pair(title, "", outer, value);
      title = "";
    }
    json_object_foreach(value, inner, part)
    {
      print_pair(title, outer, inner, part);
      title = "";
    }
  }
  json_decref(object);
}

/// Print what the model does to the sound around the net
static void
print_sound(const RemModel* const model)
{
  describe_label("sample rate");
  printf("%g Hz%s\n",
         model->sample_rate,
         model->rate_known ? "" : ", assumed: the file does not say");
  describe_label("gains");
  printf("%+g dB before the net, %+g dB after\n",
         (double)model->in_gain_db,
         (double)model->out_gain_db);
  for (uint32_t k = 0; k < model->n_knobs; ++k) {
    const RemKnob* const knob = &model->knobs[k];
    describe_label(k ? "" : "knobs");
    describe_safely(knob->name);
    printf(": %g to %g, by default %g\n",
           (double)knob->minimum,
           (double)knob->maximum,
           (double)knob->default_value);
  }
  print_levels(model);
}

/// Print what a dimension of control frames is
static void
print_dim(const RemDim* const dim, const uint32_t number)
{
  describe_label(number > 1U ? "" : "dimensions");
  printf("%u: ", number);
  describe_safely(dim->name);
  fputs(*dim->name ? ", " : "", stdout);
  switch (dim->kind) {
  case REM_DIM_CONTINUOUS:
    printf("mean %.3g, deviation %.3g%s\n",
           (double)dim->offset,
           (double)dim->scale,
           dim->step > 0.0f ? ", in steps of MIDI" : "");
    break;
  case REM_DIM_SWITCH:
    puts("a switch");
    break;
  case REM_DIM_CHOICE:
    printf("a choice of %u values\n", dim->n_choices);
    break;
  }
}

/// Print what the columns of a net for control frames mean
static void
print_frames(const RemFrames* const frames)
{
  describe_label("plays");
  printf("control frames of %u %s, by ",
         frames->n_dims,
         frames->n_dims > 1U ? "dimensions" : "dimension");
  if (frames->n_mixtures) {
    printf("%u Gaussians\n", frames->n_mixtures);
  } else {
    puts("one guess");
  }
  describe_label("times");
  printf("%.3g s in the mean, up to %.3g s\n",
         exp((double)frames->dt_offset),
         (double)frames->dt_maximum);
  for (uint32_t d = 0U; d < frames->n_dims; ++d) {
    print_dim(&frames->dims[d], d + 1U);
  }
}

/// Print what predicting an event takes
static void
print_event_cost(const RemModel* const model, const double cost)
{
  describe_label("cost");
  printf("%zu multiply-adds %s",
         describe_multiply_adds(&model->spec),
         model->kind == REM_FRAME_CONTROL  ? "an event"
         : model->kind == REM_FRAME_SYMBOL ? "a symbol"
                                           : "a frame");
  if (isfinite(cost)) {
    printf("; here %.2f us (%s)", 1e6 * cost, rem_net_isa());
  }
  putchar('\n');
}

/// Print what playing the model takes
static void
print_cost(const RemModel* const model, const double cost)
{
  describe_label("cost");
  printf("%zu multiply-adds a sample; here %.2f us (%s), %.2g %% of a core at "
         "%g Hz\n",
         describe_multiply_adds(&model->spec),
         1e6 * cost,
         rem_net_isa(),
         100.0 * cost * model->sample_rate,
         model->sample_rate);
}

/// Print what a frame of the net is
static void
print_kind(const RemModel* const model)
{
  switch (model->kind) {
  case REM_FRAME_AUDIO:
    print_sound(model);
    break;
  case REM_FRAME_CONTROL:
    print_frames(model->frames);
    break;
  case REM_FRAME_SPECTRUM:
    describe_spectra(model);
    break;
  case REM_FRAME_SYMBOL:
  case REM_FRAME_VECTOR:
    describe_symbols(model);
    break;
  }
}

void
describe_text(const char* const     path,
              const RemFormat       format,
              const RemModel* const model,
              const double          cost)
{
  printf("%s\n", path);
  describe_label("format");
  printf("%s\n", rem_format_name(format));
  if (model->name) {
    describe_label("name");
    describe_safely(model->name);
    putchar('\n');
  }
  describe_net(model);
  print_kind(model);
  describe_label("rest state");
  printf("|h| up to %.3g, |c| up to %.3g\n",
         largest_rest(model, 0U),
         largest_rest(model, 1U));
  if (model->kind == REM_FRAME_AUDIO) {
    print_cost(model, cost);
  } else {
    print_event_cost(model, cost);
  }
  print_words("metadata", model->metadata);
  print_words("metrics", model->metrics);
  print_words("provenance", model->provenance);
}

/// Return a number, or null for what is not one
static json_t*
number(const double value)
{
  return isfinite(value) ? json_real(value) : json_null();
}

/// Return the shape of the net and its size, or NULL without memory
static json_t*
net_json(const RemNetSpec* const spec)
{
  json_t* const net = rem_spec_write(spec);
  if (json_object_set_new(
        net, "parameters", json_integer((json_int_t)rem_net_n_params(spec))) ||
      json_object_set_new(
        net,
        "multiply_adds",
        json_integer((json_int_t)describe_multiply_adds(spec)))) {
    json_decref(net);
    return NULL;
  }
  return net;
}

/// Add which symbols a model reads and chooses from; false without memory
static bool
add_symbols(const RemModel* const model, json_t* const facts)
{
  const RemEncoder* const encoder = model->encoder;
  return (!model->symbols ||
          !json_object_set_new(
            facts, "symbols", rem_symbols_write_json(model->symbols))) &&
         (!model->labels ||
          !json_object_set_new(
            facts, "labels", rem_symbols_write_json(model->labels))) &&
         (!encoder || !json_object_set_new(
                        facts, "encoder", rem_spec_write(&encoder->spec)));
}

json_t*
describe_json(const char* const     path,
              const RemFormat       format,
              const RemModel* const model,
              const double          cost)
{
  const bool    named = model->name != NULL;
  json_t* const facts =
    json_pack("{s:o, s:s, s:o, s:o, s:f, s:b, s:f, s:f, s:{s:f, s:f}, s:o, "
              "s:o, s:o, s:o}",
              "file",
              json_stringn_nocheck(path, strlen(path)),
              "format",
              rem_format_name(format),
              "name",
              named ? json_string(model->name) : json_null(),
              "net",
              net_json(&model->spec),
              "sample_rate",
              model->sample_rate,
              "rate_known",
              (int)model->rate_known,
              "in_gain_db",
              (double)model->in_gain_db,
              "out_gain_db",
              (double)model->out_gain_db,
              "rest",
              "largest_h",
              largest_rest(model, 0U),
              "largest_c",
              largest_rest(model, 1U),
              "seconds_per_sample",
              number(cost),
              "metadata",
              rem_words_object(model->metadata),
              "metrics",
              rem_words_object(model->metrics),
              "provenance",
              rem_words_object(model->provenance));
  const bool framed =
    !facts || !model->frames ||
    !json_object_set_new(facts, "frames", rem_frames_write(model->frames));
  const bool heard =
    !facts || !model->spectra ||
    !json_object_set_new(facts, "spectra", rem_spectra_write(model->spectra));
  if (facts && (!framed || !heard || !add_symbols(model, facts) ||
                !rem_words_write_settings(model, facts))) {
    json_decref(facts);
    return NULL;
  }
  return facts;
}

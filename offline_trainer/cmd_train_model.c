// SPDX-License-Identifier: ISC

#include "offline_trainer/cmd_train.h"

#include <jansson.h>
#include <nettle/sha2.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#ifndef REM_VERSION
#  define REM_VERSION "unknown" // The build script says it
#endif

#define HEX_SIZE (2U * SHA256_DIGEST_SIZE + 1U)

const char*
train_base_name(const char* const path)
{
  const char* const slash = strrchr(path, '/');
  return slash ? slash + 1 : path;
}

/// Write a digest of the sound and the knobs of `stretches` as hex digits
static void
digest(const RemStretch* const stretches, const uint32_t n, char* const hex)
{
  struct sha256_ctx context;
  uint8_t           bytes[SHA256_DIGEST_SIZE];
  sha256_init(&context);
  for (uint32_t i = 0; i < n; ++i) {
    const RemPair* const pair = stretches[i].pair;
    const size_t         at   = stretches[i].begin;
    const size_t         size = (stretches[i].end - at) * sizeof(float);
    sha256_update(&context, size, (const uint8_t*)(pair->input + at));
    sha256_update(&context, size, (const uint8_t*)(pair->target + at));
    for (uint32_t k = 0; k < pair->n_knobs; ++k) {
      sha256_update(&context, sizeof(float), (const uint8_t*)&pair->knobs[k]);
    }
  }
  sha256_digest(&context, sizeof(bytes), bytes);
  for (size_t i = 0; i < sizeof(bytes); ++i) {
    (void)snprintf(hex + 2U * i, 3U, "%02x", bytes[i]);
  }
}

/// Write the taps of the pre-emphasis as they would be given
static void
print_taps(FILE* const out, const RemLossSpec* const loss)
{
  fprintf(out, "--pre-emphasis");
  for (uint32_t k = 0; k < loss->n_taps; ++k) {
    fprintf(out, "%c%.7g", k ? ',' : ' ', (double)loss->taps[k]);
  }
  fputc('\n', out);
}

/// Write every option that changes the result, a line each
static void
print_options(FILE* const out, const TrainOptions* const options)
{
  const RemTrainSpec* const spec = &options->spec;
  const RemLossSpec* const  loss = &options->loss;
  train_print_cell(out, &spec->net);
  fprintf(out, "--hidden %u\n", spec->net.n_hidden);
  fprintf(out, "--layers %u\n", spec->net.n_layers);
  fprintf(out, spec->net.skip ? "--skip\n" : "--no-skip\n");
  fprintf(out, "--loss %s\n", loss->mse_weight > 0.0f ? "mse" : "esr");
  print_taps(out, loss);
  fprintf(out, "--dc %.7g\n", (double)loss->dc_weight);
  fprintf(out, "--stft %.7g\n", (double)loss->stft_weight);
  train_print_spec(out, spec);
}

char*
train_about(const TrainOptions* const options,
            const RemRecording* const recording,
            const RemSplit* const     split)
{
  char        hex[HEX_SIZE];
  char*       text = NULL;
  size_t      size = 0U;
  FILE* const out  = open_memstream(&text, &size);
  if (!out) {
    return NULL;
  }
  print_options(out, options);
  digest(split->training, split->n_training, hex);
  fprintf(
    out, "%u Hz, to learn from: sound with SHA-256 %s\n", recording->rate, hex);
  digest(split->held_out, split->n_held_out, hex);
  fprintf(out, "held out: sound with SHA-256 %s\n", hex);
  const bool good = !ferror(out);
  if (fclose(out) || !good) {
    free(text);
    return NULL;
  }
  return text;
}

/// Return the time as people and programs read it: 2026-01-31T12:00:00Z
static json_t*
date_now(void)
{
  char         text[32] = "";
  const time_t now      = time(NULL);
  struct tm    utc;
  if (gmtime_r(&now, &utc)) {
    (void)strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%SZ", &utc);
  }
  return json_string(text);
}

/// Return what was learned from and tested with
static json_t*
list_pairs(const TrainFacts* const facts)
{
  json_t* const list = json_array();
  for (uint32_t i = 0; i < facts->options->n_pairs; ++i) {
    const TrainPair* const given = &facts->options->pairs[i];
    json_t* const          knobs = json_object();
    for (uint32_t k = 0; k < given->n_knobs; ++k) {
      (void)json_object_set_new(
        knobs, given->knobs[k].name, json_real((double)given->knobs[k].value));
    }
    (void)json_array_append_new(list,
                                json_pack("{s:s, s:s, s:b, s:o}",
                                          "input",
                                          train_base_name(given->input_path),
                                          "target",
                                          train_base_name(given->target_path),
                                          "held_out",
                                          (int)given->held_out,
                                          "knobs",
                                          knobs));
  }
  return list;
}

static double
seconds_of(const RemStretch* const stretches,
           const uint32_t          n,
           const uint32_t          rate)
{
  return (double)rem_stretches_length(stretches, n) / (double)rate;
}

/// Return the settings in one line
static json_t*
one_line(const char* const about)
{
  char* const text = strdup(about);
  for (char* at = text; at && (at = strchr(at, '\n')); ++at) {
    *at = ' ';
  }
  json_t* const line = text ? json_string(text) : NULL;
  free(text);
  return line;
}

static bool
list_recordings(const TrainFacts* const facts, json_t* const all)
{
  const RemSplit* const split = facts->split;
  const uint32_t        rate  = facts->recording->rate;
  json_t* const         list =
    json_pack("{s:o, s:f, s:f}",
              "recordings",
              list_pairs(facts),
              "training_seconds_of_sound",
              seconds_of(split->training, split->n_training, rate),
              "held_out_seconds_of_sound",
              seconds_of(split->held_out, split->n_held_out, rate));
  const bool good = list && !json_object_update(all, list);
  json_decref(list);
  return good;
}

/// Return a JSON object that says what the model was made of, or NULL
static char*
provenance(const TrainFacts* const facts)
{
  json_t* const all = json_pack(
    "{s:s, s:o}", "program", "remanence " REM_VERSION, "date", date_now());
  const bool good =
    all && facts->kind->list_data(facts, all) &&
    !json_object_set_new(all, "settings", one_line(facts->about));
  char* const text = good ? json_dumps(all, JSON_COMPACT) : NULL;
  json_decref(all);
  return text;
}

/// Return a JSON object of the author's own words, or NULL
static char*
metadata(const TrainOptions* const options)
{
  json_t* const all = json_object();
  if (options->author) {
    (void)json_object_set_new(all, "author", json_string(options->author));
  }
  if (options->notes) {
    (void)json_object_set_new(all, "notes", json_string(options->notes));
  }
  char* const text = all ? json_dumps(all, JSON_COMPACT) : NULL;
  json_decref(all);
  return text;
}

/// Set names and texts; false without memory
static bool
describe(RemModel* const model, const TrainFacts* const facts)
{
  const char* const name = facts->options->name;
  const char* const path = train_base_name(facts->options->output_path);
  model->name       = name ? strdup(name) : strndup(path, strcspn(path, "."));
  model->metadata   = metadata(facts->options);
  model->provenance = provenance(facts);
  return model->name && model->metadata && model->provenance;
}

/// Set what sound has: a rate and knobs; false without memory
static bool
set_sound(RemModel* const model, const RemRecording* const recording)
{
  model->sample_rate = (double)recording->rate;
  model->rate_known  = true;
  if (recording->n_knobs) {
    const size_t size = recording->n_knobs * sizeof(RemKnob);
    model->knobs      = (RemKnob*)malloc(size);
    if (model->knobs) {
      memcpy(model->knobs, recording->knobs, size);
      model->n_knobs = recording->n_knobs;
    }
  }
  return model->n_knobs == recording->n_knobs;
}

static RemModel*
make_sound(const TrainFacts* const facts, const float* const params)
{
  const RemNetSpec* const spec  = &facts->options->spec.net;
  RemModel* const         model = rem_model_new(spec);
  if (!model || !set_sound(model, facts->recording)) {
    rem_model_free(model);
    return NULL;
  }
  memcpy(model->params, params, rem_net_n_params(spec) * sizeof(float));
  return model;
}

static bool
set_sound_metrics(RemModel* const           model,
                  const TrainFacts* const   facts,
                  const RemTrainNews* const news)
{
  (void)facts;
  return train_set_metrics(model, news, NULL);
}

const TrainKind train_kind_sound = {.unit        = "M samples",
                                    .scale       = 1e-6,
                                    .make        = make_sound,
                                    .list_data   = list_recordings,
                                    .set_metrics = set_sound_metrics,
                                    .settles     = true,
                                    .checked     = true};

RemStatus
train_make_model(const TrainFacts* const facts,
                 const float* const      params,
                 const float* const      rest,
                 RemModel** const        out,
                 RemError* const         error)
{
  RemModel* const model = facts->kind->make(facts, params);
  RemStatus       st    = REM_SUCCESS;
  *out                  = NULL;
  if (!model || !describe(model, facts)) {
    rem_model_free(model);
    return rem_fail(error, REM_NO_MEMORY, NULL, "No memory for the model");
  }
  if (rest && facts->kind->settles) {
    memcpy(model->rest, rest, rem_net_n_state(&model->spec) * sizeof(float));
  }
  if ((facts->kind->settles && (st = rem_model_settle(model, error))) ||
      (facts->kind->checked && (st = rem_model_make_check(model, error)))) {
    rem_model_free(model);
    return st;
  }
  *out = model;
  return REM_SUCCESS;
}

bool
train_set_metrics(RemModel* const           model,
                  const RemTrainNews* const news,
                  const RemFigures* const   figures)
{
  json_t* const all = json_pack("{s:f, s:i, s:f}",
                                "val_esr",
                                figures ? figures->esr : news->best,
                                "epochs",
                                (int)news->epoch,
                                "training_seconds",
                                news->seconds);
  if (all && figures) {
    (void)json_object_set_new(
      all, "val_esr_emphasis", json_real(figures->esr_emphasis));
    (void)json_object_set_new(all, "val_mae", json_real(figures->mae));
    (void)json_object_set_new(all, "val_dc", json_real(figures->dc));
  }
  return train_take_metrics(model, all);
}

void
train_add_real(json_t* const all, const char* const name, const double value)
{
  if (isfinite(value)) {
    (void)json_object_set_new(all, name, json_real(value));
  }
}

bool
train_take_metrics(RemModel* const model, json_t* const all)
{
  char* const text = all ? json_dumps(all, JSON_COMPACT) : NULL;
  json_decref(all);
  if (text) {
    free(model->metrics);
    model->metrics = text;
  }
  return text;
}

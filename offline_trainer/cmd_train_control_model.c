// SPDX-License-Identifier: ISC

#include "offline_trainer/cmd_train_control.h"

#include <jansson.h>
#include <nettle/sha2.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/// Write a digest of performances as hex digits
static void
print_digest(FILE* const out, const RemPerformances* const p)
{
  const size_t      n = p->begins[p->n] * (1U + p->n_dims) * sizeof(float);
  struct sha256_ctx context;
  uint8_t           bytes[SHA256_DIGEST_SIZE];
  sha256_init(&context);
  sha256_update(
    &context, (p->n + 1U) * sizeof(size_t), (const uint8_t*)p->begins);
  sha256_update(&context, n, (const uint8_t*)p->frames);
  sha256_digest(&context, sizeof(bytes), bytes);
  for (size_t i = 0; i < sizeof(bytes); ++i) {
    fprintf(out, "%02x", bytes[i]);
  }
  fputc('\n', out);
}

/// Write how dimensions are told: the word of an option
static void
print_kinds(FILE* const out, const RemFrames* const frames)
{
  static const char* const words[] = {"continuous", "switch", "choice"};
  for (uint32_t d = 0U; d < frames->n_dims; ++d) {
    fprintf(out, "--%s %u\n", words[frames->dims[d].kind], d + 1U);
  }
}

/// Write what tells a run from others
static void
print_about(FILE* const out, const TrainFacts* const facts)
{
  const TrainOptions* const o = facts->options;
  train_print_cell(out, &o->spec.net);
  fprintf(out, "--hidden %u\n", o->spec.net.n_hidden);
  fprintf(out, "--layers %u\n", o->spec.net.n_layers);
  fprintf(out, "--head %s\n", o->control.linear ? "linear" : "mdn");
  fprintf(out, "--mixtures %u\n", facts->frames->n_mixtures);
  train_print_spec(out, &o->spec);
  fprintf(out, "--shift %.9g\n", o->spec.shift);
  fprintf(out, "--longest %.9g\n", (double)facts->frames->dt_maximum);
  print_kinds(out, facts->frames);
  fprintf(out, "to learn from: performances with SHA-256 ");
  print_digest(out, &facts->set->training);
  fprintf(out, "held out: performances with SHA-256 ");
  print_digest(out, &facts->set->held_out);
}

char*
train_control_about(const TrainFacts* const facts)
{
  return train_text_of(facts, print_about);
}

static RemModel*
make(const TrainFacts* const facts, const float* const params)
{
  const RemNetSpec* const spec   = &facts->options->spec.net;
  RemModel* const         model  = rem_model_new(spec);
  RemFrames* const        frames = (RemFrames*)malloc(sizeof(RemFrames));
  if (!model || !frames) {
    free(frames);
    rem_model_free(model);
    return NULL;
  }
  *frames       = *facts->frames;
  model->kind   = REM_FRAME_CONTROL;
  model->frames = frames;
  memcpy(model->params, params, rem_net_n_params(spec) * sizeof(float));
  return model;
}

/// Append the names of performances to `list`
static void
list_names(const RemPerformances* const p,
           const bool                   held_out,
           json_t* const                list)
{
  for (size_t i = 0U; i < p->n; ++i) {
    const size_t n_events = p->begins[i + 1U] - p->begins[i] - 1U;
    (void)json_array_append_new(list,
                                json_pack("{s:s, s:I, s:b}",
                                          "log",
                                          p->names[i],
                                          "events",
                                          (json_int_t)n_events,
                                          "held_out",
                                          (int)held_out));
  }
}

static bool
list_performances(const TrainFacts* const facts, json_t* const all)
{
  json_t* const list = json_array();
  list_names(&facts->set->training, false, list);
  list_names(&facts->set->held_out, true, list);
  return list && !json_object_set_new(all, "performances", list);
}

/// Note the name of one of the `n` performances of a list
static void
note_name(const json_t* const entry, const size_t n, RemPerformances* const to)
{
  const char* const name = json_string_value(json_object_get(entry, "log"));
  if (!to->names) {
    to->names = (char**)calloc(n, sizeof(char*));
  }
  char* const copy = name && to->names ? strdup(name) : NULL;
  if (copy) {
    to->names[to->n++] = copy;
  }
}

void
control_set_of_model(const char* const path, RemControlSet* const out)
{
  RemModel* model = NULL;
  *out            = (RemControlSet){.training = {.n = 0U}};
  if (rem_model_read(path, &model, NULL, NULL)) {
    return;
  }
  json_t* const all =
    model->provenance ? json_loads(model->provenance, 0U, NULL) : NULL;
  const json_t* const list  = json_object_get(all, "performances");
  const json_t*       entry = NULL;
  size_t              i     = 0U;
  json_array_foreach(list, i, entry)
  {
    const bool held_out = json_is_true(json_object_get(entry, "held_out"));
    note_name(
      entry, json_array_size(list), held_out ? &out->held_out : &out->training);
  }
  json_decref(all);
  rem_model_free(model);
}

void
control_frames_of_model(const char* const path, RemFrames* const frames)
{
  RemModel* model = NULL;
  if (rem_model_read(path, &model, NULL, NULL)) {
    return;
  }
  const RemFrames* const of = model->frames;
  if (of && of->n_dims == frames->n_dims) {
    frames->dt_offset  = of->dt_offset;
    frames->dt_scale   = of->dt_scale;
    frames->dt_maximum = of->dt_maximum;
    for (uint32_t d = 0U; d < of->n_dims; ++d) {
      if (of->dims[d].kind == frames->dims[d].kind) {
        frames->dims[d] = of->dims[d];
      }
    }
  }
  rem_model_free(model);
}

static bool
set_metrics(RemModel* const           model,
            const TrainFacts* const   facts,
            const RemTrainNews* const news)
{
  json_t* const all = json_object();
  train_add_real(all, "val_nll", news->best);
  train_add_real(all, "val_nll_repeat", facts->baselines->repeat_nll);
  train_add_real(all, "val_nll_ar", facts->baselines->ar_nll);
  (void)json_object_set_new(all, "epochs", json_integer(news->epoch));
  train_add_real(all, "training_seconds", news->seconds);
  return train_take_metrics(model, all);
}

/// Say how it went and what to do next
static void
print_summary(const TrainFacts* const   facts,
              const RemModel* const     model,
              const RemTrainNews* const news,
              const bool                interrupted)
{
  const TrainOptions* const o = facts->options;
  const RemBaselines* const b = facts->baselines;
  char                      time[32];
  (void)model;
  printf("Validation, %s per event; less is better\n"
         "  this net         %9.3f  best of %u epochs in %s\n"
         "  AR(%u)%*s %9.3f\n"
         "  repeat the last  %9.3f\n",
         facts->frames->n_mixtures ? "nats" : "half the squared error",
         news->best,
         news->epoch,
         progress_duration(news->seconds, time, sizeof(time)),
         b->ar_order,
         b->ar_order > 9U ? 9 : 10,
         "",
         b->ar_nll,
         b->repeat_nll);
  if (!(news->best < fmin(b->ar_nll, b->repeat_nll))) {
    printf("The net knows nothing that a line through the last frames does not:"
           " train longer, or record more.\n");
  }
  printf("Next:\n"
         "  remanence generate %s --seconds 60 -o out.log\n"
         "  REMANENCE_MODEL=%s jalv urn:remanence:control\n",
         o->output_path,
         o->output_path);
  if (interrupted) {
    printf("  the same command with --resume, to go on training\n");
  }
}

const TrainKind train_kind_control = {.unit          = "events",
                                      .scale         = 1.0,
                                      .make          = make,
                                      .list_data     = list_performances,
                                      .set_metrics   = set_metrics,
                                      .print_summary = print_summary,
                                      .checked       = true};

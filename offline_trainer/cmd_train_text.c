// SPDX-License-Identifier: ISC

#include "offline_trainer/cmd_train.h"
#include "offline_trainer/cmd_train_midi.h"

#include "offline_trainer/text/ngram.h"
#include "offline_trainer/text/token_lesson.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/// Everything that a run on text learns from
typedef struct {
  RemTokens* training;
  RemTokens* held_out;
  double chains[REM_MAX_ORDER + 1U]; ///< Nats, by order, of what is held out
} TextData;

static void
clear_data(TextData* const data)
{
  rem_tokens_free(data->training);
  rem_tokens_free(data->held_out);
}

/// Read the texts, and the one to test with or a part of all
static RemStatus
read_data(const TrainOptions* const o,
          TextData* const           out,
          RemError* const           error)
{
  const TrainSymbols* const s = &o->symbols;
  if (o->mode == TRAIN_MIDI) {
    return train_read_songs(o, &out->training, &out->held_out, error);
  }
  const RemTextRules rules = {s->tokens, s->vocabulary, NULL};
  RemStatus          st =
    rem_tokens_read(s->paths, s->n_paths, &rules, &out->training, error);
  if (st) {
    return st;
  }
  if (o->validation) {
    const RemTextRules same = {.like = out->training->symbols};
    return rem_tokens_read(&o->validation, 1U, &same, &out->held_out, error);
  }
  out->held_out = rem_tokens_hold_out(out->training, o->valid_fraction);
  return out->held_out
           ? REM_SUCCESS
           : rem_fail(error, REM_NO_MEMORY, NULL, "No memory for the texts");
}

/// Measure what counting alone foretells
static RemStatus
measure_chains(TextData* const data, RemError* const error)
{
  for (uint32_t order = 0U; order <= REM_MAX_ORDER; ++order) {
    RemNgram* const chain = rem_ngram_new(data->training, order);
    if (!chain) {
      return rem_fail(error, REM_NO_MEMORY, NULL, "No memory for the texts");
    }
    data->chains[order] = rem_ngram_nats(chain, data->held_out);
    rem_ngram_free(chain);
  }
  return REM_SUCCESS;
}

static RemModel*
make(const TrainFacts* const facts, const float* const params)
{
  const TextData* const   data  = (const TextData*)facts->data;
  const RemNetSpec* const spec  = &facts->options->spec.net;
  RemModel* const         model = rem_model_new(spec);
  if (!model) {
    return NULL;
  }
  model->kind    = REM_FRAME_SYMBOL;
  model->symbols = rem_symbols_copy(data->training->symbols);
  model->labels  = rem_symbols_copy(data->training->symbols);
  if (!model->symbols || !model->labels) {
    rem_model_free(model);
    return NULL;
  }
  memcpy(model->params, params, rem_net_n_params(spec) * sizeof(float));
  return model;
}

static bool
list_data(const TrainFacts* const facts, json_t* const all)
{
  const TrainOptions* const o    = facts->options;
  json_t* const             list = json_array();
  for (uint32_t i = 0U; i < o->symbols.n_paths; ++i) {
    (void)json_array_append_new(
      list, json_string(train_base_name(o->symbols.paths[i])));
  }
  if (o->validation) {
    (void)json_object_set_new(
      all, "held_out", json_string(train_base_name(o->validation)));
  }
  return list && !json_object_set_new(all, "texts", list);
}

static bool
set_metrics(RemModel* const           model,
            const TrainFacts* const   facts,
            const RemTrainNews* const news)
{
  const TextData* const data = (const TextData*)facts->data;
  json_t* const         all  = json_object();
  train_add_real(all, "val_nll", news->best);
  train_add_real(all, "val_bits", news->best / M_LN2);
  train_add_real(all, "val_nll_order_1", data->chains[1]);
  train_add_real(all, "val_nll_order_2", data->chains[2]);
  train_add_real(all, "val_nll_order_3", data->chains[3]);
  (void)json_object_set_new(all, "epochs", json_integer(news->epoch));
  train_add_real(all, "training_seconds", news->seconds);
  return train_take_metrics(model, all);
}

/// Say what is about to happen
static void
print_plan(const TrainOptions* const o, const TextData* const data)
{
  const RemNetSpec* const net = &o->spec.net;
  fprintf(stderr,
          "Learning from %zu %s, testing on %zu: %u different ones, %s %u x"
          " %u, %zu parameters, %u threads.\n",
          rem_tokens_n(data->training),
          rem_symbol_kind_name(data->training->symbols->kind),
          rem_tokens_n_foretold(data->held_out),
          net->n_symbols,
          rem_cell_name(net->cell),
          net->n_layers,
          net->n_hidden,
          rem_net_n_params(net),
          o->n_threads);
}

static void
print_summary(const TrainFacts* const   facts,
              const RemModel* const     model,
              const RemTrainNews* const news,
              const bool                interrupted)
{
  const TextData* const data = (const TextData*)facts->data;
  const char* const     path = facts->options->output_path;
  char                  time[32];
  (void)model;
  printf("Validation, nats (bits) per symbol; less is better\n"
         "  this net         %7.3f (%.3f)  best of %u epochs in %s\n",
         news->best,
         news->best / M_LN2,
         news->epoch,
         progress_duration(news->seconds, time, sizeof(time)));
  for (uint32_t order = REM_MAX_ORDER; order; --order) {
    printf("  chain of order %u %7.3f (%.3f)\n",
           order,
           data->chains[order],
           data->chains[order] / M_LN2);
  }
  printf("Next:\n  remanence generate %s %s\n",
         path,
         facts->options->mode == TRAIN_MIDI ? "-o song.mid" : "--length 400");
  if (interrupted) {
    printf("  the same command with --resume, to go on training\n");
  }
}

static const TrainKind kind = {.unit          = "symbols",
                               .scale         = 1.0,
                               .make          = make,
                               .list_data     = list_data,
                               .set_metrics   = set_metrics,
                               .print_summary = print_summary};

/// Write tokens' digest
static void
print_digest(FILE* const out, const char* const what, const RemTokens* const t)
{
  fprintf(out, "%s: %zu symbols with SHA-256 ", what, rem_tokens_n(t));
  train_print_digest(out, t->all, rem_tokens_n(t) * sizeof(uint32_t));
}

static void
print_about(FILE* const out, const TrainFacts* const facts)
{
  const TrainOptions* const o    = facts->options;
  const TextData* const     data = (const TextData*)facts->data;
  train_print_net(out, &o->spec.net);
  train_print_spec(out, &o->spec);
  fprintf(out,
          "--tokens %s, %u different ones\n",
          rem_symbol_kind_name(data->training->symbols->kind),
          data->training->symbols->n);
  print_digest(out, "to learn from", data->training);
  print_digest(out, "held out", data->held_out);
}

/// Train on data that are read
static RemStatus
train(TrainRun* const           run,
      const TrainOptions* const o,
      const TextData* const     data,
      RemError* const           error)
{
  if (!o->quiet) {
    print_plan(o, data);
  }
  command_hold_interrupts(); // Before threads start
  const RemStatus st = rem_token_lesson_open(&o->spec,
                                             data->training,
                                             data->held_out,
                                             o->n_threads,
                                             &run->lesson,
                                             error);
  return st ? st : train_and_conclude(run, error);
}

/// Prepare the run
static RemStatus
prepare(TrainRun* const       run,
        TrainOptions* const   o,
        const TextData* const data,
        RemError* const       error)
{
  rem_token_net(data->training->symbols, &o->spec.net);
  run->facts.kind  = &kind;
  run->facts.data  = data;
  run->facts.about = train_text_of(&run->facts, print_about);
  run->resume_path = train_path_with(o->output_path, ".resume");
  return run->facts.about && run->resume_path
           ? REM_SUCCESS
           : rem_fail(error, REM_NO_MEMORY, NULL, "No memory to train");
}

RemStatus
train_text(TrainRun* const     run,
           TrainOptions* const options,
           RemError* const     error)
{
  TextData  data = {.training = NULL};
  RemStatus st   = train_check_folder(options->output_path, error);
  if (!st && !(st = read_data(options, &data, error)) &&
      !(st = measure_chains(&data, error)) &&
      !(st = prepare(run, options, &data, error))) {
    st = train(run, options, &data, error);
  }
  clear_data(&data);
  return st;
}

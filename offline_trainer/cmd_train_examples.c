// SPDX-License-Identifier: ISC

#include "offline_trainer/cmd_train.h"
#include "offline_trainer/cmd_train_midi.h"
#include "offline_trainer/cmd_train_options.h"

#include "offline_trainer/examples/baseline.h"
#include "offline_trainer/examples/learn.h"
#include "offline_trainer/examples/lesson.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

/// Everything that a run on examples learns from
typedef struct {
  RemExamples*        training;
  RemExamples*        held_out;
  RemExamplesBaseline baseline;
} ExamplesData;

static void
clear_data(ExamplesData* const data)
{
  rem_examples_free(data->training);
  rem_examples_free(data->held_out);
}

/// Return how what comes out becomes symbols
static RemSymbolKind
kind_of_labels(const TrainSymbols* const s)
{
  const bool names = s->task == REM_TASK_TAG || s->task == REM_TASK_CLASSIFY;
  if (train_is_given(s, OPTION_LABELS)) {
    return s->labels;
  }
  return names ? REM_SYMBOLS_NAMES : s->tokens;
}

/// Read the examples, and those to test with or a part of all
static RemStatus
read_data(const TrainOptions* const o,
          ExamplesData* const       out,
          RemError* const           error)
{
  const TrainSymbols* const s     = &o->symbols;
  RemExamplesRules          rules = {
             s->task, s->tokens, kind_of_labels(s), s->vocabulary, NULL};
  const bool songs = s->tokens == REM_SYMBOLS_MIDI;
  RemStatus  st =
    songs ? train_read_calls(o, &out->training, &out->held_out, error)
           : rem_examples_read(*s->paths, &rules, &out->training, error);
  if (st) {
    return st;
  }
  if (songs) { // Held out whole
  } else if (o->validation) {
    rules.like = out->training;
    st = rem_examples_read(o->validation, &rules, &out->held_out, error);
  } else {
    out->held_out = rem_examples_hold_out(out->training, o->valid_fraction);
    st            = out->held_out
                      ? REM_SUCCESS
                      : rem_fail(error,
                      REM_BAD_ARGUMENT,
                      *s->paths,
                      "There are too few examples to hold some out");
  }
  return st ? st
            : rem_examples_baseline(
                out->training, out->held_out, &out->baseline, error);
}

static RemModel*
make(const TrainFacts* const facts, const float* const params)
{
  const ExamplesData* const data = (const ExamplesData*)facts->data;
  return rem_examples_model(data->training, &facts->options->spec, params);
}

static bool
list_data(const TrainFacts* const facts, json_t* const all)
{
  const TrainOptions* const o    = facts->options;
  const TrainSymbols* const s    = &o->symbols;
  const ExamplesData* const data = (const ExamplesData*)facts->data;
  json_t* const             what = json_pack("{s:s, s:s, s:I, s:I}",
                                 "task",
                                 rem_task_name(s->task),
                                 "file",
                                 train_base_name(*s->paths),
                                 "learned",
                                 (json_int_t)data->training->n,
                                 "held_out",
                                 (json_int_t)data->held_out->n);
  if (what && o->validation) {
    (void)json_object_set_new(
      what, "validation", json_string(train_base_name(o->validation)));
  }
  return what && !json_object_set_new(all, "examples", what);
}

static bool
set_metrics(RemModel* const           model,
            const TrainFacts* const   facts,
            const RemTrainNews* const news)
{
  const ExamplesData* const data = (const ExamplesData*)facts->data;
  RemExamplesFigures        f;
  json_t* const             all = json_object();
  if (!rem_examples_evaluate(
        model, data->held_out, facts->options->n_threads, NULL, &f, NULL)) {
    train_add_real(all, "val_nll", f.nats);
    train_add_real(all, "val_accuracy", f.accuracy);
    train_add_real(all, "val_exact", f.exact);
  }
  train_add_real(all, "val_nll_counted", data->baseline.nats);
  train_add_real(all, "val_accuracy_counted", data->baseline.accuracy);
  (void)json_object_set_new(all, "epochs", json_integer(news->epoch));
  train_add_real(all, "training_seconds", news->seconds);
  return train_take_metrics(model, all);
}

/// Say what is about to happen
static void
print_plan(const TrainOptions* const o, const ExamplesData* const data)
{
  const RemNetSpec* const net   = &o->spec.net;
  const RemSequenceSpec   shape = rem_train_sequence_spec(&o->spec);
  fprintf(stderr,
          "Learning to %s from %zu examples, testing on %zu: %u symbols in, %u"
          " out, %s %u x %u, %zu parameters, %u threads.\n",
          rem_task_name(data->training->task),
          data->training->n,
          data->held_out->n,
          data->training->symbols->n,
          net->n_out,
          rem_cell_name(net->cell),
          net->n_layers,
          net->n_hidden,
          rem_sequence_n_params(&shape),
          o->n_threads);
}

static void
print_summary(const TrainFacts* const   facts,
              const RemModel* const     model,
              const RemTrainNews* const news,
              const bool                interrupted)
{
  const ExamplesData* const  data = (const ExamplesData*)facts->data;
  const RemExamplesBaseline* b    = &data->baseline;
  const char* const          path = facts->options->output_path;
  RemExamplesFigures         f    = {.nats = (double)NAN};
  char                       time[32];
  (void)rem_examples_evaluate(
    model, data->held_out, facts->options->n_threads, NULL, &f, NULL);
  printf("Validation on %zu examples       nats  right  exact\n"
         "  this net            %13.4f %5.1f%% %5.1f%%  best of %u epochs in"
         " %s\n"
         "  %-20s%13.4f %5.1f%%\n",
         f.n,
         f.nats,
         100.0 * f.accuracy,
         100.0 * f.exact,
         news->epoch,
         progress_duration(news->seconds, time, sizeof(time)),
         b->name,
         b->nats,
         100.0 * b->accuracy);
  printf("Next:\n  remanence generate %s %s\n",
         path,
         facts->options->symbols.tokens == REM_SYMBOLS_MIDI
           ? "--prime call.mid -o answer.mid"
           : "--input TEXT");
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

/// Write the digest of examples
static void
print_digest(FILE* const              out,
             const char* const        what,
             const RemExamples* const all)
{
  char*       text = NULL;
  size_t      size = 0U;
  FILE* const in   = open_memstream(&text, &size);
  for (size_t i = 0U; in && i < all->n; ++i) {
    const RemExample* const e = &all->examples[i];
    (void)fwrite(&e->n_in, sizeof(uint32_t), 1U, in);
    (void)fwrite(e->in, sizeof(uint32_t), e->n_in, in);
    (void)fwrite(e->vector, sizeof(float), all->n_vector, in);
    (void)fwrite(e->out, sizeof(uint32_t), e->n_out, in);
  }
  fprintf(out, "%s: %zu examples with SHA-256 ", what, all->n);
  if (in && !fclose(in)) {
    train_print_digest(out, text, size);
  }
  free(text);
}

static void
print_about(FILE* const out, const TrainFacts* const facts)
{
  const TrainOptions* const o    = facts->options;
  const ExamplesData* const data = (const ExamplesData*)facts->data;
  fprintf(out, "--task %s\n", rem_task_name(data->training->task));
  train_print_net(out, &o->spec.net);
  if (o->spec.encoder.n_hidden) {
    fprintf(out, "--encoder %u\n", o->spec.encoder.n_hidden);
    fprintf(out, o->spec.encoder.both ? "--both\n" : "");
    fprintf(out, "--attention %u\n", o->spec.n_attention);
  }
  fprintf(out, "--own-outputs %.9g\n", o->symbols.own);
  fprintf(out, o->symbols.beside ? "--beside\n" : "");
  train_print_spec(out, &o->spec);
  print_digest(out, "to learn from", data->training);
  print_digest(out, "held out", data->held_out);
}

/// Return how to learn, as the options say
static RemLearn
learn_of(const TrainOptions* const o)
{
  const TrainSymbols* const s     = &o->symbols;
  RemLearn                  learn = {.spec                 = o->spec,
                                     .limits               = o->limits,
                                     .n_threads            = o->n_threads,
                                     .own                  = s->own,
                                     .vector_at_every_step = s->beside};
  learn.spec.net.both             = s->both && s->task != REM_TASK_TRANSLATE;
  learn.spec.encoder.both         = s->both && s->task == REM_TASK_TRANSLATE;
  learn.spec.encoder.cell         = o->spec.net.cell;
  learn.spec.encoder.n_hidden     = s->encoder;
  learn.spec.n_attention          = s->attention;
  return learn;
}

/// Train on data that are read
static RemStatus
train(TrainRun* const           run,
      TrainOptions* const       o,
      const ExamplesData* const data,
      RemError* const           error)
{
  RemLearn  learn = learn_of(o);
  RemStatus st    = rem_learn_spec(data->training, &learn, error);
  if (st) {
    return st;
  }
  o->spec          = learn.spec;
  run->facts.kind  = &kind;
  run->facts.data  = data;
  run->facts.about = train_text_of(&run->facts, print_about);
  run->resume_path = train_path_with(o->output_path, ".resume");
  if (!run->facts.about || !run->resume_path) {
    return rem_fail(error, REM_NO_MEMORY, NULL, "No memory to train");
  }
  if (!o->quiet) {
    print_plan(o, data);
  }
  command_hold_interrupts(); // Before threads start
  st = rem_examples_lesson_open(
    data->training, data->held_out, &learn, &run->lesson, error);
  return st ? st : train_and_conclude(run, error);
}

RemStatus
train_examples(TrainRun* const     run,
               TrainOptions* const options,
               RemError* const     error)
{
  ExamplesData data = {.training = NULL};
  RemStatus    st   = train_check_folder(options->output_path, error);
  if (!st && !(st = read_data(options, &data, error))) {
    st = train(run, options, &data, error);
  }
  rem_trainer_free(run->trainer); // They look at the data
  rem_lesson_clear(&run->lesson);
  run->trainer = NULL;
  clear_data(&data);
  return st;
}

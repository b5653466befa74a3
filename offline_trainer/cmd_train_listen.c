// SPDX-License-Identifier: ISC

#include "offline_trainer/cmd_train.h"
#include "offline_trainer/cmd_train_options.h"

#include "offline_trainer/spectra/clips.h"
#include "offline_trainer/spectra/hear.h"
#include "offline_trainer/spectra/learn.h"
#include "offline_trainer/spectra/listen_lesson.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/// Everything that a run learns to hear from
typedef struct {
  RemClips        training;
  RemClips        held_out;
  RemListenProof* proof; ///< Of the last model that was measured
} ListenData;

bool
train_is_of_listen(const int letter)
{
  return letter == OPTION_LISTEN || letter == OPTION_CURVE;
}

int
train_read_listen(TrainOptions* const o,
                  const int           letter,
                  const char* const   text)
{
  if (letter == OPTION_LISTEN) {
    o->listen.folder = text;
  } else {
    o->listen.curve = true;
  }
  return REM_EXIT_DONE;
}

/// Read the folders, or hold out a part of one
static RemStatus
read_data(const TrainOptions* const o,
          ListenData* const         out,
          RemError* const           error)
{
  const RemSpectra spectra = rem_spectra_default();
  const bool       curve   = o->listen.curve;
  RemStatus        st      = rem_clips_read(
    o->listen.folder, &spectra, curve, NULL, &out->training, error);
  if (st) {
    return st;
  }
  st = o->validation ? rem_clips_read(o->validation,
                                      &spectra,
                                      curve,
                                      out->training.labels,
                                      &out->held_out,
                                      error)
                     : rem_clips_split(&out->training, &out->held_out, error);
  if (!st) {
    rem_clips_normalise(&out->training);
    rem_clips_normalise_as(&out->held_out, &out->training.spectra);
  }
  return st;
}

static RemModel*
make(const TrainFacts* const facts, const float* const params)
{
  const ListenData* const data  = (const ListenData*)facts->data;
  RemModel*               model = NULL;
  RemError                error = {REM_SUCCESS, "", ""};
  (void)rem_listen_model(
    &facts->options->spec.net, params, &data->held_out, &model, &error);
  return model;
}

/// Return the names of recordings as a list
static json_t*
list_clips(const RemClips* const clips)
{
  json_t* const list = json_array();
  for (size_t i = 0U; list && i < clips->n; ++i) {
    (void)json_array_append_new(list, json_string(clips->clips[i].name));
  }
  return list;
}

static bool
list_data(const TrainFacts* const facts, json_t* const all)
{
  const ListenData* const data = (const ListenData*)facts->data;
  return !json_object_set_new(all, "recordings", list_clips(&data->training)) &&
         !json_object_set_new(all, "held_out", list_clips(&data->held_out));
}

/// Measure a model on what is held out
static bool
prove(const RemModel* const   model,
      const ListenData* const data,
      RemListenProof* const   out)
{
  RemError error = {REM_SUCCESS, "", ""};
  return !rem_listen_prove(
    model, &data->held_out, REM_HEAR_THRESHOLD, REM_HEAR_APART, out, &error);
}

static bool
set_metrics(RemModel* const           model,
            const TrainFacts* const   facts,
            const RemTrainNews* const news)
{
  const ListenData* const data  = (const ListenData*)facts->data;
  RemListenProof* const   proof = data->proof;
  json_t* const           all   = json_object();
  if (!prove(model, data, proof)) {
    json_decref(all);
    return false;
  }
  if (data->training.curve) {
    train_add_real(all, "val_mse", proof->error);
    train_add_real(all, "val_variance", proof->variance);
  } else {
    train_add_real(all, "val_loss", news->best);
    train_add_real(all, "val_f", rem_score_f(&proof->score));
    train_add_real(all, "val_precision", rem_score_precision(&proof->score));
    train_add_real(all, "val_recall", rem_score_recall(&proof->score));
  }
  (void)json_object_set_new(all, "epochs", json_integer(news->epoch));
  train_add_real(all, "training_seconds", news->seconds);
  return train_take_metrics(model, all);
}

/// Return the length of recordings in seconds
static double
seconds_of(const RemClips* const clips)
{
  return (double)rem_clips_n_frames(clips) * clips->spectra.hop /
         clips->spectra.rate;
}

/// Say what is about to happen
static void
print_plan(const TrainOptions* const o, const ListenData* const data)
{
  const RemNetSpec* const net    = &o->spec.net;
  const RemSymbols* const labels = data->training.labels;
  fprintf(stderr,
          "Learning to hear from %.0f s of %zu recordings, testing on %.0f s:"
          " %s %u x %u%s, %zu parameters, %u threads.\n",
          seconds_of(&data->training),
          data->training.n,
          seconds_of(&data->held_out),
          rem_cell_name(net->cell),
          net->n_layers,
          net->n_hidden,
          net->both ? " both ways" : "",
          rem_net_n_params(net),
          o->n_threads);
  for (uint32_t l = 0U; !data->training.curve && l < labels->n; ++l) {
    fprintf(stderr, "%s%s", l ? ", " : "  labels: ", labels->names[l]);
  }
  fputs(data->training.curve ? "" : "\n", stderr);
}

static void
print_summary(const TrainFacts* const   facts,
              const RemModel* const     model,
              const RemTrainNews* const news,
              const bool                interrupted)
{
  const ListenData* const     data  = (const ListenData*)facts->data;
  const RemListenProof* const proof = data->proof;
  const char* const           path  = facts->options->output_path;
  char                        time[32];
  (void)model;
  (void)progress_duration(news->seconds, time, sizeof(time));
  if (data->training.curve) {
    printf("Held out: squared error %.4g, that of the mean is %.4g; best of %u"
           " epochs in %s\n",
           proof->error,
           proof->variance,
           news->epoch,
           time);
  } else {
    printf("Held out: F-measure %.3f within 50 ms, precision %.3f, recall"
           " %.3f of %zu events; best of %u epochs in %s\n",
           rem_score_f(&proof->score),
           rem_score_precision(&proof->score),
           rem_score_recall(&proof->score),
           proof->score.n_there,
           news->epoch,
           time);
  }
  printf("Next:\n  remanence tag %s SOUND -o labels.txt\n", path);
  if (!facts->options->spec.net.both) {
    printf("  REMANENCE_MODEL=%s jalv urn:remanence:listener\n", path);
  }
  if (interrupted) {
    printf("  the same command with --resume, to go on training\n");
  }
}

static const TrainKind kind = {.unit          = "frames",
                               .scale         = 1.0,
                               .make          = make,
                               .list_data     = list_data,
                               .set_metrics   = set_metrics,
                               .print_summary = print_summary,
                               .checked       = true};

/// Write a digest of frames and targets
static void
print_clips(FILE* const           out,
            const char* const     what,
            const RemClips* const clips)
{
  const size_t n_out = rem_clips_n_out(clips);
  for (size_t i = 0U; i < clips->n; ++i) {
    const RemClip* const clip = &clips->clips[i];
    fprintf(out, "%s: frames with SHA-256 ", what);
    train_print_digest(
      out, clip->frames, clip->n * clips->spectra.n_bands * sizeof(float));
    fprintf(out, "%s: labels with SHA-256 ", what);
    train_print_digest(out, clip->targets, clip->n * n_out * sizeof(float));
  }
}

static void
print_about(FILE* const out, const TrainFacts* const facts)
{
  const ListenData* const data = (const ListenData*)facts->data;
  train_print_net(out, &facts->options->spec.net);
  train_print_spec(out, &facts->options->spec);
  print_clips(out, "to learn from", &data->training);
  print_clips(out, "held out", &data->held_out);
}

/// Take what the options say over to the net for these recordings
static void
complete_spec(RemTrainSpec* const   spec,
              const RemClips* const clips,
              const bool            both)
{
  const RemNetSpec usual = rem_listen_train_default(clips, both).net;
  spec->net.head         = usual.head;
  spec->net.n_in         = usual.n_in;
  spec->net.n_out        = usual.n_out;
  spec->net.both         = both;
}

/// Prepare the run
static RemStatus
prepare(TrainRun* const         run,
        TrainOptions* const     o,
        const ListenData* const data,
        RemError* const         error)
{
  complete_spec(&o->spec, &data->training, o->symbols.both);
  run->facts.kind  = &kind;
  run->facts.data  = data;
  run->facts.about = train_text_of(&run->facts, print_about);
  run->resume_path = train_path_with(o->output_path, ".resume");
  return run->facts.about && run->resume_path
           ? REM_SUCCESS
           : rem_fail(error, REM_NO_MEMORY, NULL, "No memory to train");
}

/// Train on data that are read
static RemStatus
train(TrainRun* const           run,
      const TrainOptions* const o,
      const ListenData* const   data,
      RemError* const           error)
{
  if (!o->quiet) {
    print_plan(o, data);
  }
  command_hold_interrupts(); // Before threads start
  const RemStatus st = rem_listen_lesson_open(&o->spec,
                                              &data->training,
                                              &data->held_out,
                                              o->n_threads,
                                              &run->lesson,
                                              error);
  return st ? st : train_and_conclude(run, error);
}

RemStatus
train_listen(TrainRun* const     run,
             TrainOptions* const options,
             RemError* const     error)
{
  RemListenProof proof = {.error = 0.0};
  ListenData     data  = {.proof = &proof};
  RemStatus      st    = train_check_folder(options->output_path, error);
  if (!st && !(st = read_data(options, &data, error)) &&
      !(st = prepare(run, options, &data, error))) {
    st = train(run, options, &data, error);
  }
  rem_clips_clear(&data.training);
  rem_clips_clear(&data.held_out);
  return st;
}

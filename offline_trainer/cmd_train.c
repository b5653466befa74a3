// SPDX-License-Identifier: ISC

#include "offline_trainer/cmd_train.h"
#include "offline_trainer/audio_lesson.h"
#include "offline_trainer/cmd_train_gradients.h"
#include "offline_trainer/report/report.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define QUIET_SECONDS 1.0 ///< Before the first progress line

/// Collect the pairs that are held out or not, as rem_recording_read() wants
static uint32_t
list_sources(const TrainOptions* const o,
             const bool                held_out,
             RemPairSource* const      sources)
{
  uint32_t n = 0U;
  for (uint32_t i = 0; i < o->n_pairs; ++i) {
    const TrainPair* const pair = &o->pairs[i];
    if (pair->held_out == held_out) {
      sources[n++] = (RemPairSource){.input_path    = pair->input_path,
                                     .target_path   = pair->target_path,
                                     .n_knobs       = pair->n_knobs,
                                     .knobs         = pair->knobs,
                                     .latency_given = o->latency_given,
                                     .latency       = o->latency};
    }
  }
  return n;
}

/// Say what the checks found in a pair
static void
print_findings(const RemPairSource* const source, const RemPair* const pair)
{
  static const char* const levels[] = {"note", "warning"};
  char                     text[32];
  const double             seconds = (double)pair->n / (double)pair->rate;
  fprintf(stderr,
          "%s -> %s: %s at %u Hz\n",
          source->input_path,
          source->target_path,
          progress_duration(seconds, text, sizeof(text)),
          pair->rate);
  for (uint32_t i = 0; i < pair->n_findings; ++i) {
    const RemFinding* const finding = &pair->findings[i];
    fprintf(stderr, "  %s: %s\n", levels[finding->level], finding->text);
  }
}

/// Read all pairs, those to learn from first, and split them
static RemStatus
read_recording(const TrainOptions* const o,
               RemRecording* const       recording,
               RemSplit* const           split,
               RemError* const           error)
{
  RemPairSource* const sources =
    (RemPairSource*)calloc(o->n_pairs, sizeof(RemPairSource));
  if (!sources) {
    return rem_fail(error, REM_NO_MEMORY, NULL, "No memory for so many pairs");
  }
  const uint32_t n_training = list_sources(o, false, sources);
  const uint32_t n_all =
    n_training + list_sources(o, true, sources + n_training);

  Progress progress = progress_start(0.0);
  if (!o->quiet && progress.terminal) {
    progress_say(&progress, "Reading and checking the recordings");
  }
  RemStatus st = rem_recording_read(sources, n_all, recording, error);
  progress_end(&progress, false);
  for (uint32_t i = 0; !st && !o->quiet && i < recording->n_pairs; ++i) {
    print_findings(&sources[i], &recording->pairs[i]);
  }
  if (!st) {
    st = n_training < n_all
           ? rem_split_by_pair(recording, n_training, split, error)
           : rem_split_by_time(recording, o->valid_fraction, split, error);
  }
  free(sources);
  return st;
}

/// Make an untrained model, to see now whether its format can hold it
static RemStatus
check_format(const TrainFacts* const facts, RemError* const error)
{
  void*     bytes = NULL;
  size_t    size  = 0U;
  RemModel* model = NULL;
  float*    zeros =
    (float*)calloc(rem_net_n_params(&facts->options->spec.net), sizeof(float));
  RemStatus st = zeros ? train_make_model(facts, zeros, NULL, &model, error)
                       : rem_fail(error, REM_NO_MEMORY, NULL, "No memory");
  if (!st) {
    st = rem_model_encode(model, facts->options->format, &bytes, &size, error);
  }
  free(bytes);
  free(zeros);
  rem_model_free(model);
  return st;
}

/// Say what is about to happen
static void
print_plan(const TrainRun* const run)
{
  const TrainOptions* const o     = run->facts.options;
  const RemSplit* const     split = run->facts.split;
  const double              rate  = (double)run->facts.recording->rate;
  char                      learn[32], test[32];
  fprintf(
    stderr,
    "Learning from %s, testing on %s of held-out sound:"
    " %s %u x %u, %zu parameters, %u threads.\n",
    progress_duration(
      (double)rem_stretches_length(split->training, split->n_training) / rate,
      learn,
      sizeof(learn)),
    progress_duration(
      (double)rem_stretches_length(split->held_out, split->n_held_out) / rate,
      test,
      sizeof(test)),
    train_cell_title(o->spec.net.cell),
    o->spec.net.n_layers,
    o->spec.net.n_hidden,
    rem_net_n_params(&o->spec.net),
    o->n_threads);
}

/// Write the report about the held-out stretches
static RemStatus
write_report(const TrainRun* const   run,
             const TrainProof* const proof,
             RemError* const         error)
{
  char                      subtitle[256];
  const TrainOptions* const o    = run->facts.options;
  const double              rate = run->model->sample_rate;

  RemReport report = {.title      = run->model->name,
                      .subtitle   = subtitle,
                      .rate       = rate,
                      .n          = proof->n,
                      .input      = proof->input,
                      .target     = proof->target,
                      .prediction = proof->prediction,
                      .figures    = proof->figures};
  report.history   = rem_trainer_history(run->trainer, &report.n_history);
  (void)snprintf(subtitle,
                 sizeof(subtitle),
                 "%s %u x %u%s, %zu parameters, learned from %s",
                 train_cell_title(o->spec.net.cell),
                 o->spec.net.n_layers,
                 o->spec.net.n_hidden,
                 o->spec.net.skip ? " with skip" : "",
                 rem_net_n_params(&o->spec.net),
                 o->pairs->input_path);
  return rem_report_write(&report, o->report_dir, error);
}

/// Say how it went and what to do next
static void
print_summary(const TrainRun* const run, const TrainProof* const proof)
{
  const TrainOptions* const o = run->facts.options;
  char                      time[32];
  printf("Validation ESR %.4f (%.1f dB), best of %u epochs in %s.\n",
         proof->figures.esr,
         10.0 * log10(proof->figures.esr),
         run->news.epoch,
         progress_duration(run->news.seconds, time, sizeof(time)));
  printf("%s: %s %u x %u, plays at %.1f %% of one core.\n",
         o->output_path,
         train_cell_title(o->spec.net.cell),
         o->spec.net.n_layers,
         o->spec.net.n_hidden,
         100.0 * proof->load);
  if (o->report_dir) {
    printf("%s/report.html: see and hear it.\n", o->report_dir);
  }
  printf("Next:\n"
         "  remanence render %s riff.wav riff-through-it.wav\n"
         "  REMANENCE_MODEL=%s jalv urn:remanence:audio\n",
         o->output_path,
         o->output_path);
  if (run->interrupted) {
    printf("  the same command with --resume, to go on training\n");
  }
}

/// Return the level of what the model plays, in dBFS: plugins that normalise
/// bring it to that of other models
static float
loudness_of(const TrainProof* const proof)
{
  double energy = 0.0;
  for (size_t t = 0U; t < proof->n; ++t) {
    energy += (double)proof->prediction[t] * (double)proof->prediction[t];
  }
  return (float)(10.0 * log10(fmax(energy / (double)proof->n, 1e-12)));
}

/// Test the best model, and note what plugins want to know of it
static RemStatus
prove(TrainRun* const run, TrainProof* const proof, RemError* const error)
{
  const RemStatus st = train_prove(run->model, run->facts.split, proof, error);
  if (!st) {
    run->model->loudness_db = loudness_of(proof);
  }
  return st;
}

/// Write the model that knows its loudness, and tell the plugin
static RemStatus
write_last(TrainRun* const run, RemError* const error)
{
  const RemStatus st = train_write_model(run, error);
  if (!st && run->live) {
    train_live_better(run);
  }
  return st;
}

/// Test the best model, write it for good, and the report
static RemStatus
conclude(TrainRun* const run, RemError* const error)
{
  TrainProof proof = {.n = 0U};
  RemStatus  st    = REM_SUCCESS;
  if (!rem_trainer_best(run->trainer)) {
    return rem_fail(error,
                    REM_NOT_FINITE,
                    NULL,
                    "No model came out: none played without running away");
  }
  (void)((st = train_take_best(run, error)) ||
         (st = prove(run, &proof, error)) ||
         (train_set_metrics(run->model, &run->news, &proof.figures)
            ? REM_SUCCESS
            : (st = rem_fail(error, REM_NO_MEMORY, NULL, "No memory"))) ||
         (st = write_last(run, error)) ||
         (run->facts.options->report_dir &&
          (st = write_report(run, &proof, error))));
  if (!st && !run->facts.options->quiet) {
    print_summary(run, &proof);
  }
  train_proof_clear(&proof);
  return st;
}

RemStatus
train_run(TrainRun* const run, RemError* const error)
{
  const TrainOptions* const o     = run->facts.options;
  const RemTrainWatch       watch = train_watch(run);
  RemTrainEnd               end   = REM_END_LIMIT;
  RemStatus st = rem_trainer_new(&o->spec, &run->lesson, &run->trainer, error);
  if (!st && o->resume) {
    st = rem_trainer_restore(
      run->trainer, run->resume_path, run->facts.about, error);
  }
  if (st) {
    return st;
  }
  if (o->gradients_dir &&
      !(run->gradients = train_gradients_new(o, &run->lesson, error))) {
    return error->status;
  }
  run->progress = progress_start(QUIET_SECONDS);
  st            = rem_train(run->trainer, &o->limits, &watch, &end, error);
  progress_end(&run->progress, true);
  if (!st && run->gradients) {
    st = train_gradients_write(run->gradients, error);
  }
  if (st && rem_trainer_best(run->trainer)) {
    command_warn("train", "%s; the best model so far is kept", error->text);
  } else if (!st && end != REM_END_LIMIT && !o->quiet) {
    fputs(end == REM_END_PATIENCE ? "No better model for a while: done.\n"
                                  : "Stopped; the best model is kept.\n",
          stderr);
  }
  return st;
}

/// Train with everything in place
static RemStatus
train(TrainRun* const run, RemError* const error)
{
  const TrainOptions* const o  = run->facts.options;
  RemStatus                 st = rem_audio_lesson_open(
    &o->spec, &o->loss, run->facts.split, o->n_threads, &run->lesson, error);
  if (!st && o->osc && !(run->live = train_live_new(o, NULL, error))) {
    st = error->status;
  }
  if (!st) {
    st = train_run(run, error);
  }
  if (st && !(run->trainer && rem_trainer_best(run->trainer))) {
    return st;
  }
  const RemStatus last = conclude(run, error);
  return st ? st : last;
}

/// Read the recordings, prepare, train
static RemStatus
run_all(TrainRun* const     run,
        TrainOptions* const options,
        RemRecording* const recording,
        RemSplit* const     split,
        RemError* const     error)
{
  RemStatus st         = train_check_folder(options->output_path, error);
  run->facts.kind      = &train_kind_sound;
  run->facts.recording = recording;
  run->facts.split     = split;
  if (st || (st = read_recording(options, recording, split, error))) {
    return st;
  }
  options->spec.net.n_in = 1U + recording->n_knobs;
  run->facts.about       = train_about(options, recording, split);
  run->resume_path       = train_path_with(options->output_path, ".resume");
  if (!run->facts.about || !run->resume_path) {
    return rem_fail(error, REM_NO_MEMORY, NULL, "No memory to train");
  }
  if ((st = check_format(&run->facts, error))) {
    return st;
  }
  if (!options->quiet) {
    print_plan(run);
  }
  command_hold_interrupts(); // Before threads start; until here they may end it
  return train(run, error);
}

/// Train on anything but sound
static RemStatus
train_other(TrainRun* const     run,
            TrainOptions* const options,
            RemError* const     error)
{
  switch (options->mode) {
  case TRAIN_TEXT:
  case TRAIN_MIDI:
    return train_text(run, options, error);
  case TRAIN_EXAMPLES:
    return train_examples(run, options, error);
  case TRAIN_LISTEN:
    return train_listen(run, options, error);
  default:
    return train_control(run, options, error);
  }
}

int
cmd_train(const int argc, char** const argv)
{
  TrainOptions options;
  RemRecording recording = {.n_pairs = 0U};
  RemSplit     split     = {.n_training = 0U};
  RemError     error     = {REM_SUCCESS, "", ""};
  int          status    = train_options_read(argc, argv, &options);
  if (status || options.help) {
    train_options_clear(&options);
    if (!status) {
      train_help();
    }
    return status;
  }
  TrainRun run = {.facts = {.options = &options}};
  if (options.mode == TRAIN_SOUND
        ? run_all(&run, &options, &recording, &split, &error)
        : train_other(&run, &options, &error)) {
    status = command_failed(argv[0], &error);
  }
  train_live_free(run.live);
  train_gradients_free(run.gradients);
  rem_trainer_free(run.trainer);
  rem_lesson_clear(&run.lesson);
  rem_model_free(run.model);
  free(run.facts.about);
  free(run.resume_path);
  rem_split_clear(&split);
  rem_recording_clear(&recording);
  train_options_clear(&options);
  return status;
}

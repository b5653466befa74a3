// SPDX-License-Identifier: ISC

#include "offline_trainer/cmd_eval_listen.h"

#include "dsp/modelfile/modelfile.h"
#include "offline_trainer/baseline/sets.h"
#include "offline_trainer/baseline/window_lesson.h"
#include "offline_trainer/command.h"
#include "offline_trainer/spectra/clips.h"
#include "offline_trainer/spectra/hear.h"
#include "offline_trainer/spectra/learn.h"

#include <jansson.h>

#include <stdio.h>
#include <stdlib.h>

#define N_BACK 8U ///< Frames that baselines see

/// What is read, and what is found
typedef struct {
  RemModel*      model;
  RemClips       clips;
  RemListenProof proof;
  RemClips       training; ///< Empty if baselines learn from `clips`
  EvalBaselines  rows;
} Finding;

/// Read model and folder
static RemStatus
open_finding(const EvalListen* const asked,
             Finding* const          out,
             RemError* const         error)
{
  RemStatus st = rem_model_read(asked->model_path, &out->model, NULL, error);
  if (st || (st = rem_hear_check(out->model, asked->model_path, error))) {
    return st;
  }
  const bool curve = out->model->spec.head == REM_HEAD_LINEAR;
  st               = rem_clips_read(asked->folder,
                      out->model->spectra,
                      curve,
                      out->model->labels,
                      &out->clips,
                      error);
  if (!st && asked->training && asked->baselines.asked) {
    st = rem_clips_read(asked->training,
                        out->model->spectra,
                        curve,
                        out->model->labels,
                        &out->training,
                        error);
  }
  return st;
}

/// Append the net's own loss
static RemStatus
add_net(Finding* const           finding,
        const RemFrameSet* const set,
        RemError* const          error)
{
  const RemModel* const model = finding->model;
  const size_t          n_out = set->n_out;
  const size_t          n     = rem_frame_set_n(set);
  float* const          y   = (float*)malloc((n * n_out + 1U) * sizeof(float));
  RemStatus             st  = REM_SUCCESS;
  double                sum = 0.0;
  if (!y) {
    return rem_fail(error, REM_NO_MEMORY, NULL, "No memory for baselines");
  }
  for (size_t i = 0U; !st && i < set->n_pieces; ++i) {
    const size_t at = set->begins[i];
    st              = rem_hear_net(&model->spec,
                      model->params,
                      set->x + at * set->n_in,
                      set->begins[i + 1U] - at,
                      y + at * n_out,
                      error);
  }
  for (size_t t = 0U; !st && t < n; ++t) {
    float* const row = y + t * n_out;
    sum += rem_window_loss(
      model->spec.head, set->n_out, row, set->targets + t * n_out, 1.0, row);
  }
  free(y);
  eval_baselines_add(&finding->rows, "net", "this net", sum / (double)n);
  return st;
}

/// Let baselines learn, if that is asked for
static RemStatus
hold_contest(Finding* const finding, RemError* const error)
{
  RemFrameSet training = {.n_in = 0U};
  RemFrameSet tested   = {.n_in = 0U};
  RemStatus   st       = REM_SUCCESS;
  if (!finding->rows.asked) {
    return REM_SUCCESS;
  }
  if (rem_clip_frames(finding->training.n ? &finding->training
                                          : &finding->clips,
                      &training) &&
      rem_clip_frames(&finding->clips, &tested)) {
    const EvalContest asked = {.head     = finding->model->spec.head,
                               .n_back   = N_BACK,
                               .n_linear = finding->clips.curve ? N_BACK : 0U,
                               .training = &training,
                               .tested   = &tested};
    st                      = add_net(finding, &tested, error);
    st = st ? st : eval_baselines_hold_loss(&finding->rows, &asked, error);
  } else {
    st = rem_fail(error, REM_NO_MEMORY, NULL, "No memory for baselines");
  }
  rem_frame_set_clear(&training);
  rem_frame_set_clear(&tested);
  return st;
}

/// Print baselines, if they are asked for
static void
print_baselines(const EvalListen* const asked, const Finding* const finding)
{
  if (finding->rows.asked) {
    printf("\n%s; less is better\n",
           finding->clips.curve ? "Half the squared error of a frame"
                                : "Nats per frame");
    eval_baselines_print(&finding->rows);
  }
  if (finding->rows.asked && !asked->training) {
    puts("\nBaselines learned from these very recordings; --training names"
         " others.");
  }
}

static void
print_table(const EvalListen* const asked, const Finding* const finding)
{
  const RemListenProof* const proof = &finding->proof;
  const RemScore* const       score = &proof->score;
  printf("%s on %s: %.0f s of %zu recordings\n\n",
         asked->model_path,
         asked->folder,
         (double)rem_clips_n_frames(&finding->clips) *
           finding->model->spectra->hop / finding->model->spectra->rate,
         finding->clips.n);
  if (finding->clips.curve) {
    printf("Squared error\n  this net   %9.4g\n  the mean   %9.4g\n",
           proof->error,
           proof->variance);
    print_baselines(asked, finding);
    return;
  }
  printf("Events within 50 ms; 1 is best\n"
         "  F-measure  %6.3f\n"
         "  precision  %6.3f  %zu of %zu that were found are there\n"
         "  recall     %6.3f  of %zu that are there\n",
         rem_score_f(score),
         rem_score_precision(score),
         score->n_hits,
         score->n_found,
         rem_score_recall(score),
         score->n_there);
  print_baselines(asked, finding);
}

static RemStatus
print_json(const EvalListen* const asked,
           const Finding* const    finding,
           RemError* const         error)
{
  const RemListenProof* const proof = &finding->proof;
  const bool                  curve = finding->clips.curve;
  json_t* const               root  = json_pack("{s:s, s:s, s:I}",
                                 "model",
                                 asked->model_path,
                                 "listen",
                                 asked->folder,
                                 "recordings",
                                 (json_int_t)finding->clips.n);
  json_t* const               rest =
    curve ? json_pack(
              "{s:f, s:f}", "mse", proof->error, "variance", proof->variance)
                        : json_pack("{s:I, s:f, s:f, s:f}",
                      "events",
                      (json_int_t)proof->score.n_there,
                      "f",
                      rem_score_f(&proof->score),
                      "precision",
                      rem_score_precision(&proof->score),
                      "recall",
                      rem_score_recall(&proof->score));
  if (rest && finding->rows.asked) {
    (void)json_object_set_new(
      rest, "baselines", eval_baselines_json(&finding->rows));
  }
  char* const text = root && rest && !json_object_update(root, rest)
                       ? json_dumps(root, JSON_INDENT(2))
                       : NULL;
  json_decref(root);
  json_decref(rest);
  if (!text) {
    return rem_fail(
      error, REM_BAD_ARGUMENT, NULL, "A file name is not UTF-8, as JSON wants");
  }
  puts(text);
  free(text);
  return REM_SUCCESS;
}

int
eval_listen(const char* const command, const EvalListen* const asked)
{
  const double threshold =
    asked->threshold > 0.0 ? asked->threshold : REM_HEAR_THRESHOLD;
  Finding   finding = {.model = NULL, .rows = asked->baselines};
  RemError  error   = {REM_SUCCESS, "", ""};
  RemStatus st      = REM_SUCCESS;
  (void)((st = open_finding(asked, &finding, &error)) ||
         (st = rem_listen_prove(finding.model,
                                &finding.clips,
                                threshold,
                                REM_HEAR_APART,
                                &finding.proof,
                                &error)) ||
         (st = hold_contest(&finding, &error)));
  if (!st && asked->json) {
    st = print_json(asked, &finding, &error);
  } else if (!st) {
    print_table(asked, &finding);
  }
  rem_clips_clear(&finding.clips);
  rem_clips_clear(&finding.training);
  rem_model_free(finding.model);
  return st ? command_failed(command, &error) : REM_EXIT_DONE;
}

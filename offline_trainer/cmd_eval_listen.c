// SPDX-License-Identifier: ISC

#include "offline_trainer/cmd_eval_listen.h"

#include "dsp/modelfile/modelfile.h"
#include "offline_trainer/command.h"
#include "offline_trainer/spectra/clips.h"
#include "offline_trainer/spectra/hear.h"
#include "offline_trainer/spectra/learn.h"

#include <jansson.h>

#include <stdio.h>
#include <stdlib.h>

/// What is read, and what is found
typedef struct {
  RemModel*      model;
  RemClips       clips;
  RemListenProof proof;
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
  return rem_clips_read(asked->folder,
                        out->model->spectra,
                        curve,
                        out->model->labels,
                        &out->clips,
                        error);
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
  Finding   finding = {.model = NULL};
  RemError  error   = {REM_SUCCESS, "", ""};
  RemStatus st      = REM_SUCCESS;
  (void)((st = open_finding(asked, &finding, &error)) ||
         (st = rem_listen_prove(finding.model,
                                &finding.clips,
                                threshold,
                                REM_HEAR_APART,
                                &finding.proof,
                                &error)));
  if (!st && asked->json) {
    st = print_json(asked, &finding, &error);
  } else if (!st) {
    print_table(asked, &finding);
  }
  rem_clips_clear(&finding.clips);
  rem_model_free(finding.model);
  return st ? command_failed(command, &error) : REM_EXIT_DONE;
}

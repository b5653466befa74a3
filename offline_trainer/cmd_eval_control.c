// SPDX-License-Identifier: ISC

#include "offline_trainer/cmd_eval_control.h"

#include "dsp/modelfile/modelfile.h"
#include "offline_trainer/command.h"
#include "offline_trainer/control/baseline.h"
#include "offline_trainer/control/control_validate.h"
#include "offline_trainer/control/performances.h"
#include "offline_trainer/control/rivals.h"
#include "offline_trainer/pool.h"

#include <jansson.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#define N_BACK 4U ///< Frames that a feed-forward net sees

/// What is read, and what is found
typedef struct {
  RemModel*       model;
  RemPerformances tested;
  RemPerformances training; ///< Empty if baselines learn from `tested`
  double          nll;
  RemBaselines    baselines;
  EvalBaselines   rows; ///< Of those that train
} Finding;

/// For figure_of()
typedef struct {
  const RemControlContest* contest;
  double                   discrete_nll;
} Judge;

/// Read model and folders
static RemStatus
open_finding(const EvalControl* const asked,
             Finding* const           out,
             RemError* const          error)
{
  RemStatus st = rem_model_read(asked->model_path, &out->model, NULL, error);
  if (st) {
    return st;
  }
  if (!out->model->frames) {
    return rem_fail(error,
                    REM_UNSUPPORTED,
                    asked->model_path,
                    "It is a model for sound: leave out --control");
  }
  if ((st = rem_model_check_streams(out->model, asked->model_path, error))) {
    return st;
  }
  const uint32_t n = out->model->frames->n_dims;
  st               = rem_performances_read(
    asked->folder, asked->all_rows, n, 0.0, &out->tested, error);
  if (!st && asked->training) {
    st = rem_performances_read(
      asked->training, asked->all_rows, n, 0.0, &out->training, error);
  }
  return st;
}

/// Measure the model on what is tested
static RemStatus
measure_model(Finding* const finding, RemError* const error)
{
  const RemModel* const model = finding->model;
  RemPool* const        pool  = rem_pool_new(rem_pool_n_processors());
  RemRows               rows  = {.n = 0U};
  const bool            good =
    pool && rem_rows_open(model->frames, &finding->tested, &rows);
  if (good) {
    finding->nll = rem_control_validate(
      model->frames, &model->spec, model->params, &rows, pool);
  }
  rem_rows_clear(&rows);
  rem_pool_free(pool);
  return good ? REM_SUCCESS
              : rem_fail(error, REM_NO_MEMORY, NULL, "No memory to test it");
}

static RemStatus
measure_baselines(Finding* const finding, RemError* const error)
{
  const RemPerformances* const t =
    finding->training.n ? &finding->training : &finding->tested;
  const RemTakes training = {t->frames, t->begins, t->n};
  const RemTakes tested   = {
      finding->tested.frames, finding->tested.begins, finding->tested.n};
  return rem_baselines(
    finding->model->frames, &training, &tested, &finding->baselines, error);
}

/// Return the NLL of a baseline
static double
figure_of(void* const handle, const RemRival* const rival)
{
  const Judge* const judge = (const Judge*)handle;
  return judge->discrete_nll + rem_control_contest_nll(judge->contest, rival);
}

/// Let a feed-forward net and a linear system learn, if that is asked for
static RemStatus
hold_contest(Finding* const finding, RemError* const error)
{
  const RemPerformances* const t =
    finding->training.n ? &finding->training : &finding->tested;
  const RemTakes training = {t->frames, t->begins, t->n};
  const RemTakes tested   = {
      finding->tested.frames, finding->tested.begins, finding->tested.n};
  RemControlContest contest;
  RemStatus         st = REM_SUCCESS;
  if (!finding->rows.asked) {
    return REM_SUCCESS;
  }
  if (rem_control_contest_open(
        finding->model->frames, &training, &tested, &contest)) {
    Judge             judge = {&contest, finding->baselines.discrete_nll};
    const EvalContest asked = {.head     = REM_HEAD_LINEAR,
                               .n_back   = N_BACK,
                               .training = &contest.training,
                               .tested   = &contest.tested,
                               .handle   = &judge,
                               .figure   = figure_of};
    st = eval_baselines_hold(&finding->rows, &asked, error);
  } else {
    st = rem_fail(error, REM_NO_MEMORY, NULL, "No memory for baselines");
  }
  rem_control_contest_clear(&contest);
  return st;
}

/// Gather all lines
static EvalBaselines
gather(const Finding* const finding)
{
  const RemBaselines* const b   = &finding->baselines;
  EvalBaselines             all = {.asked = true};
  char                      ar[40];
  (void)snprintf(ar, sizeof(ar), "AR(%u)", b->ar_order);
  eval_baselines_add(&all, "net", "this net", finding->nll);
  for (uint32_t i = 0U; i < finding->rows.n; ++i) {
    all.rows[all.n++] = finding->rows.rows[i];
  }
  eval_baselines_add(&all, "ar", ar, b->ar_nll);
  eval_baselines_add(&all, "repeat", "repeat the last", b->repeat_nll);
  return all;
}

static void
print_table(const EvalControl* const asked, const Finding* const finding)
{
  const EvalBaselines all = gather(finding);
  printf("%s on %s: %zu events of %zu performances\n\n"
         "%s per event; less is better\n",
         asked->model_path,
         asked->folder,
         rem_performances_n_events(&finding->tested),
         finding->tested.n,
         finding->model->frames->n_mixtures ? "Nats"
                                            : "Half the squared error");
  eval_baselines_print(&all);
  if (!asked->training) {
    puts("\nAll but the net learned from these very performances; --training"
         " names others.");
  }
}

/// JSON knows no NaN: null stands for it
static json_t*
number_or_null(const double value)
{
  return isfinite(value) ? json_real(value) : json_null();
}

static RemStatus
print_json(const EvalControl* const asked,
           const Finding* const     finding,
           RemError* const          error)
{
  const RemBaselines* const b = &finding->baselines;
  const size_t  n_events      = rem_performances_n_events(&finding->tested);
  json_t* const root          = json_pack("{s:s, s:s, s:I, s:I, s:o, s:o, s:o}",
                                 "model",
                                 asked->model_path,
                                 "control",
                                 asked->folder,
                                 "performances",
                                 (json_int_t)finding->tested.n,
                                 "events",
                                 (json_int_t)n_events,
                                 "nll",
                                 number_or_null(finding->nll),
                                 "nll_ar",
                                 number_or_null(b->ar_nll),
                                 "nll_repeat",
                                 number_or_null(b->repeat_nll));
  if (root && asked->baselines.asked) {
    const EvalBaselines all = gather(finding);
    (void)json_object_set_new(root, "baselines", eval_baselines_json(&all));
  }
  char* const text = root ? json_dumps(root, JSON_INDENT(2)) : NULL;
  json_decref(root);
  if (!text) {
    return rem_fail(
      error, REM_BAD_ARGUMENT, NULL, "A file name is not UTF-8, as JSON wants");
  }
  puts(text);
  free(text);
  return REM_SUCCESS;
}

int
eval_control(const char* const command, const EvalControl* const asked)
{
  Finding   finding = {.model = NULL, .rows = asked->baselines};
  RemError  error   = {REM_SUCCESS, "", ""};
  RemStatus st      = REM_SUCCESS;
  (void)((st = open_finding(asked, &finding, &error)) ||
         (st = measure_model(&finding, &error)) ||
         (st = measure_baselines(&finding, &error)) ||
         (st = hold_contest(&finding, &error)));
  if (!st && asked->json) {
    st = print_json(asked, &finding, &error);
  } else if (!st) {
    print_table(asked, &finding);
  }
  rem_performances_clear(&finding.tested);
  rem_performances_clear(&finding.training);
  rem_model_free(finding.model);
  return st ? command_failed(command, &error) : REM_EXIT_DONE;
}

// SPDX-License-Identifier: ISC

#include "offline_trainer/cmd_train_control.h"

#include "offline_trainer/control/control_lesson.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define UPDATES 10000U     ///< Without limits; many more only overfit
#define MOST_SECONDS 120.0 ///< Without limits
#define SETTLED 5.0        ///< Seconds without a new row: the take is over

void
control_data_clear(ControlData* const data)
{
  rem_performances_clear(&data->all);
  rem_performances_clear(&data->validation);
  rem_control_set_clear(&data->set);
}

/// Take whole folders for both parts
static RemStatus
take_folders(const ControlData* const data,
             RemControlSet* const     out,
             RemError* const          error)
{
  bool good = true;
  for (size_t i = 0U; good && i < data->all.n; ++i) {
    good = rem_performances_add(&out->training, &data->all, i);
  }
  for (size_t i = 0U; good && i < data->validation.n; ++i) {
    good = rem_performances_add(&out->held_out, &data->validation, i);
  }
  return good
           ? REM_SUCCESS
           : rem_fail(error, REM_NO_MEMORY, NULL, "No memory for performances");
}

RemStatus
control_data_read(const TrainOptions* const  options,
                  const RemControlSet* const earlier,
                  ControlData* const         out,
                  RemError* const            error)
{
  const TrainControl* const c      = &options->control;
  const uint32_t            known  = earlier ? earlier->training.n_dims : 0U;
  const uint32_t            n_dims = known ? known : c->n_dims;
  RemStatus                 st     = rem_performances_read(
    c->folder, c->all_rows, n_dims, c->watch ? SETTLED : 0.0, &out->all, error);
  if (st == REM_BAD_SHAPE && !n_dims && !strcmp(error->place, c->folder)) {
    return rem_fail(error,
                    st,
                    c->folder,
                    "its logs differ in how many values they have: say how"
                    " many with --dimensions");
  }
  if (st || !options->validation) {
    return st ? st
              : rem_control_set_split(&out->all, earlier, &out->set, error);
  }
  st = rem_performances_read(options->validation,
                             c->all_rows,
                             out->all.n_dims,
                             0.0,
                             &out->validation,
                             error);
  return st ? st : take_folders(out, &out->set, error);
}

/// Look at performances as the baselines do
static RemTakes
takes_of(const RemPerformances* const p)
{
  return (RemTakes){p->frames, p->begins, p->n};
}

RemStatus
control_data_measure(ControlData* const data, RemError* const error)
{
  const RemTakes training = takes_of(&data->set.training);
  const RemTakes held_out = takes_of(&data->set.held_out);
  return rem_baselines(
    &data->frames, &training, &held_out, &data->baselines, error);
}

/// Say how dimensions are told, where that is not as numbers
static void
print_kinds(const RemFrames* const frames)
{
  for (uint32_t d = 0U; d < frames->n_dims; ++d) {
    const RemDim* const dim = &frames->dims[d];
    if (dim->kind == REM_DIM_SWITCH) {
      fprintf(stderr, "  dimension %u is a switch\n", d + 1U);
    } else if (dim->kind == REM_DIM_CHOICE) {
      fprintf(stderr,
              "  dimension %u is a choice of %u values\n",
              d + 1U,
              dim->n_choices);
    }
  }
}

/// Say what logs had that is not learned as it was
static void
print_findings(const RemPerformances* const p)
{
  if (p->n_short) {
    fprintf(
      stderr, "  left out: %zu logs with fewer than two events\n", p->n_short);
  }
  if (p->n_others) {
    fprintf(stderr,
            "  left out: %zu files that begin with no row of a log\n",
            p->n_others);
  }
  if (p->n_unlike) {
    fprintf(stderr, "  left out: %zu logs of other dimensions\n", p->n_unlike);
  }
  if (p->n_range) {
    fprintf(stderr,
            "  warning: %zu values are not within 0 to 1, and count as 0 or"
            " 1\n",
            p->n_range);
  }
  if (p->n_back) {
    fprintf(stderr,
            "  note: the clock of logs went back %zu times; no time passes"
            " there\n",
            p->n_back);
  }
}

/// Say what is about to happen
static void
print_plan(const TrainOptions* const o, const ControlData* const data)
{
  const RemPerformances* const training = &data->set.training;
  const RemPerformances* const held_out = &data->set.held_out;
  fprintf(stderr,
          "Learning from %zu events of %zu performances, testing on %zu of"
          " %zu: %u dimensions, %s %u x %u, %zu parameters, %u threads.\n",
          rem_performances_n_events(training),
          training->n,
          rem_performances_n_events(held_out),
          held_out->n,
          data->frames.n_dims,
          train_cell_title(o->spec.net.cell),
          o->spec.net.n_layers,
          o->spec.net.n_hidden,
          rem_net_n_params(&o->spec.net),
          o->n_threads);
  for (size_t i = 0U; i < held_out->n && !o->validation; ++i) {
    fprintf(stderr, "  held out: %s\n", held_out->names[i]);
  }
  print_findings(&data->all);
  print_kinds(&data->frames);
}

/// Refuse words about dimensions that there are none of
static RemStatus
check_wishes(const RemKindWish* const wishes,
             const uint32_t           n_dims,
             RemError* const          error)
{
  for (uint32_t d = n_dims; d < REM_MAX_DIMS; ++d) {
    if (wishes[d] != REM_KIND_BY_VALUES) {
      return rem_fail(error,
                      REM_BAD_ARGUMENT,
                      NULL,
                      "Dimension %u is to be a switch, a choice or a number,"
                      " but performances have %u",
                      d + 1U,
                      n_dims);
    }
  }
  return REM_SUCCESS;
}

/// Learn what frames mean and prepare the run
static RemStatus
prepare(TrainRun* const     run,
        TrainOptions* const o,
        ControlData* const  data,
        RemError* const     error)
{
  const uint32_t n_mixtures = o->control.linear ? 0U : o->control.n_mixtures;
  RemStatus      st =
    check_wishes(o->control.wishes, data->set.training.n_dims, error);
  if (st || (st = rem_frames_learn(&data->set.training,
                                   o->control.wishes,
                                   n_mixtures,
                                   &data->frames,
                                   error))) {
    return st;
  }
  if (o->resume) {
    control_frames_of_model(o->output_path, &data->frames);
  }
  if (o->control.longest > 0.0) {
    data->frames.dt_maximum = (float)o->control.longest;
  }
  if ((st = control_data_measure(data, error))) {
    return st;
  }
  const RemCell cell = o->spec.net.cell;
  o->spec.net =
    rem_frames_net(&data->frames, o->spec.net.n_hidden, o->spec.net.n_layers);
  o->spec.net.cell     = cell;
  run->facts.kind      = &train_kind_control;
  run->facts.set       = &data->set;
  run->facts.frames    = &data->frames;
  run->facts.baselines = &data->baselines;
  run->facts.about     = train_control_about(&run->facts);
  run->resume_path     = train_path_with(o->output_path, ".resume");
  if (!run->facts.about || !run->resume_path) {
    return rem_fail(error, REM_NO_MEMORY, NULL, "No memory to train");
  }
  return REM_SUCCESS;
}

/// Read the folders; where one is watched, wait for enough to begin with
static RemStatus
read_first(const TrainOptions* const o,
           ControlData* const        data,
           RemError* const           error)
{
  RemControlSet earlier = {.training = {.n = 0U}};
  if (o->resume) {
    control_set_of_model(o->output_path, &earlier);
  }
  RemStatus st   = control_data_read(o, &earlier, data, error);
  bool      told = false;
  while (st && o->control.watch &&
         (st == REM_NO_FILE || st == REM_BAD_ARGUMENT) &&
         !command_interrupted()) {
    if (!told) {
      fprintf(stderr,
              "Waiting for performances in %s: %s\n",
              o->control.folder,
              error->text);
    }
    told = true;
    (void)sleep(1U);
    control_data_clear(data);
    st = control_data_read(o, &earlier, data, error);
  }
  rem_control_set_clear(&earlier);
  return st;
}

/// Where no limit is given and no folder watched, set what does well
static void
set_limits(RemTrainLimits* const  limits,
           const RemLesson* const lesson,
           const bool             watch)
{
  if (!watch && limits->seconds <= 0.0 && !limits->epochs &&
      !limits->patience) {
    limits->seconds = MOST_SECONDS;
    limits->epochs  = (UPDATES + lesson->n_windows - 1U) / lesson->n_windows;
  }
}

/// Train on data that are read
static RemStatus
train(TrainRun* const     run,
      TrainOptions* const o,
      ControlData* const  data,
      RemError* const     error)
{
  if (!o->quiet) {
    print_plan(o, data);
  }
  command_hold_interrupts(); // Before threads start
  RemStatus st = rem_control_lesson_open(
    &o->spec, &data->frames, &data->set, o->n_threads, &run->lesson, error);
  if (!st && (o->control.watch || o->osc) &&
      !(run->live = train_live_new(o, data, error))) {
    st = error->status;
  }
  if (!st) {
    set_limits(&o->limits, &run->lesson, o->control.watch);
    st = train_and_conclude(run, error);
  }
  return st;
}

RemStatus
train_control(TrainRun* const     run,
              TrainOptions* const options,
              RemError* const     error)
{
  ControlData data = {.all = {.n = 0U}};
  RemStatus   st   = train_check_folder(options->output_path, error);
  if (!st && !(st = read_first(options, &data, error)) &&
      !(st = prepare(run, options, &data, error))) {
    st = train(run, options, &data, error);
  }
  control_data_clear(&data);
  return st;
}

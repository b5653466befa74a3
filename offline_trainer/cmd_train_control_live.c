// SPDX-License-Identifier: ISC

#include "offline_trainer/cmd_train_control.h"

#include "offline_trainer/control/control_lesson.h"
#include "offline_trainer/osc/link.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SCAN_INTERVAL 2.0 ///< Seconds between looks at the folder
#define OSC_TIMEOUT 1.0   ///< Seconds; training stands still meanwhile
#define NAME_SIZE 64U
#define STRAY 20.0f ///< Deviations from the mean

struct TrainLiveImpl {
  const TrainOptions* options;
  ControlData*        data;            ///< NULL for training on sound
  double              last_scan;       ///< As progress_clock()
  size_t              n_events;        ///< In all, as last read
  OscLink*            link;            ///< NULL if no plugin is told
  char                name[NAME_SIZE]; ///< Of its instance, or ""
  bool                complained;      ///< About it
  bool                stray_told;
  bool                scan_failed; ///< The last look at the folder; told
};

TrainLive*
train_live_new(const TrainOptions* const options,
               ControlData* const        data,
               RemError* const           error)
{
  TrainLive* const live = (TrainLive*)calloc(1, sizeof(TrainLive));
  if (!live) {
    (void)rem_fail(error, REM_NO_MEMORY, NULL, "No memory to train");
    return NULL;
  }
  live->options  = options;
  live->data     = data;
  live->n_events = data ? rem_performances_n_events(&data->all) : 0U;
  if (options->osc &&
      !(live->link = osc_open(options->osc, OSC_TIMEOUT, error))) {
    free(live);
    return NULL;
  }
  if (options->instance) {
    (void)snprintf(live->name, NAME_SIZE, "%s", options->instance);
  }
  return live;
}

void
train_live_free(TrainLive* const live)
{
  if (live) {
    osc_close(live->link);
    free(live);
  }
}

/// Find the first instance of a plugin for what is learned
static bool
find_instance(TrainLive* const live, RemError* const error)
{
  const OscCommand command = {.address  = "/remanence/list",
                              .n_answer = 1U,
                              .entries  = "/remanence/instance",
                              .again    = true};
  if (!osc_ask(live->link, &command, error)) {
    return false;
  }
  const char* const    kind = live->data ? "control" : "audio";
  const OscRows* const rows = osc_entries(live->link);
  for (size_t i = 0U; i < rows->n; ++i) {
    const char* const name   = rows->rows[i].cells[0];
    const char* const plugin = rows->rows[i].cells[1];
    if (plugin && strstr(plugin, kind)) {
      (void)snprintf(live->name, NAME_SIZE, "%s", name);
      return true;
    }
  }
  (void)rem_fail(error,
                 REM_NO_FILE,
                 live->options->osc,
                 "No instance of the %s plugin runs there",
                 kind);
  return false;
}

/// Have the plugin load the model that is on disk
static bool
send_model(TrainLive* const live, RemError* const error)
{
  OscCommand command = {.n_answer = 1U};
  if (!*live->name && !find_instance(live, error)) {
    return false;
  }
  const char* const output = live->options->output_path;
  char* const       path   = realpath(output, NULL);
  (void)snprintf(
    command.address, sizeof(command.address), "/remanence/%s/load", live->name);
  command.arguments[0] = (OscArgument){'s', 0.0, path ? path : output};
  const bool good      = osc_ask(live->link, &command, error);
  free(path);
  return good;
}

void
train_live_better(TrainRun* const run)
{
  TrainLive* const live  = run->live;
  RemError         error = {REM_SUCCESS, "", ""};
  if (!live->link) {
    return;
  }
  if (send_model(live, &error)) {
    live->complained = false;
    return;
  }
  if (error.status == REM_INTERRUPTED) {
    return; // Nothing is wrong
  }
  if (!live->options->instance) {
    live->name[0] = '\0'; // It may come back under another name
  }
  if (!live->complained && !command_interrupted()) {
    progress_end(&run->progress, false);
    command_warn("train",
                 "the plugin did not take the model: %s; training goes on, and"
                 " offers the next one",
                 error.text);
  }
  live->complained = true;
}

/// Return a dimension, from 1, whose values are far from those that its scale
/// was learned of; 0 if there is none
static uint32_t
find_stray(const ControlData* const data)
{
  const RemPerformances* const p   = &data->set.training;
  const size_t                 row = (size_t)1U + p->n_dims;
  for (size_t i = 0U; i < p->begins[p->n]; ++i) {
    for (uint32_t d = 0U; d < p->n_dims; ++d) {
      const RemDim* const dim = &data->frames.dims[d];
      const float         x   = p->frames[i * row + 1U + d] - dim->offset;
      if (dim->kind == REM_DIM_CONTINUOUS && fabsf(x) > STRAY * dim->scale) {
        return d + 1U;
      }
    }
  }
  return 0U;
}

/// Say, once, that a dimension has begun to move
static void
tell_stray(TrainRun* const run)
{
  TrainLive* const live  = run->live;
  const uint32_t   stray = find_stray(live->data);
  if (stray && !live->stray_told) {
    live->stray_told = true;
    progress_end(&run->progress, false);
    command_warn("train",
                 "dimension %u hardly moved in what training began with, and"
                 " does now: begin anew to learn it well",
                 stray);
  }
}

/// Say what was added, or that something else has changed
static void
tell(TrainRun* const run, const size_t n_before)
{
  const ControlData* const data     = run->live->data;
  const size_t             n        = data->all.n;
  char                     what[64] = "Performances have changed";
  if (n > n_before) {
    (void)snprintf(what,
                   sizeof(what),
                   "%zu new performance%s",
                   n - n_before,
                   n - n_before == 1U ? "" : "s");
  }
  if (!run->facts.options->quiet) {
    progress_end(&run->progress, false);
    fprintf(stderr,
            "%s: learning from %zu events, testing on %zu.\n",
            what,
            rem_performances_n_events(&data->set.training),
            rem_performances_n_events(&data->set.held_out));
  }
}

/// Go on with other data
static RemStatus
renew(TrainRun* const run, ControlData* const next, RemError* const error)
{
  ControlData* const data = run->live->data;
  const size_t       n    = data->all.n;
  RemStatus          st   = REM_SUCCESS;
  next->frames            = data->frames;
  if ((st = control_data_measure(next, error)) ||
      (st = rem_control_lesson_renew(&run->lesson, &next->set, error))) {
    return st;
  }
  control_data_clear(data);
  *data = *next;
  *next = (ControlData){.all = {.n = 0U}};
  rem_trainer_remeasure(run->trainer);
  char* const about = train_control_about(&run->facts);
  if (!about) {
    return rem_fail(error, REM_NO_MEMORY, NULL, "No memory to train");
  }
  free(run->facts.about);
  run->facts.about = about;
  tell(run, n);
  tell_stray(run);
  return REM_SUCCESS;
}

void
train_live_epoch(TrainRun* const run)
{
  TrainLive* const live  = run->live;
  const double     clock = progress_clock();
  ControlData      next  = {.all = {.n = 0U}};
  RemError         error = {REM_SUCCESS, "", ""};
  if (!live->options->control.watch ||
      clock - live->last_scan < SCAN_INTERVAL) {
    return;
  }
  live->last_scan = clock;
  RemStatus st =
    control_data_read(live->options, &live->data->set, &next, &error);
  const size_t n_events = rem_performances_n_events(&next.all);
  if (!st && n_events != live->n_events) {
    live->n_events = n_events;
    st             = renew(run, &next, &error);
  }
  if (st && !live->scan_failed) {
    progress_end(&run->progress, false);
    command_warn("train",
                 "%s%s%s; going on with what was read before",
                 error.place,
                 *error.place ? ": " : "",
                 error.text);
  }
  live->scan_failed = st != REM_SUCCESS;
  control_data_clear(&next);
}

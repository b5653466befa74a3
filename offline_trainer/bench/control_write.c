// SPDX-License-Identifier: ISC

#include "offline_trainer/bench/control.h"

#include "dsp/modelfile/file.h"
#include "offline_trainer/control/control_lesson.h"
#include "offline_trainer/control/frames_loss.h"
#include "offline_trainer/control/rows.h"
#include "offline_trainer/lesson.h"

#include <jansson.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

static json_t*
describe_net(const RemControlBench* const bench)
{
  const RemTrainSpec* const spec   = &bench->spec;
  const RemFrames* const    frames = &bench->frames;
  return json_pack("{si si si si si sb sf si si si sf sf sf sf}",
                   "n_in",
                   (int)spec->net.n_in,
                   "n_out",
                   (int)spec->net.n_out,
                   "hidden",
                   (int)spec->net.n_hidden,
                   "layers",
                   (int)spec->net.n_layers,
                   "n_mixtures",
                   (int)frames->n_mixtures,
                   "residual",
                   (int)frames->residual,
                   "floor",
                   (double)frames->floor,
                   "streams",
                   (int)spec->n_streams,
                   "steps",
                   (int)spec->n_steps,
                   "warm_up",
                   (int)spec->n_warm_up,
                   "memory",
                   spec->memory,
                   "rate",
                   spec->rate,
                   "clip",
                   spec->clip,
                   "keep",
                   spec->keep);
}

static json_t*
describe_begins(const RemPerformances* const performances)
{
  json_t* const begins = json_array();
  for (size_t i = 0U; i <= performances->n; ++i) {
    (void)json_array_append_new(
      begins, json_integer((json_int_t)performances->begins[i]));
  }
  return begins;
}

/// Say which columns are what
static void
describe_columns(const RemFrames* const frames, json_t* const to)
{
  const RemFramesLoss loss       = rem_frames_loss(frames);
  json_t* const       continuous = json_array();
  json_t* const       discrete   = json_array();
  for (uint32_t c = 0U; c < loss.n_continuous; ++c) {
    (void)json_array_append_new(continuous,
                                json_integer((json_int_t)loss.continuous[c]));
  }
  for (uint32_t d = 0U; d < loss.n_discrete; ++d) {
    const RemDiscrete* const at = &loss.discrete[d];
    (void)json_array_append_new(
      discrete, json_pack("[ii]", (int)at->column, (int)at->width));
  }
  (void)json_object_set_new(to, "continuous", continuous);
  (void)json_object_set_new(to, "discrete", discrete);
}

/// Find the bias that a lesson gives raw deviations at first
static RemStatus
find_first_raw(const RemControlBench* const bench,
               double* const                out,
               RemError* const              error)
{
  const RemNetSpec* const net = &bench->spec.net;
  const uint32_t          n   = rem_frames_n_continuous(&bench->frames);
  float* const params = (float*)calloc(rem_net_n_params(net), sizeof(float));
  RemLesson    lesson = {.handle = NULL};
  RemStatus    st     = REM_SUCCESS;
  if (!params) {
    return rem_fail(error, REM_NO_MEMORY, NULL, "Out of memory");
  }
  if (!(st = rem_control_lesson_open(
          &bench->spec, &bench->frames, &bench->set, 1U, &lesson, error))) {
    lesson.prepare(lesson.handle, params);
    *out = (double)params[rem_net_head_at(net).bias +
                          (size_t)bench->frames.n_mixtures * (1U + n)];
  }
  rem_lesson_clear(&lesson);
  free(params);
  return st;
}

/// Append columns of performances to `to`; return what follows, or NULL without
/// memory
static char*
put_columns(const RemFrames* const       frames,
            const RemPerformances* const performances,
            char* const                  to)
{
  RemRows rows;
  if (!rem_rows_open(frames, performances, &rows)) {
    return NULL;
  }
  const size_t size = rows.begins[rows.n] * rows.n_in * sizeof(float);
  memcpy(to, rows.columns, size);
  rem_rows_clear(&rows);
  return to + size;
}

/// Write a line of text and columns
static RemStatus
write_all(const RemControlBench* const bench,
          const char* const            text,
          const char* const            path,
          RemError* const              error)
{
  const RemControlSet* const set    = &bench->set;
  const size_t               n_text = strlen(text);
  const size_t               n_rows = set->training.begins[set->training.n] +
                        set->held_out.begins[set->held_out.n];
  const size_t size =
    n_text + 1U + n_rows * bench->spec.net.n_in * sizeof(float);
  char* const bytes = (char*)malloc(size);
  char*       at    = bytes;
  if (at) {
    memcpy(at, text, n_text);
    at[n_text] = '\n';
    at         = put_columns(&bench->frames, &set->training, at + n_text + 1U);
    at         = at ? put_columns(&bench->frames, &set->held_out, at) : NULL;
  }
  const RemStatus st =
    at ? rem_file_write(path, bytes, size, error)
       : rem_fail(error, REM_NO_MEMORY, path, "Out of memory");
  free(bytes);
  return st;
}

RemStatus
rem_control_bench_write(const RemControlBench* const bench,
                        const uint32_t               epochs,
                        const char* const            path,
                        RemError* const              error)
{
  double    first_raw = 0.0;
  RemStatus st        = find_first_raw(bench, &first_raw, error);
  if (st) {
    return st;
  }
  json_t* const about = describe_net(bench);
  (void)json_object_set_new(about, "first_raw", json_real(first_raw));
  (void)json_object_set_new(about, "epochs", json_integer((int)epochs));
  (void)json_object_set_new(
    about, "train", describe_begins(&bench->set.training));
  (void)json_object_set_new(
    about, "val", describe_begins(&bench->set.held_out));
  describe_columns(&bench->frames, about);
  char* const text = json_dumps(about, JSON_COMPACT);
  if (text) {
    st = write_all(bench, text, path, error);
  } else {
    st = rem_fail(error, REM_NO_MEMORY, path, "Out of memory");
  }
  free(text);
  json_decref(about);
  return st;
}

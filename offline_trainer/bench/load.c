// SPDX-License-Identifier: ISC

#include "offline_trainer/bench/load.h"

#include "dsp/model.h"
#include "dsp/modelfile/modelfile.h"
#include "dsp/voice.h"
#include "offline_trainer/bench/noise.h"

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/// A model and its file
typedef struct {
  const char* path;
  RemModel*   model;
  RemError*   error;
} Load;

static void
run_read(void* const handle, const uint64_t n)
{
  const Load* const load = (const Load*)handle;
  for (uint64_t i = 0; i < n; ++i) {
    RemModel* model = NULL;
    (void)rem_model_read(load->path, &model, NULL, load->error);
    rem_model_free(model);
  }
}

static void
run_pack(void* const handle, const uint64_t n)
{
  const Load* const load = (const Load*)handle;
  for (uint64_t i = 0; i < n; ++i) {
    RemVoice* const voice = rem_voice_new(load->model, 2U);
    if (!voice) {
      (void)rem_fail(load->error, REM_NO_MEMORY, NULL, "Out of memory");
    }
    rem_voice_free(voice);
  }
}

static void
run_settle(void* const handle, const uint64_t n)
{
  const Load* const load = (const Load*)handle;
  const size_t      size = rem_net_n_state(&load->model->spec) * sizeof(float);
  for (uint64_t i = 0; i < n; ++i) {
    memset(load->model->rest, 0, size);
    (void)rem_model_settle(load->model, load->error);
  }
}

static RemTiming
milliseconds(const RemTiming time)
{
  return (RemTiming){1e3 * time.median, 1e3 * time.least};
}

static RemStatus
measure(const char* const     path,
        RemModel* const       model,
        const double          seconds,
        RemLoadFigures* const out,
        RemError* const       error)
{
  Load               load     = {path, model, error};
  const RemBenchTask tasks[3] = {
    {run_read, &load}, {run_pack, &load}, {run_settle, &load}};
  RemTiming times[3];

  rem_bench_time(tasks, 3U, seconds, CLOCK_THREAD_CPUTIME_ID, times);
  out->read_ms   = milliseconds(times[0]);
  out->pack_ms   = milliseconds(times[1]);
  out->settle_ms = milliseconds(times[2]);
  return error->status;
}

/// Return a model of noise, as training leaves one, or NULL
static RemModel*
new_model(const RemNetSpec* const spec, RemError* const error)
{
  const size_t    n_params = rem_net_n_params(spec);
  RemModel* const model    = rem_model_new(spec);
  float* const    noise    = rem_bench_noise(n_params, 0.3f);
  if (!model || !noise) {
    (void)rem_fail(
      error, REM_NO_MEMORY, NULL, "Out of memory for the benchmark");
  } else {
    memcpy(model->params, noise, n_params * sizeof(float));
  }
  free(noise);
  if (error->status || rem_model_settle(model, error) ||
      rem_model_make_check(model, error)) {
    rem_model_free(model);
    return NULL;
  }
  return model;
}

RemStatus
rem_bench_load(const RemNetSpec* const spec,
               const double            seconds,
               RemLoadFigures* const   out,
               RemError* const         error)
{
  const char* const folder = getenv("TMPDIR");
  RemModel* const   model  = new_model(spec, error);
  char              path[4096];
  if (!model) {
    return error->status;
  }

  (void)snprintf(path,
                 sizeof(path),
                 "%s/remanence-bench-%ld.safetensors",
                 folder && *folder ? folder : "/tmp",
                 (long)getpid());
  if (!rem_model_write(model, REM_FORMAT_NATIVE, path, error)) {
    (void)measure(path, model, seconds, out, error);
    (void)unlink(path);
  }
  rem_model_free(model);
  return error->status;
}

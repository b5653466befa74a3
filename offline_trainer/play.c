// SPDX-License-Identifier: ISC

#include "offline_trainer/play.h"

#include "dsp/modelfile/modelfile.h"
#include "offline_trainer/command.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

int
player_add_knob(Player* const p, const char* const text)
{
  RemKnobSetting knob;
  if (!command_knob(text, &knob)) {
    return command_usage(
      p->command, "--knob wants Name=value, as in Gain=0.3, not `%s`", text);
  }
  if (p->n_settings == REM_MAX_KNOBS) {
    return command_usage(
      p->command, "no model has more than %u knobs", REM_MAX_KNOBS);
  }
  p->settings[p->n_settings++] = knob;
  return REM_EXIT_DONE;
}

/// Write the names of a model's knobs into `text` [size], as a sentence has it
static void
list_knobs(const RemModel* const model, char* const text, const size_t size)
{
  size_t at = (size_t)snprintf(text, size, model->n_knobs ? "" : "no knobs");
  for (uint32_t k = 0; k < model->n_knobs && at < size; ++k) {
    at += (size_t)snprintf(
      text + at, size - at, "%s%s", k ? ", " : "", model->knobs[k].name);
  }
}

/// Return where a model keeps the knob called `name`, or its number of knobs
static uint32_t
find_knob(const RemModel* const model, const char* const name)
{
  uint32_t k = 0;
  while (k < model->n_knobs && strcmp(model->knobs[k].name, name) != 0) {
    ++k;
  }
  return k;
}

/// Turn a setting in the user's unit into what the net sees
static RemStatus
apply_setting(Player* const               p,
              const RemKnobSetting* const setting,
              RemError* const             error)
{
  const uint32_t k = find_knob(p->model, setting->name);
  if (k == p->model->n_knobs) {
    char names[256];
    list_knobs(p->model, names, sizeof(names));
    return rem_fail(error,
                    REM_BAD_ARGUMENT,
                    p->path,
                    "There is no knob `%s`; the model has %s",
                    setting->name,
                    names);
  }
  const RemKnob* const knob = &p->model->knobs[k];
  if (!(setting->value >= knob->minimum && setting->value <= knob->maximum)) {
    return rem_fail(error,
                    REM_BAD_ARGUMENT,
                    p->path,
                    "The knob `%s` goes from %g to %g, so not to %g",
                    knob->name,
                    (double)knob->minimum,
                    (double)knob->maximum,
                    (double)setting->value);
  }
  p->knobs[k] =
    (setting->value - knob->minimum) / (knob->maximum - knob->minimum);
  return REM_SUCCESS;
}

RemStatus
player_open(Player* const p, RemError* const error)
{
  RemStatus st = rem_model_read(p->path, &p->model, NULL, error);
  if (!st && p->model->kind != REM_FRAME_AUDIO) {
    st = rem_fail(error,
                  REM_UNSUPPORTED,
                  p->path,
                  "It is a model for %s frames and plays no sound:"
                  " `remanence eval` and `remanence generate` are for those",
                  rem_frame_kind_name(p->model->kind));
  }
  for (uint32_t k = 0; !st && k < p->model->n_knobs; ++k) {
    const RemKnob* const knob = &p->model->knobs[k];
    p->knobs[k] =
      (knob->default_value - knob->minimum) / (knob->maximum - knob->minimum);
  }
  for (uint32_t i = 0; !st && i < p->n_settings; ++i) {
    st = apply_setting(p, &p->settings[i], error);
  }
  return st;
}

RemStatus
player_check_rate(const Player* const   p,
                  const RemAudio* const audio,
                  const char* const     audio_path,
                  RemError* const       error)
{
  const double rate = p->model->sample_rate;
  if (!p->model->rate_known) {
    command_warn(p->command,
                 "%s does not say its sample rate; %s is played at %u Hz",
                 p->path,
                 audio_path,
                 audio->rate);
  } else if (fabs(rate - (double)audio->rate) > 0.5) {
    return rem_fail(error,
                    REM_BAD_ARGUMENT,
                    audio_path,
                    "The sample rate is %u Hz, but %s plays at %.0f Hz;"
                    " resample the file first (sox IN -r %.0f OUT)",
                    audio->rate,
                    p->path,
                    rate,
                    rate);
  }
  return REM_SUCCESS;
}

/// What is told while a model plays
typedef struct {
  Progress* progress;
  size_t    n_before;
  size_t    n_all;
} Listener;

static bool
go_on(void* const handle, const size_t n_done)
{
  const Listener* const l = (const Listener*)handle;
  progress_part(
    l->progress, "Rendering", (double)(l->n_before + n_done), (double)l->n_all);
  return !command_interrupted();
}

RemStatus
player_render(const Player* const p,
              const float* const  input,
              float* const        out,
              const size_t        n,
              Progress* const     progress,
              const size_t        n_before,
              const size_t        n_all,
              RemError* const     error)
{
  Listener       listener = {progress, n_before, n_all};
  const RemWatch watch    = {go_on, &listener};
  return rem_render_watched(p->model, p->knobs, input, out, n, &watch, error);
}

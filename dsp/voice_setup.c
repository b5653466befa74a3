// SPDX-License-Identifier: ISC

/// Building and freeing voices; never called in the audio thread

#include "dsp/voice.h"

#include "dsp/gain.h"
#include "dsp/model.h"
#include "dsp/net.h"
#include "dsp/voice_internal.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

static bool
fill(RemVoice* const       voice,
     const RemModel* const model,
     const uint32_t        n_channels)
{
  const size_t n_rest   = rem_net_n_state(&model->spec);
  const size_t n_frames = (size_t)2 * VOICE_CHUNK;

  voice->net    = rem_net_new(&model->spec, model->params);
  voice->states = calloc(n_channels, sizeof(RemNetState*));
  voice->rest   = calloc(n_rest, sizeof(float));
  voice->frames = calloc(n_frames * model->spec.n_in, sizeof(float));
  if (!voice->net || !voice->states || !voice->rest || !voice->frames) {
    return false;
  }
  memcpy(voice->rest, model->rest, n_rest * sizeof(float));
  voice->sample_rate = model->sample_rate;
  voice->in_gain     = rem_gain_of_db(model->in_gain_db);
  voice->out_gain    = rem_gain_of_db(model->out_gain_db);
  rem_model_idle_frame(model, voice->idle);

  voice->n_channels = n_channels;
  for (uint32_t c = 0; c < n_channels; ++c) {
    voice->states[c] = rem_net_state_new(voice->net);
    if (!voice->states[c]) {
      return false;
    }
    rem_voice_reset(voice, c);
  }
  return true;
}

RemStatus
rem_voice_check(const RemModel* const model,
                const char* const     place,
                RemError* const       error)
{
  const RemNetSpec* const spec = &model->spec;
  if (model->kind != REM_FRAME_AUDIO) {
    return rem_fail(error,
                    REM_UNSUPPORTED,
                    place,
                    "is a net for %s frames; expected a net for sound "
                    "(remanence train)",
                    rem_frame_kind_name(model->kind));
  }
  const RemStatus st = rem_model_check_streams(model, place, error);
  if (st) {
    return st;
  }
  if (spec->n_out != 1U || spec->n_in != 1U + model->n_knobs ||
      spec->n_symbols) {
    return rem_fail(error,
                    REM_UNSUPPORTED,
                    place,
                    "the net makes %u outputs of %u inputs, %u of them knobs; "
                    "expected one output, one input for sound and the knobs",
                    spec->n_out,
                    spec->n_in,
                    model->n_knobs);
  }
  return REM_SUCCESS;
}

RemVoice*
rem_voice_new(const RemModel* const model, const uint32_t n_channels)
{
  if (rem_voice_check(model, NULL, NULL)) {
    return NULL;
  }

  RemVoice* const voice = (RemVoice*)calloc(1, sizeof(RemVoice));
  if (voice && !fill(voice, model, n_channels)) {
    rem_voice_free(voice);
    return NULL;
  }
  return voice;
}

void
rem_voice_free(RemVoice* const voice)
{
  if (voice) {
    for (uint32_t c = 0; c < voice->n_channels; ++c) {
      rem_net_state_free(voice->states[c]);
    }
    free(voice->states);
    rem_net_free(voice->net);
    free(voice->rest);
    free(voice->frames);
    free(voice);
  }
}

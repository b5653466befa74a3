// SPDX-License-Identifier: ISC

#include "plugin/audio/stage.h"

#include "dsp/denormal.h"
#include "dsp/voice.h"
#include "plugin/ticks.h"

#include <math.h>

#define WARM_SECONDS 0.0005 ///< That a ready model is warmed for, at most
#define TRIAL_FRAMES 2048U  ///< That are played to it to find its speed

static RemStatus
build(const void* const     handle,
      const RemModel* const model,
      const char* const     place,
      const uint32_t        quality,
      void** const          built,
      RemError* const       error)
{
  const RemAudioStage* const stage = (const RemAudioStage*)handle;
  const RemStatus            st    = rem_voice_check(model, place, error);
  if (st) {
    return st;
  }
  RemStream* const stream =
    rem_stream_new(model, stage->n_channels, stage->rate, quality);
  if (!stream) {
    return rem_fail(error, REM_NO_MEMORY, place, "not enough memory");
  }
  *built = stream;
  return REM_SUCCESS;
}

static void
discard(void* const built)
{
  rem_stream_free((RemStream*)built);
}

/// Return how many frames a stream plays in #WARM_SECONDS, and set it to rest
static uint32_t
speed(const void* const handle, void* const built)
{
  const RemAudioStage* const stage  = (const RemAudioStage*)handle;
  RemStream* const           stream = (RemStream*)built;
  float                      x[REM_SLOT_CHANNELS][REM_SLOT_CHUNK] = {{0.0f}};
  float                      y[REM_SLOT_CHANNELS][REM_SLOT_CHUNK];
  const float* const         in[REM_SLOT_CHANNELS]  = {x[0], x[1]};
  float* const               out[REM_SLOT_CHANNELS] = {y[0], y[1]};
  const RemFloatMode         mode                   = rem_denormals_off();
  const double               start                  = rem_seconds();
  for (uint32_t n = 0U; n < TRIAL_FRAMES; n += REM_SLOT_CHUNK) {
    if (stage->n_channels == 2U) {
      rem_stream_block_pair(stream, in, NULL, 0U, out, REM_SLOT_CHUNK);
    } else {
      rem_stream_block(stream, 0U, in[0], NULL, 0U, out[0], REM_SLOT_CHUNK);
    }
  }
  const double each = (rem_seconds() - start) / TRIAL_FRAMES;
  rem_denormals_restore(mode);
  for (uint32_t c = 0U; c < stage->n_channels; ++c) {
    rem_stream_reset(stream, c);
  }
  return (uint32_t)fmin(fmax(WARM_SECONDS / each, 16.0), stage->rate);
}

static uint32_t
offer(void* const            handle,
      void* const            built,
      const RemModel* const  model,
      const RemComing* const how)
{
  const RemAudioStage* const stage    = (const RemAudioStage*)handle;
  RemEntrance                entrance = {.stream       = (RemStream*)built,
                                         .fade_seconds = how->fade_seconds,
                                         .n_warm       = how->n_warm,
                                         .at_once      = how->n_warm > 0U};
  entrance.levels.loudness_db         = model->loudness_db;
  entrance.levels.input_dbu           = model->input_level_dbu;
  entrance.levels.output_dbu          = model->output_level_dbu;
  return rem_slot_offer(stage->slot, &entrance);
}

static void
describe(const void* const     handle,
         const RemModel* const model,
         char                  message[const REM_MESSAGE_SIZE])
{
  const RemAudioStage* const stage = (const RemAudioStage*)handle;
  if (model->n_knobs > REM_SLOT_KNOBS) {
    rem_say(message,
            "; the last %u of its %u knobs stay at their defaults",
            model->n_knobs - REM_SLOT_KNOBS,
            model->n_knobs);
  }
  if (!model->rate_known) {
    rem_say(message, "; it does not say its sample rate, 48000 Hz assumed");
  }
  if (fabs(model->sample_rate - stage->rate) > 0.5) {
    rem_say(message,
            "; made for %.0f Hz, played at %.0f Hz",
            model->sample_rate,
            stage->rate);
  }
}

const RemStageCalls rem_audio_stage = {build, discard, speed, offer, describe};

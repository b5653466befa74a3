// SPDX-License-Identifier: ISC

#include "offline_trainer/spectra/sound.h"

#include "offline_trainer/data/audio.h"

#include <speex/speex_resampler.h>

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>

/// Of speexdsp's 0 to 10, as plugin/resample_setup.c has them
#define QUALITY 6
#define QUALITY_DOWN 8

#define FARTHEST 16U         ///< Rates may differ by as much
#define CHUNK ((size_t)8192) ///< Samples in at a time

void
rem_sound_clear(RemSound* const sound)
{
  free(sound->x);
  *sound = (RemSound){0U, 0U, NULL};
}

/// Put `sound` through a resampler, with silence behind it, up to `n` samples
static void
pull(SpeexResamplerState* const resampler,
     const RemSound* const      sound,
     float* const               out,
     const size_t               n)
{
  static const float silence[256] = {0.0f};
  size_t             taken = 0U, made = 0U;
  while (made < n) {
    const size_t left  = sound->n - taken;
    const bool   ended = !left;
    spx_uint32_t n_in  = (spx_uint32_t)(left < CHUNK ? left : CHUNK);
    spx_uint32_t n_out = (spx_uint32_t)(n - made < CHUNK ? n - made : CHUNK);
    n_in               = ended ? 256U : n_in;
    (void)speex_resampler_process_float(resampler,
                                        0U,
                                        ended ? silence : sound->x + taken,
                                        &n_in,
                                        out + made,
                                        &n_out);
    taken += ended ? 0U : n_in;
    made += n_out;
  }
}

RemStatus
rem_sound_resample(RemSound* const sound,
                   const uint32_t  rate,
                   RemError* const error)
{
  if (!rate || rate == sound->rate) {
    return REM_SUCCESS;
  }
  if (rate > FARTHEST * sound->rate || sound->rate > FARTHEST * rate) {
    return rem_fail(error,
                    REM_UNSUPPORTED,
                    NULL,
                    "The sample rate is %u Hz, too far from the model's, %u Hz",
                    sound->rate,
                    rate);
  }
  const size_t n =
    (size_t)((double)sound->n * (double)rate / (double)sound->rate);
  const int quality = sound->rate < (rate + 1U) / 2U ? QUALITY_DOWN : QUALITY;
  float* const               out = (float*)malloc((n + 1U) * sizeof(float));
  SpeexResamplerState* const resampler =
    speex_resampler_init(1U, sound->rate, rate, quality, NULL);
  if (!out || !resampler) {
    free(out);
    if (resampler) {
      speex_resampler_destroy(resampler);
    }
    return rem_fail(error, REM_NO_MEMORY, NULL, "No memory for the sound");
  }
  (void)speex_resampler_skip_zeros(resampler);
  pull(resampler, sound, out, n);
  speex_resampler_destroy(resampler);
  free(sound->x);
  *sound = (RemSound){rate, n, out};
  return REM_SUCCESS;
}

/// Mix channels in place, and leave numbers alone
static void
mix(RemAudio* const audio)
{
  const size_t n_channels = audio->n_channels;
  for (size_t t = 0U; t < audio->n_frames; ++t) {
    float sum = 0.0f;
    for (size_t c = 0U; c < n_channels; ++c) {
      sum += audio->samples[t * n_channels + c];
    }
    audio->samples[t] = isfinite(sum) ? sum / (float)n_channels : 0.0f;
  }
}

RemStatus
rem_sound_read(const char* const path,
               const uint32_t    rate,
               RemSound* const   out,
               RemError* const   error)
{
  RemAudio  audio = {0U, 0U, 0U, NULL};
  RemStatus st    = rem_audio_read(path, &audio, error);
  *out            = (RemSound){0U, 0U, NULL};
  if (st) {
    return st;
  }
  mix(&audio);
  *out = (RemSound){audio.rate, audio.n_frames, audio.samples};
  if ((st = rem_sound_resample(out, rate, error))) {
    rem_sound_clear(out);
  }
  return st;
}

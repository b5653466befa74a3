// SPDX-License-Identifier: ISC

/// Audio files in and out, by libsndfile

#ifndef REM_OFFLINE_TRAINER_DATA_AUDIO_H
#define REM_OFFLINE_TRAINER_DATA_AUDIO_H

#include "dsp/status.h"

#include <stddef.h>
#include <stdint.h>

/// Sound in memory
typedef struct {
  uint32_t rate;       ///< Hz
  uint32_t n_channels; ///< 1 or more
  size_t   n_frames;
  float*   samples;    ///< [n_frames, n_channels] full scale 1; owned
} RemAudio;

/// Read any file that libsndfile knows; `audio` is empty on failure
RemStatus
rem_audio_read(const char* path, RemAudio* audio, RemError* error);

/// Write a float WAV (or what the ending of `path` asks for: .wav .flac .ogg),
/// beside `path` and renamed over it
RemStatus
rem_audio_write(const char* path, const RemAudio* audio, RemError* error);

/// Free the samples and empty the struct
void
rem_audio_clear(RemAudio* audio);

#endif // REM_OFFLINE_TRAINER_DATA_AUDIO_H

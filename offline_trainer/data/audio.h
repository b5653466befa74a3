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
  float*   samples; ///< [n_frames, n_channels] full scale 1; owned
} RemAudio;

/**
   Read any file that libsndfile knows.

   @param audio To be cleared with rem_audio_clear(); empty on failure.
   @return #REM_NO_FILE (missing, or not a regular file), #REM_BAD_FORMAT (not
   audio, or it breaks off), #REM_TOO_LARGE, #REM_NO_MEMORY or #REM_SUCCESS.
   Samples may be NaN if the file says so.
*/
RemStatus
rem_audio_read(const char* path, RemAudio* audio, RemError* error);

/**
   Write a file beside `path` and rename it over `path`.

   @param path  Its ending chooses: .wav is 32-bit float, .flac 24 bit (louder
                than full scale is clipped), .ogg Vorbis.
   @return #REM_UNSUPPORTED (another ending), #REM_CANNOT_WRITE (what was at
   `path` still stands), #REM_NO_MEMORY or #REM_SUCCESS.  Equal audio gives
   equal WAV files.
*/
RemStatus
rem_audio_write(const char* path, const RemAudio* audio, RemError* error);

/// Free the samples and empty the struct
void
rem_audio_clear(RemAudio* audio);

#endif // REM_OFFLINE_TRAINER_DATA_AUDIO_H

// SPDX-License-Identifier: ISC

#include "offline_trainer/data/audio.h"

#include <sndfile.h>

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

// Half a day of mono at 48 kHz: more is a header that lies
#define MAX_SAMPLES ((sf_count_t)1 << 31)

/// Refuse what is not a regular file, without opening it: a FIFO would block
static RemStatus
check_regular(const char* const path, RemError* const error)
{
  struct stat info;
  if (stat(path, &info)) {
    return rem_fail(error, REM_NO_FILE, path, "%s", strerror(errno));
  }
  if (!S_ISREG(info.st_mode)) {
    return rem_fail(error,
                    REM_NO_FILE,
                    path,
                    "This is %s, but an audio file was expected",
                    S_ISDIR(info.st_mode) ? "a folder" : "not a regular file");
  }
  return REM_SUCCESS;
}

static RemStatus
check_header(const char* const    path,
             const SF_INFO* const info,
             RemError* const      error)
{
  if (info->channels < 1 || info->samplerate < 1 || info->frames < 0) {
    return rem_fail(error,
                    REM_BAD_FORMAT,
                    path,
                    "The header says %d channels at %d Hz",
                    info->channels,
                    info->samplerate);
  }
  if (info->frames > MAX_SAMPLES / info->channels) {
    return rem_fail(error,
                    REM_TOO_LARGE,
                    path,
                    "%lld frames of %d channels are more than the limit of "
                    "%lld samples",
                    (long long)info->frames,
                    info->channels,
                    (long long)MAX_SAMPLES);
  }
  return REM_SUCCESS;
}

/// Read all samples of an open file
static RemStatus
read_samples(SNDFILE* const       file,
             const char* const    path,
             const SF_INFO* const info,
             RemAudio* const      audio,
             RemError* const      error)
{
  const RemStatus st = check_header(path, info, error);
  if (st) {
    return st;
  }

  const size_t n = (size_t)info->frames * (size_t)info->channels;
  audio->samples = (float*)malloc((n ? n : 1U) * sizeof(float));
  if (!audio->samples) {
    return rem_fail(
      error, REM_NO_MEMORY, path, "%zu samples do not fit into memory", n);
  }
  audio->rate             = (uint32_t)info->samplerate;
  audio->n_channels       = (uint32_t)info->channels;
  audio->n_frames         = (size_t)info->frames;
  const sf_count_t n_read = sf_readf_float(file, audio->samples, info->frames);
  if (n_read != info->frames) {
    return rem_fail(error,
                    REM_BAD_FORMAT,
                    path,
                    "The file breaks off after %lld of %lld frames: %s",
                    (long long)n_read,
                    (long long)info->frames,
                    sf_strerror(file));
  }
  return REM_SUCCESS;
}

RemStatus
rem_audio_read(const char* const path,
               RemAudio* const   audio,
               RemError* const   error)
{
  memset(audio, 0, sizeof(*audio));
  RemStatus st = check_regular(path, error);
  if (st) {
    return st;
  }

  SF_INFO        info = {0};
  SNDFILE* const file = sf_open(path, SFM_READ, &info);
  if (!file) {
    return rem_fail(error,
                    REM_BAD_FORMAT,
                    path,
                    "Not an audio file that can be read: %s",
                    sf_strerror(NULL));
  }
  st = read_samples(file, path, &info, audio, error);
  if (st) {
    rem_audio_clear(audio);
  }
  (void)sf_close(file);
  return st;
}

/// Return libsndfile's format for the ending of `path`, or 0
static int
format_of(const char* const path)
{
  static const struct {
    const char* ending;
    int         format;
  } formats[]              = {{".wav", SF_FORMAT_WAV | SF_FORMAT_FLOAT},
                              {".flac", SF_FORMAT_FLAC | SF_FORMAT_PCM_24},
                              {".ogg", SF_FORMAT_OGG | SF_FORMAT_VORBIS}};
  const char* const ending = strrchr(path, '.');
  for (size_t i = 0; ending && i < sizeof(formats) / sizeof(*formats); ++i) {
    if (!strcasecmp(ending, formats[i].ending)) {
      return formats[i].format;
    }
  }
  return 0;
}

/// Write all of `audio` into a new file
static RemStatus
write_file(const char* const     path,
           const RemAudio* const audio,
           const int             format,
           RemError* const       error)
{
  SF_INFO        info = {.samplerate = (int)audio->rate,
                         .channels   = (int)audio->n_channels,
                         .format     = format};
  SNDFILE* const file = sf_open(path, SFM_WRITE, &info);
  if (!file) {
    return rem_fail(error, REM_CANNOT_WRITE, path, "%s", sf_strerror(NULL));
  }

  // The peak chunk holds the time of day: without it, equal sounds give equal
  // files.  Integer formats hold full scale at most, and clip what is louder.
  const sf_count_t n = (sf_count_t)audio->n_frames;
  (void)sf_command(file, SFC_SET_ADD_PEAK_CHUNK, NULL, SF_FALSE);
  (void)sf_command(file, SFC_SET_CLIPPING, NULL, SF_TRUE);
  const sf_count_t n_written = sf_writef_float(file, audio->samples, n);
  sf_write_sync(file);
  const int failed = sf_close(file);
  if (n_written != n || failed) {
    return rem_fail(error,
                    REM_CANNOT_WRITE,
                    path,
                    "Only %lld of %lld frames could be written; is the disk "
                    "full?",
                    (long long)n_written,
                    (long long)n);
  }
  return REM_SUCCESS;
}

/// Refuse to put a file in the place of a folder or device
static RemStatus
check_target(const char* const path, RemError* const error)
{
  struct stat info;
  return !stat(path, &info) && !S_ISREG(info.st_mode)
           ? rem_fail(error,
                      REM_CANNOT_WRITE,
                      path,
                      "There is a folder or device of this name")
           : REM_SUCCESS;
}

RemStatus
rem_audio_write(const char* const     path,
                const RemAudio* const audio,
                RemError* const       error)
{
  const int format = format_of(path);
  if (!format) {
    return rem_fail(error,
                    REM_UNSUPPORTED,
                    path,
                    "The name of an audio file should end in .wav, .flac or "
                    ".ogg");
  }
  RemStatus st = check_target(path, error);
  if (st) {
    return st;
  }

  const size_t size = strlen(path) + 32U;
  char* const  part = (char*)malloc(size);
  if (!part) {
    return rem_fail(error, REM_NO_MEMORY, path, "No memory for its name");
  }
  (void)snprintf(part, size, "%s.%ld.part", path, (long)getpid());
  st = write_file(part, audio, format, error);
  if (!st && rename(part, path)) {
    st = rem_fail(error, REM_CANNOT_WRITE, path, "%s", strerror(errno));
  }
  if (st) {
    (void)unlink(part);
  }
  free(part);
  return st;
}

void
rem_audio_clear(RemAudio* const audio)
{
  free(audio->samples);
  memset(audio, 0, sizeof(*audio));
}

// SPDX-License-Identifier: ISC

#include "offline_trainer/recipe/onsets_data.h"

#include "dsp/random.h"
#include "offline_trainer/data/audio.h"
#include "offline_trainer/spectra/labels.h"
#include "offline_trainer/spectra/sound.h"

#include <dirent.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SOUNDS "/usr/share/sonic-pi/samples"
#define RATE 44100U
#define MOST 128U    ///< Sounds
#define LONGEST 2U   ///< Seconds of one
#define ATTACK 0.05f ///< Of the peak: here a sound begins
#define MAX_PATH 4096U
#define KEPT 3U ///< Every so many is for tests

/// Struck and plucked sounds, by how their names begin, and those that are
/// neither
static const char* const wanted[] =
  {"bass_", "bd_", "drum_", "elec_", "glitch_perc", "perc_", "sn_", "tabla_"};
static const char* const unwanted[] = {"drum_roll",
                                       "perc_swash",
                                       "perc_swoosh",
                                       "perc_door",
                                       "perc_till",
                                       "bass_trance",
                                       "bass_voxy_c",
                                       "bass_thick",
                                       "bass_dnb",
                                       "elec_fuzz",
                                       "elec_twang",
                                       "elec_cymbal"};

/// A sound from its onset on
typedef struct {
  uint32_t n;
  uint32_t before; ///< Samples before the onset
  float*   x;      ///< [before + n] peak 1
} Sound;

/// All sounds of one part
typedef struct {
  uint32_t n;
  Sound    sounds[MOST];
} Sounds;

/// A take in the making
typedef struct {
  RemRandom random;
  uint32_t  n;
  float*    x; ///< [n]
  RemLabels labels;
} Take;

static void
clear_sounds(Sounds* const sounds)
{
  for (uint32_t i = 0U; i < sounds->n; ++i) {
    free(sounds->sounds[i].x);
  }
  sounds->n = 0U;
}

/// Return whether a name begins with one of some
static bool
begins(const char* const name, const char* const* const with, const size_t n)
{
  for (size_t i = 0U; i < n; ++i) {
    if (!strncmp(name, with[i], strlen(with[i]))) {
      return true;
    }
  }
  return false;
}

static int
is_wanted(const struct dirent* const entry)
{
  const char* const name = entry->d_name;
  return begins(name, wanted, sizeof(wanted) / sizeof(*wanted)) &&
         !begins(name, unwanted, sizeof(unwanted) / sizeof(*unwanted));
}

static int
by_name(const struct dirent** const a, const struct dirent** const b)
{
  return strcmp((*a)->d_name, (*b)->d_name);
}

/// Bring a sound to peak 1 and find its onset
static void
take_sound(RemSound* const sound, Sounds* const out)
{
  Sound* const to   = &out->sounds[out->n];
  float        peak = 1e-6f;
  for (size_t t = 0U; t < sound->n; ++t) {
    peak = fmaxf(peak, fabsf(sound->x[t]));
  }
  uint32_t       at   = 0U;
  const size_t   most = (size_t)LONGEST * RATE;
  const uint32_t n    = (uint32_t)(sound->n < most ? sound->n : most);
  for (uint32_t t = 0U; t < n; ++t) {
    sound->x[t] /= peak;
  }
  while (at + 1U < n && fabsf(sound->x[at]) < ATTACK) {
    ++at;
  }
  const uint32_t fade = n / 8U;
  for (uint32_t t = n - fade; t < n; ++t) { // What is cut fades out
    sound->x[t] *= (float)(n - t) / (float)(fade + 1U);
  }
  *to      = (Sound){n - at, at, sound->x};
  sound->x = NULL;
  ++out->n;
}

/// Read the sounds of a part
static RemStatus
read_sounds(const bool test, Sounds* const out, RemError* const error)
{
  struct dirent** entries = NULL;
  const int       n       = scandir(SOUNDS, &entries, is_wanted, by_name);
  RemStatus       st      = REM_SUCCESS;
  out->n                  = 0U;
  for (int i = 0; i < n; ++i) {
    char       path[MAX_PATH];
    RemSound   sound = {0U, 0U, NULL};
    const bool mine  = ((uint32_t)i % KEPT == KEPT - 1U) == test;
    (void)snprintf(path, sizeof(path), "%s/%s", SOUNDS, entries[i]->d_name);
    if (!st && mine && out->n < MOST &&
        !(st = rem_sound_read(path, RATE, &sound, error))) {
      take_sound(&sound, out);
    }
    rem_sound_clear(&sound);
    free(entries[i]);
  }
  free(entries);
  if (!st && out->n < 2U) {
    st = rem_fail(error,
                  REM_NO_FILE,
                  SOUNDS,
                  "The sounds are not there: install Debian's package "
                  "sonic-pi-samples, or give recordings of your own with "
                  "--data FOLDER");
  }
  return st;
}

/// Draw from [low, high)
static double
draw(Take* const take, const double low, const double high)
{
  return low + (high - low) * rem_random_uniform(&take->random);
}

/// Add a sound whose onset is at sample `at`, `speed` times as fast
static void
add_sound(Take* const        take,
          const Sound* const sound,
          const uint32_t     at,
          const double       speed,
          const float        level)
{
  const double first = -(double)sound->before / speed;
  for (int64_t t = (int64_t)ceil(first);; ++t) {
    const double   place = (double)sound->before + (double)t * speed;
    const uint32_t i     = (uint32_t)fmax(place, 0.0);
    if (i + 1U >= sound->before + sound->n || (int64_t)at + t >= take->n) {
      return;
    }
    if ((int64_t)at + t >= 0) {
      const float p = (float)(place - (double)i);
      take->x[(int64_t)at + t] +=
        level * (sound->x[i] + p * (sound->x[i + 1U] - sound->x[i]));
    }
  }
}

/// Lay noise under a take, and a chord that swells
static void
add_ground(Take* const take, const bool chord)
{
  const float noise = powf(10.0f, (float)draw(take, -72.0, -42.0) / 20.0f);
  const float level = powf(10.0f, (float)draw(take, -40.0, -24.0) / 20.0f);
  const float swell = (float)draw(take, 0.3, 1.5);
  float       steps[3], low = 0.0f;
  for (uint32_t i = 0U; i < 3U; ++i) {
    const double key = floor(draw(take, 40.0, 76.0));
    steps[i] =
      (float)(2.0 * M_PI * 440.0 * pow(2.0, (key - 69.0) / 12.0) / RATE);
  }
  for (uint32_t t = 0U; t < take->n; ++t) {
    low += 0.2f * ((float)draw(take, -1.0, 1.0) - low);
    take->x[t] += 3.0f * noise * low;
    const float up =
      0.5f - 0.5f * cosf(2.0f * (float)M_PI * swell * (float)t / RATE);
    for (uint32_t i = 0U; chord && i < 3U; ++i) {
      take->x[t] += level * up * sinf(steps[i] * (float)t);
    }
  }
}

/// Throw sounds together; false without memory
static bool
compose(Take* const take, const Sounds* const sounds, const bool chord)
{
  double at = draw(take, 0.2, 0.5);
  add_ground(take, chord);
  while (at < (double)take->n / RATE - 0.3) {
    const uint32_t n_sounds = draw(take, 0.0, 1.0) < 0.2 ? 2U : 1U;
    const uint32_t place    = (uint32_t)(at * RATE);
    RemLabel       label    = {.begin = (double)place / RATE, .name = "onset"};
    for (uint32_t i = 0U; i < n_sounds; ++i) {
      const Sound* const sound =
        &sounds->sounds[(uint32_t)draw(take, 0.0, (double)sounds->n)];
      const double speed = pow(2.0, draw(take, -5.0, 5.0) / 12.0);
      const double db    = draw(take, -24.0, -6.0);
      add_sound(take, sound, place, speed, (float)pow(10.0, db / 20.0));
    }
    label.end = label.begin;
    if (!rem_labels_add(&take->labels, &label)) {
      return false;
    }
    const double p = draw(take, 0.0, 1.0);
    at += 0.06 + 0.64 * p * p;
  }
  return true;
}

/// Write a take and its labels
static RemStatus
write_take(const RemOnsetsData* const data,
           const uint32_t             index,
           const Take* const          take,
           RemError* const            error)
{
  char           path[MAX_PATH];
  const RemAudio audio = {RATE, 1U, take->n, take->x};
  (void)snprintf(
    path, sizeof(path), "%.4000s/%02u.flac", data->folder, index + 1U);
  const RemStatus st = rem_audio_write(path, &audio, error);
  (void)snprintf(
    path, sizeof(path), "%.4000s/%02u.csv", data->folder, index + 1U);
  return st ? st : rem_labels_write(path, &take->labels, error);
}

/// Make one take
static RemStatus
make_take(const RemOnsetsData* const data,
          const Sounds* const        sounds,
          const uint32_t             index,
          RemError* const            error)
{
  Take take = {.random = {data->seed + (uint64_t)7919U * (index + 1U)},
               .n      = data->seconds * RATE};
  take.x    = (float*)calloc(take.n, sizeof(float));
  RemStatus st =
    take.x && compose(&take, sounds, index % 2U)
      ? write_take(data, index, &take, error)
      : rem_fail(error, REM_NO_MEMORY, NULL, "No memory for the takes");
  rem_labels_clear(&take.labels);
  free(take.x);
  return st;
}

RemStatus
rem_onsets_write(const RemOnsetsData* const data, RemError* const error)
{
  Sounds* const sounds = (Sounds*)calloc(1U, sizeof(Sounds));
  if (!sounds) {
    return rem_fail(error, REM_NO_MEMORY, NULL, "No memory for sounds");
  }
  RemStatus st = read_sounds(data->test, sounds, error);
  for (uint32_t i = 0U; !st && i < data->n_takes; ++i) {
    st = make_take(data, sounds, i, error);
  }
  clear_sounds(sounds);
  free(sounds);
  return st;
}

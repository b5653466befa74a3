// SPDX-License-Identifier: ISC

#include "offline_trainer/recipe/data_songs.h"

#include "dsp/random.h"
#include "offline_trainer/midi/song.h"
#include "offline_trainer/recipe/data.h"

#include <stdio.h>

#define EIGHTH 0.25  ///< Seconds
#define BAR 8U       ///< Eighths
#define MAX_NOTES 8U ///< Of a bar
#define SOUNDS 0.8   ///< Of a note's time

/// A bar: how many eighths each note lasts, and where it is in the scale
typedef struct {
  uint32_t n;
  uint32_t lengths[MAX_NOTES];
  long     degrees[MAX_NOTES];
} Bar;

/// A phrase
typedef struct {
  Bar first;
  Bar second;
} Phrase;

/// A song in the making
typedef struct {
  RemSong  song;
  long     tonic; ///< Key
  uint32_t at;    ///< Eighths
  bool     failed;
} Maker;

/// Rhythms, 0 behind the last note; those of second bars come to rest
static const uint32_t rhythms[][MAX_NOTES] = {{2, 2, 2, 2},
                                              {1, 1, 2, 2, 2},
                                              {2, 1, 1, 2, 2},
                                              {3, 1, 2, 2},
                                              {2, 2, 1, 1, 2}};
static const uint32_t endings[][MAX_NOTES] = {{2, 2, 4},
                                              {1, 1, 2, 4},
                                              {2, 1, 1, 4},
                                              {3, 1, 4}};

/// Set a bar's rhythm and walk through the scale from `degree` on; return where
/// that ends
static long
fill(Bar* const            bar,
     const uint32_t* const rhythm,
     long                  degree,
     RemRandom* const      random)
{
  bar->n = 0U;
  for (uint32_t i = 0U; i < MAX_NOTES && rhythm[i]; ++i) {
    const long step = rem_data_pick(random, -2, 2);
    degree += i ? step : 0;
    degree                 = degree < -3 ? -3 : (degree > 9 ? 9 : degree);
    bar->lengths[bar->n]   = rhythm[i];
    bar->degrees[bar->n++] = degree;
  }
  return degree;
}

/// Make a call: it begins on the tonic and ends on the second or the fifth
static Phrase
call_of(RemRandom* const random)
{
  Phrase     call;
  const long n_rhythms = (long)(sizeof(rhythms) / sizeof(*rhythms));
  const long n_endings = (long)(sizeof(endings) / sizeof(*endings));
  const long last      = fill(
    &call.first, rhythms[rem_data_pick(random, 0, n_rhythms - 1)], 0, random);
  (void)fill(&call.second,
             endings[rem_data_pick(random, 0, n_endings - 1)],
             last + rem_data_pick(random, -1, 1),
             random);
  call.second.degrees[call.second.n - 1U] = rem_data_pick(random, 0, 1) ? 1 : 4;
  return call;
}

/// Return the answer to a call: its second bar comes home step by step
static Phrase
answer_to(const Phrase* const call)
{
  Phrase     answer = *call;
  Bar* const bar    = &answer.second;
  for (uint32_t i = 0U; i < bar->n; ++i) {
    bar->degrees[i] = (long)(bar->n - 1U - i);
  }
  return answer;
}

/// Move a phrase through the scale, but its ends
static Phrase
moved(const Phrase* const phrase, const long by)
{
  Phrase next = *phrase;
  for (uint32_t i = 0U; i < next.first.n; ++i) {
    next.first.degrees[i] += by;
  }
  for (uint32_t i = 0U; i + 1U < next.second.n; ++i) {
    next.second.degrees[i] += by;
  }
  return next;
}

/// Return the key of a place in the scale, which goes on in both directions
static long
key_of(const long tonic, const long degree)
{
  static const long major[] = {0, 2, 4, 5, 7, 9, 11};
  const long        octave  = (degree + 70) / 7 - 10;
  return tonic + 12 * octave + major[degree - 7 * octave];
}

static void
add_bar(Maker* const m, const Bar* const bar)
{
  for (uint32_t i = 0U; i < bar->n && !m->failed; ++i) {
    const uint8_t      key      = (uint8_t)key_of(m->tonic, bar->degrees[i]);
    const uint8_t      velocity = m->at % 4U ? 64U : 84U;
    const double       at       = EIGHTH * m->at;
    const double       length   = SOUNDS * EIGHTH * bar->lengths[i];
    const RemTimedMidi on       = {at, {0x90U, key, velocity}};
    const RemTimedMidi off      = {at + length, {0x80U, key, 64U}};
    m->failed = !rem_song_add(&m->song, &on) || !rem_song_add(&m->song, &off);
    m->at += bar->lengths[i];
  }
}

static void
add_phrase(Maker* const m, const Phrase* const phrase)
{
  add_bar(m, &phrase->first);
  add_bar(m, &phrase->second);
}

static RemStatus
write_song(const char* const folder,
           const uint32_t    number,
           const uint32_t    n_pairs,
           RemRandom* const  random,
           RemError* const   error)
{
  char   path[REM_DATA_PATH];
  Maker  maker = {{0U, NULL}, rem_data_pick(random, 55, 66), 0U, false};
  Phrase call  = call_of(random);
  for (uint32_t i = 0U; i < n_pairs; ++i) {
    const Phrase answer = answer_to(&call);
    add_phrase(&maker, &call);
    add_phrase(&maker, &answer);
    call = moved(&call, i % 2U ? 1 : -1);
  }
  (void)snprintf(path, sizeof(path), "%s/song-%04u.mid", folder, number);
  const RemStatus st =
    maker.failed ? rem_fail(error, REM_NO_MEMORY, path, "not enough memory")
                 : rem_song_write(&maker.song, path, error);
  rem_song_clear(&maker.song);
  return st;
}

RemStatus
rem_data_songs(const char* const folder,
               const uint32_t    n_songs,
               const uint32_t    n_pairs,
               const uint64_t    seed,
               RemError* const   error)
{
  RemRandom random = {seed};
  RemStatus st     = REM_SUCCESS;
  for (uint32_t i = 1U; !st && i <= n_songs; ++i) {
    st = write_song(folder, i, n_pairs, &random, error);
  }
  return st;
}

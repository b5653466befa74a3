// SPDX-License-Identifier: ISC

#include "offline_trainer/cmd_train_midi.h"

#include "offline_trainer/midi/calls.h"
#include "offline_trainer/midi/songs.h"

#define LOWER (-5) ///< Semitones
#define HIGHER 6   ///< To every key

static RemStatus
fail_memory(RemError* const error)
{
  return rem_fail(error, REM_NO_MEMORY, NULL, "No memory for the songs");
}

RemStatus
train_read_songs(const TrainOptions* const o,
                 RemTokens** const         training,
                 RemTokens** const         held_out,
                 RemError* const           error)
{
  const TrainSymbols* const s = &o->symbols;
  RemStatus st = rem_songs_read(s->paths, s->n_paths, training, error);
  if (!st && o->validation) {
    st = rem_songs_read(&o->validation, 1U, held_out, error);
  } else if (!st && (*training)->n_pieces < 2U) {
    st = rem_fail(error,
                  REM_BAD_ARGUMENT,
                  s->paths[0],
                  "holds one song; expected two or more, one to test with");
  } else if (!st) {
    *held_out = rem_songs_hold_out(*training, o->valid_fraction);
    st        = *held_out ? REM_SUCCESS : fail_memory(error);
  }
  if (!st && s->transpose && !rem_songs_transpose(*training, LOWER, HIGHER)) {
    st = fail_memory(error);
  }
  return st;
}

/// Cut songs into phrases
static RemStatus
cut(const TrainOptions* const o,
    const RemTokens* const    songs,
    RemExamples** const       out,
    RemError* const           error)
{
  *out = rem_songs_calls(songs, o->symbols.phrase);
  if (!*out) {
    return fail_memory(error);
  }
  return (*out)->n ? REM_SUCCESS
                   : rem_fail(error,
                              REM_BAD_ARGUMENT,
                              o->symbols.paths[0],
                              "has no two phrases of %g s, one behind the "
                              "other; try a shorter --phrase",
                              o->symbols.phrase);
}

RemStatus
train_read_calls(const TrainOptions* const o,
                 RemExamples** const       training,
                 RemExamples** const       held_out,
                 RemError* const           error)
{
  RemTokens* songs = NULL;
  RemTokens* apart = NULL;
  RemStatus  st    = REM_SUCCESS;
  (void)((st = train_read_songs(o, &songs, &apart, error)) ||
         (st = cut(o, songs, training, error)) ||
         (st = cut(o, apart, held_out, error)));
  rem_tokens_free(songs);
  rem_tokens_free(apart);
  return st;
}

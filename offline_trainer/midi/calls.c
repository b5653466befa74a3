// SPDX-License-Identifier: ISC

#include "offline_trainer/midi/calls.h"

#include "dsp/events.h"
#include "offline_trainer/midi/songs.h"

#include <stdlib.h>
#include <string.h>

/// Tokens of a phrase
typedef struct {
  size_t    n;
  uint32_t* tokens; ///< [room]
} Phrase;

/// Write the phrase that begins with message `i`; return where the next does.
/// A phrase has no more tokens than messages have room for.
static size_t
fill(const RemSong* const song,
     size_t               i,
     const double         end,
     Phrase* const        phrase)
{
  RemEventEncoder encoder = {.begun = false};
  phrase->n               = 0U;
  for (; i < song->n && song->messages[i].at < end; ++i) {
    phrase->n += rem_event_encode(
      &encoder, &song->messages[i], phrase->tokens + phrase->n);
  }
  const uint32_t waits =
    rem_event_wait(&encoder, end, phrase->tokens + phrase->n);
  const uint32_t offs =
    rem_event_encode_rest(&encoder, phrase->tokens + phrase->n + waits);
  phrase->n += offs ? waits + offs : 0U;
  return i;
}

/// Add a song's phrases, two and two
static bool
add_song(RemExamples* const   examples,
         const RemSong* const song,
         const double         seconds)
{
  const size_t room   = 8U * song->n + (size_t)2U * REM_MOST_TOKENS;
  Phrase       call   = {0U, (uint32_t*)malloc(room * sizeof(uint32_t))};
  Phrase       answer = {0U, (uint32_t*)malloc(room * sizeof(uint32_t))};
  bool         done   = call.tokens && answer.tokens;
  size_t       k      = 0U;
  for (size_t i = 0U; done && i < song->n;) {
    i                        = fill(song, i, (double)++k * seconds, &answer);
    const RemExample example = {.n_in  = (uint32_t)call.n,
                                .in    = call.tokens,
                                .n_out = (uint32_t)answer.n,
                                .out   = answer.tokens};
    if (call.n && answer.n) {
      done = rem_examples_add(examples, &example);
    }
    const Phrase before = call; // Exchanged
    call                = answer;
    answer              = before;
  }
  free(call.tokens);
  free(answer.tokens);
  return done;
}

/// Return how many phrases songs have at most
static size_t
count(const RemTokens* const songs, const double seconds)
{
  double total = 0.0;
  for (size_t i = 0U; i < rem_tokens_n(songs); ++i) {
    const uint32_t token = songs->all[i];
    if (token >= REM_TOKEN_WAIT && token < REM_TOKEN_VELOCITY) {
      total += REM_WAIT_SECONDS * (token - REM_TOKEN_WAIT + 1U);
    }
  }
  return (size_t)(total / seconds) + 2U * songs->n_pieces + 1U;
}

RemExamples*
rem_songs_calls(const RemTokens* const songs, const double seconds)
{
  RemExamples* const examples = rem_examples_new(REM_TASK_TRANSLATE,
                                                 songs->symbols,
                                                 songs->symbols,
                                                 0U,
                                                 count(songs, seconds));
  bool               done     = examples;
  for (size_t i = 0U; done && i < songs->n_pieces; ++i) {
    RemSong song;
    done = rem_song_of_tokens(songs->all + songs->begins[i],
                              songs->begins[i + 1U] - songs->begins[i],
                              &song) &&
           add_song(examples, &song, seconds);
    rem_song_clear(&song);
  }
  if (!done) {
    rem_examples_free(examples);
    return NULL;
  }
  return examples;
}

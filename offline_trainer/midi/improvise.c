// SPDX-License-Identifier: ISC

#include "offline_trainer/midi/improvise.h"

#include "dsp/denormal.h"
#include "dsp/head/draw.h"
#include "dsp/mind.h"

#include <stddef.h>

#define AT_ONCE 64U ///< Tokens without a wait; then comes one

/// A net that plays
typedef struct {
  RemMind*            mind;
  const RemImprovise* how;
  RemRandom           random;
  RemEventEncoder     encoder;
  RemEventDecoder     decoder;
  RemSong*            out;
  double              from; ///< Seconds: where the decoder's time begins
  uint32_t            n_at_once;
} Player;

RemImprovise
rem_improvise_default(void)
{
  const RemImprovise how = {60.0, 1.0f, 0U, 0U};
  return how;
}

static void
hear(Player* const p, const uint32_t* const tokens, const uint32_t n)
{
  for (uint32_t i = 0U; i < n; ++i) {
    rem_mind_hear(p->mind, tokens[i]);
  }
}

/// Hear a song whole, and all keys let go where it ends
static bool
hear_song(Player* const p, const RemSong* const song)
{
  uint32_t tokens[REM_MOST_TOKENS];
  bool     done = true;
  for (size_t i = 0U; done && i < song->n; ++i) {
    hear(p, tokens, rem_event_encode(&p->encoder, &song->messages[i], tokens));
    done = rem_song_add(p->out, &song->messages[i]);
  }
  hear(p, tokens, rem_event_encode_rest(&p->encoder, tokens));
  p->from = song->n ? song->messages[song->n - 1U].at : 0.0;
  return done;
}

/// Say one token; false at the end, or without memory
static bool
say(Player* const p, bool* const failed)
{
  const RemEventRules rules = {0U, 127U, 0xFFFU, rem_mind_answers(p->mind)};
  bool                allowed[REM_N_TOKENS];
  RemTimedMidi        messages[REM_MOST_MESSAGES];
  const RemDraw       how = {p->how->temperature, p->how->top_k, allowed};
  rem_event_allow(&p->decoder, &rules, allowed);
  const uint32_t token =
    p->n_at_once < AT_ONCE
      ? rem_draw(rem_mind_logits(p->mind), REM_N_TOKENS, &how, &p->random)
      : REM_TOKEN_WAIT;
  const bool waits   = token >= REM_TOKEN_WAIT && token < REM_TOKEN_VELOCITY;
  p->n_at_once       = waits ? 0U : p->n_at_once + 1U;
  const double   now = (double)p->decoder.step * REM_WAIT_SECONDS;
  const bool     end = token == REM_TOKEN_END || now >= p->how->seconds;
  const uint32_t n   = end ? rem_event_decode_rest(&p->decoder, messages)
                           : rem_event_decode(&p->decoder, token, messages);
  for (uint32_t i = 0U; !*failed && i < n; ++i) {
    messages[i].at += p->from;
    *failed = !rem_song_add(p->out, &messages[i]);
  }
  if (!end) {
    rem_mind_say(p->mind, token);
  }
  return !end && !*failed;
}

static RemStatus
play(Player* const p, const RemSong* const heard, RemError* const error)
{
  bool failed = heard && !hear_song(p, heard);
  rem_mind_begin(p->mind);
  while (!failed && say(p, &failed)) {
  }
  if (!failed) {
    return REM_SUCCESS;
  }
  rem_song_clear(p->out);
  return rem_fail(error, REM_NO_MEMORY, NULL, "not enough memory");
}

RemStatus
rem_improvise(const RemModel* const     model,
              const RemSong* const      heard,
              const RemImprovise* const how,
              RemSong* const            out,
              RemError* const           error)
{
  Player          p  = {.how = how, .random = {how->seed}, .out = out};
  const RemStatus st = rem_mind_check(model, NULL, error);
  *out               = (RemSong){0U, NULL};
  if (st) {
    return st;
  }
  if (model->encoder && !(heard && heard->n)) {
    return rem_fail(error,
                    REM_BAD_ARGUMENT,
                    NULL,
                    "answers; expected a song to answer to (--prime)");
  }
  const RemFloatMode mode = rem_denormals_off();
  p.mind                  = rem_mind_new(model);
  const RemStatus played =
    p.mind ? play(&p, heard, error)
           : rem_fail(error, REM_NO_MEMORY, NULL, "not enough memory");
  rem_mind_free(p.mind);
  rem_denormals_restore(mode);
  return played;
}

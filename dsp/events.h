// SPDX-License-Identifier: ISC

/**
   MIDI as symbols: what a net of #REM_SYMBOLS_MIDI reads and writes.

   A performance is a sequence of tokens: keys struck and let go, waits, and the
   velocity of the keys struck from there on:

       velocity 66   on 60   on 64   wait 0.25   off 60   off 64 ... end

   Source: Oore, Simon, Dieleman, Eck and Simonyan 2018, "This time with
   feeling: learning expressive musical performance", arXiv:1808.03715, section
   3.2: 128 keys on and off, 100 waits of 10 ms to 1 s, 32 velocities; with the
   sustain pedal as keys that sound on.

   Times are rounded to the nearest 10 ms since the beginning, so that nothing
   drifts.  There are no channels: all keys are of one player.

   Thread of every function: any, audio included, unless it says otherwise.
   None can fail.
*/

#ifndef REM_DSP_EVENTS_H
#define REM_DSP_EVENTS_H

#include "dsp/rt.h"
#include "dsp/status.h"
#include "dsp/symbols.h"

#include <stdbool.h>
#include <stdint.h>

#define REM_N_KEYS 128U
#define REM_N_WAITS 100U
#define REM_N_VELOCITIES 32U
#define REM_WAIT_SECONDS 0.01  ///< The shortest
#define REM_LONGEST_WAIT 400U  ///< Of the shortest: no rest is longer
#define REM_MOST_TOKENS 136U   ///< Of one message
#define REM_MOST_MESSAGES 128U ///< Of one token

/// Where the tokens of a kind begin
enum {
  REM_TOKEN_ON       = 0,                            ///< And the key
  REM_TOKEN_OFF      = REM_TOKEN_ON + REM_N_KEYS,    ///< And the key
  REM_TOKEN_WAIT     = REM_TOKEN_OFF + REM_N_KEYS,   ///< 10 ms, 20 ms, ...
  REM_TOKEN_VELOCITY = REM_TOKEN_WAIT + REM_N_WAITS, ///< From 2 up by 4
  REM_TOKEN_START    = REM_TOKEN_VELOCITY + REM_N_VELOCITIES,
  REM_TOKEN_END,
  REM_N_TOKENS
};

/// A message of MIDI
typedef struct {
  double  at; ///< Seconds
  uint8_t bytes[3];
} RemTimedMidi;

/// Writes tokens; all zero is the beginning
typedef struct {
  bool     begun;
  uint64_t step;     ///< Up to where tokens tell, in 10 ms
  uint8_t  velocity; ///< The last token of its kind, from 1 up; 0 if none
  bool     pedal;    ///< Is down
  bool     held[REM_N_KEYS];   ///< By a finger
  bool     sounds[REM_N_KEYS]; ///< By a finger or the pedal
} RemEventEncoder;

/// Reads tokens; all zero is the beginning
typedef struct {
  uint64_t step;     ///< Now, in 10 ms
  uint8_t  velocity; ///< Of keys that are struck; 0 for the usual one
  bool     chosen;   ///< The last token was a velocity
  uint32_t n_sounding;
  bool     sounds[REM_N_KEYS];
} RemEventDecoder;

/// What may be drawn
typedef struct {
  uint8_t  lowest;  ///< Key
  uint8_t  highest; ///< Key
  uint16_t scale;   ///< Bits of pitch classes, C the lowest
  bool     may_end;
} RemEventRules;

/// Return the vocabulary, or NULL without memory.  Thread: any but audio.
RemSymbols*
rem_event_symbols(void);

/// Return whether `symbols` are those of this vocabulary, else say why not.
/// Thread: any but audio.
RemStatus
rem_event_symbols_check(const RemSymbols* symbols,
                        const char*       place,
                        RemError*         error);

/**
   Let time go on.  The first message begins it, and a rest of over
   #REM_LONGEST_WAIT counts as that.

   @param at Seconds; what is before the last time is now.
   @return How many `tokens` this takes.
*/
REM_RT uint32_t
rem_event_wait(RemEventEncoder* encoder,
               double           at,
               uint32_t         tokens[REM_MOST_TOKENS]);

/**
   Write a message and the time before it.

   A key that sounds is let go before it is struck again; one that does not
   sound is not let go.  All but keys, the sustain pedal and the ends of all
   sound says nothing.

   @return How many `tokens` this takes: none of most messages.
*/
REM_RT uint32_t
rem_event_encode(RemEventEncoder*    encoder,
                 const RemTimedMidi* message,
                 uint32_t            tokens[REM_MOST_TOKENS]);

/// Let go of all keys, now; return how many tokens this takes
REM_RT uint32_t
rem_event_encode_rest(RemEventEncoder* encoder,
                      uint32_t         tokens[REM_MOST_TOKENS]);

/**
   Read a token.

   A key that sounds is let go before it is struck again; one that does not
   sound is not let go; the end lets go of all.

   @param messages On channel 1, at the time that waits have come to.
   @return How many messages it makes.
*/
REM_RT uint32_t
rem_event_decode(RemEventDecoder* decoder,
                 uint32_t         token,
                 RemTimedMidi     messages[REM_MOST_MESSAGES]);

/// Let go of all keys, now; return how many messages it makes
REM_RT uint32_t
rem_event_decode_rest(RemEventDecoder* decoder,
                      RemTimedMidi     messages[REM_MOST_MESSAGES]);

/// Tell what may come after what `decoder` has read: never a key that does what
/// it does already, a start, or two velocities
REM_RT void
rem_event_allow(const RemEventDecoder* decoder,
                const RemEventRules*   rules,
                bool                   allowed[REM_N_TOKENS]);

/// Return the pitch classes of a key signature: 0 all, 1 to 12 C major to B
/// major, 13 to 24 C minor to B minor (natural)
REM_RT uint16_t
rem_event_scale(uint32_t key);

/// Return a token `by` semitones higher, or #REM_NO_SYMBOL if there is no such
/// key
REM_RT uint32_t
rem_event_transpose(uint32_t token, int by);

#endif // REM_DSP_EVENTS_H

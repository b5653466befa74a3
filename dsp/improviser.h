// SPDX-License-Identifier: ISC

/**
   A player at a keyboard and a net that take turns, in samples.

   Nothing here knows a clock, a host or a file.  The caller tells what the
   player does and when, in samples since activation, and takes out what is to
   be played before a given sample, as of dsp/duet.h:

       for every message of the player, in order of time:
         while (rem_improviser_next(self, at, &message)) { play(&message); }
         rem_improviser_hear(self, at, bytes);
       while (rem_improviser_next(self, end_of_block, &message)) { ... }

   Whatever takes an `at` is told in order of time, after everything before `at`
   was taken out.  Where blocks are cut then changes nothing.

   A step of the net is taken for each event that it hears or says.  That bounds
   the work by time, not by block: steps are #REM_IMPROVISER_SPACING apart, but
   up to #REM_IMPROVISER_BURST of those saved up come at once, such as a chord.
   A crowd of notes is heard a little late; what has no room is not heard.

   Thread of every function: audio, with denormals off (dsp/denormal.h), unless
   it says otherwise.  None can fail.
*/

#ifndef REM_DSP_IMPROVISER_H
#define REM_DSP_IMPROVISER_H

#include "dsp/events.h"
#include "dsp/mind.h"
#include "dsp/random.h"
#include "dsp/rt.h"

#include <stdbool.h>
#include <stdint.h>

#define REM_IMPROVISER_SPACING 0.0005   ///< Seconds
#define REM_IMPROVISER_BURST 24U        ///< Steps
#define REM_IMPROVISER_WAITING 1024U    ///< Tokens to be heard
#define REM_IMPROVISER_RECALLED 128U    ///< Tokens that a new net hears
#define REM_IMPROVISER_AT_ONCE 64U      ///< Tokens said without a wait
#define REM_IMPROVISER_NEVER UINT64_MAX ///< A time that does not come
#define REM_IMPROVISER_MAX_REST 3600.0  ///< Seconds
#define REM_IMPROVISER_MIN_SCALE 0.001  ///< Thousand times as fast
#define REM_IMPROVISER_MAX_SCALE 1000.0 ///< Thousand times as slow

/// Who plays when
typedef enum {
  REM_IMPROVISE_ON,     ///< When the player rests the net goes on, until the
                        ///< player plays again
  REM_IMPROVISE_ANSWER, ///< When the player rests the net answers, up to its
                        ///< end symbol
} RemImproviserMode;

/// How to play together
typedef struct {
  RemImproviserMode mode;
  bool              enabled; ///< Else the net only listens
  double            rest; ///< Seconds that the player lets go of all keys, 0..
  double timescale; ///< Of the net's clock, by which it hears and plays: 2
                    ///< is half as fast
  float         temperature; ///< As of RemDraw
  uint32_t      top_k;       ///< As of RemDraw
  RemEventRules rules;       ///< Of what the net strikes; `may_end` is not read
} RemImproviserSettings;

/// Something that is played
typedef struct {
  uint64_t at;
  uint8_t  bytes[3]; ///< Of channel 1
} RemNoteMessage;

/// A player and a net; all zero but for what rem_improviser_init() sets
typedef struct {
  double                rate; ///< Hz
  RemImproviserSettings settings;
  RemMind*              mind; ///< Borrowed, or NULL
  RemRandom             random;

  // The net's clock, in seconds
  uint64_t clock_at; ///< Where the timescale changed last
  double   clock;    ///< And what it said then

  // What is heard
  RemEventEncoder encoder;
  uint64_t        heard_at;  ///< The player's last key
  uint64_t        pushed_at; ///< The last token that waits
  bool            called;    ///< The player has played, and the net has not yet
                             ///< answered
  uint32_t first_waiting;
  uint32_t n_waiting;
  uint32_t waiting[REM_IMPROVISER_WAITING]; ///< A ring
  uint32_t n_recalled; ///< Ever, since the net began to listen
  uint32_t recalled[REM_IMPROVISER_RECALLED]; ///< A ring

  // What is said
  bool            speaks;
  uint64_t        turn_at;   ///< Where the turn began
  double          said_at;   ///< Samples: where what was said has come to
  uint32_t        n_at_once; ///< Said since the last wait
  RemEventDecoder decoder;

  double   spent; ///< Samples: where steps taken so far are paid for
  uint64_t now;   ///< Nothing happens before

  uint32_t       next_out;
  uint32_t       n_out;
  RemNoteMessage out[2U * REM_MOST_MESSAGES];
} RemImproviser;

/// Return settings that continue after a second, as learned
REM_RT RemImproviserSettings
rem_improviser_settings(void);

/// Set up a pair that is to play at `rate` Hz, without a net.  Thread: any.
void
rem_improviser_init(RemImproviser* self, double rate);

/// Begin anew at sample `at`: what was heard is forgotten, what sounds ends,
/// and chance begins with `seed`
REM_RT void
rem_improviser_reset(RemImproviser* self, uint64_t at, uint32_t seed);

/// Change settings.  The net's notes end where the mode changes or the net is
/// no longer enabled.
REM_RT void
rem_improviser_set(RemImproviser*               self,
                   uint64_t                     at,
                   const RemImproviserSettings* settings);

/**
   Let another net play, or none.  The old one's notes end.  The new one hears
   the last #REM_IMPROVISER_RECALLED events, and goes on if the old one was
   about to.

   @param mind Has heard nothing; stays the caller's.
   @return The old one.
*/
REM_RT RemMind*
rem_improviser_set_mind(RemImproviser* self, uint64_t at, RemMind* mind);

/// Hear a message of the player, of three bytes.  A key that is struck ends the
/// net's turn.
REM_RT void
rem_improviser_hear(RemImproviser* self, uint64_t at, const uint8_t* bytes);

/// End the net's notes and turn, until the player plays again
REM_RT void
rem_improviser_stop(RemImproviser* self, uint64_t at);

/// Take out what is to be played next, if that is before `until`; return
/// whether there is something
REM_RT bool
rem_improviser_next(RemImproviser*  self,
                    uint64_t        until,
                    RemNoteMessage* message);

#endif // REM_DSP_IMPROVISER_H

// SPDX-License-Identifier: ISC

/// Shared by duet*.c, and no one else

#ifndef REM_DSP_DUET_INTERNAL_H
#define REM_DSP_DUET_INTERNAL_H

#include "dsp/duet.h"

/// A time between samples: sums of it do not lose bits as time goes on
typedef struct {
  uint64_t whole; ///< Samples
  double   part;  ///< 0..1
} Place;

/// What the net wants to play
typedef struct {
  Place    base;                 ///< dt counts from here
  uint64_t from;                 ///< No line of the grid before this sample
  uint64_t wanted;               ///< Where it wants to sound
  float    frame[REM_MAX_FRAME]; ///< dt, then values
} Answer;

/// Where the host was when it last surprised
typedef struct {
  uint64_t at;
  double   beat;
  double   beats_per_sample;
  bool     rolling;
} Transport;

struct RemDuet {
  double          rate;
  uint64_t        spacing; ///< Samples, from 1
  RemPredictor*   predictor;
  RemDuetSettings settings;
  RemRandom       random;
  Transport       transport;
  double          swing;
  uint64_t        now; ///< Nothing happens before

  // The player
  float    faders[REM_MAX_DIMS];
  uint32_t n_faders; ///< Most values of a touch, for want of a net
  uint32_t moved;    ///< A bit for each fader that the player has moved
  uint32_t touches;  ///< Likewise since a touch was taken out
  bool     touched;  ///< Since the last reset
  bool     fresh;    ///< A touch was not taken out yet
  bool     unheard;  ///< A touch was not heard yet
  uint64_t touch_at;
  bool     shown;    ///< `shown_at` holds
  uint64_t shown_at; ///< Touch before

  // What the net knows
  bool     heard; ///< Anything, since the last reset
  uint64_t heard_at;
  uint64_t hears_from;          ///< Not busy any more
  float    last[REM_MAX_FRAME]; ///< Heard last

  // What comes out
  bool     silence; ///< Due at `silence_at`
  uint64_t silence_at;
  bool     sounding;   ///< A frame came out since the last silence
  bool     taken;      ///< In callresponse the net has the turn
  uint64_t plays_from; ///< Next event of the net, at the earliest
  uint32_t n_answers;  ///< A net that plays by itself has one
  Answer   answers[REM_DUET_MAX_ANSWERS];
};

/// Return a place `samples` later, from 0
REM_RT Place
rem_place_add(Place place, double samples);

/// Return the nearest sample
REM_RT uint64_t
rem_place_sample(Place place);

/// Return whether the net plays on from what it played
REM_RT bool
rem_duet_plays_alone(const RemDuet* duet);

/// Find out where an answer wants to sound
REM_RT void
rem_duet_place(const RemDuet* duet, Answer* answer);

/// Find out where all answers want to sound, after times or the grid changed
REM_RT void
rem_duet_place_all(RemDuet* duet);

/// Ask the net for what comes after `base`, on lines from `from` on; dropped if
/// too many wait.  There is a net.
REM_RT void
rem_duet_ask(RemDuet* duet, Place base, uint64_t from);

/// Let the net hear a frame that begins with dt.  There is a net.
REM_RT void
rem_duet_hear(RemDuet* duet, uint64_t at, const float* frame);

/// Let what sounds end at `at`, if anything does
REM_RT void
rem_duet_end_notes(RemDuet* duet, uint64_t at);

/// Drop what is pending, end what sounds, give the turn back
REM_RT void
rem_duet_stop(RemDuet* duet, uint64_t at);

/// Let the net begin if it plays all the time
REM_RT void
rem_duet_begin(RemDuet* duet, uint64_t at);

/// Return seconds since the frame before, for a frame of the player at `at`
REM_RT float
rem_duet_dt(const RemDuet* duet, uint64_t at);

/// Return whether the net listens to the player
REM_RT bool
rem_duet_listens(const RemDuet* duet);

/// Return whether events are quantised at present
REM_RT bool
rem_duet_has_grid(const RemDuet* duet);

/// Return the distance of plain lines in samples; the grid is in force
REM_RT double
rem_duet_grid_samples(const RemDuet* duet);

/// Return the line nearest to `place` that is not before `from`; the grid is in
/// force
REM_RT uint64_t
rem_duet_line(const RemDuet* duet, Place place, uint64_t from);

/// Learn of the player's swing from a touch
REM_RT void
rem_duet_learn_swing(RemDuet* duet, uint64_t at);

#endif // REM_DSP_DUET_INTERNAL_H

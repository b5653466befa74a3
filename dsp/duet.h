// SPDX-License-Identifier: ISC

/**
   A player and a net that take turns: the four modes of IMPSY, in samples.

   Source: Martin 2019, "An interactive musical prediction system with mixture
   density recurrent neural networks", NIME; modes as IMPSY documents them.

   Nothing here knows a clock, a host or a message.  The caller tells what the
   player does and when, in samples since activation, and takes out what is to
   happen before a given sample:

       for every touch, in order of time:
         while (rem_duet_next(duet, touch.at, &event)) { play(&event); }
         rem_duet_touch(duet, touch.at, touch.x, n);
       while (rem_duet_next(duet, end_of_block, &event)) { play(&event); }

   Whatever takes an `at` is told in order of time, after everything before `at`
   was taken out.  Where blocks are cut then changes nothing.

   A net's event stands dt * timescale after the event before it, in exact
   fractions of a sample, and is rounded once: a long turn does not drift.
   Events of a net that plays by itself are at least #REM_DUET_SPACING apart,
   and so are two frames that it hears from the player: what comes in between is
   heard as one, a little later.  That bounds the work by time, not by block: at
   most two steps of the net in each #REM_DUET_SPACING, and one more for every
   other call below.

   Thread of every function: audio, with denormals off (dsp/denormal.h), unless
   it says otherwise.  None can fail; wild numbers are clamped, and what is no
   number leaves what was there.
*/

#ifndef REM_DSP_DUET_H
#define REM_DSP_DUET_H

#include "dsp/frames.h"
#include "dsp/predictor.h"
#include "dsp/rt.h"

#include <stdbool.h>
#include <stdint.h>

#define REM_DUET_SPACING 0.00025       ///< Seconds: 4000 events a second
#define REM_DUET_MAX_THRESHOLD 3600.0f ///< Seconds
#define REM_DUET_MIN_TIMESCALE 0.001f  ///< Thousand times as fast
#define REM_DUET_MAX_TIMESCALE 1000.0f ///< Thousand times as slow
#define REM_DUET_MAX_TEMPER 100.0f     ///< Of pitemp and sigmatemp
#define REM_DUET_MIN_GRID (1.0 / 64.0) ///< Quarter notes; less is no grid
#define REM_DUET_MAX_GRID 16.0         ///< Quarter notes
#define REM_DUET_MAX_ANSWERS 128U      ///< Waiting in polyphony
#define REM_DUET_NEVER ((uint64_t)-1)  ///< A time that does not come

typedef struct RemDuet RemDuet;

/// Who plays when
typedef enum {
  REM_DUET_CALLRESPONSE, ///< Net goes on when the player stops, yields at once
  REM_DUET_POLYPHONY,    ///< Every frame of the player is answered by one event
  REM_DUET_BATTLE,       ///< Net plays all the time and hears only itself
  REM_DUET_USERONLY,     ///< Net is silent
} RemDuetMode;

#define REM_DUET_N_MODES 4

/// Return IMPSY's word for a mode, such as "callresponse".  Thread: any.
REM_RT const char*
rem_duet_mode_name(RemDuetMode mode);

/// Set `mode` to what IMPSY calls `name`; false, and nothing is set, if it has
/// no such word.  Thread: any.
REM_RT bool
rem_duet_mode_of(const char* name, RemDuetMode* mode);

/// How to play together
typedef struct {
  RemDuetMode mode;
  float       threshold; ///< Seconds without a touch until the net goes on, 0..
  float       timescale; ///< Net's times are multiplied by it: 2 is half speed
  RemTemper   temper;    ///< What is left to chance, of the next event on
  bool        paused;    ///< Net is silent; it still hears what it would hear
  bool        input_thru; ///< The player's frames sound too
  double      grid; ///< Quantise to so many quarter notes: 0.125..1; 0 not
  bool        keep_swing; ///< Odd lines of the grid swing as the player does
} RemDuetSettings;

/// Return callresponse after 1 s, all else plain
REM_RT RemDuetSettings
rem_duet_settings(void);

/// What happens
typedef enum {
  REM_EVENT_NET,     ///< The net plays a frame
  REM_EVENT_PLAYER,  ///< The player did; sounds only if `thru`
  REM_EVENT_SILENCE, ///< All sounding notes end
} RemDuetEventKind;

/// Something that happens at a sample
typedef struct {
  RemDuetEventKind kind;
  uint64_t         at;    ///< Samples since activation
  bool             thru;  ///< Player: input_thru was on
  uint32_t         n;     ///< Values in `x`; 0 for silence
  uint32_t         moved; ///< Player: a bit for each dimension that was touched
  float dt; ///< Seconds. Net: as drawn, without timescale and grid. Player:
            ///< since the last frame that the net heard in callresponse and
            ///< polyphony, since the player's own last frame in other modes; 0
            ///< for the first
  float x[REM_MAX_DIMS]; ///< [n] 0..1
} RemDuetEvent;

/// Who has the turn
typedef enum {
  REM_TURN_PLAYER, ///< Also while paused, without a net, and in useronly
  REM_TURN_NET,    ///< Callresponse after the threshold; battle
  REM_TURN_BOTH,   ///< Polyphony
} RemDuetTurn;

/**
   Build a duet at sample 0, without a net, with the settings of
   rem_duet_settings() and seed 0.

   @param rate Samples per second; what is not above 0 and finite counts as
               48000.
   @return A duet to free with rem_duet_free(), or NULL without memory.

   Thread: any but audio.
*/
RemDuet*
rem_duet_new(double rate);

/// Free a duet, but not its net; NULL is allowed.  Thread: any but audio.
void
rem_duet_free(RemDuet* duet);

/**
   Give the duet another net, or none: one is borrowed until it is returned.

   What sounds ends and what is pending is dropped; whose turn it is stays.  The
   new one hears the frame that was heard last and goes on from `at`.  With
   another number of dimensions, what lacks is 0.5 or where the player left it.

   @param predictor In its rest state, or NULL.
   @return The one before, or NULL.

   Cost: one step of the net, two where it plays at once from its rest state.
*/
REM_RT RemPredictor*
rem_duet_set_predictor(RemDuet* duet, uint64_t at, RemPredictor* predictor);

/// Return the net, or NULL.  Thread: audio.
REM_RT RemPredictor*
rem_duet_predictor(const RemDuet* duet);

/**
   Play by other settings from `at` on; the same again changes nothing.

   Another mode and a pause end what sounds and drop what is pending.  What is
   pending otherwise moves with `timescale` and `grid`, never before `at`.
*/
REM_RT void
rem_duet_set(RemDuet* duet, uint64_t at, const RemDuetSettings* settings);

/// Return the settings in force, within their ranges.  Thread: audio.
REM_RT const RemDuetSettings*
rem_duet_get(const RemDuet* duet);

/// Start the random numbers anew: with the same touches at the same samples
/// after a reset, the same seed plays the same.
REM_RT void
rem_duet_seed(RemDuet* duet, uint64_t seed);

/**
   Forget: the net goes to its rest state, nothing is pending, no touch was
   made, what sounds ends.  Faders stay where they are; so do settings, random
   numbers and what was learned of swing.

   @param at Here alone, and only here, time may go back: to 0 at activation.
             The host's transport then counts as stopped.
*/
REM_RT void
rem_duet_reset(RemDuet* duet, uint64_t at);

/**
   The player makes a frame.  Frames of one sample are one; so is one that was
   not taken out of rem_duet_next() yet.

   In callresponse the first one while the net has its turn ends what sounds,
   drops what is pending, and takes the turn.

   @param x [n] values, clamped to 0..1; what is no number, and dimensions from
            `n` up, stay where the player left them, at first 0.5 or where
            rem_duet_rest() has them.
   @param n 0..#REM_MAX_DIMS; more are not looked at.
*/
REM_RT void
rem_duet_touch(RemDuet* duet, uint64_t at, const float* x, uint32_t n);

/// Forget where the player had the faders, as if none had ever been moved: all
/// are at 0.5.
REM_RT void
rem_duet_let_go(RemDuet* duet);

/// Say where a fader is as long as the player has not moved it, 0..1: that is
/// no touch, and those who were moved stay.
REM_RT void
rem_duet_rest(RemDuet* duet, uint32_t dim, float value);

/// The player moves one dimension, counted from 0: as rem_duet_touch() with all
/// others where they are; one from #REM_MAX_DIMS up is no touch.
REM_RT void
rem_duet_move(RemDuet* duet, uint64_t at, uint32_t dim, float value);

/**
   Tell where the host's transport is.  To say it in every block is fine: what
   follows from what was said before, to half a sample, changes nothing.

   A stop ends what sounds; the duet itself goes on.

   @param beat             Quarter notes since the start of the song, at `at`.
   @param beats_per_sample Quarter notes, above 0 to quantise.
   @param rolling          Else the transport stands.

   While it rolls and `grid` is set, an event of the net moves to the nearest
   line of the grid that is neither before the moment it was drawn in nor before
   the line of the event before it; several on one line follow each other at
   the least distance, a sample in polyphony.  Lines are at multiples of the
   grid.  With `keep_swing` those with odd numbers lie off by the player's
   swing s, in units of the grid: for every touch whose nearest plain line is
   odd, at a distance d from it, s += (d - s) / 8, starting at 0 and kept within
   +-0.4.  So straight playing stays straight, and triplets, d = 1/3, are kept
   after some bars.
*/
REM_RT void
rem_duet_transport(RemDuet* duet,
                   uint64_t at,
                   double   beat,
                   double   beats_per_sample,
                   bool     rolling);

/// Return the player's swing as rem_duet_transport() explains it: -0.4 to 0.4.
/// Thread: audio.
REM_RT double
rem_duet_swing(const RemDuet* duet);

/**
   Take out the next event before the sample `until`, in order of time; at one
   sample silence is first, then the player, then the net.

   @param event Filled if there is one, else untouched.
   @return Whether there is one.
*/
REM_RT bool
rem_duet_next(RemDuet* duet, uint64_t until, RemDuetEvent* event);

/// Return the first sample at which rem_duet_next() has anything to do, as far
/// as is known now, or #REM_DUET_NEVER: so long a caller may sleep.  It can be
/// one where the net only listens.  Thread: audio.
REM_RT uint64_t
rem_duet_due(const RemDuet* duet);

/// Return who has the turn, after what was taken out so far.  Thread: audio.
REM_RT RemDuetTurn
rem_duet_turn(const RemDuet* duet);

#endif // REM_DSP_DUET_H

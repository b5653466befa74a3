// SPDX-License-Identifier: ISC

/**
   Which MIDI messages stand for which dimension, both ways.

   As text, a mapping has an entry for every dimension with `;` between them:

       cc CH NUMBER            a controller; 0 to 127 are 0 to 1
       cc CH NUMBER MIN MAX    a controller; MIN to MAX are 0 to 1
       note CH                 which note is struck: its number / 127
       key CH NOTE             how hard one key is held: its velocity / 127
       -                       no MIDI; so is what is empty or left out

   CH is 1 to 16, all others 0 to 127; MIN may be above MAX, which turns a
   controller round.  Where entries share a message, the first one hears it.

   The table is held in atomic numbers, entry by entry, so that a session, a
   person and MIDI learn may change it while the audio thread plays.
*/

#ifndef REM_PLUGIN_CONTROL_MAPPING_H
#define REM_PLUGIN_CONTROL_MAPPING_H

#include "dsp/frames.h"
#include "dsp/rt.h"
#include "dsp/status.h"

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#define REM_MAPPING_SIZE 1024U ///< Longest text of a mapping, with its zero
#define REM_MAPPING_USUAL 8U   ///< Dimensions of a default mapping
#define REM_MIDI_MAX (2U * REM_MAX_DIMS) ///< Messages of one frame, at most

/// What stands for a dimension
typedef enum {
  REM_MAP_NONE,
  REM_MAP_CC,
  REM_MAP_NOTE,
  REM_MAP_KEY,
} RemMapKind;

/// One entry
typedef struct {
  uint8_t kind;    ///< RemMapKind
  uint8_t channel; ///< 0..15, as in the message
  uint8_t number;  ///< Of the controller or the key
  uint8_t minimum; ///< Controller: what stands for 0
  uint8_t maximum; ///< Controller: what stands for 1
} RemMapEntry;

/// A table
typedef struct {
  RemMapEntry entry[REM_MAX_DIMS];
} RemMapping;

/// A table that threads share; all zero is no MIDI
typedef struct {
  _Atomic(uint64_t) entry[REM_MAX_DIMS];
  _Atomic(uint32_t) n_changes; ///< Counts up behind every change
} RemSharedMapping;

/// A MIDI message of three bytes
typedef struct {
  uint8_t bytes[3];
} RemMidi;

/// One dimension moved by MIDI
typedef struct {
  uint32_t dim;
  float    value; ///< 0..1
} RemMidiTouch;

/// What was sent, so that nothing is sent twice and no note stays; all zero for
/// a new output
typedef struct {
  uint32_t cc[REM_MAX_DIMS];       ///< Last controller message, or 0
  uint8_t  channel[REM_MAX_DIMS];  ///< Of the note that sounds
  uint8_t  note[REM_MAX_DIMS];     ///< Its number
  uint8_t  velocity[REM_MAX_DIMS]; ///< Its velocity; 0 if none sounds
} RemMidiOut;

/// MIDI learn; all zero is off
typedef struct {
  bool     on;
  uint32_t n_learned; ///< Dimensions that have their message
} RemMidiLearn;

/**
   Set `mapping` to what a new instance has: controllers of channel 1 whose
   numbers MIDI leaves free, 20 to 31, then 102 to 119, then 85 and 86.

   Thread: any.
*/
REM_RT void
rem_mapping_default(RemMapping* mapping);

/**
   Return how many dimensions a mapping is meant for, where there is no net to
   tell: up to the last entry with MIDI.  Where all #REM_MAX_DIMS have MIDI, up
   to the last one that is not as in a new instance (others were learned, say),
   and #REM_MAPPING_USUAL if there is none such.

   Thread: any.
*/
REM_RT uint32_t
rem_mapping_n_dims(const RemMapping* mapping);

/**
   Read a mapping's text.

   @param mapping Untouched on failure.
   @return #REM_BAD_ARGUMENT, with the entry and what was expected.

   Thread: any but audio.
*/
RemStatus
rem_mapping_read(const char* text, RemMapping* mapping, RemError* error);

/// Write a mapping's text, up to the last entry that has MIDI; "-" if none has.
/// Thread: any but audio.
void
rem_mapping_write(const RemMapping* mapping, char text[REM_MAPPING_SIZE]);

/// Give a table to all threads.  Thread: any.
REM_RT void
rem_mapping_share(RemSharedMapping* shared, const RemMapping* mapping);

/// Copy the table that threads share.  Thread: any.
REM_RT void
rem_mapping_look(const RemSharedMapping* shared, RemMapping* mapping);

/**
   Return whether a message moves one of the first `n_dims` dimensions.

   A note-on of velocity 0 is a note-off; a note-off moves keys only.

   @param bytes [size] any bytes.

   Thread: audio.  Cannot fail.
*/
REM_RT bool
rem_mapping_hear(const RemMapping* mapping,
                 uint32_t          n_dims,
                 const uint8_t*    bytes,
                 uint32_t          size,
                 RemMidiTouch*     touch);

/// Switch MIDI learn on or off.  Thread: audio.
REM_RT void
rem_mapping_learn_switch(RemMidiLearn* learn, bool on);

/**
   Let the next dimension learn from a message, if MIDI learn is on: from the
   first on, each takes the next controller or note that none has learned
   since.  Other entries with that message lose it.

   @param frames A switch learns a key where other dimensions learn all notes
                 of a channel; NULL for no switches.
   @param n_dims Dimensions to learn for.
   @return Whether the entry before `learn->n_learned` has changed.

   Thread: audio.  Cannot fail.
*/
REM_RT bool
rem_mapping_learn(RemMidiLearn*     learn,
                  RemSharedMapping* shared,
                  const RemFrames*  frames,
                  uint32_t          n_dims,
                  const uint8_t*    bytes,
                  uint32_t          size);

/// Nothing sent and no note sounding: for a new output.  Thread: audio.
REM_RT void
rem_midi_out_init(RemMidiOut* out);

/**
   Turn a frame into messages: notes that end, then what the frame says in the
   order of its dimensions.

   A `cc` is sent if its value of 7 bits has changed; a `note` ends and is
   struck with velocity 127 at every frame; a `key` is struck when its velocity
   has changed and ends at 0.

   @param x        [n_dims] put into 0..1; what is no number becomes 0.
   @param messages [capacity]; #REM_MIDI_MAX are enough.
   @return How many were written.  What does not fit counts as not sent, so that
   notes it would have ended go on and can be ended later.

   Thread: audio.  Cannot fail.
*/
REM_RT uint32_t
rem_midi_out_frame(RemMidiOut*       out,
                   const RemMapping* mapping,
                   const float*      x,
                   uint32_t          n_dims,
                   RemMidi*          messages,
                   uint32_t          capacity);

/**
   Turn a frame of the player's into messages, as rem_midi_out_frame(), but let
   a `note` that was not struck again go on.

   @param moved A bit for each dimension that was touched.

   Thread: audio.  Cannot fail.
*/
REM_RT uint32_t
rem_midi_out_touch(RemMidiOut*       out,
                   const RemMapping* mapping,
                   const float*      x,
                   uint32_t          n_dims,
                   uint32_t          moved,
                   RemMidi*          messages,
                   uint32_t          capacity);

/// End the `note` that the player lets go of, if a message says that and it
/// sounds; messages, result and what does not fit are as in
/// rem_midi_out_frame().  Thread: audio.
/// @param bytes [size] any bytes.
REM_RT uint32_t
rem_midi_out_let_go(RemMidiOut*       out,
                    const RemMapping* mapping,
                    const uint8_t*    bytes,
                    uint32_t          size,
                    RemMidi*          messages,
                    uint32_t          capacity);

/// End every note that sounds, whatever the mapping is now; messages, result
/// and what does not fit are as in rem_midi_out_frame().  Thread: audio.
REM_RT uint32_t
rem_midi_out_silence(RemMidiOut* out, RemMidi* messages, uint32_t capacity);

/// Return the number of dimensions that have a note sounding.  Thread: audio.
REM_RT uint32_t
rem_midi_out_sounding(const RemMidiOut* out);

#endif // REM_PLUGIN_CONTROL_MAPPING_H

// SPDX-License-Identifier: ISC

/**
   What is played, written to a log.

   The audio thread leaves rows in a ring; a thread of the recorder's own looks
   at it ten times a second, and fifty times while it writes.  It names and
   writes files (dsp/logfile/log.h) and brings them to the disk twice a second:
   who pulls the plug loses half a second.  A disk that is full or slow stops or
   thins the log, never the sound.

   Recording is armed by a switch or by OSC.  The first row after that begins a
   file; a split, a row of another length and a position that goes back (the
   host has activated the plugin again) begin the next one.

   Rows are as far apart as their samples.  The moment of a file's first row is
   that of the clock when the host came to its sample, as far as the recorder
   can see: to a tenth of a second.
*/

#ifndef REM_PLUGIN_CONTROL_RECORD_H
#define REM_PLUGIN_CONTROL_RECORD_H

#include "dsp/logfile/log.h"
#include "dsp/rt.h"
#include "dsp/status.h"
#include "plugin/path.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define REM_RECORD_WORDS 1024U ///< Longest message, with its zero

typedef struct RemRecorder RemRecorder;

/// How recording is
typedef enum {
  REM_RECORD_OFF,
  REM_RECORD_ARMED,  ///< The next row begins a file
  REM_RECORD_ON,     ///< A file is open
  REM_RECORD_FAILED, ///< Nothing is written until it is armed again, or split
} RemRecordState;

/// What there is to tell of a recorder
typedef struct {
  RemRecordState state;
  uint64_t       n_rows; ///< Written to the file
  uint64_t       n_lost; ///< Rows that the ring had no room for, ever
  char           path[REM_PATH_SIZE]; ///< Of the file, or of the last one; ""
  char           message[REM_RECORD_WORDS]; ///< What happened last, for people
} RemRecordReport;

/**
   Make a recorder that is off, and its thread.

   @param rate   Samples in a second.
   @param folder Copied; NULL for $XDG_DATA_HOME/remanence/logs or, without
   that,
                 ~/.local/share/remanence/logs.  It is made when it is needed.
   @return A recorder to free with rem_recorder_free(), or NULL without memory
   or thread.

   Thread: any but audio.
*/
RemRecorder*
rem_recorder_new(double rate, const char* folder);

/// Write what is left, close the file, end the thread and free; NULL is
/// allowed.  Thread: any but audio, which must be done with it.
void
rem_recorder_free(RemRecorder* recorder);

/// Switch recording on or off; no change if it is so already, so that a switch
/// and OSC do not fight.  Thread: any.
REM_RT void
rem_recorder_arm(RemRecorder* recorder, bool armed);

/// Begin another file with the next row, if recording is armed.  Thread: any.
REM_RT void
rem_recorder_split(RemRecorder* recorder);

/// Return whether recording is switched on.  Thread: any.
REM_RT bool
rem_recorder_is_armed(const RemRecorder* recorder);

/// Return how it is.  Thread: any.
REM_RT RemRecordState
rem_recorder_state(const RemRecorder* recorder);

/// Return a number that changes when there is something new to tell.  Thread:
/// any.
REM_RT uint32_t
rem_recorder_n_told(const RemRecorder* recorder);

/// Tell where the sound is: at the start of every block.  Thread: audio.
/// @param now Samples since activation.
REM_RT void
rem_recorder_tick(RemRecorder* recorder, uint64_t now);

/**
   Record a row, if recording is armed.

   @param at     Its sample since activation.
   @param source #REM_LOG_INTERFACE or #REM_LOG_RNN.
   @param x      [n] values; those outside 0..1 are put there.
   @param n      1..32, others are ignored.

   Thread: audio.  Cannot fail: a row that finds no room is counted.
*/
REM_RT void
rem_recorder_add(RemRecorder* recorder,
                 uint64_t     at,
                 RemLogSource source,
                 const float* x,
                 uint32_t     n);

/// Tell how it is, in words.  Thread: any but audio.
void
rem_recorder_look(RemRecorder* recorder, RemRecordReport* report);

/// Wait until all that was recorded before is on the disk.  Thread: any but
/// audio.
void
rem_recorder_sync(RemRecorder* recorder);

#endif // REM_PLUGIN_CONTROL_RECORD_H

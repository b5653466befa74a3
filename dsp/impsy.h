// SPDX-License-Identifier: ISC

/**
   What IMPSY's OSC messages say.  Where they come from and what carries them
   out is not known here.

       /interface f...       a frame of the player's, as many as dimensions
       /impsy/sigmatemp f    0 or more
       /impsy/pitemp f       above 0
       /impsy/timescale f    above 0
       /impsy/mode s         callresponse, polyphony, battle or useronly
       /impsy/reset i        the net forgets; the argument says nothing and may
                             be left out
       /impsy/pause i        1 pauses, 0 goes on

   Any number may come as `i`, `f`, `d`, `h`, `T` or `F`, as Pd, Max and Python
   send them.

   Source: IMPSY's docs/config.md, "OSC addresses".
*/

#ifndef REM_DSP_IMPSY_H
#define REM_DSP_IMPSY_H

#include "dsp/duet.h"
#include "dsp/frames.h"
#include "dsp/status.h"

#include <stdbool.h>
#include <stdint.h>

#define REM_IMPSY_OUT "/impsy" ///< Address of a frame that the net plays

/// What a message asks for
typedef enum {
  REM_IMPSY_INTERFACE,
  REM_IMPSY_SIGMATEMP,
  REM_IMPSY_PITEMP,
  REM_IMPSY_TIMESCALE,
  REM_IMPSY_MODE,
  REM_IMPSY_RESET,
  REM_IMPSY_PAUSE,
} RemImpsyKind;

/// A message's arguments as they came
typedef struct {
  const char*   types;   ///< OSC's letters, without the comma
  const double* numbers; ///< One for each letter, or for the first 32
  const char*   text;    ///< The first argument if it is `s` or `S`, else NULL
} RemImpsyArguments;

/// A message understood
typedef struct {
  RemImpsyKind kind;
  uint32_t     n;        ///< Interface: values
  float x[REM_MAX_DIMS]; ///< Interface: in 0..1, what is beyond is put there
  float value;           ///< Temperatures, time scale
  RemDuetMode mode;
  bool        paused;
} RemImpsyCommand;

/// Return whether an address is one of IMPSY's, "/interface" or "/impsy/...",
/// even if there is no such message.  Thread: any.
bool
rem_impsy_is_address(const char* address);

/**
   Read a message.

   @param n_dims  Values that a frame must have; 0 for any from 1 to 32.
   @param command Untouched on failure.
   @return #REM_UNSUPPORTED for no such address; #REM_BAD_ARGUMENT with what was
   expected and what came.

   Thread: any but audio.
*/
RemStatus
rem_impsy_read(const char*              address,
               const RemImpsyArguments* arguments,
               uint32_t                 n_dims,
               RemImpsyCommand*         command,
               RemError*                error);

#endif // REM_DSP_IMPSY_H

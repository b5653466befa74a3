// SPDX-License-Identifier: ISC

/// What a session says of the controls that OSC or MIDI has turned

#ifndef REM_PLUGIN_STATE_CONTROLS_H
#define REM_PLUGIN_STATE_CONTROLS_H

#include "plugin/remote.h"

#define REM_CONTROLS_SIZE 1024U ///< Longest list of controls

/**
   Write the controls that others than the host have turned.

   "mix=500000/1000000 ... settled=3": each with what the host's port says
   meanwhile, in millionths, since whole numbers are the same in every language;
   then the program that stands with the present model.  `record` and `learn`
   are left out: they are on for a take, not for a song.

   Thread: any but audio.
*/
void
rem_controls_list(const RemRemote* remote, char text[REM_CONTROLS_SIZE]);

/// Give the controls back to the host's ports, but for those in `text`, which
/// is overwritten, and for `record` and `learn`, which stay.  Thread: any but
/// audio.
void
rem_controls_restore(RemRemote* remote, char* text);

#endif // REM_PLUGIN_STATE_CONTROLS_H

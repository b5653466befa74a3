// SPDX-License-Identifier: ISC

/// What a session holds: the model's path, which the host may rewrite when the
/// session moves; its file name and SHA-256, to find it if that fails, and a
/// small model's very bytes if it is nowhere; the name of the instance, if it
/// was given one; and the controls that OSC or MIDI has turned

#ifndef REM_PLUGIN_STATE_H
#define REM_PLUGIN_STATE_H

#include "plugin/osc/instance.h"
#include "plugin/uris.h"

#include <lv2/state/state.h>

#include <stdbool.h>
#include <stddef.h>

/// LV2_State_Interface::save.  Thread: any but audio.
LV2_State_Status
rem_state_save(RemInstance*              instance,
               const RemUris*            uris,
               LV2_State_Store_Function  store,
               LV2_State_Handle          handle,
               const LV2_Feature* const* features);

/// LV2_State_Interface::restore, safe while the audio thread runs.  A state
/// without a model changes nothing.  Thread: any but audio.
LV2_State_Status
rem_state_restore(RemInstance*                instance,
                  const RemUris*              uris,
                  LV2_State_Retrieve_Function retrieve,
                  LV2_State_Handle            handle,
                  const LV2_Feature* const*   features);

/// Store a text; a session without it changes nothing when it is restored
LV2_State_Status
rem_state_save_text(const RemUris*           uris,
                    LV2_State_Store_Function store,
                    LV2_State_Handle         handle,
                    LV2_URID                 key,
                    const char*              text);

/// Copy a text that rem_state_save_text() stored to `text` [n]; returns whether
/// there is one
bool
rem_state_restore_text(const RemUris*              uris,
                       LV2_State_Retrieve_Function retrieve,
                       LV2_State_Handle            handle,
                       LV2_URID                    key,
                       char*                       text,
                       size_t                      n);

#endif // REM_PLUGIN_STATE_H

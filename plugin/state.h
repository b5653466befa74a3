// SPDX-License-Identifier: ISC

/// What a session holds: the model's path, which the host may rewrite when the
/// session moves, and its file name and SHA-256, to find it if that fails

#ifndef REM_PLUGIN_STATE_H
#define REM_PLUGIN_STATE_H

#include "plugin/loader.h"
#include "plugin/uris.h"

#include <lv2/state/state.h>

#include <stdint.h>

/// LV2_State_Interface::save.  Thread: any but audio.
LV2_State_Status
rem_state_save(RemLoader*                loader,
               const RemUris*            uris,
               LV2_State_Store_Function  store,
               LV2_State_Handle          handle,
               const LV2_Feature* const* features);

/// LV2_State_Interface::restore, safe while the audio thread runs.  A state
/// without a model changes nothing.  Thread: any but audio.
LV2_State_Status
rem_state_restore(RemLoader*                  loader,
                  const RemUris*              uris,
                  LV2_State_Retrieve_Function retrieve,
                  LV2_State_Handle            handle,
                  const LV2_Feature* const*   features);

#endif // REM_PLUGIN_STATE_H

// SPDX-License-Identifier: ISC

/// What the native format says of control frames, in the object `frames` of
/// its config

#ifndef REM_DSP_MODELFILE_FRAMES_H
#define REM_DSP_MODELFILE_FRAMES_H

#include "dsp/model.h"
#include "dsp/modelfile/json.h"
#include "dsp/status.h"

#include <jansson.h>

/**
   Read "frames" into `model->frames` and check it against the net's shape.

   @param at Where the object stands.
*/
RemStatus
rem_frames_read(const RemJson* at, RemModel* model);

/// Return the object, or NULL without memory
json_t*
rem_frames_write(const RemFrames* frames);

#endif // REM_DSP_MODELFILE_FRAMES_H

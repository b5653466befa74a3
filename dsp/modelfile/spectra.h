// SPDX-License-Identifier: ISC

/// What the native format says of frames of sound, in the object `spectra` of
/// its config

#ifndef REM_DSP_MODELFILE_SPECTRA_H
#define REM_DSP_MODELFILE_SPECTRA_H

#include "dsp/model.h"
#include "dsp/modelfile/json.h"
#include "dsp/status.h"

#include <jansson.h>

/**
   Read "spectra" into `model->spectra` and check it against the net's shape.

   @param at Where the object stands.
*/
RemStatus
rem_spectra_read(const RemJson* at, RemModel* model);

/// Return the object, or NULL without memory
json_t*
rem_spectra_write(const RemSpectra* spectra);

#endif // REM_DSP_MODELFILE_SPECTRA_H

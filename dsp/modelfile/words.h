// SPDX-License-Identifier: ISC

/// What a model file says beside its numbers: knobs, levels, metrics,
/// provenance.  Every format that we write carries it in the same words.

#ifndef REM_DSP_MODELFILE_WORDS_H
#define REM_DSP_MODELFILE_WORDS_H

#include "dsp/model.h"
#include "dsp/modelfile/json.h"
#include "dsp/status.h"

#include <jansson.h>

#define REM_MAX_GAIN_DB 120.0f ///< Loudest and softest gain of a file
#define REM_MIN_RATE 1.0       ///< Lowest sample rate, Hz
#define REM_MAX_RATE 1e6       ///< Highest sample rate, Hz

/// Give the model `spec.n_in` - 1 knobs called `name` and a number from 1 on,
/// from 0 to 1, by default 0
RemStatus
rem_words_number_knobs(RemModel* model, const char* name, RemError* error);

/// Read "knobs" and "levels" of an object.  The model must have as many knobs
/// as "knobs" names; without it they stay.
RemStatus
rem_words_read_settings(const RemJson* at, RemModel* model);

/// Put "knobs" and "levels" into `object`; return whether there was memory
bool
rem_words_write_settings(const RemModel* model, json_t* object);

/// Read what rem_words_write_extras() wrote under "remanence", if it is there
RemStatus
rem_words_read_extras(const RemJson* at, RemModel* model);

/// Put everything that the format of `object` has no word for under the key
/// "remanence"; return whether there was memory
bool
rem_words_write_extras(const RemModel* model, json_t* object);

/// Read loudness and levels under the names that `.nam` files use too
RemStatus
rem_words_read_levels(const RemJson* at, RemModel* model);

/// Put loudness and levels into `object`; return whether there was memory
bool
rem_words_write_levels(const RemModel* model, json_t* object);

/// Read a sample rate, a number or a string that is one.  Where there is none,
/// the rate stays.
RemStatus
rem_words_read_rate(const RemJson* at, RemModel* model);

/// Return `text`, a JSON object or NULL, parsed; an empty object for NULL, and
/// NULL without memory
json_t*
rem_words_object(const char* text);

#endif // REM_DSP_MODELFILE_WORDS_H

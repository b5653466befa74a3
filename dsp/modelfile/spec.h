// SPDX-License-Identifier: ISC

/// What the native format says of a net's shape: {"cell": "gru", "n_in": 1,
/// "n_hidden": 16, "n_layers": 1, "head": "linear", "n_out": 1, "skip": true},
/// and where they are not 0, or the first of their words, "n_symbols",
/// "n_condition", "directions": 1|2, "take": last|concat|average, "output":
/// frame|sequence, "initial": rest|learned|vector

#ifndef REM_DSP_MODELFILE_SPEC_H
#define REM_DSP_MODELFILE_SPEC_H

#include "dsp/modelfile/json.h"
#include "dsp/net.h"
#include "dsp/status.h"

#include <jansson.h>
#include <stddef.h>

/// Words that a key of an object chooses from
typedef struct {
  const char*        key;
  const char* const* words; ///< [n]
  size_t             n;
  bool               required; ///< Else the first one is the default
} RemWords;

/// Read which of some words an object says
RemStatus
rem_words_choose(const RemJson* at, const RemWords* words, unsigned* out);

/**
   Read a shape.

   @param at Where the object stands.
   @return #REM_UNSUPPORTED for a word that is none of ours, what
   rem_net_spec_check() says, or #REM_SUCCESS.
*/
RemStatus
rem_spec_read(const RemJson* at, RemNetSpec* out);

/// Return the object, or NULL without memory
json_t*
rem_spec_write(const RemNetSpec* spec);

#endif // REM_DSP_MODELFILE_SPEC_H

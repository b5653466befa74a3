// SPDX-License-Identifier: ISC

/// One pair of functions per format, for dsp/modelfile/modelfile.c to choose
/// from

#ifndef REM_DSP_MODELFILE_CODEC_H
#define REM_DSP_MODELFILE_CODEC_H

#include "dsp/model.h"
#include "dsp/modelfile/json.h"
#include "dsp/status.h"

#include <stdbool.h>
#include <stddef.h>

#define REM_FORMAT_VERSION "1" ///< Of our metadata in safetensors

/**
   Complete a model that was read: settle it if it plays sound or control and
   the file has no rest state, take a learned initial state, then replay the
   file's test vector, or make one.

   @param has_rest The file's own rest state stands.
*/
RemStatus
rem_codec_finish(const RemSource* source, RemModel* model, bool has_rest);

/// Decode safetensors: ours, or a PyTorch state_dict of nn.LSTM, nn.GRU or
/// nn.RNN, and nn.Linear.  `out` is NULL on failure, here and below.
RemStatus
rem_native_decode(const void*      bytes,
                  size_t           size,
                  const RemSource* source,
                  RemModel**       out);

/// Decode AIDA-X / RTNeural JSON
RemStatus
rem_aidax_decode(const RemJson* root, RemModel** out);

/// Decode a `.nam` of architecture LSTM
RemStatus
rem_nam_decode(const RemJson* root, RemModel** out);

/// Decode GuitarML / Proteus JSON
RemStatus
rem_guitarml_decode(const RemJson* root, RemModel** out);

/// Encode safetensors
RemStatus
rem_native_encode(const RemModel* model,
                  void**          out,
                  size_t*         size,
                  RemError*       error);

/// Encode AIDA-X JSON; #REM_UNSUPPORTED for more than two knobs or one output
RemStatus
rem_aidax_encode(const RemModel* model,
                 void**          out,
                 size_t*         size,
                 RemError*       error);

/// Encode `.nam`; #REM_UNSUPPORTED for knobs, a skip connection, gains or more
/// than one output
RemStatus
rem_nam_encode(const RemModel* model,
               void**          out,
               size_t*         size,
               RemError*       error);

#endif // REM_DSP_MODELFILE_CODEC_H

// SPDX-License-Identifier: ISC

/// Model files: bytes to RemModel and back.  The only part of dsp/ that touches
/// files; never called in the audio thread.

#ifndef REM_DSP_MODELFILE_MODELFILE_H
#define REM_DSP_MODELFILE_MODELFILE_H

#include "dsp/model.h"
#include "dsp/status.h"

#include <stddef.h>

#define REM_MODELFILE_MAX_BYTES ((size_t)256 << 20U) ///< Larger is refused

/// File formats
typedef enum {
  REM_FORMAT_UNKNOWN,
  REM_FORMAT_NATIVE,   ///< safetensors with our metadata, or a state_dict
  REM_FORMAT_AIDAX,    ///< AIDA-X / RTNeural JSON (.json, .aidax)
  REM_FORMAT_NAM,      ///< Neural Amp Modeler, LSTM only (.nam)
  REM_FORMAT_GUITARML, ///< GuitarML / Proteus state dict JSON; read only
} RemFormat;

/// Return what people call `format`: "AIDA-X JSON"
const char*
rem_format_name(RemFormat format);

/// Return the format that the ending of `path` asks for when written
RemFormat
rem_format_of_path(const char* path);

/**
   Build a model from bytes, which may come from anywhere.

   Everything is checked before it is used: nesting, shapes, counts against
   bytes, overflow, finite values.  Where the file holds a test vector the net
   must reproduce it; where it holds no rest state, it is computed.

   @param bytes  A complete file; may be freed afterwards.
   @param name   What errors call it.
   @param out    On success a model to free with rem_model_free(), else NULL.
   @param format On success what it was, if not NULL.
   @return Any status of dsp/status.h that fits; `error` says where and why.
*/
RemStatus
rem_model_decode(const void* bytes,
                 size_t      size,
                 const char* name,
                 RemModel**  out,
                 RemFormat*  format,
                 RemError*   error);

/// Read `path` whole (a regular file of at most #REM_MODELFILE_MAX_BYTES; a
/// FIFO or device is refused without blocking) and decode it
RemStatus
rem_model_read(const char* path,
               RemModel**  out,
               RemFormat*  format,
               RemError*   error);

/**
   Encode a model.

   @param out On success bytes from malloc(), else NULL.
   @return #REM_UNSUPPORTED if the format cannot say what the model needs (more
   layers, knobs...): the error names it.
*/
RemStatus
rem_model_encode(const RemModel* model,
                 RemFormat       format,
                 void**          out,
                 size_t*         size,
                 RemError*       error);

/// Encode a model and put it at `path`: written beside it, synced and renamed,
/// so that a crash or a full disk leaves what was there before
RemStatus
rem_model_write(const RemModel* model,
                RemFormat       format,
                const char*     path,
                RemError*       error);

#endif // REM_DSP_MODELFILE_MODELFILE_H

// SPDX-License-Identifier: ISC

/// The safetensors container: a JSON header that names raw tensors, behind it
/// their bytes.  Knows nothing of nets.
///
/// Source: https://github.com/huggingface/safetensors, section "Format".

#ifndef REM_DSP_MODELFILE_SAFETENSORS_H
#define REM_DSP_MODELFILE_SAFETENSORS_H

#include "dsp/modelfile/json.h"
#include "dsp/status.h"

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define REM_TENSOR_MAX_DIMS 4U ///< Most dimensions of a tensor
#define REM_MAX_TENSORS 4096U  ///< Most tensors in a file

/// A tensor in a file
typedef struct {
  const char*          name;  ///< Borrowed from the header
  const char*          dtype; ///< "F32"; borrowed likewise
  uint32_t             n_dims;
  size_t               dims[REM_TENSOR_MAX_DIMS]; ///< Outermost first
  size_t               n;                         ///< Product of `dims`
  size_t               begin; ///< First byte, within the tensors' bytes
  size_t               end;   ///< Byte after the last
  const unsigned char* bytes; ///< [end - begin] borrowed from the file
} RemTensor;

/// All tensors of a file
typedef struct {
  const RemSource* source;
  json_t*          header; ///< Owned
  size_t           n;
  RemTensor*       list; ///< [n] owned, in the order of their bytes
} RemTensors;

/**
   Read the header of a safetensors file and check every line of it: dimensions
   against bytes without overflow, tensors one behind the other without a gap.

   @param bytes Must outlive `out`.
   @param out   To clear with rem_tensors_clear(), also on failure.
*/
RemStatus
rem_tensors_decode(const void*      bytes,
                   size_t           size,
                   const RemSource* source,
                   RemTensors*      out);

/// Release what rem_tensors_decode() made
void
rem_tensors_clear(RemTensors* tensors);

/// Return the tensor called `prefix` and then `name`, or NULL
const RemTensor*
rem_tensors_find(const RemTensors* tensors,
                 const char*       prefix,
                 const char*       name);

/// Fill the error with the place of a tensor and return `st`
RemStatus
rem_tensor_fail(const RemTensors* tensors,
                const RemTensor*  tensor,
                RemStatus         st,
                const char*       format,
                ...) __attribute__((format(printf, 4, 5)));

/// Write the tensor's dimensions, "[128, 32]", into `text` [size]; return it
const char*
rem_tensor_shape(const RemTensor* tensor, char* text, size_t size);

/**
   Read the tensor `prefix` and then `name` as 32-bit numbers, added to what is
   in `out`.

   @param rows    First dimension that it must have.
   @param columns Second one; 0 for a tensor of one dimension.
   @param out     [rows * columns]
   @return #REM_BAD_FORMAT if there is none, #REM_BAD_SHAPE, #REM_NOT_FINITE,
   #REM_UNSUPPORTED for a type other than F32, F64, F16 or BF16.
*/
RemStatus
rem_tensor_add(const RemTensors* tensors,
               const char*       prefix,
               const char*       name,
               size_t            rows,
               size_t            columns,
               float*            out);

/// A tensor to write
typedef struct {
  char         name[64];
  size_t       rows;
  size_t       columns; ///< 0 for a tensor of one dimension
  const float* values;  ///< [rows * columns - n_zeros], NULL for zeros
  size_t       n_zeros; ///< Zeros before the values
} RemTensorOut;

/**
   Encode tensors as 32-bit floats.

   @param metadata Strings under strings; not released.
   @param out      On success bytes from malloc(), else NULL.
   @return #REM_NO_MEMORY or #REM_SUCCESS.
*/
RemStatus
rem_tensors_encode(const json_t*       metadata,
                   const RemTensorOut* list,
                   size_t              n,
                   void**              out,
                   size_t*             size);

#endif // REM_DSP_MODELFILE_SAFETENSORS_H

// SPDX-License-Identifier: ISC

#include "dsp/modelfile/safetensors.h"

#include <stdlib.h>
#include <string.h>

#define LENGTH_BYTES 8U ///< The header's length

/// Write `n` bytes, at most 8, as a little-endian number
static void
write_bits(unsigned char* const bytes, const size_t n, const uint64_t bits)
{
  for (size_t i = 0; i < n; ++i) {
    bytes[i] = (unsigned char)(bits >> (8U * i));
  }
}

/// Return the number of values of a tensor to write
static size_t
out_size(const RemTensorOut* const tensor)
{
  return tensor->rows * (tensor->columns ? tensor->columns : 1U);
}

/// Return the header as JSON, or NULL without memory
static json_t*
make_header(const json_t* const       metadata,
            const RemTensorOut* const list,
            const size_t              n)
{
  json_t* const header = json_object();
  size_t        begin  = 0;
  bool          failed = !header;
  failed |=
    json_object_set_new(header, "__metadata__", json_deep_copy(metadata)) != 0;
  for (size_t i = 0; i < n; ++i) {
    const size_t  end   = begin + out_size(&list[i]) * sizeof(float);
    json_t* const shape = list[i].columns
                            ? json_pack("[II]",
                                        (json_int_t)list[i].rows,
                                        (json_int_t)list[i].columns)
                            : json_pack("[I]", (json_int_t)list[i].rows);
    failed |= json_object_set_new(header,
                                  list[i].name,
                                  json_pack("{s:s, s:o, s:[II]}",
                                            "dtype",
                                            "F32",
                                            "shape",
                                            shape,
                                            "data_offsets",
                                            (json_int_t)begin,
                                            (json_int_t)end)) != 0;
    begin = end;
  }
  if (failed) {
    json_decref(header);
  }
  return failed ? NULL : header;
}

/// Write a tensor's values; return the byte behind them
static unsigned char*
write_values(unsigned char* bytes, const RemTensorOut* const tensor)
{
  for (size_t i = 0; i < out_size(tensor); ++i, bytes += sizeof(float)) {
    uint32_t bits = 0;
    if (tensor->values && i >= tensor->n_zeros) {
      memcpy(&bits, &tensor->values[i - tensor->n_zeros], sizeof(bits));
    }
    write_bits(bytes, sizeof(bits), bits);
  }
  return bytes;
}

/// Write a whole file into `bytes`: the header's text [length], padded to
/// `padded` bytes, and the tensors; return whether there was memory
static bool
write_file(unsigned char* const      bytes,
           const json_t* const       header,
           const size_t              length,
           const size_t              padded,
           const RemTensorOut* const list,
           const size_t              n)
{
  char* const    text = (char*)bytes + LENGTH_BYTES;
  unsigned char* p    = bytes + LENGTH_BYTES + padded;
  write_bits(bytes, LENGTH_BYTES, padded);
  memset(text, ' ', padded);
  for (size_t i = 0; i < n; ++i) {
    p = write_values(p, &list[i]);
  }
  return json_dumpb(header, text, length, JSON_COMPACT) == length;
}

RemStatus
rem_tensors_encode(const json_t* const       metadata,
                   const RemTensorOut* const list,
                   const size_t              n,
                   void** const              out,
                   size_t* const             size)
{
  json_t* const header = make_header(metadata, list, n);
  const size_t  length = header ? json_dumpb(header, NULL, 0, JSON_COMPACT) : 0;
  const size_t  padded = (length + 7U) / 8U * 8U;
  size_t        n_bytes = LENGTH_BYTES + padded;
  for (size_t i = 0; i < n; ++i) {
    n_bytes += out_size(&list[i]) * sizeof(float);
  }
  unsigned char* const bytes = length ? (unsigned char*)malloc(n_bytes) : NULL;
  const bool done = bytes && write_file(bytes, header, length, padded, list, n);
  json_decref(header);
  if (!done) {
    free(bytes);
  }
  *out  = done ? bytes : NULL;
  *size = done ? n_bytes : 0U;
  return done ? REM_SUCCESS : REM_NO_MEMORY;
}

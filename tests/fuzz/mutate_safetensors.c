// SPDX-License-Identifier: ISC

#include "tests/fuzz/mutate.h"

#include <jansson.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

enum { LENGTH_BYTES = 8 };

/// A file taken apart
typedef struct {
  char*    header; ///< [max]
  size_t   n_header;
  uint8_t* data; ///< [max]
  size_t   n_data;
  size_t   max;
} Parts;

/// Take a file apart; return whether its header lies within it
static bool
split(const uint8_t* const file, const size_t size, Parts* const parts)
{
  size_t length = 0;
  for (size_t i = 0; size >= LENGTH_BYTES && i < 4U; ++i) {
    length |= (size_t)file[i] << (8U * i);
  }
  if (size < LENGTH_BYTES || length > size - LENGTH_BYTES) {
    return false;
  }
  parts->n_header = length;
  parts->n_data   = size - LENGTH_BYTES - length;
  memcpy(parts->header, file + LENGTH_BYTES, length);
  memcpy(parts->data, file + LENGTH_BYTES + length, parts->n_data);
  return true;
}

/// Put a file together; return its size, 0 if it has no room
static size_t
join(uint8_t* const file, const Parts* const parts)
{
  const size_t size = LENGTH_BYTES + parts->n_header + parts->n_data;
  if (size > parts->max) {
    return 0;
  }
  for (size_t i = 0; i < LENGTH_BYTES; ++i) {
    file[i] = (uint8_t)(parts->n_header >> (8U * i));
  }
  memcpy(file + LENGTH_BYTES, parts->header, parts->n_header);
  memcpy(file + LENGTH_BYTES + parts->n_header, parts->data, parts->n_data);
  return size;
}

/// Return the bytes that a tensor of the header needs, at most a few more than
/// a file may have
static size_t
tensor_bytes(const json_t* const tensor, const size_t max)
{
  const char* const dtype = json_string_value(json_object_get(tensor, "dtype"));
  const json_t*     shape = json_object_get(tensor, "shape");
  size_t            n     = dtype && strstr(dtype, "16")   ? 2U
                            : dtype && strstr(dtype, "64") ? 8U
                                                           : 4U;
  for (size_t i = 0; i < json_array_size(shape) && n <= max; ++i) {
    const json_int_t d = json_integer_value(json_array_get(shape, i));
    n *= d >= 0 && (size_t)d <= max ? (size_t)d : 0U;
  }
  return n <= max ? n : 0U;
}

/// Lay the tensors out anew, one behind the other, as the header says
static void
lay_out(Parts* const parts)
{
  json_t* const root   = json_loadb(parts->header, parts->n_header, 0, NULL);
  const char*   name   = NULL;
  json_t*       tensor = NULL;
  size_t        at     = 0;
  json_object_foreach(root, name, tensor)
  {
    if (strcmp(name, "__metadata__") && json_is_object(tensor)) {
      const size_t end = at + tensor_bytes(tensor, parts->max - at);
      (void)json_object_set_new(
        tensor,
        "data_offsets",
        json_pack("[II]", (json_int_t)at, (json_int_t)end));
      at = end;
    }
  }
  const size_t n = json_dumpb(root, parts->header, parts->max, JSON_COMPACT);
  if (root && n && n <= parts->max) {
    for (size_t i = parts->n_data; i < at; ++i) {
      parts->data[i] = parts->n_data ? parts->data[i % parts->n_data] : 0U;
    }
    parts->n_header = n;
    parts->n_data   = at;
  }
  json_decref(root);
}

/// Change the header or the tensors
static void
change(Parts* const parts, const uint32_t seed)
{
  if (seed % 4U == 1U && parts->n_data) {
    parts->n_data = LLVMFuzzerMutate(
      parts->data, parts->n_data, seed & 64U ? parts->n_data : parts->max);
    return;
  }
  parts->n_header = mutate_json(
    (uint8_t*)parts->header, parts->n_header, parts->max, seed >> 8U);
  if (seed & 32U) {
    lay_out(parts);
  }
}

size_t
mutate_safetensors(uint8_t* const data,
                   const size_t   size,
                   const size_t   max_size,
                   const uint32_t seed)
{
  Parts  parts = {(char*)calloc(max_size, 1U),
                  0,
                  (uint8_t*)calloc(max_size, 1U),
                  0,
                  max_size};
  size_t n     = 0;
  if (seed % 4U && parts.header && parts.data && split(data, size, &parts)) {
    change(&parts, seed);
    n = join(data, &parts);
  }
  free(parts.header);
  free(parts.data);
  return n ? n : LLVMFuzzerMutate(data, size, max_size);
}

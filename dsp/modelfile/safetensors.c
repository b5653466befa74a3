// SPDX-License-Identifier: ISC

#include "dsp/modelfile/safetensors.h"

#include <float.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LENGTH_BYTES 8U                      ///< The header's length
#define MAX_HEADER_BYTES ((size_t)16 << 20U) ///< Longest header

/// Return `n` bytes, at most 8, as a little-endian number
static uint64_t
read_bits(const unsigned char* const bytes, const size_t n)
{
  uint64_t bits = 0;
  for (size_t i = 0; i < n; ++i) {
    bits |= (uint64_t)bytes[i] << (8U * i);
  }
  return bits;
}

/// Return the bytes of one number of type `dtype`, or 0 if we cannot read it
static size_t
dtype_size(const char* const dtype)
{
  return !strcmp(dtype, "F64")                             ? 8U
         : !strcmp(dtype, "F32")                           ? 4U
         : !strcmp(dtype, "F16") || !strcmp(dtype, "BF16") ? 2U
                                                           : 0U;
}

/// Return the value of an IEEE 754 half
static double
half_value(const unsigned bits)
{
  const int    exponent = (int)(bits >> 10U & 31U);
  const double mantissa = bits & 1023U;
  const double sign     = bits >> 15U ? -1.0 : 1.0;
  return exponent == 31  ? (mantissa > 0.0 ? (double)NAN : sign * HUGE_VAL)
         : exponent == 0 ? sign * ldexp(mantissa, -24)
                         : sign * ldexp(mantissa + 1024.0, exponent - 25);
}

/// Return number `i` of a tensor
static double
tensor_value(const RemTensor* const tensor, const size_t i)
{
  const size_t   size  = dtype_size(tensor->dtype);
  const uint64_t bits  = read_bits(tensor->bytes + i * size, size);
  const uint32_t bits4 = (uint32_t)(*tensor->dtype == 'B' ? bits << 16U : bits);
  double         wide  = 0.0;
  float          narrow = 0.0f;
  if (size == 8U) {
    memcpy(&wide, &bits, sizeof(wide));
    return wide;
  }
  if (!strcmp(tensor->dtype, "F16")) {
    return half_value((unsigned)bits);
  }
  memcpy(&narrow, &bits4, sizeof(narrow));
  return (double)narrow;
}

/// Read "shape" of a tensor and multiply it out
static RemStatus
read_dims(const RemJson* const at, RemTensor* const tensor)
{
  const size_t n_dims = json_array_size(at->value);
  if (!json_is_array(at->value)) {
    return rem_json_unexpected(at, "an array of dimensions");
  }
  if (n_dims > REM_TENSOR_MAX_DIMS) {
    return rem_json_fail(at,
                         REM_BAD_SHAPE,
                         "has %zu dimensions, more than the limit of %u",
                         n_dims,
                         REM_TENSOR_MAX_DIMS);
  }
  tensor->n = 1U;
  for (size_t i = 0; i < n_dims; ++i) {
    const RemJson    item = rem_json_item(at, i);
    const json_int_t d    = json_integer_value(item.value);
    if (!json_is_integer(item.value) || d < 0) {
      return rem_json_unexpected(&item, "a dimension");
    }
    if (d && tensor->n > SIZE_MAX / 8U / (size_t)d) {
      return rem_json_fail(
        at, REM_BAD_SHAPE, "the product of the dimensions overflows");
    }
    tensor->dims[tensor->n_dims++] = (size_t)d;
    tensor->n *= (size_t)d;
  }
  return REM_SUCCESS;
}

/// Read "data_offsets" of a tensor; `n_bytes` of tensors are there
static RemStatus
read_offsets(const RemJson* const at,
             const size_t         n_bytes,
             RemTensor* const     tensor)
{
  const json_t* const begin = json_array_get(at->value, 0);
  const json_t* const end   = json_array_get(at->value, 1);
  if (json_array_size(at->value) != 2 || !json_is_integer(begin) ||
      !json_is_integer(end)) {
    return rem_json_unexpected(at, "two whole numbers");
  }
  const json_int_t b = json_integer_value(begin);
  const json_int_t e = json_integer_value(end);
  if (b < 0 || e < b || (uint64_t)e > n_bytes) {
    return rem_json_fail(at,
                         REM_BAD_FORMAT,
                         "the tensor lies at bytes %lld to %lld of %zu; is "
                         "the file cut short?",
                         (long long)b,
                         (long long)e,
                         n_bytes);
  }
  tensor->begin = (size_t)b;
  tensor->end   = (size_t)e;
  return REM_SUCCESS;
}

/// Read one line of the header
static RemStatus
read_tensor(const RemJson* const at,
            const char* const    name,
            const size_t         n_bytes,
            RemTensor* const     tensor)
{
  const RemJson dtype   = rem_json_key(at, "dtype");
  const RemJson shape   = rem_json_key(at, "shape");
  const RemJson offsets = rem_json_key(at, "data_offsets");
  RemStatus     st      = REM_SUCCESS;
  if (!json_is_string(dtype.value)) {
    return rem_json_unexpected(&dtype, "the type of a tensor");
  }
  tensor->name  = name;
  tensor->dtype = json_string_value(dtype.value);
  if ((st = read_dims(&shape, tensor)) ||
      (st = read_offsets(&offsets, n_bytes, tensor))) {
    return st;
  }
  const size_t item = dtype_size(tensor->dtype);
  if (item && tensor->n * item != tensor->end - tensor->begin) {
    return rem_json_fail(&offsets,
                         REM_BAD_SHAPE,
                         "%zu numbers of type %s need %zu bytes, found %zu",
                         tensor->n,
                         tensor->dtype,
                         tensor->n * item,
                         tensor->end - tensor->begin);
  }
  return REM_SUCCESS;
}

static int
by_begin(const void* const a, const void* const b)
{
  const RemTensor* const x = (const RemTensor*)a;
  const RemTensor* const y = (const RemTensor*)b;
  return x->begin != y->begin ? (x->begin > y->begin) - (x->begin < y->begin)
                              : (x->end > y->end) - (x->end < y->end);
}

/// Put tensors in the order of their bytes, and check that these are theirs
static RemStatus
check_order(const RemTensors* const tensors, const size_t n_bytes)
{
  size_t end = 0;
  qsort(tensors->list, tensors->n, sizeof(RemTensor), by_begin);
  for (size_t i = 0; i < tensors->n; ++i) {
    const RemTensor* const tensor = &tensors->list[i];
    if (tensor->begin != end) {
      return rem_tensor_fail(tensors,
                             tensor,
                             REM_BAD_FORMAT,
                             "begins at byte %zu, the tensor before it ends at "
                             "%zu",
                             tensor->begin,
                             end);
    }
    end = tensor->end;
  }
  if (end != n_bytes) {
    return rem_source_fail(tensors->source,
                           REM_BAD_FORMAT,
                           NULL,
                           "holds %zu bytes of tensors, expected %zu",
                           n_bytes,
                           end);
  }
  return REM_SUCCESS;
}

/// Read every line of a header; `data` [n_bytes] is behind it
static RemStatus
read_header(RemTensors* const          tensors,
            const unsigned char* const data,
            const size_t               n_bytes)
{
  const RemJson root  = rem_json_root(tensors->header, tensors->source);
  const size_t  n_all = json_object_size(tensors->header);
  const char*   name  = NULL;
  json_t*       value = NULL;
  RemStatus     st    = REM_SUCCESS;
  if (n_all > REM_MAX_TENSORS) {
    return rem_json_fail(&root,
                         REM_TOO_LARGE,
                         "holds %zu tensors, more than the limit of %u",
                         n_all,
                         REM_MAX_TENSORS);
  }
  tensors->list = (RemTensor*)calloc(n_all + 1U, sizeof(RemTensor));
  if (!tensors->list) {
    return rem_json_fail(&root, REM_NO_MEMORY, "Out of memory");
  }
  json_object_foreach(tensors->header, name, value)
  {
    RemTensor* const tensor = &tensors->list[tensors->n];
    const RemJson    at     = rem_json_key(&root, name);
    if (!strcmp(name, "__metadata__")) {
      continue;
    }
    if ((st = read_tensor(&at, name, n_bytes, tensor))) {
      return st;
    }
    tensor->bytes = data + tensor->begin;
    ++tensors->n;
  }
  return check_order(tensors, n_bytes);
}

RemStatus
rem_tensors_decode(const void* const      bytes,
                   const size_t           size,
                   const RemSource* const source,
                   RemTensors* const      out)
{
  const unsigned char* const data = (const unsigned char*)bytes;
  const RemTensors           none = {source, NULL, 0, NULL};
  *out                            = none;
  if (size < LENGTH_BYTES) {
    return rem_source_fail(source,
                           REM_BAD_FORMAT,
                           NULL,
                           "holds %zu bytes, too few for a model",
                           size);
  }
  const uint64_t length = read_bits(data, LENGTH_BYTES);
  if (length > size - LENGTH_BYTES || length > MAX_HEADER_BYTES) {
    return rem_source_fail(source,
                           REM_BAD_FORMAT,
                           "byte 0",
                           "the header has %llu bytes, the file %zu; is it "
                           "cut short?",
                           (unsigned long long)length,
                           size);
  }
  const size_t    at = LENGTH_BYTES + (size_t)length;
  const RemStatus st = rem_json_parse((const char*)data + LENGTH_BYTES,
                                      (size_t)length,
                                      LENGTH_BYTES,
                                      source,
                                      &out->header);
  return st ? st : read_header(out, data + at, size - at);
}

void
rem_tensors_clear(RemTensors* const tensors)
{
  const RemTensors none = {tensors->source, NULL, 0, NULL};
  json_decref(tensors->header);
  free(tensors->list);
  *tensors = none;
}

const RemTensor*
rem_tensors_find(const RemTensors* const tensors,
                 const char* const       prefix,
                 const char* const       name)
{
  const size_t n = strlen(prefix);
  for (size_t i = 0; i < tensors->n; ++i) {
    const char* const found = tensors->list[i].name;
    if (!strncmp(found, prefix, n) && !strcmp(found + n, name)) {
      return &tensors->list[i];
    }
  }
  return NULL;
}

RemStatus
rem_tensor_fail(const RemTensors* const tensors,
                const RemTensor* const  tensor,
                const RemStatus         st,
                const char* const       format,
                ...)
{
  char    place[160], text[512];
  va_list args;
  va_start(args, format);
  (void)snprintf(place, sizeof(place), "tensor %.140s", tensor->name);
  (void)vsnprintf(text, sizeof(text), format, args);
  va_end(args);
  return rem_source_fail(tensors->source, st, place, "%s", text);
}

const char*
rem_tensor_shape(const RemTensor* const tensor,
                 char* const            text,
                 const size_t           size)
{
  size_t used = (size_t)snprintf(text, size, "[");
  for (uint32_t i = 0; i < tensor->n_dims && used < size; ++i) {
    used += (size_t)snprintf(
      text + used, size - used, "%s%zu", i ? ", " : "", tensor->dims[i]);
  }
  (void)snprintf(text + used, used < size ? size - used : 0U, "]");
  return text;
}

/// Check a tensor's shape and type
static RemStatus
check_tensor(const RemTensors* const tensors,
             const RemTensor* const  tensor,
             const size_t            rows,
             const size_t            columns)
{
  char found[96], expected[48];
  (void)snprintf(expected,
                 sizeof(expected),
                 columns ? "[%zu, %zu]" : "[%zu]",
                 rows,
                 columns);
  if (tensor->n_dims != (columns ? 2U : 1U) || tensor->dims[0] != rows ||
      (columns && tensor->dims[1] != columns)) {
    return rem_tensor_fail(tensors,
                           tensor,
                           REM_BAD_SHAPE,
                           "has the shape %s, expected %s",
                           rem_tensor_shape(tensor, found, sizeof(found)),
                           expected);
  }
  if (!dtype_size(tensor->dtype)) {
    return rem_tensor_fail(tensors,
                           tensor,
                           REM_UNSUPPORTED,
                           "has the type %.16s, expected F32, F64, F16 or BF16",
                           tensor->dtype);
  }
  return REM_SUCCESS;
}

/// Return a sum in which a zero is neutral even to the sign of a zero, so that
/// what is written as a sum of two is read bit by bit
static double
add(const double a, const double b)
{
  return a != 0.0 || b != 0.0 ? a + b : signbit(a) ? a : b;
}

RemStatus
rem_tensor_add(const RemTensors* const tensors,
               const char* const       prefix,
               const char* const       name,
               const size_t            rows,
               const size_t            columns,
               float* const            out)
{
  const RemTensor* const tensor = rem_tensors_find(tensors, prefix, name);
  if (!tensor) {
    return rem_source_fail(tensors->source,
                           REM_BAD_FORMAT,
                           NULL,
                           "holds no tensor %.100s%s",
                           prefix,
                           name);
  }
  const RemStatus st = check_tensor(tensors, tensor, rows, columns);
  for (size_t i = 0; !st && i < tensor->n; ++i) {
    const double sum = add(tensor_value(tensor, i), (double)out[i]);
    if (!(fabs(sum) <= (double)FLT_MAX)) {
      return rem_tensor_fail(tensors,
                             tensor,
                             REM_NOT_FINITE,
                             "number %zu of %zu is %g, not finite in 32 bits",
                             i,
                             tensor->n,
                             tensor_value(tensor, i));
    }
    out[i] = (float)sum;
  }
  return st;
}

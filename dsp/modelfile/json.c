// SPDX-License-Identifier: ISC

#include "dsp/modelfile/json.h"

#include <float.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/// Replace control characters: bytes of a file may end up on a terminal
static void
make_printable(char* const text)
{
  for (char* c = text; *c; ++c) {
    if ((unsigned char)*c < 0x20U || *c == 0x7F) {
      *c = '?';
    }
  }
}

/// Fill the error of `source` with a sentence already made
static RemStatus
fail_with(const RemSource* const source,
          const RemStatus        st,
          const char* const      place,
          char* const            text)
{
  char where[sizeof(source->error->place)];
  (void)snprintf(where,
                 sizeof(where),
                 "%.160s%s%s",
                 source->file,
                 place && *place ? ": " : "",
                 place ? place : "");
  make_printable(where);
  make_printable(text);
  return rem_fail(source->error, st, where, "%s", text);
}

RemStatus
rem_source_fail(const RemSource* const source,
                const RemStatus        st,
                const char* const      place,
                const char* const      format,
                ...)
{
  char    text[512];
  va_list args;
  va_start(args, format);
  (void)vsnprintf(text, sizeof(text), format, args);
  va_end(args);
  return fail_with(source, st, place, text);
}

RemStatus
rem_source_place(const RemSource* const source,
                 const RemStatus        st,
                 const char* const      place)
{
  if (st && source->error) {
    char text[sizeof(source->error->text)];
    (void)snprintf(text,
                   sizeof(text),
                   "%s",
                   *source->error->text ? source->error->text
                                        : rem_strerror(st));
    return fail_with(source, st, place, text);
  }
  return st;
}

/// Return the character behind the string whose opening quote is at `p`
static const char*
skip_string(const char* p, const char* const end)
{
  for (++p; p < end && *p != '"'; ++p) {
    p += *p == '\\';
  }
  return p < end ? p + 1 : end;
}

RemStatus
rem_json_check_limits(const char* const      bytes,
                      const size_t           size,
                      const size_t           offset,
                      const RemSource* const source)
{
  const char* const end   = bytes + size;
  size_t            depth = 0, n_containers = 0, n_values = 0;
  for (const char* p = bytes; p < end;) {
    const char c = *p;
    depth += c == '[' || c == '{';
    depth -= (c == ']' || c == '}') && depth;
    n_containers += c == '[' || c == '{';
    n_values += c == ',';
    if (depth > REM_JSON_MAX_DEPTH) {
      char place[40];
      (void)snprintf(
        place, sizeof(place), "byte %zu", offset + (size_t)(p - bytes));
      return rem_source_fail(source,
                             REM_BAD_FORMAT,
                             place,
                             "nested deeper than %u levels",
                             REM_JSON_MAX_DEPTH);
    }
    p = c == '"' ? skip_string(p, end) : p + 1;
  }
  if (n_containers > REM_JSON_MAX_CONTAINERS ||
      n_values > REM_JSON_MAX_VALUES) {
    return rem_source_fail(source,
                           REM_TOO_LARGE,
                           NULL,
                           "holds %zu arrays and %zu values, more than the "
                           "limits of %zu and %zu",
                           n_containers,
                           n_values,
                           REM_JSON_MAX_CONTAINERS,
                           REM_JSON_MAX_VALUES);
  }
  return REM_SUCCESS;
}

RemStatus
rem_json_parse(const char* const      bytes,
               const size_t           size,
               const size_t           offset,
               const RemSource* const source,
               json_t** const         out)
{
  json_error_t    e;
  char            place[64];
  const RemStatus st = rem_json_check_limits(bytes, size, offset, source);
  *out               = NULL;
  if (st) {
    return st;
  }
  // jansson calls some failures to allocate a syntax error, and gives others no
  // text: only an error that comes twice is one of the file
  *out = json_loadb(bytes, size, JSON_REJECT_DUPLICATES, &e);
  *out = *out ? *out : json_loadb(bytes, size, JSON_REJECT_DUPLICATES, &e);
  if (!*out && !*e.text) {
    return rem_source_fail(source, REM_NO_MEMORY, NULL, "Out of memory");
  }
  if (!*out) {
    (void)snprintf(place,
                   sizeof(place),
                   "line %d, byte %zu",
                   e.line,
                   offset + (size_t)e.position);
    return rem_source_fail(
      source, REM_BAD_FORMAT, place, "malformed JSON: %s", e.text);
  }
  if (!json_is_object(*out)) {
    json_decref(*out);
    *out = NULL;
    return rem_source_fail(
      source, REM_BAD_FORMAT, NULL, "holds a JSON array, expected an object");
  }
  return REM_SUCCESS;
}

RemJson
rem_json_root(json_t* const value, const RemSource* const source)
{
  const RemJson at = {value, source, ""};
  return at;
}

RemJson
rem_json_key(const RemJson* const at, const char* const key)
{
  RemJson to = {json_object_get(at->value, key), at->source, ""};
  (void)snprintf(to.path,
                 sizeof(to.path),
                 "%.100s%s%s",
                 at->path,
                 *at->path ? "." : "",
                 key);
  return to;
}

RemJson
rem_json_item(const RemJson* const at, const size_t i)
{
  RemJson to = {json_array_get(at->value, i), at->source, ""};
  (void)snprintf(to.path, sizeof(to.path), "%.130s[%zu]", at->path, i);
  return to;
}

RemStatus
rem_json_fail(const RemJson* const at,
              const RemStatus      st,
              const char* const    format,
              ...)
{
  char    text[512];
  va_list args;
  va_start(args, format);
  (void)vsnprintf(text, sizeof(text), format, args);
  va_end(args);
  return fail_with(at->source, st, at->path, text);
}

/// Return what people call a JSON value
static const char*
kind_of(const json_t* const value)
{
  static const char* const names[] = {"an object",
                                      "an array",
                                      "a string",
                                      "a number",
                                      "a number",
                                      "true",
                                      "false",
                                      "null"};
  return value ? names[json_typeof(value)] : "nothing";
}

RemStatus
rem_json_unexpected(const RemJson* const at, const char* const expected)
{
  return rem_json_fail(
    at, REM_BAD_FORMAT, "expected %s, found %s", expected, kind_of(at->value));
}

RemStatus
rem_json_uint(const RemJson* const at,
              const uint32_t       low,
              const uint32_t       high,
              uint32_t* const      out)
{
  const double value = json_number_value(at->value);
  if (!json_is_number(at->value)) {
    return rem_json_unexpected(at, "a whole number");
  }
  if (!(value >= low && value <= high) || value != floor(value)) {
    return rem_json_fail(at,
                         REM_BAD_SHAPE,
                         "is %g, expected a whole number from %u to %u",
                         value,
                         low,
                         high);
  }
  *out = (uint32_t)value;
  return REM_SUCCESS;
}

/// Read one number that is finite in 32 bits; return whether that worked
static bool
read_number(const json_t* const value, float* const out)
{
  const double x = json_number_value(value);
  *out           = fabs(x) <= (double)FLT_MAX ? (float)x : 0.0f;
  return json_is_number(value) && fabs(x) <= (double)FLT_MAX;
}

/// Say why read_number() failed
static RemStatus
number_failed(const RemJson* const at)
{
  return json_is_number(at->value)
           ? rem_json_fail(at,
                           REM_NOT_FINITE,
                           "%g is not finite in 32 bits",
                           json_number_value(at->value))
           : rem_json_unexpected(at, "a number");
}

RemStatus
rem_json_float(const RemJson* const at,
               const float          low,
               const float          high,
               float* const         out)
{
  if (!read_number(at->value, out)) {
    return number_failed(at);
  }
  if (!(*out >= low && *out <= high)) {
    return rem_json_fail(at,
                         REM_BAD_FORMAT,
                         "is %g, expected %g to %g",
                         (double)*out,
                         (double)low,
                         (double)high);
  }
  return REM_SUCCESS;
}

RemStatus
rem_json_floats(const RemJson* const at,
                const size_t         n,
                float* const         out,
                const size_t         step)
{
  if (!json_is_array(at->value)) {
    return rem_json_unexpected(at, "an array of numbers");
  }
  if (json_array_size(at->value) != n) {
    return rem_json_fail(at,
                         REM_BAD_SHAPE,
                         "holds %zu numbers, expected %zu",
                         json_array_size(at->value),
                         n);
  }
  for (size_t i = 0; i < n; ++i) {
    if (!read_number(json_array_get(at->value, i), out + i * step)) {
      const RemJson item = rem_json_item(at, i);
      return number_failed(&item);
    }
  }
  return REM_SUCCESS;
}

RemStatus
rem_json_matrix(const RemJson* const at,
                const size_t         rows,
                const size_t         columns,
                float* const         out,
                const size_t         row_step,
                const size_t         column_step)
{
  if (!json_is_array(at->value)) {
    return rem_json_unexpected(at, "an array of rows");
  }
  if (json_array_size(at->value) != rows) {
    return rem_json_fail(at,
                         REM_BAD_SHAPE,
                         "holds %zu rows, expected %zu",
                         json_array_size(at->value),
                         rows);
  }
  RemStatus st = REM_SUCCESS;
  for (size_t r = 0; !st && r < rows; ++r) {
    const RemJson row = rem_json_item(at, r);
    st = rem_json_floats(&row, columns, out + r * row_step, column_step);
  }
  return st;
}

RemStatus
rem_json_text(const RemJson* const at, char** const out)
{
  *out = NULL;
  if (!json_is_string(at->value)) {
    return REM_SUCCESS;
  }
  *out = strdup(json_string_value(at->value));
  return *out ? REM_SUCCESS : rem_json_fail(at, REM_NO_MEMORY, "Out of memory");
}

RemStatus
rem_json_object_text(const RemJson* const at, char** const out)
{
  *out = NULL;
  if (!json_object_size(at->value)) {
    return REM_SUCCESS;
  }
  // Not json_dumps(): its memory is freed by jansson's free, ours by free()
  const size_t size = json_dumpb(at->value, NULL, 0, JSON_COMPACT);
  *out              = size ? (char*)calloc(size + 1U, 1U) : NULL;
  if (!*out || json_dumpb(at->value, *out, size, JSON_COMPACT) != size) {
    free(*out);
    *out = NULL;
    return rem_json_fail(at, REM_NO_MEMORY, "Out of memory");
  }
  return REM_SUCCESS;
}

RemStatus
rem_json_check_params(const RemJson* const at, const size_t n)
{
  return n <= at->source->size / 2U // A digit and a comma each
           ? REM_SUCCESS
           : rem_json_fail(at,
                           REM_BAD_SHAPE,
                           "this shape has %zu parameters, more than %zu bytes "
                           "can hold",
                           n,
                           at->source->size);
}

RemStatus
rem_json_model_new(const RemJson* const    at,
                   const RemNetSpec* const spec,
                   RemModel** const        out)
{
  RemStatus st = rem_net_spec_check(spec, at->source->error);
  if (st) {
    return rem_source_place(at->source, st, at->path);
  }
  if ((st = rem_json_check_params(at, rem_net_n_params(spec)))) {
    return st;
  }
  *out = rem_model_new(spec);
  return *out ? REM_SUCCESS : rem_json_fail(at, REM_NO_MEMORY, "Out of memory");
}

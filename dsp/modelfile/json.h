// SPDX-License-Identifier: ISC

/// JSON that may come from anywhere: parsed within limits, and read by cursors
/// that know their place in the file, for errors

#ifndef REM_DSP_MODELFILE_JSON_H
#define REM_DSP_MODELFILE_JSON_H

#include "dsp/model.h"
#include "dsp/status.h"

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define REM_JSON_MAX_DEPTH 32U                     ///< Brackets in brackets
#define REM_JSON_MAX_CONTAINERS ((size_t)1 << 16U) ///< Arrays and objects
#define REM_JSON_MAX_VALUES ((size_t)16 << 20U)    ///< Everything else

/// The document that a cursor reads
typedef struct {
  const char* file;  ///< What errors call it
  size_t      size;  ///< Bytes: bounds what can be in it
  RemError*   error; ///< May be NULL
} RemSource;

/// A place in a document
typedef struct {
  json_t*          value; ///< Borrowed; NULL where the document says nothing
  const RemSource* source;
  char             path[160]; ///< "layers[0].weights[1]", empty for the root
} RemJson;

/// Check nesting and counts of text [size], without looking at anything else,
/// as rem_json_parse() does; #REM_BAD_FORMAT or #REM_TOO_LARGE
RemStatus
rem_json_check_limits(const char*      bytes,
                      size_t           size,
                      size_t           offset,
                      const RemSource* source);

/**
   Parse one JSON object.

   Nesting and counts are checked before jansson sees the text, because it
   recurses and allocates as it reads.  Keys said twice are refused.

   @param offset Where `bytes` begins in its file, for errors.
   @param size   Bytes of text; not those of `source`, which may hold more.
   @param out    On success to release with json_decref(), else NULL.
   @return #REM_BAD_FORMAT, #REM_TOO_LARGE, #REM_NO_MEMORY or #REM_SUCCESS.
*/
RemStatus
rem_json_parse(const char*      bytes,
               size_t           size,
               size_t           offset,
               const RemSource* source,
               json_t**         out);

/// Fill the error of `source` and return `st`.  `place` is a position in the
/// file, or NULL.  Control characters, which may come from the file, become
/// question marks.
RemStatus
rem_source_fail(const RemSource* source,
                RemStatus        st,
                const char*      place,
                const char*      format,
                ...) __attribute__((format(printf, 4, 5)));

/// Return `st`; if it is a failure, put the file, and `place` in it if not
/// NULL, before what the error says
RemStatus
rem_source_place(const RemSource* source, RemStatus st, const char* place);

/// Return a cursor at the document's root
RemJson
rem_json_root(json_t* value, const RemSource* source);

/// Return a cursor at a key of an object; its value is NULL if there is none
RemJson
rem_json_key(const RemJson* at, const char* key);

/// Return a cursor at an item of an array; its value is NULL if there is none
RemJson
rem_json_item(const RemJson* at, size_t i);

/// Fill the error with this place and return `st`
RemStatus
rem_json_fail(const RemJson* at, RemStatus st, const char* format, ...)
  __attribute__((format(printf, 3, 4)));

/// Say that `expected` was expected here, and what there is instead
RemStatus
rem_json_unexpected(const RemJson* at, const char* expected);

/// Read a whole number in [low, high]; #REM_BAD_FORMAT, #REM_BAD_SHAPE
RemStatus
rem_json_uint(const RemJson* at, uint32_t low, uint32_t high, uint32_t* out);

/// Read a number that is finite in 32 bits, in [low, high]
RemStatus
rem_json_float(const RemJson* at, float low, float high, float* out);

/// Read exactly `n` numbers that are finite in 32 bits to out[i * step]
RemStatus
rem_json_floats(const RemJson* at, size_t n, float* out, size_t step);

/// Read exactly `rows` arrays of exactly `columns` numbers that are finite in
/// 32 bits to out[r * row_step + c * column_step]
RemStatus
rem_json_matrix(const RemJson* at,
                size_t         rows,
                size_t         columns,
                float*         out,
                size_t         row_step,
                size_t         column_step);

/// Set `out` to a copy of the string here, or to NULL if it is none
RemStatus
rem_json_text(const RemJson* at, char** out);

/// Set `out` to the object here as compact text, or to NULL if it is empty or
/// none
RemStatus
rem_json_object_text(const RemJson* at, char** out);

/// Return #REM_BAD_SHAPE if this document is too small for `n` parameters
RemStatus
rem_json_check_params(const RemJson* at, size_t n);

/**
   Make a model of shape `spec`, which this document claims to hold.

   @return What rem_net_spec_check() says, #REM_BAD_SHAPE if the document is too
   small for so many parameters, #REM_NO_MEMORY or #REM_SUCCESS.
*/
RemStatus
rem_json_model_new(const RemJson* at, const RemNetSpec* spec, RemModel** out);

#endif // REM_DSP_MODELFILE_JSON_H

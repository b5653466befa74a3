// SPDX-License-Identifier: ISC

#include "dsp/modelfile/modelfile.h"

#include "dsp/modelfile/codec.h"
#include "dsp/modelfile/file.h"
#include "dsp/modelfile/json.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

const char*
rem_format_name(const RemFormat format)
{
  switch (format) {
  case REM_FORMAT_NATIVE:
    return "safetensors";
  case REM_FORMAT_AIDAX:
    return "AIDA-X JSON";
  case REM_FORMAT_NAM:
    return "NAM";
  case REM_FORMAT_GUITARML:
    return "GuitarML JSON";
  case REM_FORMAT_UNKNOWN:
    break;
  }
  return "unknown format";
}

RemFormat
rem_format_of_path(const char* const path)
{
  const char* const slash = strrchr(path, '/');
  const char* const dot   = strrchr(slash ? slash : path, '.');
  const char* const end   = dot ? dot : "";
  return !strcasecmp(end, ".safetensors") ? REM_FORMAT_NATIVE
         : !strcasecmp(end, ".nam")       ? REM_FORMAT_NAM
         : !strcasecmp(end, ".json") || !strcasecmp(end, ".aidax")
           ? REM_FORMAT_AIDAX
           : REM_FORMAT_UNKNOWN;
}

RemStatus
rem_codec_finish(const RemSource* const source,
                 RemModel* const        model,
                 const bool             has_rest)
{
  RemStatus st = REM_SUCCESS;
  if (model->spec.initial == REM_INITIAL_LEARNED) {
    rem_net_initial(&model->spec, model->params, NULL, model->rest);
  } else if (!has_rest && rem_model_rests(model)) {
    st = rem_model_settle(model, source->error);
  }
  if (st) {
    return rem_source_place(source, st, "rest state");
  }
  st = model->check.n_frames ? rem_model_verify(model, source->error)
                             : rem_model_make_check(model, source->error);
  return rem_source_place(source, st, "test vector");
}

/// Return whether the bytes begin as a safetensors file, complete or not, and
/// not as text: the length of its header is below 2^40
static bool
looks_binary(const unsigned char* const bytes, const size_t size)
{
  return size >= 8U && !bytes[5] && !bytes[6] && !bytes[7];
}

/// Return what the bytes are, if they are another well-known kind of file
static const char*
other_kind(const unsigned char* const bytes, const size_t size)
{
  static const struct {
    const char* magic;
    size_t      size;
    const char* kind;
  } kinds[] = {
    {"PK\3\4",
     4U,
     "a zip file, as torch.save() writes; save the state_dict as safetensors"},
    {"\x89HDF", 4U, "an HDF5 file, as Keras writes; export it as JSON"},
    {"\x80\2", 2U, "a Python pickle; save the state_dict as safetensors"},
    {"RIFF", 4U, "a WAV file, not a model"},
    {"fLaC", 4U, "a FLAC file, not a model"},
  };
  for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds); ++i) {
    if (size >= kinds[i].size &&
        !memcmp(bytes, kinds[i].magic, kinds[i].size)) {
      return kinds[i].kind;
    }
  }
  return NULL;
}

/// Choose by the keys that only one format has
static RemStatus
decode_json(const RemJson* const root,
            RemModel** const     out,
            RemFormat* const     format)
{
  static const struct {
    const char* key;
    RemFormat   format;
    RemStatus (*decode)(const RemJson* root, RemModel** out);
  } kinds[] = {{"architecture", REM_FORMAT_NAM, rem_nam_decode},
               {"state_dict", REM_FORMAT_GUITARML, rem_guitarml_decode},
               {"layers", REM_FORMAT_AIDAX, rem_aidax_decode}};
  for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds); ++i) {
    if (json_object_get(root->value, kinds[i].key)) {
      *format = kinds[i].format;
      return kinds[i].decode(root, out);
    }
  }
  return rem_json_fail(root,
                       REM_BAD_FORMAT,
                       "is JSON, but no model: expected the key `layers` "
                       "(AIDA-X), `architecture` (NAM) or `state_dict` "
                       "(GuitarML)");
}

/// Parse JSON and decode it
static RemStatus
decode_text(const char* const      bytes,
            const RemSource* const source,
            RemModel** const       out,
            RemFormat* const       format)
{
  json_t*   json = NULL;
  RemStatus st   = rem_json_parse(bytes, source->size, 0, source, &json);
  if (!st) {
    const RemJson root = rem_json_root(json, source);
    st                 = decode_json(&root, out, format);
  }
  json_decref(json);
  return st;
}

/// Choose a decoder by content
static RemStatus
decode_any(const unsigned char* const bytes,
           const RemSource* const     source,
           RemModel** const           out,
           RemFormat* const           format)
{
  const size_t      size   = source->size;
  const bool        binary = looks_binary(bytes, size);
  const bool        sure   = binary && size > 8U && bytes[8] == '{';
  const char* const other  = sure ? NULL : other_kind(bytes, size);
  size_t            blank  = 0;
  if (!size || other) {
    return rem_source_fail(source,
                           size ? REM_UNSUPPORTED : REM_BAD_FORMAT,
                           NULL,
                           "is %s",
                           size ? other : "empty, expected a model");
  }
  if (binary) {
    *format = REM_FORMAT_NATIVE;
    return rem_native_decode(bytes, size, source, out);
  }
  while (blank < size && bytes[blank] && strchr(" \t\r\n", bytes[blank])) {
    ++blank;
  }
  return blank < size && bytes[blank] == '{'
           ? decode_text((const char*)bytes, source, out, format)
           : rem_source_fail(source,
                             REM_BAD_FORMAT,
                             "byte 0",
                             "begins neither as safetensors nor as a JSON "
                             "object (AIDA-X, NAM, GuitarML)");
}

RemStatus
rem_model_decode(const void* const bytes,
                 const size_t      size,
                 const char* const name,
                 RemModel** const  out,
                 RemFormat* const  format,
                 RemError* const   error)
{
  const RemSource source = {name, size, error};
  RemFormat       found  = REM_FORMAT_UNKNOWN;
  *out                   = NULL;
  const RemStatus st =
    decode_any((const unsigned char*)bytes, &source, out, &found);
  if (format) {
    *format = st ? REM_FORMAT_UNKNOWN : found;
  }
  return st;
}

RemStatus
rem_model_read(const char* const path,
               RemModel** const  out,
               RemFormat* const  format,
               RemError* const   error)
{
  void*     bytes = NULL;
  size_t    size  = 0;
  RemStatus st =
    rem_file_read(path, REM_MODELFILE_MAX_BYTES, &bytes, &size, error);
  *out = NULL;
  if (!st) {
    st = rem_model_decode(bytes, size, path, out, format, error);
  }
  free(bytes);
  return st;
}

/// Refuse an object that the readers would refuse
static RemStatus
check_object(const char* const text,
             const char* const what,
             RemError* const   error)
{
  const RemSource source = {what, 0, error};
  json_t*         object = NULL;
  const RemStatus st =
    text ? rem_json_parse(text, strlen(text), 0, &source, &object)
         : REM_SUCCESS;
  json_decref(object);
  return st == REM_NO_MEMORY || !st ? st : REM_BAD_ARGUMENT;
}

/// Refuse a name that JSON cannot hold
static RemStatus
check_name(const char* const name, RemError* const error)
{
  json_t* string  = name ? json_string(name) : json_null();
  string          = string ? string : json_string(name); // Twice: not memory
  const bool good = string != NULL;
  json_decref(string);
  return good ? REM_SUCCESS
              : rem_fail(
                  error, REM_BAD_ARGUMENT, NULL, "the name is not UTF-8 text");
}

/// Check all texts of a model
static RemStatus
check_texts(const RemModel* const model, RemError* const error)
{
  RemStatus st = REM_SUCCESS;
  if ((st = check_name(model->name, error)) ||
      (st = check_object(model->metadata, "metadata", error)) ||
      (st = check_object(model->metrics, "metrics", error))) {
    return st;
  }
  return check_object(model->provenance, "provenance", error);
}

/// Encode a model whose texts are good
static RemStatus
encode_any(const RemModel* const model,
           const RemFormat       format,
           void** const          out,
           size_t* const         size,
           RemError* const       error)
{
  const RemNetSpec* const spec = &model->spec;
  const bool sound = model->kind == REM_FRAME_AUDIO && rem_model_rests(model) &&
                     !spec->n_symbols && spec->head == REM_HEAD_LINEAR;
  if (format != REM_FORMAT_NATIVE && !sound) {
    return rem_fail(error,
                    REM_UNSUPPORTED,
                    NULL,
                    "%s holds nets for sound alone, that play it from rest; "
                    "this one for %s frames needs safetensors",
                    rem_format_name(format),
                    rem_frame_kind_name(model->kind));
  }
  switch (format) {
  case REM_FORMAT_NATIVE:
    return rem_native_encode(model, out, size, error);
  case REM_FORMAT_AIDAX:
    return rem_aidax_encode(model, out, size, error);
  case REM_FORMAT_NAM:
    return rem_nam_encode(model, out, size, error);
  case REM_FORMAT_GUITARML:
  case REM_FORMAT_UNKNOWN:
    break;
  }
  return rem_fail(error,
                  REM_UNSUPPORTED,
                  NULL,
                  "%s can be read, but not written",
                  rem_format_name(format));
}

RemStatus
rem_model_encode(const RemModel* const model,
                 const RemFormat       format,
                 void** const          out,
                 size_t* const         size,
                 RemError* const       error)
{
  RemStatus st = check_texts(model, error);
  *out         = NULL;
  *size        = 0;
  if (st || (st = encode_any(model, format, out, size, error)) ||
      format == REM_FORMAT_NATIVE) {
    return st;
  }
  const RemSource source = {"", *size, NULL};
  if (!rem_json_check_limits((const char*)*out, *size, 0, &source)) {
    return st;
  }
  free(*out);
  *out  = NULL;
  *size = 0;
  return rem_fail(error,
                  REM_UNSUPPORTED,
                  NULL,
                  "%s cannot hold metadata nested so deep or with so many "
                  "values; safetensors can",
                  rem_format_name(format));
}

RemStatus
rem_model_write(const RemModel* const model,
                const RemFormat       format,
                const char* const     path,
                RemError* const       error)
{
  void*           bytes = NULL;
  size_t          size  = 0;
  const RemSource where = {path, 0, error};
  RemStatus       st    = rem_model_encode(model, format, &bytes, &size, error);
  if (st) {
    return rem_source_place(&where, st, NULL);
  }
  st = rem_file_write(path, bytes, size, error);
  free(bytes);
  return st;
}

// SPDX-License-Identifier: ISC

#include "dsp/modelfile/frames.h"

#include <float.h>
#include <stdlib.h>
#include <string.h>

static const char* const kinds[] = {[REM_DIM_CONTINUOUS] = "continuous",
                                    [REM_DIM_SWITCH]     = "switch",
                                    [REM_DIM_CHOICE]     = "choice"};

enum { N_KINDS = sizeof(kinds) / sizeof(*kinds) };

static RemStatus
read_number(const RemJson* const at, const char* const key, float* const out)
{
  const RemJson number = rem_json_key(at, key);
  return rem_json_float(&number, -FLT_MAX, FLT_MAX, out);
}

static RemStatus
read_kind(const RemJson* const at, RemDimKind* const out)
{
  const char* const text = json_string_value(at->value);
  for (int k = 0; text && k < N_KINDS; ++k) {
    if (!strcmp(text, kinds[k])) {
      *out = (RemDimKind)k;
      return REM_SUCCESS;
    }
  }
  return rem_json_unexpected(at, "continuous, switch or choice");
}

static RemStatus
read_choices(const RemJson* const at, RemDim* const dim)
{
  const size_t n = json_array_size(at->value);
  if (n < 2U || n > REM_MAX_CHOICES) {
    return rem_json_fail(at,
                         REM_BAD_SHAPE,
                         "has %zu choices, expected 2 to %u",
                         n,
                         REM_MAX_CHOICES);
  }
  dim->n_choices = (uint32_t)n;
  return rem_json_floats(at, n, dim->choices, 1U);
}

static RemStatus
read_scaling(const RemJson* const at, RemDim* const dim)
{
  const RemJson step = rem_json_key(at, "step");
  RemStatus     st   = read_number(at, "offset", &dim->offset);
  if (st || (st = read_number(at, "scale", &dim->scale))) {
    return st;
  }
  return step.value ? read_number(at, "step", &dim->step) : st;
}

static RemStatus
read_dim(const RemJson* const at, RemDim* const dim)
{
  const RemJson     kind    = rem_json_key(at, "kind");
  const RemJson     name    = rem_json_key(at, "name");
  const RemJson     choices = rem_json_key(at, "choices");
  const char* const text    = json_string_value(name.value);
  RemStatus         st      = read_kind(&kind, &dim->kind);
  if (st) {
    return st;
  }
  if (name.value && (!text || strlen(text) >= sizeof(dim->name))) {
    return rem_json_unexpected(&name, "a name of at most 31 bytes");
  }
  if (text) {
    memcpy(dim->name, text, strlen(text));
  }
  if (dim->kind == REM_DIM_CONTINUOUS) {
    return read_scaling(at, dim);
  }
  return dim->kind == REM_DIM_CHOICE ? read_choices(&choices, dim) : st;
}

static RemStatus
read_dims(const RemJson* const at, RemFrames* const frames)
{
  const size_t n  = json_array_size(at->value);
  RemStatus    st = REM_SUCCESS;
  if (!n || n > REM_MAX_DIMS) {
    return rem_json_fail(at,
                         REM_BAD_SHAPE,
                         "has %zu dimensions, expected 1 to %u",
                         n,
                         REM_MAX_DIMS);
  }
  frames->n_dims = (uint32_t)n;
  for (size_t d = 0U; !st && d < n; ++d) {
    const RemJson item = rem_json_item(at, d);
    st                 = read_dim(&item, &frames->dims[d]);
  }
  return st;
}

static RemStatus
read_all(const RemJson* const at, RemFrames* const frames)
{
  const RemJson mixtures = rem_json_key(at, "mixtures");
  const RemJson residual = rem_json_key(at, "residual");
  const RemJson dt       = rem_json_key(at, "dt");
  const RemJson dims     = rem_json_key(at, "dims");
  RemStatus     st       = REM_SUCCESS;
  if (!json_is_boolean(residual.value)) {
    return rem_json_unexpected(&residual, "true or false");
  }
  frames->residual = json_is_true(residual.value);
  if ((st =
         rem_json_uint(&mixtures, 0U, REM_MAX_MIXTURES, &frames->n_mixtures)) ||
      (st = read_number(at, "floor", &frames->floor)) ||
      (st = read_number(&dt, "offset", &frames->dt_offset)) ||
      (st = read_number(&dt, "scale", &frames->dt_scale)) ||
      (st = read_number(&dt, "maximum", &frames->dt_maximum))) {
    return st;
  }
  return read_dims(&dims, frames);
}

/// Check what was read, and that the net is made for it
static RemStatus
check(const RemJson* const at, const RemModel* const model)
{
  const RemFrames* const  frames = model->frames;
  const RemNetSpec* const spec   = &model->spec;
  RemError                error  = {REM_SUCCESS, "", ""};
  const RemStatus         st     = rem_frames_check(frames, &error);
  if (st) {
    return rem_json_fail(at, st, "%.400s", error.text);
  }
  const RemNetSpec want =
    rem_frames_net(frames, spec->n_hidden, spec->n_layers);
  if (spec->n_in != want.n_in || spec->n_out != want.n_out || spec->skip ||
      spec->head != want.head) {
    return rem_json_fail(at,
                         REM_BAD_SHAPE,
                         "asks for %u inputs and %u outputs of a head %s, the "
                         "net has %u, %u and %s%s",
                         want.n_in,
                         want.n_out,
                         want.head == REM_HEAD_MDN ? "mdn" : "linear",
                         spec->n_in,
                         spec->n_out,
                         spec->head == REM_HEAD_MDN ? "mdn" : "linear",
                         spec->skip ? " with a skip connection" : "");
  }
  return REM_SUCCESS;
}

RemStatus
rem_frames_read(const RemJson* const at, RemModel* const model)
{
  free(model->frames);
  model->kind   = REM_FRAME_CONTROL;
  model->frames = (RemFrames*)calloc(1U, sizeof(RemFrames));
  if (!model->frames) {
    return rem_json_fail(at, REM_NO_MEMORY, "Out of memory");
  }
  const RemStatus st = read_all(at, model->frames);
  return st ? st : check(at, model);
}

/// Put what only some kinds have into `object`; return whether there was memory
static bool
write_kind(const RemDim* const dim, json_t* const object)
{
  json_t* const choices = json_array();
  bool          done    = choices != NULL;
  if (dim->kind == REM_DIM_CONTINUOUS) {
    json_decref(choices);
    return !json_object_set_new(
             object, "offset", json_real((double)dim->offset)) &&
           !json_object_set_new(
             object, "scale", json_real((double)dim->scale)) &&
           !json_object_set_new(object, "step", json_real((double)dim->step));
  }
  for (uint32_t k = 0U; done && k < dim->n_choices; ++k) {
    done = !json_array_append_new(choices, json_real((double)dim->choices[k]));
  }
  if (dim->kind == REM_DIM_SWITCH) {
    json_decref(choices);
    return done;
  }
  return !json_object_set_new(object, "choices", choices) && done;
}

static json_t*
write_dim(const RemDim* const dim)
{
  json_t* const object =
    json_pack("{s:s, s:s}", "name", dim->name, "kind", kinds[dim->kind]);
  if (object && !write_kind(dim, object)) {
    json_decref(object);
    return NULL;
  }
  return object;
}

json_t*
rem_frames_write(const RemFrames* const frames)
{
  json_t* const dims   = json_array();
  json_t* const object = json_pack("{s:i, s:b, s:f, s:{s:f, s:f, s:f}}",
                                   "mixtures",
                                   (int)frames->n_mixtures,
                                   "residual",
                                   (int)frames->residual,
                                   "floor",
                                   (double)frames->floor,
                                   "dt",
                                   "offset",
                                   (double)frames->dt_offset,
                                   "scale",
                                   (double)frames->dt_scale,
                                   "maximum",
                                   (double)frames->dt_maximum);
  bool          done   = dims && object;
  for (uint32_t d = 0U; done && d < frames->n_dims; ++d) {
    done = !json_array_append_new(dims, write_dim(&frames->dims[d]));
  }
  done = !json_object_set_new(object, "dims", dims) && done;
  if (!done) {
    json_decref(object);
    return NULL;
  }
  return object;
}

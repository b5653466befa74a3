// SPDX-License-Identifier: ISC

#include "dsp/modelfile/spectra.h"

#include <float.h>
#include <stdlib.h>

/// Read a number
static RemStatus
read_number(const RemJson* const at, const char* const key, float* const out)
{
  const RemJson number = rem_json_key(at, key);
  return rem_json_float(&number, -FLT_MAX, FLT_MAX, out);
}

/// Read a whole number
static RemStatus
read_size(const RemJson* const at, const char* const key, uint32_t* const out)
{
  const RemJson number = rem_json_key(at, key);
  return rem_json_uint(&number, 0U, UINT32_MAX, out);
}

static RemStatus
read_columns(const RemJson* const at, RemSpectra* const s)
{
  const RemJson bands  = rem_json_key(at, "bands");
  const RemJson offset = rem_json_key(at, "offset");
  const RemJson scale  = rem_json_key(at, "scale");
  RemStatus     st     = rem_json_uint(&bands, 1U, REM_MAX_MEL, &s->n_bands);
  if (st || (st = rem_json_floats(&offset, s->n_bands, s->offset, 1U))) {
    return st;
  }
  return rem_json_floats(&scale, s->n_bands, s->scale, 1U);
}

static RemStatus
read_all(const RemJson* const at, RemSpectra* const s)
{
  uint32_t  rate = 0U;
  RemStatus st   = REM_SUCCESS;
  if ((st = read_size(at, "rate", &rate)) ||
      (st = read_size(at, "n_fft", &s->n_fft)) ||
      (st = read_size(at, "hop", &s->hop)) ||
      (st = read_number(at, "lowest", &s->lowest)) ||
      (st = read_number(at, "highest", &s->highest)) ||
      (st = read_number(at, "floor", &s->floor))) {
    return st;
  }
  s->rate = (double)rate;
  return read_columns(at, s);
}

/// Check what was read, and that the net is made for it
static RemStatus
check(const RemJson* const at, const RemModel* const model)
{
  const RemNetSpec* const spec  = &model->spec;
  RemError                error = {REM_SUCCESS, "", ""};
  const RemStatus         st    = rem_spectra_check(model->spectra, &error);
  if (st) {
    return rem_json_fail(at, st, "%.400s", error.text);
  }
  if (spec->n_in != model->spectra->n_bands || spec->n_symbols || spec->skip) {
    return rem_json_fail(at,
                         REM_BAD_SHAPE,
                         "has %u bands, the net has %u inputs%s%s",
                         model->spectra->n_bands,
                         spec->n_in,
                         spec->n_symbols ? ", symbols" : "",
                         spec->skip ? " and a skip connection" : "");
  }
  return REM_SUCCESS;
}

RemStatus
rem_spectra_read(const RemJson* const at, RemModel* const model)
{
  free(model->spectra);
  model->kind    = REM_FRAME_SPECTRUM;
  model->spectra = (RemSpectra*)calloc(1U, sizeof(RemSpectra));
  if (!model->spectra) {
    return rem_json_fail(at, REM_NO_MEMORY, "Out of memory");
  }
  const RemStatus st = read_all(at, model->spectra);
  return st ? st : check(at, model);
}

/// Return numbers as an array, or NULL without memory
static json_t*
write_numbers(const float* const x, const uint32_t n)
{
  json_t* const array = json_array();
  bool          done  = array != NULL;
  for (uint32_t i = 0U; done && i < n; ++i) {
    done = !json_array_append_new(array, json_real((double)x[i]));
  }
  if (!done) {
    json_decref(array);
    return NULL;
  }
  return array;
}

json_t*
rem_spectra_write(const RemSpectra* const s)
{
  return json_pack("{s:i, s:i, s:i, s:i, s:f, s:f, s:f, s:o, s:o}",
                   "rate",
                   (int)s->rate,
                   "n_fft",
                   (int)s->n_fft,
                   "hop",
                   (int)s->hop,
                   "bands",
                   (int)s->n_bands,
                   "lowest",
                   (double)s->lowest,
                   "highest",
                   (double)s->highest,
                   "floor",
                   (double)s->floor,
                   "offset",
                   write_numbers(s->offset, s->n_bands),
                   "scale",
                   write_numbers(s->scale, s->n_bands));
}

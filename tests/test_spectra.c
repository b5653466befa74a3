// SPDX-License-Identifier: ISC

/// What model files say of spectra: a round trip, and what is refused

#include "dsp/modelfile/spectra.h"
#include "tests/check.h"

#include <stdlib.h>
#include <string.h>

static RemModel*
make_model(void)
{
  const RemNetSpec spec  = {.head     = REM_HEAD_SIGMOID,
                            .n_in     = 32U,
                            .n_hidden = 4U,
                            .n_layers = 1U,
                            .n_out    = 2U};
  RemModel* const  model = rem_model_new(&spec);
  CHECK(model);
  return model;
}

static RemSpectra
make_spectra(void)
{
  RemSpectra s = rem_spectra_default();
  for (uint32_t b = 0U; b < s.n_bands; ++b) {
    s.offset[b] = -4.0f + 0.1f * (float)b;
    s.scale[b]  = 1.0f / 3.0f + (float)b;
  }
  for (uint32_t b = s.n_bands; b < REM_MAX_MEL; ++b) {
    s.scale[b] = 0.0f; // Files say nothing of bands that there are none of
  }
  return s;
}

static RemStatus
read(json_t* const object, RemModel* const model, RemError* const error)
{
  const RemSource source = {"file", 100000U, error};
  const RemJson   at     = rem_json_root(object, &source);
  return rem_spectra_read(&at, model);
}

static void
test_round_trip(void)
{
  RemModel* const  model  = make_model();
  const RemSpectra s      = make_spectra();
  json_t* const    object = rem_spectra_write(&s);
  RemError         error  = {REM_SUCCESS, "", ""};
  CHECK(object && !read(object, model, &error));
  CHECK(!read(object, model, &error)); // Twice leaks nothing
  const RemSpectra* const t = model->spectra;
  CHECK(model->kind == REM_FRAME_SPECTRUM);
  CHECK(!(t->rate < s.rate) && !(t->rate > s.rate) && t->n_fft == s.n_fft);
  CHECK(t->hop == s.hop && t->n_bands == s.n_bands);
  CHECK(!memcmp(&t->lowest, &s.lowest, sizeof(float)));
  CHECK(!memcmp(&t->highest, &s.highest, sizeof(float)));
  CHECK(!memcmp(&t->floor, &s.floor, sizeof(float)));
  CHECK(!memcmp(t->offset, s.offset, s.n_bands * sizeof(float)));
  CHECK(!memcmp(t->scale, s.scale, s.n_bands * sizeof(float)));
  json_decref(object);
  rem_model_free(model);
}

/// Refuse `value` (taken) under `key`, or that key missing
static void
refuse(const char* const key, json_t* const value, const char* const words)
{
  RemModel* const  model  = make_model();
  const RemSpectra s      = make_spectra();
  json_t* const    object = rem_spectra_write(&s);
  RemError         error  = {REM_SUCCESS, "", ""};
  if (value) {
    CHECK(!json_object_set_new(object, key, value));
  } else {
    CHECK(!json_object_del(object, key));
  }
  CHECK(read(object, model, &error));
  if (!strstr(error.text, words)) {
    fprintf(stderr, "%s: %s; expected %s\n", key, error.text, words);
    exit(1);
  }
  json_decref(object);
  rem_model_free(model);
}

/// A net of other inputs is refused
static void
test_shape(void)
{
  RemModel* const  model  = make_model();
  const RemSpectra s      = make_spectra();
  json_t* const    object = rem_spectra_write(&s);
  RemError         error  = {REM_SUCCESS, "", ""};
  model->spec.n_in        = 31U;
  CHECK(read(object, model, &error) == REM_BAD_SHAPE);
  CHECK(strstr(error.text, "the net has 31 inputs"));
  json_decref(object);
  rem_model_free(model);
}

int
main(void)
{
  static const char* const keys[] = {"rate",
                                     "n_fft",
                                     "hop",
                                     "bands",
                                     "lowest",
                                     "highest",
                                     "floor",
                                     "offset",
                                     "scale"};
  test_round_trip();
  test_shape();
  for (size_t i = 0U; i < sizeof(keys) / sizeof(*keys); ++i) {
    refuse(keys[i], NULL, "");
    refuse(keys[i], json_string("x"), "");
  }
  refuse("n_fft", json_integer(500), "power of two");
  refuse("hop", json_integer(513), "16 to 512");
  refuse("bands", json_integer(31), "32");
  refuse("rate", json_integer(900), "1000");
  refuse("highest", json_real(12001.0), "half the rate");
  refuse("floor", json_real(0.0), "floor");
  refuse("scale", json_array(), "32");
  return 0;
}

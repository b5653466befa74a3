// SPDX-License-Identifier: ISC

/// What must hold for any bytes given to the reader of model files

#ifndef REM_TESTS_FUZZ_MODEL_H
#define REM_TESTS_FUZZ_MODEL_H

#include "dsp/denormal.h"
#include "dsp/model.h"
#include "tests/check.h"
#include "tests/fuzz/settle.h"
#include "tests/modelfile.h"

#include <stddef.h>
#include <stdint.h>

/// Check that knobs at rest give the net numbers from 0 to 1, where it plays
static inline void
check_idle(const RemModel* const model)
{
  float              idle[REM_MAX_IN];
  const RemFloatMode mode = rem_denormals_off();
  rem_model_idle_frame(model, idle);
  rem_denormals_restore(mode);
  for (uint32_t i = 0; i < model->spec.n_in; ++i) {
    CHECK(idle[i] >= 0.0f && idle[i] <= 1.0f);
  }
}

/// Check that what can be written in a format can be read
static inline void
check_written(const RemModel* const model, const RemFormat format)
{
  void*           bytes = NULL;
  size_t          size  = 0;
  const RemStatus st    = rem_model_encode(model, format, &bytes, &size, NULL);
  CHECK(!st || st == REM_UNSUPPORTED);
  if (!st) {
    rem_model_free(round_trip(model, format));
  }
  free(bytes);
}

/// Decode bytes.  What is a model must come back the same, to the last bit,
/// from our own format.
static inline void
fuzz_model(const uint8_t* const bytes, const size_t size)
{
  const bool      thorough = choose_settling(bytes, size);
  RemModel* const model    = decode_anything(bytes, size);
  if (model) {
    RemModel* const back = round_trip(model, REM_FORMAT_NATIVE);
    check_same(model, back);
    check_idle(model);
    rem_model_free(back);
  }
  if (model && thorough) {
    check_written(model, REM_FORMAT_AIDAX);
    check_written(model, REM_FORMAT_NAM);
  }
  rem_model_free(model);
}

#endif // REM_TESTS_FUZZ_MODEL_H

// SPDX-License-Identifier: ISC

/// In place of what takes a thousand times as long as the reading: the linker
/// puts these before dsp's (--wrap)

#include "tests/fuzz/settle.h"

#include "dsp/model.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

// NOLINTBEGIN(bugprone-reserved-identifier,cert-dcl37-c)
RemStatus
__real_rem_model_settle(RemModel* model, RemError* error);
RemStatus
__wrap_rem_model_settle(RemModel* model, RemError* error);
RemStatus
__real_rem_model_make_check(RemModel* model, RemError* error);
RemStatus
__wrap_rem_model_make_check(RemModel* model, RemError* error);

static bool settling = true;

bool
choose_settling(const uint8_t* const bytes, const size_t size)
{
  uint64_t hash = size;
  uint64_t word = 0;
  for (size_t i = 0; i + sizeof(word) <= size; i += sizeof(word)) {
    memcpy(&word, bytes + i, sizeof(word));
    hash = (hash ^ word) * 0x9E3779B97F4A7C15U;
  }
  settling = hash >> 50U == 0U;
  return settling;
}

RemStatus
__wrap_rem_model_settle(RemModel* const model, RemError* const error)
{
  return settling ? __real_rem_model_settle(model, error) : REM_SUCCESS;
}

RemStatus
__wrap_rem_model_make_check(RemModel* const model, RemError* const error)
{
  return settling ? __real_rem_model_make_check(model, error) : REM_SUCCESS;
}
// NOLINTEND(bugprone-reserved-identifier,cert-dcl37-c)

// SPDX-License-Identifier: ISC

/// `.nam`

#include "tests/fuzz/fuzz.h"
#include "tests/fuzz/model.h"
#include "tests/fuzz/mutate.h"

int
LLVMFuzzerTestOneInput(const uint8_t* const data, const size_t size)
{
  fuzz_model(data, size);
  return 0;
}

size_t
LLVMFuzzerCustomMutator(uint8_t* const data,
                        const size_t   size,
                        const size_t   max_size,
                        const uint32_t seed)
{
  return mutate_json(data, size, max_size, seed);
}

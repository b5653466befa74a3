// SPDX-License-Identifier: ISC

#include "offline_trainer/learner.h"

#include <string.h>

void
rem_learner_clear(RemLearner* const learner)
{
  if (learner->handle) {
    learner->free(learner->handle);
  }
  *learner = (RemLearner){.handle = NULL};
}

uint64_t
rem_learner_digest(const float* const params, const size_t n)
{
  const size_t least  = n < 64U ? n : 64U;
  uint64_t     number = 0xCBF29CE484222325U;
  for (size_t i = n - least; i < n; ++i) {
    uint32_t bits = 0U;
    memcpy(&bits, params + i, sizeof(bits));
    number = (number ^ bits) * 0x100000001B3U;
  }
  return number;
}

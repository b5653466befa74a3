// SPDX-License-Identifier: ISC

/// Whether two models say the same

#ifndef REM_OFFLINE_TRAINER_COMPARE_H
#define REM_OFFLINE_TRAINER_COMPARE_H

#include "dsp/model.h"

#include <stddef.h>

#define COMPARE_MAX_DIFFERENCES 16U

/**
   Compare two models, to the last bit but for the rest state, which may be off
   by 1e-4: a net settles in its own time.  Test vectors do not count.

   @param out [#COMPARE_MAX_DIFFERENCES] filled with what differs: "the levels".
   @return How many differences.
*/
size_t
compare_models(const RemModel* a, const RemModel* b, const char** out);

#endif // REM_OFFLINE_TRAINER_COMPARE_H

// SPDX-License-Identifier: ISC

/// Which options of `remanence generate` mean something to which models

#ifndef REM_OFFLINE_TRAINER_CMD_GENERATE_CHECK_H
#define REM_OFFLINE_TRAINER_CMD_GENERATE_CHECK_H

#include "dsp/model.h"
#include "dsp/status.h"

#include <stdbool.h>
#include <stddef.h>

/**
   Refuse a model that plays nothing, and options that mean nothing to one.

   @param answers Whether it is asked to answer something (--input).
   @param given   Names of the options on the command line [n].
   @return #REM_UNSUPPORTED or #REM_BAD_ARGUMENT with what was expected.
*/
RemStatus
generate_check(const RemModel*    model,
               bool               answers,
               const char* const* given,
               size_t             n,
               RemError*          error);

#endif // REM_OFFLINE_TRAINER_CMD_GENERATE_CHECK_H

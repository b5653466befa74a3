// SPDX-License-Identifier: ISC

/// What a model is, for people and for scripts.  For cmd_*.c only.

#ifndef REM_OFFLINE_TRAINER_DESCRIBE_H
#define REM_OFFLINE_TRAINER_DESCRIBE_H

#include "dsp/model.h"
#include "dsp/modelfile/modelfile.h"

#include <jansson.h>

/// Return the seconds that one sample of this net takes here, measured for some
/// 20 ms, or NaN without memory
double
describe_cost(const RemModel* model);

/// Print what `path` holds, in words
void
describe_text(const char*     path,
              RemFormat       format,
              const RemModel* model,
              double          cost);

/// Return what `path` holds, to release; NULL without memory
json_t*
describe_json(const char*     path,
              RemFormat       format,
              const RemModel* model,
              double          cost);

#endif // REM_OFFLINE_TRAINER_DESCRIBE_H

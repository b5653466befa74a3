// SPDX-License-Identifier: ISC

/// How well parameters do on held-out stretches, played by the engine that the
/// plugin plays with

#ifndef REM_OFFLINE_TRAINER_VALIDATE_H
#define REM_OFFLINE_TRAINER_VALIDATE_H

#include "dsp/net.h"
#include "offline_trainer/pool.h"
#include "offline_trainer/split.h"

#include <stddef.h>
#include <stdint.h>

/// Held-out stretches, cut into pieces that threads share out
typedef struct RemValidation RemValidation;

/**
   Prepare to validate nets of shape `spec`.

   @param stretches Must outlive the validation.
   @return NULL without memory.
*/
RemValidation*
rem_validation_new(const RemNetSpec* spec,
                   const RemStretch* stretches,
                   uint32_t          n_stretches);

/// Free a validation; NULL is allowed
void
rem_validation_free(RemValidation* validation);

/// Return the number of samples that are compared
size_t
rem_validation_length(const RemValidation* validation);

/**
   Return the ESR over all held-out stretches, sum (d - y)^2 / sum d^2, infinity
   if the net runs away on them.

   The net settles first: one that a long silence leads astray does badly here,
   as it would in the plugin.  Stretches are cut into pieces so that threads can
   share them; each piece is played from the rest state, with a moment of the
   recording before it, so that the figure differs from that of the settled
   model, played in one go, by a thousandth of itself or so.  It does not depend
   on the number of threads.

   @param params [rem_net_n_params()]
*/
double
rem_validation_esr(RemValidation* validation,
                   RemPool*       pool,
                   const float*   params);

#endif // REM_OFFLINE_TRAINER_VALIDATE_H

// SPDX-License-Identifier: ISC

/// How surprised a net is by performances that it has not learned from, played
/// by the engine that the plugin plays with

#ifndef REM_OFFLINE_TRAINER_CONTROL_CONTROL_VALIDATE_H
#define REM_OFFLINE_TRAINER_CONTROL_CONTROL_VALIDATE_H

#include "dsp/frames.h"
#include "dsp/net.h"
#include "offline_trainer/control/rows.h"
#include "offline_trainer/pool.h"

/**
   Return the mean of rem_frames_nll() over all events, in nats: infinity if the
   net runs away on them, or without memory.

   Every performance is played in one go from the rest state, which is zero.

   @param params [rem_net_n_params()]
   @param pool   Shares performances out; the result does not depend on it.
*/
double
rem_control_validate(const RemFrames*  frames,
                     const RemNetSpec* spec,
                     const float*      params,
                     const RemRows*    rows,
                     RemPool*          pool);

#endif // REM_OFFLINE_TRAINER_CONTROL_CONTROL_VALIDATE_H

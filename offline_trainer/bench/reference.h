// SPDX-License-Identifier: ISC

/// The equations of dsp/net.h, said again as plainly as possible, in double and
/// in float: what the engine and BPTT are measured against

#ifndef REM_OFFLINE_TRAINER_BENCH_REFERENCE_H
#define REM_OFFLINE_TRAINER_BENCH_REFERENCE_H

#include "dsp/net.h"

/**
   Advance one stream by one frame in double precision; forward in time, so not
   for nets that read in both directions.

   @param params [rem_net_n_params()]
   @param state  [L, 2, H] as rem_net_state_set(); updated in place.
   @param x      [I] input frame.
   @param y      [O] output frame; not `x`.
*/
void
rem_reference_step(const RemNetSpec* spec,
                   const double*     params,
                   double*           state,
                   const double*     x,
                   double*           y);

/// The same in float: what a plain loop with an exact tanh reaches
void
rem_plain_step(const RemNetSpec* spec,
               const float*      params,
               float*            state,
               const float*      x,
               float*            y);

#endif // REM_OFFLINE_TRAINER_BENCH_REFERENCE_H

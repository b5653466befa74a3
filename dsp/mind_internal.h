// SPDX-License-Identifier: ISC

#ifndef REM_DSP_MIND_INTERNAL_H
#define REM_DSP_MIND_INTERNAL_H

#include "dsp/decoder.h"
#include "dsp/mind.h"

struct RemMind {
  RemDecoder*  decoder; ///< Of a mind that answers; else what follows
  RemNet*      net;
  RemNetState* state;
  float*       rest; ///< [n_state]
  float        y[REM_N_TOKENS];
  uint32_t     n_failures;
};

#endif // REM_DSP_MIND_INTERNAL_H

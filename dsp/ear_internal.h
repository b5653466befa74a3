// SPDX-License-Identifier: ISC

/// Shared by ear.c and ear_setup.c

#ifndef REM_DSP_EAR_INTERNAL_H
#define REM_DSP_EAR_INTERNAL_H

#include "dsp/ear.h"
#include "dsp/mel.h"

#define REM_EAR_CHUNK 64U ///< Samples that are looked at before they are taken

struct RemEar {
  RemSpectra   spectra;
  RemMel*      mel;
  RemNet*      net;
  RemNetState* state;
  float*       rest; ///< [rem_net_n_state()]
  float*       y;    ///< [O]
  uint32_t     n_failures;
};

#endif // REM_DSP_EAR_INTERNAL_H

// SPDX-License-Identifier: ISC

/// Short sounds inside the page

#ifndef REM_OFFLINE_TRAINER_REPORT_WAV_H
#define REM_OFFLINE_TRAINER_REPORT_WAV_H

#include "offline_trainer/report/markup.h"

#include <stddef.h>
#include <stdint.h>

/**
   Append a mono WAV file of 16 bits as base64.

   @param samples [n] full scale 1 after `gain`; beyond that they are clipped.
   @param rate    Hz.
   @param n_fade  Samples of fade in and of fade out, against clicks at cuts.
*/
void
rem_wav_base64(RemText*     text,
               const float* samples,
               size_t       n,
               uint32_t     rate,
               double       gain,
               size_t       n_fade);

#endif // REM_OFFLINE_TRAINER_REPORT_WAV_H

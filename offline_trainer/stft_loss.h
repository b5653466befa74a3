// SPDX-License-Identifier: ISC

/// The spectral term of the loss: one resolution of the multi-resolution STFT

#ifndef REM_OFFLINE_TRAINER_STFT_LOSS_H
#define REM_OFFLINE_TRAINER_STFT_LOSS_H

#include <stdint.h>

/// Plans, window and scratch memory of one resolution
typedef struct RemStftLoss RemStftLoss;

/**
   Return the spectral loss of windows of `n` samples in frames of `n_fft`.

   @param n_fft A power of two, 16 to n.
   @return NULL without memory.
*/
RemStftLoss*
rem_stft_loss_new(uint32_t n, uint32_t n_fft);

/// Free; NULL is allowed
void
rem_stft_loss_free(RemStftLoss* stft);

/**
   Return spectral convergence + mean log-magnitude difference (loss.h).

   @param y      [n]
   @param target [n]
   @param scale  Of the gradient, not of what is returned.
   @param dy     [n] to which `scale` times the gradient is added.

   Thread: the one that owns `stft`.  No allocation, cannot fail.
*/
double
rem_stft_loss_add(RemStftLoss* stft,
                  const float* y,
                  const float* target,
                  float        scale,
                  float*       dy);

#endif // REM_OFFLINE_TRAINER_STFT_LOSS_H

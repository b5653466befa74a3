// SPDX-License-Identifier: ISC

/// What training makes small: differences between a net's output and a target,
/// over one window of one stream, with the gradient by every output sample

#ifndef REM_OFFLINE_TRAINER_LOSS_H
#define REM_OFFLINE_TRAINER_LOSS_H

#include "dsp/status.h"

#include <stdint.h>

#define REM_MAX_TAPS 16U ///< Longest pre-emphasis filter
#define REM_STFT_MIN 64U ///< Shortest window that the STFT term can be used on

/// A sum of losses, each with its weight; a weight of 0 leaves it out
typedef struct {
  float esr_weight;  ///< Error to signal ratio, after pre-emphasis
  float mse_weight;  ///< Mean squared error, after pre-emphasis
  float dc_weight;   ///< Squared difference of means to signal ratio
  float stft_weight; ///< Multi-resolution STFT, without pre-emphasis; needs
                     ///< windows of #REM_STFT_MIN samples or more
  uint32_t n_taps;   ///< 1..#REM_MAX_TAPS; 1 with taps[0] = 1 for none
  float    taps[REM_MAX_TAPS]; ///< FIR: e'_t = sum_k taps[k] e_(t-k)
} RemLossSpec;

/// Return the usual: 0.75 ESR with pre-emphasis (1, -0.85) + 0.25 DC
RemLossSpec
rem_loss_default(void);

/// Sums over the whole batch that the ratios divide by
typedef struct {
  double   energy;            ///< sum of target^2
  double   energy_emphasised; ///< sum of pre-emphasised target^2
  uint32_t n_streams;         ///< Streams in the batch
} RemLossNorm;

/// One thread's plans and scratch memory for windows of a fixed length
typedef struct RemLoss RemLoss;

/**
   Return a loss for windows of `n` samples.

   @param spec 1..#REM_MAX_TAPS taps; copied.
   @param n    At least 1; at least #REM_STFT_MIN if `stft_weight` is not 0.
   @return NULL without memory or if `spec` and `n` break these rules.

   Thread: any but audio.  Everything is allocated here.
*/
RemLoss*
rem_loss_new(const RemLossSpec* spec, uint32_t n);

/// Free a loss; NULL is allowed
void
rem_loss_free(RemLoss* loss);

/// Add one stream's target window [n] to `norm` (and count the stream)
void
rem_loss_measure(const RemLoss* loss, const float* target, RemLossNorm* norm);

/**
   Return one stream's share of the batch's loss, and its gradient.

   With N streams of n samples, e = target - y, and P the pre-emphasis of K
   taps:

       ESR  = sum (P e)^2 / (sum (P target)^2 + eps)
       MSE  = sum (P e)^2 / (N (n - K + 1))
       DC   = sum over streams of n mean(e)^2 / (sum target^2 + eps)
       STFT = mean over streams and 3 resolutions of
              |M_t - M_y| / |M_t| + mean |log M_t - log M_y|

   Sums run over the batch; eps is 1e-5 times N n.  The first K - 1 samples of
   a window have no history to filter, so P leaves them out.

   M are magnitudes of Hann-windowed frames with a hop of a quarter frame,
   sqrt(re^2 + im^2 + 1e-8) where a full-scale sine is 1: what lies 80 dB below
   counts as silence, so that the logarithm does not chase noise.  |M| is the
   Frobenius norm over a window's frames and bins.  The longest frame is the
   largest power of two up to n and 2048, the others a half and a quarter of
   it; frames lie inside the window, in its middle.

   Shares of all streams add up to the loss of the batch.

   Source: Wright, Damskagg, Valimaki 2019, "Real-time black-box modelling with
   recurrent neural networks" (DAFx); Yamamoto, Song, Kim 2020,
   doi:10.1109/ICASSP40776.2020.9053795 (multi-resolution STFT; there the sizes
   are fixed and magnitudes are clipped, not rounded off, towards silence).

   @param y      [n] output.
   @param target [n]
   @param norm   Of the whole batch.
   @param dy     [n] overwritten with the gradient of the batch's loss; may not
                 overlap `y` or `target`.

   Thread: the one that owns `loss`.  Cost: O(K n), and O(n log n) with STFT;
   no allocation.  Cannot fail.
*/
double
rem_loss_gradient(RemLoss*           loss,
                  const float*       y,
                  const float*       target,
                  const RemLossNorm* norm,
                  float*             dy);

#endif // REM_OFFLINE_TRAINER_LOSS_H

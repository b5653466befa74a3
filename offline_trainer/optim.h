// SPDX-License-Identifier: ISC

/// What turns a gradient into better parameters

#ifndef REM_OFFLINE_TRAINER_OPTIM_H
#define REM_OFFLINE_TRAINER_OPTIM_H

#include <stddef.h>
#include <stdint.h>

/// Adam's memory of past gradients
typedef struct {
  size_t   n;       ///< Number of parameters
  uint64_t n_steps; ///< Steps taken
  float*   mean;    ///< [n] m_t; owned
  float*   square;  ///< [n] v_t; owned
} RemAdam;

/// Return an optimiser that has seen nothing; `mean` is NULL without memory
RemAdam
rem_adam_new(size_t n);

/// Free what `adam` owns and empty it
void
rem_adam_clear(RemAdam* adam);

/// Forget all gradients
void
rem_adam_reset(RemAdam* adam);

/**
   Take one step.

       m_t = b1 m_(t-1) + (1 - b1) g       v_t = b2 v_(t-1) + (1 - b2) g^2
       p_t = p_(t-1) (1 - a d) - a (m_t / (1 - b1^t))
                                   / (sqrt(v_t / (1 - b2^t)) + 1e-8)

   Source: Kingma and Ba 2015, arXiv:1412.6980; decay apart from the gradient
   as in Loshchilov and Hutter 2019, arXiv:1711.05101.  b1 = 0.9, b2 = 0.999.

   @param rate     a, above 0.
   @param decay    d, from 0 (none).
   @param gradient [n] g.
   @param params   [n] p, updated in place.
*/
void
rem_adam_step(RemAdam*     adam,
              double       rate,
              double       decay,
              const float* gradient,
              float*       params);

/**
   Shorten `gradient` [n] to the Euclidean norm `limit` if it is longer.

   @return The norm that it had; nothing is changed if that is not finite.
*/
double
rem_clip_norm(float* gradient, size_t n, double limit);

/**
   Draw the average towards `params`: a += w (p - a), with w = 1 / `n_seen` at
   first, so that it begins as a plain mean, and never below 1 - `keep`.

   @param n_seen Number of the update, from 1.
   @param keep   0 for the parameters themselves, 0.99 for about 100 updates.
*/
void
rem_average_step(float*       average,
                 const float* params,
                 size_t       n,
                 uint64_t     n_seen,
                 double       keep);

#endif // REM_OFFLINE_TRAINER_OPTIM_H

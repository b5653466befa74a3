// SPDX-License-Identifier: ISC

/**
   A mixture density head: M diagonal Gaussians over C columns.

   Its numbers come from the last layer of a net as

       y = [ a_1 .. a_M,  m_11 .. m_1C, .. m_MC,  r_11 .. r_1C, .. r_MC ]

   with mixture weights softmax(a), means m (plus `base`, if means are told as
   offsets) and standard deviations s = floor + exp(r):

       p(z) = sum_i softmax(a)_i prod_c N(z_c; base_c + m_ic, s_ic)

   Source: Bishop 1994, "Mixture density networks", Aston University
   NCRG/94/004; in recurrent nets Graves 2013, arXiv:1308.0850, sections 4.1 and
   5.4.  The floor bounds what a density can gain from values that repeat; draws
   leave it out, so that a fader that is sure to rest does not tremble.
*/

#ifndef REM_DSP_HEAD_MDN_H
#define REM_DSP_HEAD_MDN_H

#include "dsp/random.h"
#include "dsp/rt.h"

#include <stddef.h>
#include <stdint.h>

#define REM_MAX_MIXTURES 32U  ///< M
#define REM_MDN_MAX_RAW 20.0f ///< Larger r count as this: no overflow

/// Shape of a mixture
typedef struct {
  uint32_t n_mixtures; ///< M, 1..#REM_MAX_MIXTURES
  uint32_t n_columns;  ///< C, from 1
  float    floor;      ///< Least standard deviation, above 0
} RemMdn;

/// Return the length of y
REM_RT static inline uint32_t
rem_mdn_size(const RemMdn* const mdn)
{
  return mdn->n_mixtures * (1U + 2U * mdn->n_columns);
}

/**
   Return -log p(z) in nats, by a log-sum-exp that neither over- nor underflows.

   @param y    [rem_mdn_size()] finite.
   @param base [C] what means are offsets from.
   @param z    [C] finite.

   Thread: audio.  Cost: M * C exponentials and logarithms.  Cannot fail.
*/
REM_RT double
rem_mdn_nll(const RemMdn* mdn,
            const float*  y,
            const float*  base,
            const float*  z);

/**
   Draw z [C].

   @param pitemp    Divides the logits a: below 1 sharpens the choice of a
                    mixture, towards 0 the likeliest is always taken.
   @param sigmatemp Scales the variance: exp(r) sqrt(sigmatemp); 0 gives the
                    mean.

   Thread: audio.  Cost: M exponentials and C normal numbers.  Cannot fail.
*/
REM_RT void
rem_mdn_draw(const RemMdn* mdn,
             const float*  y,
             const float*  base,
             float         pitemp,
             float         sigmatemp,
             RemRandom*    random,
             float*        z);

#endif // REM_DSP_HEAD_MDN_H

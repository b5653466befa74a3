// SPDX-License-Identifier: ISC

/// Linear prediction of vectors from the ones before, by least squares

#ifndef REM_OFFLINE_TRAINER_CONTROL_AUTOREGRESS_H
#define REM_OFFLINE_TRAINER_CONTROL_AUTOREGRESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define REM_AR_MAX_ORDER 8U ///< Longest memory, p

/// Sequences of vectors, one after the other
typedef struct {
  uint32_t      n_columns;   ///< C
  size_t        n_sequences; ///< From 0 up
  const size_t* begins;      ///< [n_sequences + 1] rising; ends with the end
  const float*  z;           ///< [begins[n_sequences], C] finite
} RemVectors;

/**
   An autoregressive model

       z_t = w_0 + W_1 z_(t-1) + .. + W_p z_(t-p) + e_t

   where a sequence's first vector stands for what came before it.
*/
typedef struct {
  uint32_t order;     ///< p, 1..#REM_AR_MAX_ORDER; 0 before a fit
  uint32_t n_columns; ///< C
  double*  weights;   ///< [C, 1 + pC] w_0, then W_1 .. W_p by rows; owned
  double*  deviation; ///< [C] root mean square of e, floored; owned
} RemAr;

/**
   Fit a model of the order that suits `train` best.

   Weights are those of least squares with a ridge of 1e-8 per vector, so that
   constant columns do no harm.  The order is the one of 1..`max_order` with
   the least Bayesian information criterion, n sum_c log s_c + k/2 log n with n
   vectors to predict and k weights: likelihood alone never chooses less than
   everything.

   Source: Luetkepohl 2005, "New introduction to multiple time series
   analysis", sections 3.2 and 4.3; doi:10.1007/978-3-540-27752-1.

   @param floor Least deviation, above 0, for the criterion and for the fit.
   @param out   To clear with rem_ar_clear(), also after a failure.
   @param max_order 1..#REM_AR_MAX_ORDER.
   @return Whether there was memory.

   Cost: as (C `max_order`)^2 per vector.
*/
bool
rem_ar_fit(const RemVectors* train,
           uint32_t          max_order,
           double            floor,
           RemAr*            out);

/// Free what `ar` owns
void
rem_ar_clear(RemAr* ar);

/**
   Predict vector `t` of `vectors`, in the sequence that begins at `begin`.

   @param t    Above `begin`.
   @param row  [1 + pC] scratch memory.
   @param mean [C]
*/
void
rem_ar_predict(const RemAr*      ar,
               const RemVectors* vectors,
               size_t            begin,
               size_t            t,
               double*           row,
               double*           mean);

#endif // REM_OFFLINE_TRAINER_CONTROL_AUTOREGRESS_H

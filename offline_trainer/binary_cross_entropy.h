// SPDX-License-Identifier: ISC

/// How well outputs foretell switches, any number of which are on

#ifndef REM_OFFLINE_TRAINER_BINARY_CROSS_ENTROPY_H
#define REM_OFFLINE_TRAINER_BINARY_CROSS_ENTROPY_H

#include <stddef.h>

/**
   Compare rows of outputs with switches, each output's sigmoid p being the
   chance given to its switch.

       p = 1 / (1 + e^-y)      loss = sum of -q log p - (1 - q) log(1 - p)
                                    = sum of max(y, 0) - q y + log(1 + e^-|y|)
       dy = scale (p - q)

   Summed over the switches of a row, so that a row's loss is its NLL if
   switches are independent.  NaN in `y` makes the loss NaN.

   Source: Bishop 2006, "Pattern Recognition and Machine Learning", 4.3.2.

   @param y       [n_rows, n_switches] of any size.
   @param targets [n_rows, n_switches] 0 or 1, or what is between.
   @param scale   Of the gradient: 1 / n_rows for that of the mean over rows.
   @param dy      [n_rows, n_switches] overwritten; may be `y`; NULL for none.
   @return The loss in nats, not divided by anything.
*/
double
rem_binary_cross_entropy(const float* y,
                         const float* targets,
                         size_t       n_rows,
                         size_t       n_switches,
                         double       scale,
                         float*       dy);

#endif // REM_OFFLINE_TRAINER_BINARY_CROSS_ENTROPY_H

// SPDX-License-Identifier: ISC

/// How well outputs foretell symbols

#ifndef REM_OFFLINE_TRAINER_CROSS_ENTROPY_H
#define REM_OFFLINE_TRAINER_CROSS_ENTROPY_H

#include <stddef.h>
#include <stdint.h>

/// Target of a row that does not count, such as padding
#define REM_NO_TARGET UINT32_MAX

/**
   Compare rows of outputs with the symbols that came, each row's softmax p
   being the chance given to every symbol.

       p_j = e^(y_j) / sum_k e^(y_k)       loss = sum over rows of -log p_target
       dy_j = scale (p_j - [j = target])

   The largest y of a row is taken off all of them first, so that nothing
   overflows; NaN or infinity in a row makes the loss NaN.

   Source: Bishop 2006, "Pattern Recognition and Machine Learning", 4.3.4.

   @param y       [n_rows, n_symbols] of any size.
   @param targets [n_rows] each below `n_symbols`, or #REM_NO_TARGET: no loss,
                  and dy = 0.
   @param scale   Of the gradient: 1 / n_rows for that of the mean.
   @param dy      [n_rows, n_symbols] overwritten; may be `y`.
   @return The loss in nats, not divided by anything.
*/
double
rem_cross_entropy(const float*    y,
                  const uint32_t* targets,
                  size_t          n_rows,
                  size_t          n_symbols,
                  double          scale,
                  float*          dy);

#endif // REM_OFFLINE_TRAINER_CROSS_ENTROPY_H

// SPDX-License-Identifier: ISC

/// Products by matrices that do not fit the caches.  Internal to
/// offline_trainer/bptt/.
///
/// A matrix in panels [K, N] holds columns 0..31 as [K, 32], then columns
/// 32..63, and so on; the last panel is as wide as what is left.  A panel is
/// read from end to end, while rows of N floats, a power of two apart as they
/// are where H is one, meet in a few lines of every cache.
///
/// Why not OpenBLAS: 0.3.21 with its kernels for AVX-512 against this, in turn
/// on one core of a Zen 4, GFLOP/s of 118, theirs / ours:
///
///     product                       H = 128    256        512        1024
///     25 rows by U       [H, 4H]    86 / 111   79 / 113   78 / 116   72 / 112
///     25 rows back by U' [4H, H]    85 / 114   85 / 116   83 / 117   70 / 115
///     1250 rows by W     [H, 4H]   107 / 108  105 / 98   103 / 106  105 / 108
///     gradient of U, 1250 rows     103 / 99   103 / 97   105 / 94   107 / 93
///
/// A library packs weights anew at every step, where they are half of the work.
/// It is ahead in gradients, a third of it: of the products of 2 x 512 it takes
/// 14 % more time than this, and a mix of both would take 4 % less.

#ifndef REM_OFFLINE_TRAINER_BPTT_PANELS_H
#define REM_OFFLINE_TRAINER_BPTT_PANELS_H

#include "offline_trainer/bptt/bptt_kernel.h"

#include <stddef.h>
#include <stdint.h>

enum { REM_PANEL = 32 }; ///< Columns: the widest tile of all instruction sets

/// Return where element [k, column] of a matrix [K, N] in panels stands
static inline size_t
rem_panel_at(const size_t k,
             const size_t column,
             const size_t n_terms,
             const size_t n)
{
  const size_t first = column / REM_PANEL * REM_PANEL;
  const size_t width = n - first < REM_PANEL ? n - first : REM_PANEL;
  return first * n_terms + k * width + (column - first);
}

/**
   c = from + a0 b0, as RemBpttKernel.product(), with b0 in panels; its stride
   is not used, and there is no second factor.

   Cost: as product(), for any b0; b0 is read once per 64 rows.
*/
void
rem_panels_product(const RemBpttKernel* kernel, const RemProduct* product);

/// Return how many floats of scratch memory rem_panels_gradient() needs for
/// results of `n` columns
size_t
rem_panels_n_scratch(size_t n);

/**
   c += a0 b0, as RemBpttKernel.product() with `from` being c, for sums over
   many terms, where rows of `a` are side by side (a_row is 1); no second
   factor.

   Idea: parts of both factors are packed as tiles read them, a part of b for
   all rows, a part of a that stays in the second-level cache for all columns.

   Source: Goto and van de Geijn 2008, "Anatomy of high-performance matrix
   multiplication", doi:10.1145/1356052.1356053.

   @param scratch [rem_panels_n_scratch()] overwritten.
*/
void
rem_panels_gradient(const RemBpttKernel* kernel,
                    const RemProduct*    product,
                    float*               scratch);

#endif // REM_OFFLINE_TRAINER_BPTT_PANELS_H

// SPDX-License-Identifier: ISC

/// Attention of one sequence at one step, for one instruction set.  Internal to
/// offline_trainer/sequence/.

#ifndef REM_OFFLINE_TRAINER_SEQUENCE_ATTEND_H
#define REM_OFFLINE_TRAINER_SEQUENCE_ATTEND_H

#include <stddef.h>
#include <stdint.h>

/// What is looked at, and for what; columns of padding are zero in `query` and
/// `energy`, and any finite number in `key`
typedef struct {
  size_t       n;           ///< T' of this sequence
  size_t       n_attention; ///< A, a multiple of 16
  const float* query;       ///< [A] Q s
  const float* energy;      ///< [A] v
  const float* key;         ///< [n] rows of A, `key_row` apart: K h_j
  size_t       key_row;
} RemAttendRow;

/// One instruction set's code
typedef struct {
  /// e_j = v . tanh(Q s + K h_j) for every j: e [n].  Cost: 25 operations per
  /// vector of A.
  void (*energies)(const RemAttendRow* row, float* e);

  /// The same back: de [n] by e; dquery [A], dkey [n] rows `key_row` apart and
  /// denergy [A] are added to
  void (*gradient)(const RemAttendRow* row,
                   const float*        de,
                   float*              dquery,
                   float*              dkey,
                   float*              denergy);

  /// y_j = x . rows_j for rows of `n_terms`, a multiple of 16, `row` apart
  void (*dots)(const float* x,
               const float* rows,
               size_t       row,
               size_t       n_terms,
               size_t       n,
               float*       y);
} RemAttendKernel;

extern const RemAttendKernel rem_attend_kernel_generic; ///< SSE2 or plain C
extern const RemAttendKernel rem_attend_kernel_avx2;    ///< AVX2 and FMA
extern const RemAttendKernel rem_attend_kernel_avx512;  ///< AVX-512 F, DQ, VL
extern const RemAttendKernel rem_attend_kernel_neon;    ///< AArch64

#endif // REM_OFFLINE_TRAINER_SEQUENCE_ATTEND_H

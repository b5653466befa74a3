// SPDX-License-Identifier: ISC

/// The arithmetic of a layer for one instruction set, and its packed weights.
/// Internal to dsp/: dsp/net.h is what others call.

#ifndef REM_DSP_KERNEL_KERNEL_H
#define REM_DSP_KERNEL_KERNEL_H

#include "dsp/rt.h"

#include <stddef.h>
#include <stdint.h>

#define REM_ALIGN 64U  ///< Bytes; the widest vector, a cache line
#define REM_CHUNK 16U  ///< Frames whose input products fit the L1 cache
#define REM_N_GATES 4U ///< i, f, g, o

/**
   Packed weights of an LSTM layer.

   Hidden units stand in vectors of V; P is H rounded up to V.  Unit vectors
   form groups, small enough that their 4 * size accumulators stay in registers.
   A row of 4P numbers holds, group after group, gate after gate, the group's
   unit vectors: one broadcast of h_k feeds a whole group of that row.  Padded
   units have zero weights, so they stay at h = c = 0.
*/
typedef struct {
  uint32_t     n_in;       ///< I
  uint32_t     n_hidden;   ///< H
  uint32_t     n_padded;   ///< P
  uint32_t     group_size; ///< Unit vectors in every group but, maybe, the last
  const float* w;          ///< [I, 4P] input weights, rows as above
  const float* b;          ///< [4P] bias, likewise
  const float* u; ///< Recurrent weights: for each group, [H, 4 * size * V]
} RemLstmLayer;

/// One instruction set's code.  No result depends on how a stream is cut into
/// calls.  Thread: audio.
typedef struct {
  const char* isa;
  uint32_t    width;     ///< V, floats in a vector
  uint32_t    max_group; ///< Most unit vectors in a group

  /// z [n, 4P] = b + W x for frames x [n], `stride` floats apart
  void (*project)(const RemLstmLayer* layer,
                  const float*        x,
                  size_t              stride,
                  float*              z,
                  uint32_t            n);

  /// Advance n steps: z [n, 4P] from project(), c [P] in place, h [n + 1, P]
  /// with the state before the first step in row 0
  void (*lstm)(const RemLstmLayer* layer,
               const float*        z,
               float*              c,
               float*              h,
               uint32_t            n);

  /// y [n, O] = d + V h for h [n, P], with v [O, P] padded by zeros
  void (*head)(const float* v,
               const float* d,
               uint32_t     n_padded,
               uint32_t     n_out,
               const float* h,
               float*       y,
               uint32_t     n);

  /// Activations in place, for tests: x [n] aligned, n a multiple of V
  void (*tanh)(float* x, size_t n);
  void (*sigmoid)(float* x, size_t n);
} RemKernel;

/**
   Return the best code for this processor.

   The environment variable REMANENCE_ISA names another one, if the processor
   has it: avx512, avx2, neon, generic.

   Thread: any but audio.
*/
const RemKernel*
rem_kernel_select(void);

/// Return the code for the instruction set `isa`, or NULL if it was not built
/// or this processor lacks it
const RemKernel*
rem_kernel_find(const char* isa);

#endif // REM_DSP_KERNEL_KERNEL_H

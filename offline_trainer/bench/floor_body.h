// SPDX-License-Identifier: ISC

/// The code behind RemFloorKernel, compiled once per instruction set: a file
/// that includes this defines REM_FLOOR_KERNEL (the struct's name) and REM_ISA,
/// and, if there is one, REM_FLOOR_HALF (the address of that on half the
/// width).

#include "dsp/kernel/kernel.h"
#include "dsp/kernel/kernel_cell.h"
#include "dsp/kernel/vec_widest.h"
#include "offline_trainer/bench/floor_kernel.h"

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifndef REM_FLOOR_HALF
#  define REM_FLOOR_HALF NULL
#endif

enum { STEP = (int)REM_FLOOR_STEP, STEP_FLOATS = STEP * WIDTH };
enum { MAX_UNITS = 8, MANY = 4 }; ///< Unit vectors that are compiled as one

/// Sum of all lanes
static float
lanes_of(const Vec x)
{
  const Vec  only[4] = {x};
  const Vec4 sum     = vec_sums(only);
  return sum[0];
}

static float
sum_of(const Vec* const acc)
{
  Vec sum = acc[0];
  for (size_t i = 1; i < STEP; ++i) {
    sum += acc[i];
  }
  return lanes_of(sum);
}

static float
fma_steps(const uint64_t n)
{
  const Vec half = W(set)(0.5f);
  Vec       acc[STEP];
  for (size_t i = 0; i < STEP; ++i) {
    acc[i] = W(set)((float)i);
  }
  for (uint64_t s = 0; s < n; ++s) {
    for (size_t i = 0; i < STEP; ++i) {
      acc[i] = W(fma)(acc[i], half, half);
    }
  }
  return sum_of(acc);
}

/// Where the next step is.  Arithmetic instead of branches: one that is guessed
/// wrong at every end of the block would cost more than a step.
VEC_INLINE const float*
advance(const float* const at,
        int64_t* const     stride,
        uint64_t* const    left,
        const uint64_t     n_steps,
        const bool         turn)
{
  const uint64_t end  = *left == 0U;
  const int64_t  move = turn ? *stride * (int64_t)(1U - end)
                             : *stride * (int64_t)(1U - n_steps * end);
  *left               = *left - 1U + n_steps * end;
  *stride             = turn ? *stride - 2 * *stride * (int64_t)end : *stride;
  return at + move;
}

static float
load_steps(const float* const block, const uint64_t n_steps, const uint64_t n)
{
  VecInt       acc[STEP] = {{0}};
  const float* at        = block;
  int64_t      stride    = STEP_FLOATS;
  uint64_t     left      = n_steps - 1U;
  for (uint64_t s = 0; s < n; ++s) {
    for (size_t i = 0; i < STEP; ++i) {
      acc[i] ^= (VecInt)W(load)(at + i * WIDTH);
    }
    at = advance(at, &stride, &left, n_steps, false);
  }
  for (size_t i = 1; i < STEP; ++i) {
    acc[0] ^= acc[i];
  }
  return lanes_of((Vec)acc[0]);
}

VEC_INLINE float
stream_one_way(const float* const block,
               const uint64_t     n_steps,
               const uint64_t     n,
               const bool         turn)
{
  const Vec    h         = W(set)(0.5f);
  Vec          acc[STEP] = {{0.0f}};
  const float* at        = block;
  int64_t      stride    = STEP_FLOATS;
  uint64_t     left      = n_steps - 1U;
  for (uint64_t s = 0; s < n; ++s) {
    for (size_t i = 0; i < STEP; ++i) {
      acc[i] = W(fma)(h, W(load)(at + i * WIDTH), acc[i]);
    }
    at = advance(at, &stride, &left, n_steps, turn);
  }
  return sum_of(acc);
}

static float
stream_steps(const float* const block,
             const uint64_t     n_steps,
             const uint64_t     n,
             const bool         turn)
{
  return turn ? stream_one_way(block, n_steps, n, true)
              : stream_one_way(block, n_steps, n, false);
}

/// What a gate makes of h, at least: the last FMA of the recurrent product
VEC_INLINE Vec
gate_of(const Vec h, const float* const z)
{
  return W(fma)(h, W(set)(0.3f), W(load)(z));
}

/// A frame of `n` unit vectors from the first on, and of half a vector behind
/// them, each phase for all of them, so that the processor finds work in one
/// chain while another waits
VEC_INLINE void
chain_lstm(const RemFloorChain* const chain,
           const size_t               first,
           const size_t               n,
           const bool                 half,
           const Vec                  h)
{
  const size_t       p  = (size_t)chain->n_vectors * WIDTH;
  const float* const z  = chain->z + first * WIDTH;
  float* const       c  = chain->c + first * WIDTH;
  float* const       to = chain->h + first * WIDTH;
  Vec                gates[REM_N_GATES * (MAX_UNITS + 1)];
  Rest               rest[MAX_UNITS + 1];

  for (size_t g = 0; g < REM_N_GATES; ++g) {
    for (size_t v = 0; v < n; ++v) {
      gates[g * n + v] = gate_of(h, z + g * p + v * WIDTH);
    }
  }
  for (size_t g = 0; half && g < 2U; ++g) {
    gates[REM_N_GATES * n + g] =
      gate_of(h, chain->z + REM_N_GATES * p + g * WIDTH);
  }
  for (size_t v = 0; v < n; ++v) {
    rest[v] = start_whole(gates + v, n, c + v * WIDTH);
  }
  if (half) {
    rest[n] = start_half(gates + REM_N_GATES * n, c + n * WIDTH);
  }
  for (size_t v = 0; v < n; ++v) {
    W(store)(to + v * WIDTH, finish(rest[v]));
  }
  if (half) {
    vec_store_half(to + n * WIDTH, finish(rest[n]));
  }
}

/// The same of a GRU: r, z and U h of n, with c for what W x of n may be
VEC_INLINE void
chain_gru(const RemFloorChain* const chain,
          const size_t               first,
          const size_t               n,
          const bool                 half,
          const Vec                  h)
{
  enum { GATES = 3 };
  const size_t       p  = (size_t)chain->n_vectors * WIDTH;
  const float* const z  = chain->z + first * WIDTH;
  const float* const x  = chain->c + first * WIDTH;
  float* const       to = chain->h + first * WIDTH;
  Vec                gates[GATES * (MAX_UNITS + 1)];
  GruRest            rest[MAX_UNITS + 1];

  for (size_t g = 0; g < GATES; ++g) {
    for (size_t v = 0; v < n; ++v) {
      gates[g * n + v] = gate_of(h, z + g * p + v * WIDTH);
    }
  }
  for (size_t g = 0; half && g < 2U; ++g) {
    gates[GATES * n + g] = gate_of(h, chain->z + GATES * p + g * WIDTH);
  }
  for (size_t v = 0; v < n; ++v) {
    rest[v] = gru_whole(gates + v, n, W(load)(x + v * WIDTH));
  }
  if (half) {
    rest[n] = gru_half(gates + GATES * n, vec_load_half(x + n * WIDTH));
  }
  for (size_t v = 0; v < n; ++v) {
    float* const at = to + v * WIDTH;
    W(store)(at, gru_finish(rest[v], W(load)(at)));
  }
  if (half) {
    float* const at = to + n * WIDTH;
    vec_store_half(at, gru_finish(rest[n], vec_load_half(at)));
  }
}

/// The same of an RNN: nothing but tanh
VEC_INLINE void
chain_rnn(const RemFloorChain* const chain,
          const size_t               first,
          const size_t               n,
          const Vec                  h)
{
  const float* const z  = chain->z + first * WIDTH;
  float* const       to = chain->h + first * WIDTH;
  for (size_t v = 0; v < n; ++v) {
    W(store)(to + v * WIDTH, W(tanh)(gate_of(h, z + v * WIDTH)));
  }
}

VEC_INLINE void
chain_units(const RemFloorChain* const chain,
            const size_t               first,
            const size_t               n,
            const bool                 half,
            const Vec                  h)
{
  switch (chain->cell) {
  case REM_CELL_LSTM:
    chain_lstm(chain, first, n, half, h);
    break;
  case REM_CELL_GRU:
    chain_gru(chain, first, n, half, h);
    break;
  case REM_CELL_RNN_TANH:
  case REM_CELL_RNN_SIGMOID:
  case REM_CELL_RNN_THRESHOLD:
  case REM_CELL_RNN_LINEAR:
  case REM_CELL_FORWARD:
    chain_rnn(chain, first, n, h);
    break;
  }
}

/// A frame begins when the last h of the one before is stored: one load puts it
/// into every lane.  The fence keeps the compiler from taking it out of the
/// register that is stored.
VEC_INLINE Vec
last_h(const RemFloorChain* const chain)
{
  atomic_signal_fence(memory_order_seq_cst);
  const size_t n_halves = 2U * (size_t)chain->n_vectors + chain->half;
  return W(set)(chain->h[n_halves * (WIDTH / 2) - 1U]);
}

VEC_INLINE void
chain_few(const RemFloorChain* const chain,
          const uint32_t             n_vectors,
          const bool                 half,
          const uint64_t             n)
{
  // No store can change this copy
  const RemFloorChain here = {
    chain->cell, n_vectors, half, chain->z, chain->c, chain->h};
  for (uint64_t t = 0; t < n; ++t) {
    chain_units(&here, 0U, n_vectors, half, last_h(&here));
  }
}

static void
chain_many(const RemFloorChain* const chain, const uint64_t n)
{
  const RemFloorChain here = *chain;
  for (uint64_t t = 0; t < n; ++t) {
    const Vec h = last_h(&here);
    size_t    v = 0;
    for (; v + MANY <= here.n_vectors; v += MANY) {
      chain_units(&here, v, MANY, false, h);
    }
    for (; v < here.n_vectors; ++v) {
      chain_units(&here, v, 1U, false, h);
    }
    if (here.half) {
      chain_units(&here, v, 0U, true, h);
    }
  }
}

VEC_INLINE void
chain_counted(const RemFloorChain* const chain,
              const uint32_t             n_vectors,
              const uint64_t             n)
{
  if (chain->half) {
    chain_few(chain, n_vectors, true, n);
  } else {
    chain_few(chain, n_vectors, false, n);
  }
}

static void
chain_frames(const RemFloorChain* const chain, const uint64_t n)
{
  switch (chain->n_vectors) {
  case 0:
    chain_counted(chain, 0, n);
    break;
  case 1:
    chain_counted(chain, 1, n);
    break;
  case 2:
    chain_counted(chain, 2, n);
    break;
  case 3:
    chain_counted(chain, 3, n);
    break;
  case 4:
    chain_counted(chain, 4, n);
    break;
  case 5:
    chain_counted(chain, 5, n);
    break;
  case 6:
    chain_counted(chain, 6, n);
    break;
  case 7:
    chain_counted(chain, 7, n);
    break;
  case 8:
    chain_counted(chain, 8, n);
    break;
  default:
    chain_many(chain, n);
    break;
  }
}

const RemFloorKernel REM_FLOOR_KERNEL = {REM_ISA,
                                         WIDTH,
                                         REM_FLOOR_HALF,
                                         fma_steps,
                                         load_steps,
                                         stream_steps,
                                         chain_frames};

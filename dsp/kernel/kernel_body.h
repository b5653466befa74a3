// SPDX-License-Identifier: ISC

/// The code behind RemKernel, compiled once per instruction set: a file that
/// includes this defines REM_KERNEL (the struct's name) and REM_ISA (its text).

#include "dsp/kernel/kernel.h"
#include "dsp/kernel/vec.h"

// 4 accumulators per unit vector, a broadcast and the weight at hand must fit
// the registers: 32 of them in AVX-512 and NEON, 16 elsewhere
#if defined(__AVX512F__) || defined(__aarch64__)
enum { MAX_GROUP = 6 };
#else
enum { MAX_GROUP = 3 };
#endif

enum { TILE_FRAMES = 4, TILE_VECTORS = 3 };

/// A tile of z = b + W x: `m` frames by `v` vectors, x_j ascending for every
/// element, whatever the tile
VEC_INLINE void
project_tile(const RemLstmLayer* const layer,
             const float* const        x,
             const size_t              stride,
             float* const              z,
             const size_t              column,
             const uint32_t            m,
             const uint32_t            v)
{
  const size_t row = (size_t)REM_N_GATES * layer->n_padded;
  Vec          acc[TILE_FRAMES][TILE_VECTORS];

  for (uint32_t t = 0; t < m; ++t) {
    for (uint32_t i = 0; i < v; ++i) {
      acc[t][i] = vec_load(layer->b + column + i * VEC_WIDTH);
    }
  }
  for (uint32_t j = 0; j < layer->n_in; ++j) {
    const float* const w = layer->w + j * row + column;
    for (uint32_t t = 0; t < m; ++t) {
      const Vec x_j = vec_set(x[t * stride + j]);
      for (uint32_t i = 0; i < v; ++i) {
        acc[t][i] = vec_fma(x_j, vec_load(w + i * VEC_WIDTH), acc[t][i]);
      }
    }
  }
  for (uint32_t t = 0; t < m; ++t) {
    for (uint32_t i = 0; i < v; ++i) {
      vec_store(z + t * row + column + i * VEC_WIDTH, acc[t][i]);
    }
  }
}

/// z = b + W x for `m` frames, 1 or TILE_FRAMES
VEC_INLINE void
project_frames(const RemLstmLayer* const layer,
               const float* const        x,
               const size_t              stride,
               float* const              z,
               const uint32_t            m)
{
  const size_t row = (size_t)REM_N_GATES * layer->n_padded;
  size_t       at  = 0;

  for (; at + TILE_VECTORS * VEC_WIDTH <= row; at += TILE_VECTORS * VEC_WIDTH) {
    project_tile(layer, x, stride, z, at, m, TILE_VECTORS);
  }
  for (; at < row; at += VEC_WIDTH) {
    project_tile(layer, x, stride, z, at, m, 1);
  }
}

REM_RT static void
project(const RemLstmLayer* const layer,
        const float* const        x,
        const size_t              stride,
        float* const              z,
        const uint32_t            n)
{
  const size_t row = (size_t)REM_N_GATES * layer->n_padded;
  uint32_t     t   = 0;

  for (; t + TILE_FRAMES <= n; t += TILE_FRAMES) {
    project_frames(layer, x + t * stride, stride, z + t * row, TILE_FRAMES);
  }
  for (; t < n; ++t) {
    project_frames(layer, x + t * stride, stride, z + t * row, 1);
  }
}

/// acc += U h for one group of unit vectors, k from `k` to `end`, in steps
VEC_INLINE void
accumulate(Vec* const         acc,
           const uint32_t     n_vectors,
           const float* const u,
           const float* const h,
           const uint32_t     first,
           const uint32_t     step,
           const uint32_t     end)
{
  const size_t row = (size_t)n_vectors * VEC_WIDTH;
  for (uint32_t k = first; k < end; k += step) {
    const Vec h_k = vec_set(h[k]);
    for (uint32_t v = 0; v < n_vectors; ++v) {
      acc[v] = vec_fma(h_k, vec_load(u + k * row + v * VEC_WIDTH), acc[v]);
    }
  }
}

/// The same for a single unit vector: its 4 accumulators could not hide the
/// latency of the FMA, so k goes to 2 sets of them in turn
VEC_INLINE void
accumulate_narrow(Vec* const         acc,
                  const float* const u,
                  const float* const h,
                  const uint32_t     end)
{
  Vec      odd[REM_N_GATES] = {{0.0f}};
  uint32_t k                = 0;
  for (; k + 2 <= end; k += 2) {
    accumulate(acc, REM_N_GATES, u, h, k, 1, k + 1);
    accumulate(odd, REM_N_GATES, u, h, k + 1, 1, k + 2);
  }
  accumulate(acc, REM_N_GATES, u, h, k, 1, end);
  for (uint32_t v = 0; v < REM_N_GATES; ++v) {
    acc[v] += odd[v];
  }
}

/**
   One group of unit vectors, one step: gates = z + U h, then c and h.

   Idea: every FMA takes its weight from memory and has 4 * size independent
   accumulators to hide its latency behind.
   Cost: 4 * size * H FMAs, then one chain of activations.
*/
VEC_INLINE void
lstm_group(const float* const u,
           const float* const z,
           const float* const h,
           const uint32_t     n_hidden,
           const uint32_t     size,
           float* const       c,
           float* const       h_new)
{
  Vec acc[REM_N_GATES * MAX_GROUP];

  for (uint32_t v = 0; v < REM_N_GATES * size; ++v) {
    acc[v] = vec_load(z + v * VEC_WIDTH);
  }
  if (size == 1) {
    accumulate_narrow(acc, u, h, n_hidden);
  } else {
    accumulate(acc, REM_N_GATES * size, u, h, 0, 1, n_hidden);
  }
  for (uint32_t v = 0; v < size; ++v) {
    const Vec i    = vec_sigmoid(acc[v]);
    const Vec f    = vec_sigmoid(acc[size + v]);
    const Vec g    = vec_tanh(acc[2 * size + v]);
    const Vec o    = vec_sigmoid(acc[3 * size + v]);
    const Vec next = vec_fma(f, vec_load(c + v * VEC_WIDTH), i * g);
    vec_store(c + v * VEC_WIDTH, next);
    vec_store(h_new + v * VEC_WIDTH, o * vec_tanh(next));
  }
}

/// lstm_group() with a size that is known only now
VEC_INLINE void
lstm_any_group(const float* const u,
               const float* const z,
               const float* const h,
               const uint32_t     n_hidden,
               const uint32_t     size,
               float* const       c,
               float* const       h_new)
{
  switch (size) {
  case 1:
    lstm_group(u, z, h, n_hidden, 1, c, h_new);
    break;
  case 2:
    lstm_group(u, z, h, n_hidden, 2, c, h_new);
    break;
#if defined(__AVX512F__) || defined(__aarch64__)
  case 4:
    lstm_group(u, z, h, n_hidden, 4, c, h_new);
    break;
  case 5:
    lstm_group(u, z, h, n_hidden, 5, c, h_new);
    break;
  case 6:
    lstm_group(u, z, h, n_hidden, 6, c, h_new);
    break;
#endif
  default: // MAX_GROUP is the last size, so this is 3
    lstm_group(u, z, h, n_hidden, 3, c, h_new);
    break;
  }
}

REM_RT static void
lstm(const RemLstmLayer* const layer,
     const float*              z,
     float* const              c,
     float*                    h,
     const uint32_t            n)
{
  const uint32_t n_padded = layer->n_padded;
  const uint32_t n_units  = n_padded / VEC_WIDTH;

  for (uint32_t t = 0; t < n; ++t, h += n_padded) {
    const float* u = layer->u;
    for (uint32_t at = 0; at < n_units; at += layer->group_size) {
      const uint32_t left = n_units - at;
      const uint32_t size = left < layer->group_size ? left : layer->group_size;
      const size_t   wide = (size_t)REM_N_GATES * size * VEC_WIDTH;
      float* const   c_at = c + (size_t)at * VEC_WIDTH;
      float* const   next = h + n_padded + (size_t)at * VEC_WIDTH;
      lstm_any_group(u, z, h, layer->n_hidden, size, c_at, next);
      u += wide * layer->n_hidden;
      z += wide;
    }
  }
}

REM_RT static void
head(const float* const v,
     const float* const d,
     const uint32_t     n_padded,
     const uint32_t     n_out,
     const float*       h,
     float*             y,
     const uint32_t     n)
{
  for (uint32_t t = 0; t < n; ++t, h += n_padded, y += n_out) {
    for (uint32_t o = 0; o < n_out; ++o) {
      const float* const row = v + (size_t)o * n_padded;
      Vec                sum = {0.0f};
      for (uint32_t j = 0; j < n_padded; j += VEC_WIDTH) {
        sum = vec_fma(vec_load(row + j), vec_load(h + j), sum);
      }
      y[o] = d[o] + vec_sum(sum);
    }
  }
}

static void
apply_tanh(float* const x, const size_t n)
{
  for (size_t i = 0; i < n; i += VEC_WIDTH) {
    vec_store(x + i, vec_tanh(vec_load(x + i)));
  }
}

static void
apply_sigmoid(float* const x, const size_t n)
{
  for (size_t i = 0; i < n; i += VEC_WIDTH) {
    vec_store(x + i, vec_sigmoid(vec_load(x + i)));
  }
}

const RemKernel REM_KERNEL = {REM_ISA,
                              VEC_WIDTH,
                              MAX_GROUP,
                              project,
                              lstm,
                              head,
                              apply_tanh,
                              apply_sigmoid};

// SPDX-License-Identifier: ISC

/// Products that do not wait for h: what goes into a layer and out of a net,
/// compiled once per instruction set

#ifndef REM_DSP_KERNEL_KERNEL_DENSE_H
#define REM_DSP_KERNEL_KERNEL_DENSE_H

#include "dsp/kernel/kernel.h"
#include "dsp/kernel/vec_widest.h"

enum { TILE_FRAMES = 4, TILE_VECTORS = 3 };

/// A tile of z = base + W x: `m` frames by `v` vectors, x_j ascending for every
/// element, whatever the tile
VEC_INLINE void
project_tile(const RemLayer* const     layer,
             const float* const* const base,
             const float* const        x,
             const ptrdiff_t           stride,
             float* const              z,
             const size_t              column,
             const uint32_t            m,
             const uint32_t            v)
{
  const size_t row = layer->row;
  Vec          acc[TILE_FRAMES][TILE_VECTORS];

  for (uint32_t t = 0; t < m; ++t) {
    for (uint32_t i = 0; i < v; ++i) {
      acc[t][i] = W(load)(base[t] + column + i * WIDTH);
    }
  }
  for (uint32_t j = 0; j < layer->n_in; ++j) {
    const float* const w = layer->w + j * row + column;
    for (uint32_t t = 0; t < m; ++t) {
      const Vec x_j = W(set)(x[(ptrdiff_t)t * stride + j]);
      for (uint32_t i = 0; i < v; ++i) {
        acc[t][i] = W(fma)(x_j, W(load)(w + i * WIDTH), acc[t][i]);
      }
    }
  }
  for (uint32_t t = 0; t < m; ++t) {
    for (uint32_t i = 0; i < v; ++i) {
      W(store)(z + t * row + column + i * WIDTH, acc[t][i]);
    }
  }
}

/// z = base + W x for `m` frames, 1 or TILE_FRAMES
VEC_INLINE void
project_frames(const RemLayer* const     layer,
               const float* const* const base,
               const float* const        x,
               const ptrdiff_t           stride,
               float* const              z,
               const uint32_t            m)
{
  const size_t row = layer->row;
  size_t       at  = 0;

  for (; at + TILE_VECTORS * WIDTH <= row; at += TILE_VECTORS * WIDTH) {
    project_tile(layer, base, x, stride, z, at, m, TILE_VECTORS);
  }
  for (; at < row; at += WIDTH) {
    project_tile(layer, base, x, stride, z, at, m, 1);
  }
}

REM_RT static void
project(const RemLayer* const     layer,
        const float* const* const base,
        const float* const        x,
        const ptrdiff_t           stride,
        float* const              z,
        const uint32_t            n)
{
  const size_t row = layer->row;
  uint32_t     t   = 0;

  for (; t + TILE_FRAMES <= n; t += TILE_FRAMES) {
    const float* const x_t = x + (ptrdiff_t)t * stride;
    project_frames(layer, base + t, x_t, stride, z + t * row, TILE_FRAMES);
  }
  for (; t < n; ++t) {
    const float* const x_t = x + (ptrdiff_t)t * stride;
    project_frames(layer, base + t, x_t, stride, z + t * row, 1);
  }
}

/// One output of `m` frames, 1 or TILE_FRAMES, whose sums are taken together
VEC_INLINE void
head_tile(const RemLinear* const head,
          const uint32_t         o,
          const float* const     h,
          const float* const     x,
          float* const           y,
          const uint32_t         m)
{
  const float* const v                = head->v + (size_t)o * head->n_padded;
  Vec                acc[TILE_FRAMES] = {{0.0f}};
  float              sum[TILE_FRAMES];

  for (uint32_t j = 0; j < head->n_padded; j += WIDTH) {
    const Vec v_j = W(load)(v + j);
    for (uint32_t t = 0; t < m; ++t) {
      const Vec h_j = W(load)(h + (size_t)t * head->n_padded + j);
      acc[t]        = W(fma)(v_j, h_j, acc[t]);
    }
  }
  const Vec4 sums = vec_sums(acc);
  memcpy(sum, &sums, sizeof(sum));
  for (uint32_t t = 0; t < m; ++t) {
    const float d = head->d[o] + (head->skip ? x[t * head->n_in + o] : 0.0f);
    y[t * head->n_out + o] = d + sum[t];
  }
}

REM_RT static void
run_head(const RemLinear* const head,
         const float*           h,
         const float*           x,
         float*                 y,
         uint32_t               n)
{
  for (; n >= TILE_FRAMES; n -= TILE_FRAMES) {
    for (uint32_t o = 0; o < head->n_out; ++o) {
      head_tile(head, o, h, x, y, TILE_FRAMES);
    }
    h += (size_t)TILE_FRAMES * head->n_padded;
    x += (size_t)TILE_FRAMES * head->n_in;
    y += (size_t)TILE_FRAMES * head->n_out;
  }
  for (uint32_t t = 0; t < n; ++t) {
    for (uint32_t o = 0; o < head->n_out; ++o) {
      head_tile(head,
                o,
                h + (size_t)t * head->n_padded,
                x + (size_t)t * head->n_in,
                y + (size_t)t * head->n_out,
                1);
    }
  }
}

#endif // REM_DSP_KERNEL_KERNEL_DENSE_H

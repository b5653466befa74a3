// SPDX-License-Identifier: ISC

/// One LSTM layer over a window: forward, backward, gradient of its weights

#ifndef REM_OFFLINE_TRAINER_BPTT_BPTT_CELL_H
#define REM_OFFLINE_TRAINER_BPTT_BPTT_CELL_H

#include "offline_trainer/bptt/bptt_kernel.h"
#include "offline_trainer/bptt/bptt_rows.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// A tile holds TILE_UNITS units of 4 gates by TILE_VECTORS vectors of streams.
// Every step of k takes one row of a and 4 * TILE_UNITS weights; that many
// accumulators hide the FMA's latency and fit the registers.
#if defined(__AVX512F__)
enum { TILE_UNITS = 4, TILE_VECTORS = 1, TILE_ROWS = 16, TILE_COLUMNS = 4 };
#elif defined(__aarch64__)
enum { TILE_UNITS = 1, TILE_VECTORS = 4, TILE_ROWS = 4, TILE_COLUMNS = 2 };
#else
enum { TILE_UNITS = 1, TILE_VECTORS = 2, TILE_ROWS = 4, TILE_COLUMNS = 2 };
#endif

enum { TILE_GATES = 4 * TILE_UNITS };

/// acc [rows][TILE_VECTORS] += w' b over `n` rows of b, from vector `v` on; w
/// has `rows` numbers for every row of b
VEC_INLINE void
multiply(Vec (*const acc)[TILE_VECTORS],
         const uint32_t     rows,
         const float* const w,
         const float* const b,
         const uint32_t     v,
         const uint32_t     n)
{
  for (uint32_t k = 0; k < n; ++k) {
    Vec b_k[TILE_VECTORS];
    for (uint32_t i = 0; i < TILE_VECTORS; ++i) {
      b_k[i] = load_row(b, k, v + i);
    }
    for (uint32_t r = 0; r < rows; ++r) {
      const Vec w_r = vec_set(w[(size_t)k * rows + r]);
      for (uint32_t i = 0; i < TILE_VECTORS; ++i) {
        acc[r][i] = vec_fma(w_r, b_k[i], acc[r][i]);
      }
    }
  }
}

/// Where one step of one layer stands
typedef struct {
  const float* a;       ///< a_t
  float*       gates;   ///< Of step t
  const float* c_old;   ///< c_(t-1)
  float*       c;       ///< c_t
  float*       tanh_c;  ///< Of c_t
  float*       h;       ///< h_t, in a_(t+1)
  float*       x_above; ///< x_t of the layer above, or NULL
} Step;

/// Activations of unit `j`, vector `v`, from its four sums
VEC_INLINE void
activate(const Step* const s,
         const uint32_t    j,
         const uint32_t    v,
         const Vec         z_i,
         const Vec         z_f,
         const Vec         z_g,
         const Vec         z_o)
{
  const Vec i      = vec_sigmoid(z_i);
  const Vec f      = vec_sigmoid(z_f);
  const Vec g      = vec_tanh(z_g);
  const Vec o      = vec_sigmoid(z_o);
  const Vec c      = vec_fma(f, load_row(s->c_old, j, v), i * g);
  const Vec tanh_c = vec_tanh(c);
  const Vec h      = o * tanh_c;

  store_row(s->gates, (size_t)4 * j, v, i);
  store_row(s->gates, (size_t)4 * j + 1, v, f);
  store_row(s->gates, (size_t)4 * j + 2, v, g);
  store_row(s->gates, (size_t)4 * j + 3, v, o);
  store_row(s->c, j, v, c);
  store_row(s->tanh_c, j, v, tanh_c);
  store_row(s->h, j, v, h);
  if (s->x_above) {
    store_row(s->x_above, j, v, h);
  }
}

/// One tile of units of one step: z = w a_t, then the cell
VEC_INLINE void
forward_tile(const RemBpttLayer* const layer,
             const Step* const         s,
             const uint32_t            unit,
             const uint32_t            v)
{
  const float* const w = layer->forward + (size_t)4 * unit * layer->n_rows;
  Vec                acc[TILE_GATES][TILE_VECTORS];

  for (uint32_t r = 0; r < TILE_GATES; ++r) {
    for (uint32_t i = 0; i < TILE_VECTORS; ++i) {
      acc[r][i] = vec_set(0.0f);
    }
  }
  multiply(acc, TILE_GATES, w, s->a, v, layer->n_rows);
  for (uint32_t u = 0; u < TILE_UNITS; ++u) {
    Vec(*const z)[TILE_VECTORS] = &acc[(size_t)4 * u];
    for (uint32_t i = 0; i < TILE_VECTORS; ++i) {
      activate(s, unit + u, v + i, z[0][i], z[1][i], z[2][i], z[3][i]);
    }
  }
}

static void
forward(const RemBpttLayer* const layer,
        const RemBpttTape* const  tape,
        // NOLINTNEXTLINE(readability-non-const-parameter): a Step writes to it
        float* const   above,
        const uint32_t above_stride,
        const uint32_t n)
{
  const size_t q = layer->n_units;

  for (size_t t = 0; t < n; ++t) {
    const Step s = {tape->a + t * layer->stride * REM_LANES,
                    tape->gates + t * 4 * q * REM_LANES,
                    tape->c + t * q * REM_LANES,
                    tape->c + (t + 1) * q * REM_LANES,
                    tape->tanh_c + t * q * REM_LANES,
                    tape->a +
                      ((t + 1) * layer->stride + layer->n_in) * REM_LANES,
                    above ? above + t * above_stride * REM_LANES : NULL};
    for (uint32_t unit = 0; unit < q; unit += TILE_UNITS) {
      for (uint32_t v = 0; v < ROW_VECTORS; v += TILE_VECTORS) {
        forward_tile(layer, &s, unit, v);
      }
    }
  }
}

/// Gates of step t become dz; the equations of rem_window_backward()
VEC_INLINE void
gate_gradients(const RemBpttTape* const tape,
               const RemBpttFlow* const flow,
               const size_t             q,
               const size_t             t)
{
  float* const       gates  = tape->gates + t * 4 * q * REM_LANES;
  const float* const c_old  = tape->c + t * q * REM_LANES;
  const float* const tanh_c = tape->tanh_c + t * q * REM_LANES;
  const float* const above  = flow->dh + t * q * REM_LANES;
  const Vec          one    = vec_set(1.0f);

  for (size_t j = 0; j < q; ++j) {
    for (uint32_t v = 0; v < ROW_VECTORS; ++v) {
      const Vec i  = load_row(gates, 4 * j, v);
      const Vec f  = load_row(gates, 4 * j + 1, v);
      const Vec g  = load_row(gates, 4 * j + 2, v);
      const Vec o  = load_row(gates, 4 * j + 3, v);
      const Vec tc = load_row(tanh_c, j, v);
      const Vec dh = load_row(above, j, v) + load_row(flow->dh_rec, j, v);
      const Vec dc = load_row(flow->dc, j, v) + dh * o * (one - tc * tc);

      store_row(gates, 4 * j, v, dc * g * i * (one - i));
      store_row(
        gates, 4 * j + 1, v, dc * load_row(c_old, j, v) * f * (one - f));
      store_row(gates, 4 * j + 2, v, dc * i * (one - g * g));
      store_row(gates, 4 * j + 3, v, dh * tc * o * (one - o));
      store_row(flow->dc, j, v, dc * f);
    }
  }
}

/// out [rows] = w' dz for `rows` rows of a, 1 to TILE_ROWS
VEC_INLINE void
backward_tile(const float* const w,
              const float* const dz,
              const uint32_t     n_gates,
              const uint32_t     rows,
              float* const       out)
{
  for (uint32_t v = 0; v < ROW_VECTORS; v += TILE_VECTORS) {
    Vec acc[TILE_ROWS][TILE_VECTORS];
    for (uint32_t r = 0; r < rows; ++r) {
      for (uint32_t i = 0; i < TILE_VECTORS; ++i) {
        acc[r][i] = vec_set(0.0f);
      }
    }
    multiply(acc, rows, w, dz, v, n_gates);
    for (uint32_t r = 0; r < rows; ++r) {
      for (uint32_t i = 0; i < TILE_VECTORS; ++i) {
        store_row(out, r, v + i, acc[r][i]);
      }
    }
  }
}

/// out [n] = rows first..first+n-1 of W' dz; n is a multiple of 4
VEC_INLINE void
backward_rows(const RemBpttLayer* const layer,
              const float* const        dz,
              const uint32_t            first,
              const uint32_t            n,
              float* const              out)
{
  const uint32_t n_gates = 4 * layer->n_units;

  for (uint32_t k = 0; k < n;) {
    const float* const w  = layer->backward + (size_t)(first + k) * n_gates;
    float* const       to = out + (size_t)k * REM_LANES;
    const uint32_t     m  = n - k < TILE_ROWS ? n - k : TILE_ROWS;
    switch (m) {
#if defined(__AVX512F__)
    case 16:
      backward_tile(w, dz, n_gates, 16, to);
      break;
    case 12:
      backward_tile(w, dz, n_gates, 12, to);
      break;
    case 8:
      backward_tile(w, dz, n_gates, 8, to);
      break;
#endif
    default:
      backward_tile(w, dz, n_gates, 4, to);
      break;
    }
    k += m;
  }
}

static void
backward(const RemBpttLayer* const layer,
         const RemBpttTape* const  tape,
         const RemBpttFlow* const  flow,
         const bool                to_input,
         const uint32_t            first,
         const uint32_t            end)
{
  const size_t   q = layer->n_units;
  const uint32_t x = layer->n_in;

  for (size_t t = end; t-- > first;) {
    const float* const dz = tape->gates + t * 4 * q * REM_LANES;
    gate_gradients(tape, flow, q, t);
    if (to_input) {
      backward_rows(layer, dz, 0U, x, flow->dh + t * q * REM_LANES);
    }
    backward_rows(layer, dz, x, layer->n_units, flow->dh_rec);
  }
}

enum { TILE_WEIGHTS = 4 * TILE_COLUMNS };

/// acc [4, TILE_COLUMNS] += dz [4] a' [columns] of one step, lane by lane
VEC_INLINE void
add_products(Vec* const acc, const float* const dz, const float* const a)
{
  for (uint32_t v = 0; v < ROW_VECTORS; ++v) {
    Vec column[TILE_COLUMNS];
    for (uint32_t k = 0; k < TILE_COLUMNS; ++k) {
      column[k] = load_row(a, k, v);
    }
    for (uint32_t i = 0; i < TILE_WEIGHTS; ++i) {
      const Vec row = load_row(dz, i / TILE_COLUMNS, v);
      acc[i]        = vec_fma(row, column[i % TILE_COLUMNS], acc[i]);
    }
  }
}

/// grad [4, TILE_COLUMNS] += sum over steps and lanes of dz [4] a' [columns]
VEC_INLINE void
weight_tile(const float* const dz,
            const size_t       dz_step,
            const float* const a,
            const size_t       a_step,
            const size_t       n,
            float* const       grad,
            const size_t       grad_stride)
{
  Vec   acc[TILE_WEIGHTS];
  float sum[TILE_WEIGHTS];

  for (uint32_t i = 0; i < TILE_WEIGHTS; ++i) {
    acc[i] = vec_set(0.0f);
  }
  for (size_t t = 0; t < n; ++t) {
    add_products(acc, dz + t * dz_step, a + t * a_step);
  }
  for (size_t i = 0; i < TILE_WEIGHTS; i += VEC_WIDTH) {
    const Vec s = sums_of(acc + i);
    memcpy(sum + i, &s, sizeof(s));
  }
  for (uint32_t i = 0; i < TILE_WEIGHTS; ++i) {
    grad[i / TILE_COLUMNS * grad_stride + i % TILE_COLUMNS] += sum[i];
  }
}

static void
weights(const RemBpttLayer* const layer,
        const RemBpttTape* const  tape,
        const uint32_t            first,
        const uint32_t            end)
{
  const size_t       dz_step = (size_t)4 * layer->n_units * REM_LANES;
  const size_t       a_step  = (size_t)layer->stride * REM_LANES;
  const float* const dz      = tape->gates + first * dz_step;
  const float* const a       = tape->a + first * a_step;

  for (size_t r = 0; r < (size_t)4 * layer->n_units; r += 4) {
    for (size_t k = 0; k < layer->stride; k += TILE_COLUMNS) {
      weight_tile(dz + r * REM_LANES,
                  dz_step,
                  a + k * REM_LANES,
                  a_step,
                  end - first,
                  tape->grad + r * layer->stride + k,
                  layer->stride);
    }
  }
}

#endif // REM_OFFLINE_TRAINER_BPTT_BPTT_CELL_H

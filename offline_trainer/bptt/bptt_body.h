// SPDX-License-Identifier: ISC

/// The code behind RemBpttKernel, compiled once per instruction set: a file
/// that includes this defines REM_BPTT_KERNEL (the struct's name) and REM_ISA.

#include "dsp/kernel/vec.h"
#include "offline_trainer/bptt/bptt_kernel.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { ROW_VECTORS = REM_LANES / VEC_WIDTH };

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

/// Vector `v` of row `row`
VEC_INLINE Vec
load_row(const float* const rows, const size_t row, const size_t v)
{
  return vec_load(rows + row * REM_LANES + v * VEC_WIDTH);
}

VEC_INLINE void
store_row(float* const rows, const size_t row, const size_t v, const Vec x)
{
  vec_store(rows + row * REM_LANES + v * VEC_WIDTH, x);
}

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

// Every second lane of two vectors, from lane `first` on
#define EVERY_2ND_OF_4(first) (first), (first) + 2, (first) + 4, (first) + 6
#define EVERY_2ND_OF_8(first) EVERY_2ND_OF_4(first), EVERY_2ND_OF_4((first) + 8)
#define EVERY_2ND_OF_16(first) \
  EVERY_2ND_OF_8(first), EVERY_2ND_OF_8((first) + 16)

/// Sums of neighbours: those of a, then those of b
VEC_INLINE Vec
add_neighbours(const Vec a, const Vec b)
{
#if defined(__AVX512F__)
  return __builtin_shufflevector(a, b, EVERY_2ND_OF_16(0)) +
         __builtin_shufflevector(a, b, EVERY_2ND_OF_16(1));
#elif defined(__AVX2__)
  return __builtin_shufflevector(a, b, EVERY_2ND_OF_8(0)) +
         __builtin_shufflevector(a, b, EVERY_2ND_OF_8(1));
#else
  return __builtin_shufflevector(a, b, EVERY_2ND_OF_4(0)) +
         __builtin_shufflevector(a, b, EVERY_2ND_OF_4(1));
#endif
}

/// Lane i of the result is the sum of all lanes of x[i]; x is used up
VEC_INLINE Vec
sums_of(Vec* const x)
{
  for (size_t n = VEC_WIDTH / 2; n; n /= 2) {
    for (size_t i = 0; i < n; ++i) {
      x[i] = add_neighbours(x[2 * i], x[2 * i + 1]);
    }
  }
  return x[0];
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

/// One output of `m` steps at once, 1 or 4, so that their sums are independent
VEC_INLINE void
head_steps(const float* const v,
           const uint32_t     n_units,
           const float* const h,
           const size_t       h_step,
           float* const       y,
           const size_t       y_step,
           const uint32_t     m)
{
  Vec acc[4][ROW_VECTORS];
  for (uint32_t t = 0; t < m; ++t) {
    for (uint32_t i = 0; i < ROW_VECTORS; ++i) {
      acc[t][i] = vec_set(v[n_units]);
    }
  }
  for (uint32_t k = 0; k < n_units; ++k) {
    const Vec v_k = vec_set(v[k]);
    for (uint32_t t = 0; t < m; ++t) {
      for (uint32_t i = 0; i < ROW_VECTORS; ++i) {
        acc[t][i] = vec_fma(v_k, load_row(h + t * h_step, k, i), acc[t][i]);
      }
    }
  }
  for (uint32_t t = 0; t < m; ++t) {
    for (uint32_t i = 0; i < ROW_VECTORS; ++i) {
      store_row(y + t * y_step, 0, i, acc[t][i]);
    }
  }
}

static void
head(const float* const v,
     const uint32_t     n_units,
     const uint32_t     n_out,
     const float* const h,
     const uint32_t     stride,
     float* const       y,
     const uint32_t     n)
{
  const size_t h_step = (size_t)stride * REM_LANES;
  const size_t y_step = (size_t)n_out * REM_LANES;

  for (size_t o = 0; o < n_out; ++o) {
    const float* const v_o = v + o * (n_units + 1U);
    float* const       y_o = y + o * REM_LANES;
    size_t             t   = 0;
    for (; t + 4 <= n; t += 4) {
      head_steps(
        v_o, n_units, h + t * h_step, h_step, y_o + t * y_step, y_step, 4);
    }
    for (; t < n; ++t) {
      head_steps(
        v_o, n_units, h + t * h_step, h_step, y_o + t * y_step, y_step, 1);
    }
  }
}

/// dh [Q] of one step
VEC_INLINE void
head_input_gradient(const float* const v,
                    const uint32_t     n_units,
                    const uint32_t     n_out,
                    const float* const dy,
                    float* const       dh)
{
  for (uint32_t k = 0; k < n_units; ++k) {
    for (uint32_t i = 0; i < ROW_VECTORS; ++i) {
      Vec sum = vec_set(0.0f);
      for (uint32_t o = 0; o < n_out; ++o) {
        const float v_ok = v[(size_t)o * (n_units + 1U) + k];
        sum              = vec_fma(vec_set(v_ok), load_row(dy, o, i), sum);
      }
      store_row(dh, k, i, sum);
    }
  }
}

/// grad [VEC_WIDTH] += sum over steps and lanes of dy h' for that many rows
VEC_INLINE void
head_weight_tile(const float* const h,
                 const size_t       h_step,
                 const float* const dy,
                 const size_t       dy_step,
                 float* const       grad,
                 const size_t       n)
{
  Vec   acc[VEC_WIDTH];
  float sum[VEC_WIDTH];

  for (uint32_t k = 0; k < VEC_WIDTH; ++k) {
    acc[k] = vec_set(0.0f);
  }
  for (size_t t = 0; t < n; ++t) {
    for (uint32_t v = 0; v < ROW_VECTORS; ++v) {
      const Vec dy_t = load_row(dy + t * dy_step, 0, v);
      for (uint32_t k = 0; k < VEC_WIDTH; ++k) {
        acc[k] = vec_fma(dy_t, load_row(h + t * h_step, k, v), acc[k]);
      }
    }
  }
  const Vec s = sums_of(acc);
  memcpy(sum, &s, sizeof(s));
  for (uint32_t k = 0; k < VEC_WIDTH; ++k) {
    grad[k] += sum[k];
  }
}

static void
head_backward(const float* const v,
              const uint32_t     n_units,
              const uint32_t     n_out,
              const float* const h,
              const uint32_t     stride,
              const float* const dy,
              float* const       dh,
              float* const       grad,
              const uint32_t     grad_stride,
              const uint32_t     n)
{
  const size_t h_step  = (size_t)stride * REM_LANES;
  const size_t dy_step = (size_t)n_out * REM_LANES;

  for (size_t t = 0; t < n; ++t) {
    head_input_gradient(
      v, n_units, n_out, dy + t * dy_step, dh + t * n_units * REM_LANES);
  }
  for (size_t o = 0; o < n_out; ++o) {
    for (size_t k = 0; k < n_units + 1U; k += VEC_WIDTH) {
      head_weight_tile(h + k * REM_LANES,
                       h_step,
                       dy + o * REM_LANES,
                       dy_step,
                       grad + o * grad_stride + k,
                       n);
    }
  }
}

const RemBpttKernel REM_BPTT_KERNEL = {REM_ISA,
                                       TILE_UNITS,
                                       TILE_ROWS,
                                       forward,
                                       backward,
                                       weights,
                                       head,
                                       head_backward};

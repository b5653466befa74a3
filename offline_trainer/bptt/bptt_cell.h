// SPDX-License-Identifier: ISC

/// The LSTM, forward and back, for blocks of WIDTH units; included after
/// dsp/kernel/vec.h, once per width.
///
/// Idea: gates of a block stand side by side, so that everything is whole
/// vectors.  Forward goes over the rows twice: what depends on nothing first,
/// then the chain from c to h, so that the processor finds enough to do at
/// once. A window leaves the second-level cache, so both ways ask for the step
/// that comes next.

/// Ask for n floats, `step` floats away from p, there or not
VEC_INLINE void
W(ask)(const float* const p, const size_t n, const ptrdiff_t step)
{
  const uintptr_t at = (uintptr_t)p + (uintptr_t)(step * (ptrdiff_t)sizeof(*p));
  for (uintptr_t i = 0U; i < n * sizeof(*p); i += CACHE_LINE) {
    // Not a pointer before the cast: it may lie outside of any object
    // NOLINTNEXTLINE(performance-no-int-to-ptr)
    __builtin_prefetch((const void*)(at + i), 1, 2);
  }
}

/// Ask for unit `unit` of row `s` of the step before, -1, or after, 1; `c` is
/// the one of #RemCellRows that it reads or writes
VEC_INLINE void
W(ask_block)(const RemCellRows* const rows,
             const float* const       c,
             const size_t             s,
             const size_t             unit,
             const ptrdiff_t          where)
{
  const size_t    j      = s * rows->n_units + unit;
  const size_t    k      = s * rows->h_row + unit;
  const ptrdiff_t n_rows = where * (ptrdiff_t)rows->n_rows;
  const ptrdiff_t c_step = n_rows * (ptrdiff_t)rows->n_units;
  W(ask)(rows->gates + 4U * j, (size_t)4 * WIDTH, 4 * c_step);
  W(ask)(c + j, WIDTH, c_step);
  W(ask)(rows->h + k, WIDTH, n_rows * (ptrdiff_t)rows->h_row);
}

/// Units from `unit` on of every row, forward
VEC_INLINE void
W(cell_block)(const RemCellRows* const rows, const size_t unit)
{
  const size_t q = rows->n_units;
  for (size_t s = 0; s < rows->n_rows; ++s) {
    float* const i = rows->gates + (s * q + unit) * 4U;
    float* const f = i + WIDTH;
    float* const g = f + WIDTH;
    float* const o = g + WIDTH;
    W(store)(i, W(sigmoid)(W(load)(i)));
    W(store)(f, W(sigmoid)(W(load)(f)));
    W(store)(g, W(tanh)(W(load)(g)));
    W(store)(o, W(sigmoid)(W(load)(o)));
  }
  for (size_t s = 0; s < rows->n_rows; ++s) {
    const size_t       j = s * q + unit;
    const float* const i = rows->gates + (s * q + unit) * 4U;
    const float* const f = i + WIDTH;
    const float* const g = f + WIDTH;
    const float* const o = g + WIDTH;
    const W(Vec) ig      = W(load)(i) * W(load)(g);
    const W(Vec) c       = W(fma)(W(load)(f), W(load)(rows->c_old + j), ig);
    W(store)(rows->c + j, c);
    W(store)(rows->h + s * rows->h_row + unit, W(load)(o) * W(tanh)(c));
    W(ask_block)(rows, rows->c, s, unit, 1);
  }
}

VEC_INLINE void
W(add)(float* const to, const W(Vec) x)
{
  W(store)(to, W(load)(to) + x);
}

/// Units from `unit` on of every row, back: the equations of
/// rem_window_backward()
VEC_INLINE void
W(cell_gradient_block)(const RemCellRows* const rows,
                       const RemCellBack* const back,
                       const size_t             unit)
{
  const size_t q   = rows->n_units;
  const W(Vec) one = W(set)(1.0f);
  W(Vec) b_i       = W(set)(0.0f);
  W(Vec) b_f       = b_i;
  W(Vec) b_g       = b_i;
  W(Vec) b_o       = b_i;

  for (size_t s = 0; s < rows->n_rows; ++s) {
    float* const z = rows->gates + (s * q + unit) * 4U;
    const size_t j = s * q + unit;

    const W(Vec) i = W(load)(z);
    const W(Vec) f = W(load)(z + WIDTH);
    const W(Vec) g = W(load)(z + (size_t)2 * WIDTH);
    const W(Vec) o = W(load)(z + (size_t)3 * WIDTH);
    // tanh(c) is h / o, and need not be kept: o is e^-60 or more
    const W(Vec) h    = W(load)(rows->h + s * rows->h_row + unit);
    const W(Vec) dh_j = W(load)(back->dh + j);
    const W(Vec) dc_j =
      W(load)(back->dc + j) + dh_j * (o - h * W(quotient)(h, o));
    const W(Vec) d_i = dc_j * g * i * (one - i);
    const W(Vec) d_f = dc_j * W(load)(rows->c_old + j) * f * (one - f);
    const W(Vec) d_g = dc_j * i * (one - g * g);
    const W(Vec) d_o = dh_j * h * (one - o);

    W(store)(z, d_i);
    W(store)(z + WIDTH, d_f);
    W(store)(z + (size_t)2 * WIDTH, d_g);
    W(store)(z + (size_t)3 * WIDTH, d_o);
    W(store)(back->dc + j, dc_j * f);
    b_i += d_i;
    b_f += d_f;
    b_g += d_g;
    b_o += d_o;
    W(ask_block)(rows, rows->c_old, s, unit, -1);
  }
  W(add)(back->db + 4U * unit, b_i);
  W(add)(back->db + 4U * unit + WIDTH, b_f);
  W(add)(back->db + 4U * unit + (size_t)2 * WIDTH, b_g);
  W(add)(back->db + 4U * unit + (size_t)3 * WIDTH, b_o);
}

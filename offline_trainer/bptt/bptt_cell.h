// SPDX-License-Identifier: ISC

/// The cell, forward and back, for blocks of WIDTH units; included after
/// bptt_vec.h, once per width.
///
/// Idea: gates of a block stand side by side, so that everything is whole
/// vectors; rows are independent, so that their latencies overlap.

/// Units from `unit` on of every row, forward
VEC_INLINE void
W(cell_block)(const RemCellRows* const rows, const size_t unit)
{
  const size_t q = rows->n_units;
  for (size_t s = 0; s < rows->n_rows; ++s) {
    float* const z = rows->gates + (s * q + unit) * 4U;
    const size_t j = s * q + unit;

    const W(Vec) i      = W(sigmoid)(W(load)(z));
    const W(Vec) f      = W(sigmoid)(W(load)(z + WIDTH));
    const W(Vec) g      = W(tanh)(W(load)(z + (size_t)2 * WIDTH));
    const W(Vec) o      = W(sigmoid)(W(load)(z + (size_t)3 * WIDTH));
    const W(Vec) c      = W(fma)(f, W(load)(rows->c_old + j), i * g);
    const W(Vec) tanh_c = W(tanh)(c);

    W(store)(z, i);
    W(store)(z + WIDTH, f);
    W(store)(z + (size_t)2 * WIDTH, g);
    W(store)(z + (size_t)3 * WIDTH, o);
    W(store)(rows->c + j, c);
    W(store)(rows->tanh_c + j, tanh_c);
    W(store)(rows->h + s * rows->h_row + unit, o * tanh_c);
  }
}

/// Units from `unit` on of every row, back: the equations of
/// rem_window_backward()
VEC_INLINE void
W(cell_gradient_block)(const RemCellRows* const rows,
                       const float* const       dh,
                       float* const             dc,
                       float* const             db,
                       const size_t             unit)
{
  const size_t q   = rows->n_units;
  const W(Vec) one = W(set)(1.0f);
  float* const b   = db + 4U * unit;
  W(Vec) b_i       = W(load)(b);
  W(Vec) b_f       = W(load)(b + WIDTH);
  W(Vec) b_g       = W(load)(b + (size_t)2 * WIDTH);
  W(Vec) b_o       = W(load)(b + (size_t)3 * WIDTH);

  for (size_t s = 0; s < rows->n_rows; ++s) {
    float* const z = rows->gates + (s * q + unit) * 4U;
    const size_t j = s * q + unit;

    const W(Vec) i    = W(load)(z);
    const W(Vec) f    = W(load)(z + WIDTH);
    const W(Vec) g    = W(load)(z + (size_t)2 * WIDTH);
    const W(Vec) o    = W(load)(z + (size_t)3 * WIDTH);
    const W(Vec) tc   = W(load)(rows->tanh_c + j);
    const W(Vec) dh_j = W(load)(dh + j);
    const W(Vec) dc_j = W(load)(dc + j) + dh_j * o * (one - tc * tc);
    const W(Vec) d_i  = dc_j * g * i * (one - i);
    const W(Vec) d_f  = dc_j * W(load)(rows->c_old + j) * f * (one - f);
    const W(Vec) d_g  = dc_j * i * (one - g * g);
    const W(Vec) d_o  = dh_j * tc * o * (one - o);

    W(store)(z, d_i);
    W(store)(z + WIDTH, d_f);
    W(store)(z + (size_t)2 * WIDTH, d_g);
    W(store)(z + (size_t)3 * WIDTH, d_o);
    W(store)(dc + j, dc_j * f);
    b_i += d_i;
    b_f += d_f;
    b_g += d_g;
    b_o += d_o;
  }
  W(store)(b, b_i);
  W(store)(b + WIDTH, b_f);
  W(store)(b + (size_t)2 * WIDTH, b_g);
  W(store)(b + (size_t)3 * WIDTH, b_o);
}

// SPDX-License-Identifier: ISC

/// The gated recurrent unit, forward and back, for blocks of WIDTH units;
/// included after bptt_cell.h, once per width.
///
/// Idea: W and U each lead to three gates in a row, of which they share r and
/// z, so that a step is two products of 3H instead of the LSTM's 4H.

/// Ask for unit `unit` of row `s` of the step before, -1, or after, 1
VEC_INLINE void
W(ask_gru)(const RemCellRows* const rows,
           const float* const       h,
           const size_t             s,
           const size_t             unit,
           const ptrdiff_t          where)
{
  const size_t    q      = rows->n_units;
  const ptrdiff_t n_rows = where * (ptrdiff_t)rows->n_rows;
  for (size_t g = 0; g < 4U; ++g) {
    W(ask)
    (rows->gates + (s * 4U + g) * q + unit, WIDTH, n_rows * 4 * (ptrdiff_t)q);
  }
  W(ask)(h + s * rows->h_row + unit, WIDTH, n_rows * (ptrdiff_t)rows->h_row);
}

/// Units from `unit` on of every row, forward
VEC_INLINE void
W(gru_block)(const RemCellRows* const rows, const size_t unit)
{
  const size_t q = rows->n_units;
  for (size_t s = 0; s < rows->n_rows; ++s) {
    float* const       n_x = rows->gates + s * 4U * q + unit;
    float* const       r   = n_x + q;
    float* const       z   = r + q;
    const float* const n_h = z + q;
    const size_t       at  = s * rows->h_row + unit;
    const W(Vec) r_j       = W(sigmoid)(W(load)(r));
    const W(Vec) z_j       = W(sigmoid)(W(load)(z));
    const W(Vec) sum       = W(fma)(r_j, W(load)(n_h), W(load)(n_x));
    const W(Vec) n_j       = W(tanh)(sum);
    const W(Vec) h_old     = W(load)(rows->h_old + at);
    W(store)(n_x, n_j);
    W(store)(r, r_j);
    W(store)(z, z_j);
    W(store)(rows->h + at, W(fma)(z_j, h_old - n_j, n_j));
    W(ask_gru)(rows, rows->h, s, unit, 1);
  }
}

/// Units from `unit` on of every row, back: with dh by h,
///
///     dn = dh (1 - z) (1 - n^2)       dz = dh (h_old - n) z (1 - z)
///     dr = dn (U h + b_hn) r (1 - r)  dh_old = dh z + U' [dr dz dn r]
VEC_INLINE void
W(gru_gradient_block)(const RemCellRows* const rows,
                      const RemCellBack* const back,
                      const size_t             unit)
{
  const size_t q   = rows->n_units;
  const W(Vec) one = W(set)(1.0f);
  W(Vec) b[4]      = {W(set)(0.0f), W(set)(0.0f), W(set)(0.0f), W(set)(0.0f)};

  for (size_t s = 0; s < rows->n_rows; ++s) {
    float* const       at = rows->gates + s * 4U * q + unit;
    const float* const h  = rows->h_old + s * rows->h_row + unit;
    const size_t       j  = s * q + unit;
    const W(Vec) n        = W(load)(at);
    const W(Vec) r        = W(load)(at + q);
    const W(Vec) z        = W(load)(at + 2U * q);
    const W(Vec) dh_j     = W(load)(back->dh + j);
    const W(Vec) d_n      = dh_j * (one - z) * (one - n * n);
    const W(Vec) d_nh     = d_n * r;
    const W(Vec) d_r      = d_nh * W(load)(at + 3U * q) * (one - r);
    const W(Vec) d_z      = dh_j * (W(load)(h) - n) * z * (one - z);

    W(store)(at, d_n);
    W(store)(at + q, d_r);
    W(store)(at + 2U * q, d_z);
    W(store)(at + 3U * q, d_nh);
    W(store)(back->dh_old + j, W(fma)(dh_j, z, W(load)(back->dh_old + j)));
    b[0] += d_n;
    b[1] += d_r;
    b[2] += d_z;
    b[3] += d_nh;
    W(ask_gru)(rows, rows->h_old, s, unit, -1);
  }
  for (size_t g = 0; g < 4U; ++g) {
    W(add)(back->db + g * q + unit, b[g]);
  }
}

// SPDX-License-Identifier: ISC

/// Units without gates, forward and back, for blocks of WIDTH units; included
/// after bptt_cell.h, once per width.  The cell is known where this is inlined.

/// Return what a unit makes of its sum
VEC_INLINE
W(Vec) W(activate)(const RemCell cell, const W(Vec) x)
{
  return cell == REM_CELL_RNN_LINEAR    ? x
         : cell == REM_CELL_RNN_SIGMOID ? W(sigmoid)(x)
                                        : W(tanh)(x);
}

/// Return the derivative of what a unit gave, `h`
VEC_INLINE
W(Vec) W(slope)(const RemCell cell, const W(Vec) h)
{
  const W(Vec) one = W(set)(1.0f);
  return cell == REM_CELL_RNN_LINEAR    ? one
         : cell == REM_CELL_RNN_SIGMOID ? h * (one - h)
                                        : one - h * h;
}

/// Units from `unit` on of every row, forward
VEC_INLINE void
W(rnn_block)(const RemCell            cell,
             const RemCellRows* const rows,
             const size_t             unit)
{
  const size_t q = rows->n_units;
  for (size_t s = 0; s < rows->n_rows; ++s) {
    const size_t j = s * q + unit;
    W(Vec) z       = W(load)(rows->gates + j);
    if (cell != REM_CELL_FORWARD && rows->c_old) {
      z += W(load)(rows->c_old + j);
    }
    if (rows->c) {
      W(store)(rows->c + j, W(set)(0.0f));
    }
    W(store)(rows->h + s * rows->h_row + unit, W(activate)(cell, z));
  }
}

/// Units from `unit` on of every row, back: dz = dh f'(z)
VEC_INLINE void
W(rnn_gradient_block)(const RemCell            cell,
                      const RemCellRows* const rows,
                      const RemCellBack* const back,
                      const size_t             unit)
{
  const size_t q = rows->n_units;
  W(Vec) b       = W(set)(0.0f);

  for (size_t s = 0; s < rows->n_rows; ++s) {
    const size_t j = s * q + unit;
    const W(Vec) h = W(load)(rows->h + s * rows->h_row + unit);
    const W(Vec) d = W(load)(back->dh + j) * W(slope)(cell, h);
    W(store)(rows->gates + j, d);
    if (cell != REM_CELL_FORWARD && rows->c_old) {
      W(store)(back->dc + j, d);
    }
    b += d;
  }
  W(add)(back->db + unit, b);
}

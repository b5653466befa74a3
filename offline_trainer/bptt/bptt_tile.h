// SPDX-License-Identifier: ISC

/// Products by tiles of WIDTH-wide vectors; included after dsp/kernel/vec.h,
/// once per width.
///
/// Idea: a tile of c, up to TILE_ROWS rows by TILE_VECTORS vectors, stays in
/// registers while the terms go by; each term loads that many vectors of b and
/// broadcasts that many numbers of a.  8 or more accumulators hide the FMA's
/// latency.  Cost: rows * vectors FMAs per rows + vectors loads.

/// The terms of one tile, added to acc
VEC_INLINE void
W(add_terms)(const RemFactors* const factors,
             const size_t            row,
             const size_t            column,
             const uint32_t          m,
             const uint32_t          v,
             W(Vec) (*const acc)[TILE_VECTORS])
{
  const size_t a_row  = factors->a_row;
  const size_t a_term = factors->a_term;
  const size_t b_term = factors->b_term;
  const float* a      = factors->a + row * a_row;
  const float* b      = factors->b + column;

  for (size_t k = factors->n_terms; k; --k) {
    W(Vec) b_k[TILE_VECTORS];
    for (uint32_t j = 0; j < v; ++j) {
      b_k[j] = W(load)(b + (size_t)j * WIDTH);
    }
    for (uint32_t i = 0; i < m; ++i) {
      const W(Vec) a_ik = W(set)(a[i * a_row]);
      for (uint32_t j = 0; j < v; ++j) {
        acc[i][j] = W(fma)(a_ik, b_k[j], acc[i][j]);
      }
    }
    a += a_term;
    b += b_term;
  }
}

/// One tile of m rows and v vectors
VEC_INLINE void
W(tile)(const RemProduct* const p,
        const size_t            row,
        const size_t            column,
        const uint32_t          m,
        const uint32_t          v)
{
  W(Vec) acc[TILE_ROWS][TILE_VECTORS];

  for (uint32_t i = 0; i < m; ++i) {
    for (uint32_t j = 0; j < v; ++j) {
      acc[i][j] = W(set)(0.0f);
    }
  }
  W(add_terms)(&p->factors[0], row, column, m, v, acc);
  W(add_terms)(&p->factors[1], row, column, m, v, acc);
  for (uint32_t i = 0; i < m; ++i) {
    for (uint32_t j = 0; j < v; ++j) {
      const size_t at = column + (size_t)j * WIDTH;
      float* const c  = p->c + (row + i) * p->c_row + at;
      if (p->from) {
        acc[i][j] += W(load)(p->from + (row + i) * p->from_row + at);
      }
      W(store)(c, acc[i][j]);
    }
  }
}

/// All rows of v vectors' columns, in tiles of even height
VEC_INLINE void
W(panel)(const RemProduct* const p, const size_t column, const uint32_t v)
{
  for (size_t row = 0U; row < p->m;) {
    const size_t left = p->m - row;
    const size_t m    = left / ((left + TILE_ROWS - 1U) / TILE_ROWS);
    switch (m) {
#if TILE_ROWS == 8
    case 8:
      W(tile)(p, row, column, 8, v);
      break;
    case 7:
      W(tile)(p, row, column, 7, v);
      break;
#endif
#if TILE_ROWS >= 6
    case 6:
      W(tile)(p, row, column, 6, v);
      break;
    case 5:
      W(tile)(p, row, column, 5, v);
      break;
#endif
    case 4:
      W(tile)(p, row, column, 4, v);
      break;
    case 3:
      W(tile)(p, row, column, 3, v);
      break;
    case 2:
      W(tile)(p, row, column, 2, v);
      break;
    default:
      W(tile)(p, row, column, 1, v);
      break;
    }
    row += m;
  }
}

/// Columns from `begin` on, as many whole vectors as there are; returns the
/// first that is left
static size_t
W(columns)(const RemProduct* const p, size_t begin)
{
  while (begin + (size_t)TILE_VECTORS * WIDTH <= p->n) {
    W(panel)(p, begin, TILE_VECTORS);
    begin += (size_t)TILE_VECTORS * WIDTH;
  }
  while (begin + WIDTH <= p->n) {
    W(panel)(p, begin, 1);
    begin += WIDTH;
  }
  return begin;
}

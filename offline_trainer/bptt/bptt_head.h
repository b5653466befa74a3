// SPDX-License-Identifier: ISC

/// The linear head forward: dot products along rows of h; included once, after
/// all widths
///
/// Idea: four rows at a time, so that their sums are independent and one
/// shuffle adds up several.  Cost: P / width FMAs and loads per output, and
/// about 4 operations for the sum across lanes.

#define WIDE(name) VEC_JOIN(name, WIDEST)

/// Sums of lanes that are 4 apart
VEC_INLINE Vec_4
fold(const WIDE(Vec) x)
{
#if WIDEST == 16
  const Vec_8 y = __builtin_shufflevector(x, x, 0, 1, 2, 3, 4, 5, 6, 7) +
                  __builtin_shufflevector(x, x, 8, 9, 10, 11, 12, 13, 14, 15);
#else
  const WIDE(Vec) y = x;
#endif
#if WIDEST >= 8
  return __builtin_shufflevector(y, y, 0, 1, 2, 3) +
         __builtin_shufflevector(y, y, 4, 5, 6, 7);
#else
  return y;
#endif
}

/// Sums of neighbours: those of a, then those of b
VEC_INLINE Vec_4
add_neighbours(const Vec_4 a, const Vec_4 b)
{
  return __builtin_shufflevector(a, b, 0, 2, 4, 6) +
         __builtin_shufflevector(a, b, 1, 3, 5, 7);
}

/// Four dot products: v [P] with four rows of h
VEC_INLINE Vec_4
four_dots(const float* const v,
          const size_t       n_padded,
          const float* const h,
          const size_t       rows[4])
{
  WIDE(Vec) acc[4];
  for (size_t i = 0; i < 4U; ++i) {
    acc[i] = WIDE(set)(0.0f);
  }
  for (size_t k = 0; k < n_padded; k += WIDEST) {
    const WIDE(Vec) v_k = WIDE(load)(v + k);
    for (size_t i = 0; i < 4U; ++i) {
      acc[i] = WIDE(fma)(v_k, WIDE(load)(h + rows[i] * n_padded + k), acc[i]);
    }
  }
  return add_neighbours(add_neighbours(fold(acc[0]), fold(acc[1])),
                        add_neighbours(fold(acc[2]), fold(acc[3])));
}

static void
head(const float* const v,
     const float* const d,
     const size_t       n_padded,
     const size_t       n_out,
     const float* const h,
     float* const       y,
     const size_t       n)
{
  for (size_t r = 0; r < n; r += 4U) {
    size_t rows[4];
    for (size_t i = 0; i < 4U; ++i) {
      rows[i] = r + i < n ? r + i : n - 1U; // The last one, more than once
    }
    for (size_t o = 0; o < n_out; ++o) {
      const Vec_4 s = four_dots(v + o * n_padded, n_padded, h, rows);
      for (size_t i = 0; i < 4U; ++i) {
        y[rows[i] * n_out + o] = s[i] + d[o];
      }
    }
  }
}

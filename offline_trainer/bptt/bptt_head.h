// SPDX-License-Identifier: ISC

/// The linear head forward: dot products along rows of h, in the widest vectors
///
/// Idea: four rows at a time, so that their sums are independent and one
/// shuffle adds up several.  Cost: P / width FMAs and loads per output, and
/// about 4 operations for the sum across lanes.

/// Four dot products: v [P] with four rows of h
VEC_INLINE Vec4
four_dots(const float* const v,
          const size_t       n_padded,
          const float* const h,
          const size_t       rows[4])
{
  Vec acc[4];
  for (size_t i = 0; i < 4U; ++i) {
    acc[i] = W(set)(0.0f);
  }
  for (size_t k = 0; k < n_padded; k += WIDTH) {
    const Vec v_k = W(load)(v + k);
    for (size_t i = 0; i < 4U; ++i) {
      acc[i] = W(fma)(v_k, W(load)(h + rows[i] * n_padded + k), acc[i]);
    }
  }
  return vec_sums(acc);
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
      const Vec4 s = four_dots(v + o * n_padded, n_padded, h, rows);
      for (size_t i = 0; i < 4U; ++i) {
        y[rows[i] * n_out + o] = s[i] + d[o];
      }
    }
  }
}

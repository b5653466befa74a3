// SPDX-License-Identifier: ISC

#include "offline_trainer/bptt/panels.h"

#include <stddef.h>
#include <stdint.h>
#include <string.h>

enum {
  ROWS         = 64,  ///< Of a product's rows at once: a [64, 1024] fits L2
  TERMS        = 256, ///< Of a gradient at once: b [256, 32] is 32 KiB
  PACKED_ROWS  = 256, ///< Of a gradient at once: a [256, 256] is 256 KiB
  ROWS_OF_TILE = 8
};

static size_t
least(const size_t a, const size_t b)
{
  return a < b ? a : b;
}

/// Rows from `row` on, columns from `column` on of a product
static RemProduct
part_of(const RemProduct* const whole, const size_t row, const size_t column)
{
  RemProduct part = *whole;
  part.factors[0].a += row * whole->factors[0].a_row;
  part.c += row * whole->c_row + column;
  if (whole->from) {
    part.from += row * whole->from_row + column;
  }
  part.m = whole->m - row;
  part.n = least(whole->n - column, REM_PANEL);
  return part;
}

void
rem_panels_product(const RemBpttKernel* const kernel,
                   const RemProduct* const    product)
{
  const RemFactors* const factors = &product->factors[0];
  for (size_t row = 0; row < product->m; row += ROWS) {
    for (size_t column = 0; column < product->n; column += REM_PANEL) {
      RemProduct part        = part_of(product, row, column);
      part.m                 = least(part.m, ROWS);
      part.factors[0].b      = factors->b + column * factors->n_terms;
      part.factors[0].b_term = part.n;
      kernel->product(&part);
    }
  }
}

size_t
rem_panels_n_scratch(const size_t n)
{
  return TERMS * (n + PACKED_ROWS);
}

/// Copy [n_rows, n], rows `stride` apart, to panels of `width` columns
static void
pack(const float* const from,
     const size_t       stride,
     const size_t       n_rows,
     const size_t       n,
     const size_t       width,
     float*             to)
{
  for (size_t first = 0; first < n; first += width) {
    const size_t size = least(n - first, width);
    for (size_t k = 0; k < n_rows; ++k) {
      memcpy(to, from + k * stride + first, size * sizeof(float));
      to += size;
    }
  }
}

/// Some rows of a gradient: a in panels of 8, b in panels of 32
static void
multiply_packed(const RemBpttKernel* const kernel,
                const RemProduct* const    whole,
                const size_t               first,
                const size_t               end,
                const float* const         a,
                const float* const         b)
{
  const size_t n_terms = whole->factors[0].n_terms;
  for (size_t column = 0; column < whole->n; column += REM_PANEL) {
    for (size_t row = first; row < end; row += ROWS_OF_TILE) {
      RemProduct part = part_of(whole, row, column);
      part.m          = least(end - row, ROWS_OF_TILE);
      part.factors[0] = (RemFactors){.a       = a + (row - first) * n_terms,
                                     .a_row   = 1U,
                                     .a_term  = part.m,
                                     .b       = b + column * n_terms,
                                     .b_term  = part.n,
                                     .n_terms = n_terms};
      kernel->product(&part);
    }
  }
}

void
rem_panels_gradient(const RemBpttKernel* const kernel,
                    const RemProduct* const    product,
                    float* const               scratch)
{
  const RemFactors* const factors = &product->factors[0];
  float* const            a       = scratch;
  float* const            b       = a + (size_t)TERMS * PACKED_ROWS;
  RemProduct              block   = *product;

  for (size_t k = 0; k < factors->n_terms; k += TERMS) {
    const size_t n           = least(factors->n_terms - k, TERMS);
    block.factors[0].n_terms = n;
    pack(factors->b + k * factors->b_term,
         factors->b_term,
         n,
         product->n,
         REM_PANEL,
         b);
    for (size_t row = 0; row < product->m; row += PACKED_ROWS) {
      const size_t end = least(product->m, row + PACKED_ROWS);
      pack(factors->a + k * factors->a_term + row,
           factors->a_term,
           n,
           end - row,
           ROWS_OF_TILE,
           a);
      multiply_packed(kernel, &block, row, end, a, b);
    }
  }
}

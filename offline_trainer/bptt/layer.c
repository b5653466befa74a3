// SPDX-License-Identifier: ISC

/// Steps of one layer, and its gradient

#include "offline_trainer/bptt/layer.h"

#include "offline_trainer/bptt/panels.h"

#include <stddef.h>
#include <stdint.h>
#include <string.h>

/// c = from + a b with weights b
static void
multiply(const RemBpttLayer* const layer, const RemProduct* const product)
{
  if (layer->spec.panels) {
    rem_panels_product(layer->kernel, product);
  } else {
    layer->kernel->product(product);
  }
}

/// Return the number of a row's symbol
static uint32_t
read_symbol(const float x, const uint32_t n_symbols)
{
  return x >= 0.0f && x < (float)n_symbols ? (uint32_t)x : 0U;
}

/// Gates of every row: the column of W of each symbol, plus b
static void
gather(const RemBpttLayer* const layer,
       const float* const        x,
       const size_t              x_row,
       const size_t              m,
       float* const              gates)
{
  const size_t       n = layer->n_products;
  const float* const b = layer->b;
  for (size_t r = 0; r < m; ++r) {
    const uint32_t symbol   = read_symbol(x[r * x_row], layer->spec.n_symbols);
    const float* const from = layer->w + symbol * n;
    float* const       to   = gates + r * layer->n_gates;
    for (size_t i = 0; i < n; ++i) {
      to[i] = from[i] + b[i];
    }
  }
}

/// What b says of gates that W does not lead to
static void
fill_rest(const RemBpttLayer* const layer, const size_t m, float* const gates)
{
  const size_t n    = layer->n_products;
  const size_t size = (layer->n_gates - n) * sizeof(float);
  for (size_t r = 0; size && r < m; ++r) {
    memcpy(gates + r * layer->n_gates + n, layer->b + n, size);
  }
}

void
rem_bptt_layer_input(const RemBpttLayer* const layer,
                     const float* const        x,
                     const size_t              x_row,
                     const size_t              m,
                     float* const              gates)
{
  const RemBpttLayerSpec* const spec = &layer->spec;
  const size_t                  n    = layer->n_products;
  const size_t                  skip = spec->n_symbols ? 1U : 0U;
  if (spec->n_symbols) {
    gather(layer, x, x_row, m, gates);
  }
  const RemProduct z = {
    .factors  = {{x + skip, x_row, 1U, layer->w_in, n, spec->n_in}},
    .from     = spec->n_symbols ? gates : layer->b,
    .from_row = spec->n_symbols ? layer->n_gates : 0U,
    .c        = gates,
    .c_row    = layer->n_gates,
    .m        = m,
    .n        = n};
  if (spec->n_in || !spec->n_symbols) {
    multiply(layer, &z);
  }
  fill_rest(layer, m, gates);
}

/// Return the first gate that U leads to
static size_t
first_by_h(const RemBpttLayer* const layer)
{
  return layer->n_back ? layer->n_gates - layer->n_products : layer->n_products;
}

/// Gates that have all of b: `begin` to `end`, by W, by U or by both
static void
add_both(const RemBpttLayer* const layer,
         const RemCellRows* const  rows,
         const RemFactors* const   x,
         const size_t              begin,
         const size_t              end)
{
  const size_t n    = layer->n_products;
  const size_t by_h = first_by_h(layer);
  RemProduct   z    = {.from  = layer->b + begin,
                       .c     = rows->gates + begin,
                       .c_row = layer->n_gates,
                       .m     = rows->n_rows,
                       .n     = end - begin};
  RemFactors*  next = z.factors;
  if (begin >= by_h) {
    *next++ = (RemFactors){rows->h_old,
                           rows->h_row,
                           1U,
                           layer->u + (begin - by_h),
                           n,
                           layer->n_back};
  }
  if (begin < n) {
    *next = *x;
    next->b += begin;
  }
  if (z.n) {
    layer->kernel->product(&z);
  }
}

/// Gates of all that there is, in one go where W and U lead to the same
static void
add_input_and_h(const RemBpttLayer* const layer,
                const RemCellRows* const  rows,
                const float* const        x,
                const size_t              x_row)
{
  const size_t     n    = layer->n_products;
  const size_t     by_h = first_by_h(layer);
  const RemFactors w    = {x, x_row, 1U, layer->w_in, n, layer->spec.n_in};
  add_both(layer, rows, &w, 0U, by_h);
  add_both(layer, rows, &w, by_h, n);
  add_both(layer, rows, &w, n, layer->n_gates);
}

/// Gates that have their input already += U h
static void
add_h(const RemBpttLayer* const layer, const RemCellRows* const rows)
{
  const size_t     n  = layer->n_products;
  float* const     to = rows->gates + first_by_h(layer);
  const RemProduct z  = {
     .factors  = {{rows->h_old, rows->h_row, 1U, layer->u, n, layer->n_back}},
     .from     = to,
     .from_row = layer->n_gates,
     .c        = to,
     .c_row    = layer->n_gates,
     .m        = rows->n_rows,
     .n        = n};
  if (layer->n_back) {
    multiply(layer, &z);
  }
}

void
rem_bptt_layer_step(const RemBpttLayer* const layer,
                    const RemCellRows* const  rows,
                    const float* const        x,
                    const size_t              x_row)
{
  if (x && (layer->spec.panels || layer->spec.n_symbols)) {
    rem_bptt_layer_input(layer, x, x_row, rows->n_rows, rows->gates);
    add_h(layer, rows);
  } else if (x) {
    add_input_and_h(layer, rows, x, x_row);
  } else {
    add_h(layer, rows);
  }
  layer->kernel->cells[layer->spec.cell].step(rows);
}

void
rem_bptt_layer_step_back(const RemBpttLayer* const layer,
                         const RemCellRows* const  rows,
                         const float* const        dh,
                         // NOLINTBEGIN(readability-non-const-parameter): the
                         // cell's, and product's c
                         float* const dc,
                         float* const dh_old,
                         float* const db)
// NOLINTEND(readability-non-const-parameter)
{
  const size_t      q    = layer->n_units;
  const size_t      n    = layer->n_products;
  const RemCellBack back = {dh, dc, dh_old, db};
  layer->kernel->cells[layer->spec.cell].back(rows, &back);
  const RemProduct u = {.factors  = {{rows->gates + first_by_h(layer),
                                      layer->n_gates,
                                      1U,
                                      layer->by_h,
                                      q,
                                      n}},
                        .from     = dh_old,
                        .from_row = q,
                        .c        = dh_old,
                        .c_row    = q,
                        .m        = rows->n_rows,
                        .n        = q};
  if (layer->n_back) {
    multiply(layer, &u);
  }
}

size_t
rem_bptt_layer_n_scratch(const RemBpttLayer* const layer)
{
  return layer->spec.panels ? rem_panels_n_scratch(layer->n_products) : 0U;
}

/// grad [m, n_products] += sum over n rows of a' dz
static void
add_weights(const RemBpttLayer* const layer,
            const float* const        a,
            const size_t              a_row,
            const size_t              m,
            const float* const        dz,
            const size_t              n,
            float* const              scratch,
            // NOLINTNEXTLINE(readability-non-const-parameter): product's c
            float* const grad)
{
  const size_t     row = layer->n_products;
  const RemProduct dw  = {.factors  = {{a, 1U, a_row, dz, layer->n_gates, n}},
                          .from     = grad,
                          .from_row = row,
                          .c        = grad,
                          .c_row    = row,
                          .m        = m,
                          .n        = row};
  if (layer->spec.panels) {
    rem_panels_gradient(layer->kernel, &dw, scratch);
  } else {
    layer->kernel->product(&dw);
  }
}

/// Columns of symbols [S, n_products] += dz of the rows that had them
static void
scatter(const RemBpttLayer* const layer,
        const RemBpttTerms* const terms,
        float* const              grad)
{
  const size_t n = layer->n_products;
  for (size_t r = 0; r < terms->n; ++r) {
    const float* const dz = terms->dz + r * layer->n_gates;
    const uint32_t     symbol =
      read_symbol(terms->x[r * terms->x_row], layer->spec.n_symbols);
    float* const to = grad + symbol * n;
    for (size_t i = 0; i < n; ++i) {
      to[i] += dz[i];
    }
  }
}

void
rem_bptt_layer_gradient(const RemBpttLayer* const layer,
                        const RemBpttTerms* const terms,
                        float* const              scratch,
                        float* const              packed)
{
  const RemBpttLayerSpec* const spec = &layer->spec;
  const float*                  x    = terms->x;
  float* w = packed + layer->n_back * (size_t)layer->n_products;
  if (layer->n_back) {
    add_weights(layer,
                terms->h_old,
                terms->h_row,
                layer->n_back,
                terms->dz + first_by_h(layer),
                terms->n,
                scratch,
                packed);
  }
  if (spec->n_symbols) {
    scatter(layer, terms, w);
    w += (size_t)spec->n_symbols * layer->n_products;
    ++x;
  }
  if (spec->n_in) {
    add_weights(
      layer, x, terms->x_row, spec->n_in, terms->dz, terms->n, scratch, w);
  }
}

void
rem_bptt_layer_dx(
  const RemBpttLayer* const layer,
  const float* const        dz,
  const size_t              m,
  // NOLINTNEXTLINE(readability-non-const-parameter): product's c
  float* const dx)
{
  const size_t     d       = layer->n_dx;
  const RemProduct product = {
    .factors = {{dz, layer->n_gates, 1U, layer->by_x, d, layer->n_products}},
    .c       = dx,
    .c_row   = d,
    .m       = m,
    .n       = d};
  if (d) {
    multiply(layer, &product);
  }
}

// SPDX-License-Identifier: ISC

/// What symbols, large weights and many outputs need: products of a block of
/// steps at once

#include "offline_trainer/bptt/bptt_internal.h"
#include "offline_trainer/bptt/panels.h"

#include <stddef.h>
#include <stdint.h>

void
rem_window_product(const RemWindow* const  window,
                   const RemProduct* const product)
{
  if (window->net->panels) {
    rem_panels_product(window->net->kernel, product);
  } else {
    window->net->kernel->product(product);
  }
}

void
rem_window_gradient(const RemWindow* const  window,
                    const RemProduct* const product)
{
  if (window->net->panels) {
    rem_panels_gradient(window->net->kernel, product, window->scratch);
  } else {
    window->net->kernel->product(product);
  }
}

/// Symbols from step `first` of the tapes on
static const uint32_t*
present_symbols(const RemWindow* const window, const uint32_t first)
{
  return window->symbols + ((size_t)window->begin + first) * window->n_streams;
}

/// Rows of gates: the column of W of each symbol, plus b
static void
gather(const float* const    w,
       const float* const    b,
       const uint32_t* const symbols,
       const size_t          n,
       const size_t          row,
       float* const          gates)
{
  for (size_t r = 0; r < n; ++r) {
    const float* const from = w + symbols[r] * row;
    for (size_t i = 0; i < row; ++i) {
      gates[r * row + i] = from[i] + b[i];
    }
  }
}

void
rem_window_take_input(const RemWindow* const window,
                      const uint32_t         l,
                      const uint32_t         first,
                      const uint32_t         end)
{
  const RemBpttNet* const   net   = window->net;
  const RemBpttLayer* const layer = &net->layers[l];
  const size_t              row   = (size_t)4 * net->n_units;
  const size_t              begin = (size_t)first * window->n_streams;
  const size_t              n     = (size_t)end * window->n_streams - begin;
  const float* const        w     = layer->forward + net->spec.n_hidden * row;
  const float* const        b     = w + layer->n_in * row;
  float* const              gates = window->tapes[l].gates + begin * row;
  if (!l && net->symbols) {
    gather(w, b, present_symbols(window, first), n, row, gates);
    return;
  }
  const size_t       x_row = l ? net->n_padded : layer->n_in;
  const float* const x     = rem_window_below(window, l);
  const RemProduct   z     = {
          .factors = {{x + begin * x_row, x_row, 1U, w, row, layer->n_in}},
          .from    = b,
          .c       = gates,
          .c_row   = row,
          .m       = n,
          .n       = row};
  rem_window_product(window, &z);
}

void
rem_window_scatter(const RemWindow* const window,
                   const uint32_t         first,
                   const uint32_t         end,
                   float* const           grad)
{
  const size_t          row     = (size_t)4 * window->net->n_units;
  const size_t          begin   = (size_t)first * window->n_streams;
  const size_t          n       = (size_t)end * window->n_streams - begin;
  const float* const    dz      = window->tapes[0].gates + begin * row;
  const uint32_t* const symbols = present_symbols(window, first);
  for (size_t r = 0; r < n; ++r) {
    float* const to = grad + symbols[r] * row;
    for (size_t i = 0; i < row; ++i) {
      to[i] += dz[r * row + i];
    }
  }
}

void
rem_bptt_wide_head(
  const RemBpttNet* const net,
  const float* const      h,
  // NOLINTNEXTLINE(readability-non-const-parameter): product's c
  float* const y,
  const size_t n)
{
  const size_t n_out   = net->spec.n_out;
  RemProduct   product = {
      .factors =
        {{h, net->n_padded, 1U, net->wide_head, n_out, net->spec.n_hidden}},
      .from  = net->head_bias,
      .c     = y,
      .c_row = n_out,
      .m     = n,
      .n     = n_out / 4U * 4U};
  net->kernel->product(&product);
  if (product.n < n_out) { // The last 4 columns, though some are there already
    const size_t at = n_out - 4U;
    product.factors[0].b += at;
    product.from += at;
    product.c += at;
    product.n = 4U;
    net->kernel->product(&product);
  }
}

// SPDX-License-Identifier: ISC

/// What the head sees where that is not h of the last layer, and heads of many
/// outputs

#include "offline_trainer/bptt/bptt_internal.h"
#include "offline_trainer/bptt/drop.h"

#include <stddef.h>
#include <stdint.h>
#include <string.h>

/// h of layer `l` after step `first` of the tapes, and of all steps behind it
static const float*
outputs_of(const RemWindow* const window,
           const uint32_t         l,
           const uint32_t         first)
{
  const size_t row = (first + (size_t)1) * window->n_streams;
  return window->tapes[l].h + row * window->net->n_padded;
}

/// The first layer that the head sees
static uint32_t
first_shown(const RemNetSpec* const spec)
{
  return spec->take == REM_TAKE_LAST ? spec->n_layers - 1U : 0U;
}

/// What a layer's h counts as
static float
part_of(const RemNetSpec* const spec)
{
  return spec->take == REM_TAKE_AVERAGE ? 1.0f / (float)spec->n_layers : 1.0f;
}

/// to [H] = or += `by` from [H]
static void
put(float* const       to,
    const float* const from,
    const size_t       n,
    const float        by,
    const bool         adds)
{
  for (size_t j = 0; j < n; ++j) {
    to[j] = (adds ? to[j] : 0.0f) + by * from[j];
  }
}

/// Drop some of `rows` [n, row], of steps from `first` of the tapes on
static void
drop(const RemWindow* const window,
     const uint32_t         first,
     const size_t           n,
     const size_t           row,
     float* const           rows)
{
  const size_t begin = (size_t)(window->begin + first) * window->n_streams;
  for (size_t r = 0; r < n; ++r) {
    rem_drop(window->dropped,
             window->seed,
             begin + r,
             rows + r * row,
             window->net->n_features);
  }
}

const float*
rem_window_features(const RemWindow* const window,
                    const uint32_t         first,
                    const uint32_t         end)
{
  const RemBpttNet* const net    = window->net;
  const RemNetSpec* const spec   = &net->spec;
  const size_t            h      = spec->n_hidden;
  const size_t            n      = (size_t)(end - first) * window->n_streams;
  const bool              concat = spec->take == REM_TAKE_CONCAT;
  const float             by     = part_of(spec);
  if (!window->features) {
    return outputs_of(window, spec->n_layers - 1U, first);
  }
  for (uint32_t l = first_shown(spec); l < spec->n_layers; ++l) {
    const float* const from = outputs_of(window, l, first);
    float* const       to   = window->features + (concat ? l * h : 0U);
    for (size_t r = 0; r < n; ++r) {
      put(to + r * net->f_padded,
          from + r * net->n_padded,
          h,
          by,
          l && spec->take == REM_TAKE_AVERAGE);
    }
  }
  if (window->dropped) {
    drop(window, first, n, net->f_padded, window->features);
  }
  return window->features;
}

void
rem_window_feature_gradient(const RemWindow* const window,
                            const uint32_t         l,
                            const size_t           n)
{
  const RemBpttNet* const net    = window->net;
  const RemNetSpec* const spec   = &net->spec;
  const size_t            h      = spec->n_hidden;
  const bool              concat = spec->take == REM_TAKE_CONCAT;
  const float             by     = part_of(spec);
  const float* const      from   = window->df + (concat ? l * h : 0U);
  for (size_t r = 0; r < n; ++r) {
    put(window->dh + r * net->n_units,
        from + r * net->f_units,
        h,
        by,
        l + 1U < spec->n_layers);
  }
}

void
rem_window_drop_gradient(const RemWindow* const window,
                         const uint32_t         first,
                         const size_t           n)
{
  if (window->dropped) {
    drop(window, first, n, window->net->f_units, window->df);
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
  const size_t n_all   = net->n_features;
  RemProduct   product = {
      .factors = {{h, net->f_padded, 1U, net->wide_head, n_out, n_all}},
      .from    = net->head_bias,
      .c       = y,
      .c_row   = n_out,
      .m       = n,
      .n       = n_out / 4U * 4U};
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

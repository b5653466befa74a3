// SPDX-License-Identifier: ISC

/// Streams, activations, and the order in which layers run

#include "dsp/kernel/kernel.h"
#include "offline_trainer/bptt/bptt.h"
#include "offline_trainer/bptt/bptt_internal.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/// Steps whose dz and a stay in the second-level cache between the backward
/// pass that makes them and the gradient that reads them
enum { WEIGHT_STEPS = 32 };

/// Rows behind the last a that the head's gradient may read
enum { SLACK_ROWS = REM_LANES };

struct RemWindow {
  const RemBpttNet* net;
  uint32_t          max_steps;
  uint32_t          n_steps; ///< Of the last forward pass
  RemBpttTape       tapes[REM_MAX_LAYERS];
  RemBpttFlow       flow;
  float*            x;           ///< [T, I]
  float*            y;           ///< [T, O]
  float*            dy;          ///< [T, O]
  float*            head_grad;   ///< [O, head_stride] floats
  uint32_t          head_stride; ///< Q + 1 rounded up to a vector
};

static float*
rows(const size_t n)
{
  return rem_bptt_floats(n * REM_LANES);
}

/// Set the row of ones that the bias is multiplied by
static void
set_ones(const RemBpttLayer* const layer, float* const a, const uint32_t steps)
{
  for (size_t t = 0; t <= steps; ++t) {
    float* const one = a + (t * layer->stride + layer->n_rows - 1U) * REM_LANES;
    for (uint32_t i = 0; i < REM_LANES; ++i) {
      one[i] = 1.0f;
    }
  }
}

static bool
make_tape(RemBpttTape* const        tape,
          const RemBpttLayer* const layer,
          const uint32_t            steps)
{
  const size_t q = layer->n_units;

  tape->a      = rows((steps + (size_t)1) * layer->stride + SLACK_ROWS);
  tape->gates  = rows(q * 4U * steps);
  tape->c      = rows((steps + (size_t)1) * q);
  tape->tanh_c = rows(q * steps);
  tape->grad   = rem_bptt_floats(4 * q * layer->stride);
  if (!tape->a || !tape->gates || !tape->c || !tape->tanh_c || !tape->grad) {
    return false;
  }
  set_ones(layer, tape->a, steps);
  return true;
}

static bool
make_window(RemWindow* const window)
{
  const RemBpttNet* const net   = window->net;
  const size_t            steps = window->max_steps;
  bool                    made  = true;

  for (uint32_t l = 0; l < net->spec.n_layers; ++l) {
    made =
      make_tape(&window->tapes[l], &net->layers[l], window->max_steps) && made;
  }
  window->flow.dh     = rows(steps * net->n_units);
  window->flow.dh_rec = rows(net->n_units);
  window->flow.dc     = rows(net->n_units);
  window->x           = rows(steps * net->spec.n_in);
  window->y           = rows(steps * net->spec.n_out);
  window->dy          = rows(steps * net->spec.n_out);
  window->head_stride = (net->n_units + REM_LANES) / REM_LANES * REM_LANES;
  window->head_grad =
    rem_bptt_floats((size_t)net->spec.n_out * window->head_stride);
  return made && window->flow.dh && window->flow.dh_rec && window->flow.dc &&
         window->x && window->y && window->dy && window->head_grad;
}

RemWindow*
rem_window_new(const RemBpttNet* const net, const uint32_t max_steps)
{
  RemWindow* const window = (RemWindow*)calloc(1, sizeof(RemWindow));
  if (window) {
    window->net       = net;
    window->max_steps = max_steps;
    if (!make_window(window)) {
      rem_window_free(window);
      return NULL;
    }
  }
  return window;
}

void
rem_window_free(RemWindow* const window)
{
  if (window) {
    for (uint32_t l = 0; l < REM_MAX_LAYERS; ++l) {
      free(window->tapes[l].a);
      free(window->tapes[l].gates);
      free(window->tapes[l].c);
      free(window->tapes[l].tanh_c);
      free(window->tapes[l].grad);
    }
    free(window->flow.dh);
    free(window->flow.dh_rec);
    free(window->flow.dc);
    free(window->x);
    free(window->y);
    free(window->dy);
    free(window->head_grad);
    free(window);
  }
}

/// Return h [Q] of layer `l` after step `t`; t = 0 is before the window
static float*
h_rows(const RemWindow* const window, const size_t l, const size_t t)
{
  const RemBpttLayer* const layer = &window->net->layers[l];
  return window->tapes[l].a + (t * layer->stride + layer->n_in) * REM_LANES;
}

/// Return c [Q] of layer `l` after step `t`
static float*
c_rows(const RemWindow* const window, const size_t l, const size_t t)
{
  return window->tapes[l].c + t * window->net->n_units * REM_LANES;
}

void
rem_window_set_state(RemWindow* const   window,
                     const uint32_t     lane,
                     const float* const values)
{
  const size_t n = window->net->spec.n_hidden;
  for (size_t l = 0; l < window->net->spec.n_layers; ++l) {
    float* const h = h_rows(window, l, window->n_steps);
    float* const c = c_rows(window, l, window->n_steps);
    for (size_t j = 0; j < n; ++j) {
      h[j * REM_LANES + lane] = values ? values[2 * l * n + j] : 0.0f;
      c[j * REM_LANES + lane] = values ? values[(2 * l + 1) * n + j] : 0.0f;
    }
  }
}

void
rem_window_get_state(const RemWindow* const window,
                     const uint32_t         lane,
                     float* const           values)
{
  const size_t n = window->net->spec.n_hidden;
  for (size_t l = 0; l < window->net->spec.n_layers; ++l) {
    const float* const h = h_rows(window, l, window->n_steps);
    const float* const c = c_rows(window, l, window->n_steps);
    for (size_t j = 0; j < n; ++j) {
      values[2 * l * n + j]       = h[j * REM_LANES + lane];
      values[(2 * l + 1) * n + j] = c[j * REM_LANES + lane];
    }
  }
}

float*
rem_window_input(RemWindow* const window)
{
  return window->x;
}

const float*
rem_window_output(const RemWindow* const window)
{
  return window->y;
}

float*
rem_window_output_gradient(RemWindow* const window)
{
  return window->dy;
}

/// The end of the last window becomes the state before this one
static void
carry_state(RemWindow* const window)
{
  const size_t size = (size_t)window->net->n_units * REM_LANES * sizeof(float);
  for (uint32_t l = 0; window->n_steps && l < window->net->spec.n_layers; ++l) {
    memcpy(h_rows(window, l, 0), h_rows(window, l, window->n_steps), size);
    memcpy(c_rows(window, l, 0), c_rows(window, l, window->n_steps), size);
  }
}

static void
copy_input(RemWindow* const window, const uint32_t n_steps)
{
  const RemBpttLayer* const layer = &window->net->layers[0];
  const size_t              row   = (size_t)layer->n_in * REM_LANES;
  for (size_t t = 0; t < n_steps; ++t) {
    memcpy(window->tapes[0].a + t * layer->stride * REM_LANES,
           window->x + t * row,
           row * sizeof(float));
  }
}

static void
add_skip(RemWindow* const window, const uint32_t n_steps)
{
  const RemNetSpec* const spec  = &window->net->spec;
  const size_t            n_out = (size_t)spec->n_out * REM_LANES;
  const size_t            n_in  = (size_t)spec->n_in * REM_LANES;
  for (size_t t = 0; spec->skip && t < n_steps; ++t) {
    for (size_t i = 0; i < n_out; ++i) {
      window->y[t * n_out + i] += window->x[t * n_in + i];
    }
  }
}

void
rem_window_forward(RemWindow* const window, const uint32_t n_steps)
{
  const RemBpttNet* const    net    = window->net;
  const RemBpttKernel* const kernel = net->kernel;
  const uint32_t             last   = net->spec.n_layers - 1U;

  carry_state(window);
  copy_input(window, n_steps);
  for (uint32_t l = 0; l <= last; ++l) {
    kernel->forward(&net->layers[l],
                    &window->tapes[l],
                    l < last ? window->tapes[l + 1].a : NULL,
                    l < last ? net->layers[l + 1].stride : 0U,
                    n_steps);
  }
  kernel->head(net->head,
               net->n_units,
               net->spec.n_out,
               h_rows(window, last, 1),
               net->layers[last].stride,
               window->y,
               n_steps);
  add_skip(window, n_steps);
  window->n_steps = n_steps;
}

/// Backward pass of one layer, leaving its weights' gradient on its tape
static void
backward_layer(RemWindow* const window, const uint32_t l)
{
  const RemBpttKernel* const kernel = window->net->kernel;
  const RemBpttLayer* const  layer  = &window->net->layers[l];
  const RemBpttTape* const   tape   = &window->tapes[l];
  const size_t size = (size_t)layer->n_units * REM_LANES * sizeof(float);

  memset(window->flow.dh_rec, 0, size);
  memset(window->flow.dc, 0, size);
  memset(
    tape->grad, 0, (size_t)4 * layer->n_units * layer->stride * sizeof(float));
  for (uint32_t end = window->n_steps; end;) {
    const uint32_t first = end > WEIGHT_STEPS ? end - WEIGHT_STEPS : 0U;
    kernel->backward(layer, tape, &window->flow, l > 0, first, end);
    kernel->weights(layer, tape, first, end);
    end = first;
  }
}

/// Add a layer's gradient, row 4j + g, to the parameters' order, row g * H + j
static void
add_layer_gradient(const RemWindow* const window,
                   const uint32_t         l,
                   float* const           grad)
{
  const RemBpttLayer* const layer = &window->net->layers[l];
  const RemLayerAt          at    = rem_net_layer_at(&window->net->spec, l);
  const size_t              n     = window->net->spec.n_hidden;

  for (size_t row = 0; row < REM_N_GATES * n; ++row) {
    const size_t       r    = 4 * (row % n) + row / n;
    const float* const from = window->tapes[l].grad + r * layer->stride;
    for (size_t k = 0; k < at.n_in; ++k) {
      grad[at.weight_ih + row * at.n_in + k] += from[k];
    }
    for (size_t k = 0; k < n; ++k) {
      grad[at.weight_hh + row * n + k] += from[layer->n_in + k];
    }
    grad[at.bias + row] += from[layer->n_rows - 1U];
  }
}

static void
add_head_gradient(const RemWindow* const window, float* const grad)
{
  const RemHeadAt at = rem_net_head_at(&window->net->spec);
  const size_t    n  = window->net->spec.n_hidden;

  for (size_t o = 0; o < window->net->spec.n_out; ++o) {
    const float* const from = window->head_grad + o * window->head_stride;
    for (size_t k = 0; k < n; ++k) {
      grad[at.weight + o * n + k] += from[k];
    }
    grad[at.bias + o] += from[window->net->n_units];
  }
}

void
rem_window_backward(RemWindow* const window, float* const grad)
{
  const RemBpttNet* const net  = window->net;
  const uint32_t          last = net->spec.n_layers - 1U;

  memset(window->head_grad,
         0,
         (size_t)net->spec.n_out * window->head_stride * sizeof(float));
  net->kernel->head_backward(net->head,
                             net->n_units,
                             net->spec.n_out,
                             h_rows(window, last, 1),
                             net->layers[last].stride,
                             window->dy,
                             window->flow.dh,
                             window->head_grad,
                             window->head_stride,
                             window->n_steps);
  add_head_gradient(window, grad);
  for (uint32_t l = last + 1U; l-- > 0U;) {
    backward_layer(window, l);
    add_layer_gradient(window, l, grad);
  }
}

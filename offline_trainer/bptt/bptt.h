// SPDX-License-Identifier: ISC

/// Backpropagation through time over a window of parallel streams.
///
/// Everything is a matrix of rows, one per stream and step: the streams of a
/// step follow each other, then come those of the next step.  Written
/// [T, S, I] for short.  Any number of streams is as fast as any other, from
/// about 4 up.

#ifndef REM_OFFLINE_TRAINER_BPTT_BPTT_H
#define REM_OFFLINE_TRAINER_BPTT_BPTT_H

#include "dsp/net.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/// Weights packed for training; shared by windows, changed between updates
typedef struct RemBpttNet RemBpttNet;

/// Return room for weights of shape `spec`, or NULL without memory.  Of any
/// cell but #REM_CELL_RNN_THRESHOLD; neither `both` nor `whole`.
RemBpttNet*
rem_bptt_net_new(const RemNetSpec* spec);

/// Free weights that no window uses any more; NULL is allowed
void
rem_bptt_net_free(RemBpttNet* net);

/// Pack `params` [rem_net_n_params()].  No window may run meanwhile.
void
rem_bptt_net_set(RemBpttNet* net, const float* params);

/// Return the length of a gradient in the order that windows add to it: the
/// weights' as they are packed, padding included
size_t
rem_bptt_net_n_gradient(const RemBpttNet* net);

/// Copy a packed gradient [rem_bptt_net_n_gradient()] to `grad`
/// [rem_net_n_params()] in the parameters' order; that by an initial state is 0
void
rem_bptt_net_unpack(const RemBpttNet* net, const float* packed, float* grad);

/// Return how many groups to cut `n_streams` of a net into: a power of two, so
/// that 2, 4 or 8 threads share them evenly, and at least 4 streams in each, so
/// that a product by weights is worth loading them; 16 from 128 units on, where
/// weights and their gradient are far away; and at least 128 rows in a window
/// of `n_steps`, to be worth a gradient of its own that is cleared and added.
/// Results depend on the groups, and not on who runs them.
uint32_t
rem_bptt_n_groups(const RemNetSpec* spec, uint32_t n_streams, uint32_t n_steps);

/// Return the first stream of a group; group `n_groups` begins where the last
/// one ends.  Groups differ by one stream at most, and larger ones
/// come first, so that threads that take them in turn end together.
uint32_t
rem_bptt_group_begin(uint32_t n_streams, uint32_t n_groups, uint32_t group);

/// Every activation of a window: what one thread needs, whichever streams it
/// takes next
typedef struct RemWindow RemWindow;

/// Return a window of at most `max_streams` streams and `max_steps` steps, or
/// NULL without memory.  One thread at a time may use it.
RemWindow*
rem_window_new(const RemBpttNet* net, uint32_t max_streams, uint32_t max_steps);

/// Free a window; NULL is allowed
void
rem_window_free(RemWindow* window);

/**
   Let the head see only a part of its features, chosen anew for every row: each
   is 0 with a chance of `share`, and else 1 / (1 - share) of what it is.

   Source: Srivastava et al. 2014, "Dropout: a simple way to prevent neural
   networks from overfitting".

   @param share 0 for none, below 1.
   @return false without memory.
*/
bool
rem_window_set_dropout(RemWindow* window, double share);

/// Set what the next pass chooses by; passes of one seed choose the same
void
rem_window_set_seed(RemWindow* window, uint64_t seed);

/// Return the input to fill before a forward pass: [T, S, I]
float*
rem_window_input(RemWindow* window);

/// Return what the last forward pass gave: [T, S, O]
const float*
rem_window_output(const RemWindow* window);

/// Return the derivative of the loss by every output, to fill before a backward
/// pass: [T, S, O]
float*
rem_window_output_gradient(RemWindow* window);

/**
   Run the net over `n_steps` frames of `n_streams` streams and keep what
   rem_window_backward() needs.

   The equations are those of rem_net_block(); tests hold the two together.

   @param state [S, L, 2, H] what streams remember, as rem_net_state_set()
                takes it; from the step before to the last one.
*/
void
rem_window_forward(RemWindow* window,
                   uint32_t   n_streams,
                   uint32_t   n_steps,
                   float*     state);

/**
   Add the gradient of the loss by every parameter to `packed`.

   The window is that of the last forward pass; what came before it is taken as
   constant (truncation).  With dh, dc the derivatives by h_t, c_t, of an LSTM

       do = dh tanh(c) o (1 - o)          dc += dh o (1 - tanh(c)^2)
       di = dc g i (1 - i)                dg  = dc i (1 - g^2)
       df = dc c_(t-1) f (1 - f)          dc_(t-1) = dc f
       dh_(t-1) = U' [di df dg do]        dx_t = W' [di df dg do]

   and of a GRU, where W leads to n and U to n's product with r,

       dn = dh (1 - z) (1 - n^2)          dz = dh (h_(t-1) - n) z (1 - z)
       dr = dn (U h_(t-1) + b_hn) r (1 - r)
       dh_(t-1) = dh z + U' [dr dz r dn]  dx_t = W' [dr dz dn]

   Source: Werbos 1990, "Backpropagation through time: what it does and how to
   do it", doi:10.1109/5.58337, applied to the equations of rem_net_block().

   @param packed [rem_bptt_net_n_gradient()] added to.  The sum runs over steps
                 and streams in a fixed order.
*/
void
rem_window_backward(RemWindow* window, float* packed);

/// Copy the gradient of the loss by what streams remembered before the window
/// to `grad` [S, L, 2, H]; after rem_window_backward()
void
rem_window_initial_gradient(const RemWindow* window, float* grad);

/**
   Measure how far back a loss is heard: run the window of the last forward pass
   again, and go back from its last step alone.

   Of the outputs' gradient the last step stays, the others are set to zero.

   @param packed  [rem_bptt_net_n_gradient()] overwritten.
   @param squares [T] added to: mean over streams of |dL/dh|^2, h of the last
                  layer, L the loss at the window's last step; index 0 is that
                  step, index d the one d steps earlier.
*/
void
rem_window_probe(RemWindow* window, float* packed, double* squares);

#endif // REM_OFFLINE_TRAINER_BPTT_BPTT_H

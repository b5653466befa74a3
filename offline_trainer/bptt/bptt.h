// SPDX-License-Identifier: ISC

/// Backpropagation through time over a window of #REM_LANES parallel streams.
/// Streams are vector lanes: every number below has #REM_LANES of it, side by
/// side.  Written [T, I, lanes] for short.

#ifndef REM_OFFLINE_TRAINER_BPTT_BPTT_H
#define REM_OFFLINE_TRAINER_BPTT_BPTT_H

#include "dsp/net.h"

#include <stdint.h>

#define REM_LANES 16U ///< Streams that run side by side in one window

/// Weights packed for training; shared by windows, changed between updates
typedef struct RemBpttNet RemBpttNet;

/// Return room for weights of shape `spec`, or NULL without memory
RemBpttNet*
rem_bptt_net_new(const RemNetSpec* spec);

/// Free weights that no window uses any more; NULL is allowed
void
rem_bptt_net_free(RemBpttNet* net);

/// Pack `params` [rem_net_n_params()].  No window may run meanwhile.
void
rem_bptt_net_set(RemBpttNet* net, const float* params);

/// The memory of #REM_LANES streams and every activation of a window
typedef struct RemWindow RemWindow;

/// Return a window of at most `max_steps` steps, its streams in state zero and
/// its input zero, or NULL without memory.  One thread at a time may use it.
RemWindow*
rem_window_new(const RemBpttNet* net, uint32_t max_steps);

/// Free a window; NULL is allowed
void
rem_window_free(RemWindow* window);

/// Set what stream `lane` remembers: [L, 2, H] as rem_net_state_set(), NULL for
/// zeros
void
rem_window_set_state(RemWindow* window, uint32_t lane, const float* values);

/// Copy what stream `lane` remembers after the last forward pass to [L, 2, H]
void
rem_window_get_state(const RemWindow* window, uint32_t lane, float* values);

/// Return the input to fill before a forward pass: [T, I, lanes]
float*
rem_window_input(RemWindow* window);

/// Return what the last forward pass gave: [T, O, lanes]
const float*
rem_window_output(const RemWindow* window);

/// Return the derivative of the loss by every output, to fill before a backward
/// pass: [T, O, lanes].  Lanes that are not streams get zero.
float*
rem_window_output_gradient(RemWindow* window);

/**
   Run the net over `n_steps` frames of every stream, from where the last
   forward pass left off, and keep what rem_window_backward() needs.

   The equations are those of rem_net_block(); tests hold the two together.
*/
void
rem_window_forward(RemWindow* window, uint32_t n_steps);

/**
   Add the gradient of the loss by every parameter to `grad`.

   The window is that of the last forward pass; what came before it is taken as
   constant (truncation).  With dh, dc the derivatives by h_t, c_t:

       do = dh tanh(c) o (1 - o)          dc += dh o (1 - tanh(c)^2)
       di = dc g i (1 - i)                dg  = dc i (1 - g^2)
       df = dc c_(t-1) f (1 - f)          dc_(t-1) = dc f
       dh_(t-1) = U' [di df dg do]        dx_t = W' [di df dg do]

   Source: Werbos 1990, "Backpropagation through time: what it does and how to
   do it", doi:10.1109/5.58337, applied to the equations of rem_net_block().

   @param grad [rem_net_n_params()] added to.  The sum runs over lanes and
               steps in a fixed order.
*/
void
rem_window_backward(RemWindow* window, float* grad);

#endif // REM_OFFLINE_TRAINER_BPTT_BPTT_H

// SPDX-License-Identifier: ISC

/// A recurrent net: a stack of layers, a head, and the memory of one stream.
/// No files, no LV2, no threads.

#ifndef REM_DSP_NET_H
#define REM_DSP_NET_H

#include "dsp/rt.h"
#include "dsp/status.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define REM_MAX_HIDDEN 1024U ///< Largest hidden size
#define REM_MAX_LAYERS 8U    ///< Most recurrent layers
#define REM_MAX_IN 256U      ///< Longest input frame
#define REM_MAX_OUT 512U     ///< Longest output frame

/// What a recurrent layer computes
typedef enum {
  REM_CELL_LSTM, ///< Four gates, two memories
} RemCell;

/// What turns the last hidden state into an output frame
typedef enum {
  REM_HEAD_LINEAR, ///< y = V h + d
  REM_HEAD_MDN,    ///< The same, which dsp/frames.h takes for a distribution
} RemHead;

/// Shape of a net; its weights stand apart, in one array of parameters
typedef struct {
  RemCell  cell;
  RemHead  head;
  uint32_t n_in;     ///< I, 1..#REM_MAX_IN
  uint32_t n_hidden; ///< H, 1..#REM_MAX_HIDDEN
  uint32_t n_layers; ///< L, 1..#REM_MAX_LAYERS
  uint32_t n_out;    ///< O, 1..#REM_MAX_OUT
  bool     skip;     ///< y_j += x_j for every output j; needs O <= I
} RemNetSpec;

/// Where one layer's tensors begin in the array of parameters
typedef struct {
  uint32_t n_in;      ///< I of the first layer, H of the others
  size_t   weight_ih; ///< [4H, n_in] row-major; row blocks i, f, g, o
  size_t   weight_hh; ///< [4H, H] likewise
  size_t   bias;      ///< [4H] sum of PyTorch's bias_ih and bias_hh
} RemLayerAt;

/// Where the head's tensors begin in the array of parameters
typedef struct {
  size_t weight; ///< [O, H] row-major
  size_t bias;   ///< [O]
} RemHeadAt;

/// Return whether every dimension of `spec` is in range, else say which is not
RemStatus
rem_net_spec_check(const RemNetSpec* spec, RemError* error);

/// Return the number of parameters: layers first to last, then the head
size_t
rem_net_n_params(const RemNetSpec* spec);

/// Return where layer `layer` stands in the array of parameters
RemLayerAt
rem_net_layer_at(const RemNetSpec* spec, uint32_t layer);

/// Return where the head stands in the array of parameters
RemHeadAt
rem_net_head_at(const RemNetSpec* spec);

/// Return the number of floats that one stream remembers: L * 2 * H
size_t
rem_net_n_state(const RemNetSpec* spec);

/// Immutable weights, packed for this processor; shared by any number of states
typedef struct RemNet RemNet;

/// What one stream remembers, and its scratch memory
typedef struct RemNetState RemNetState;

/**
   Pack weights for this processor.

   @param spec   A shape that rem_net_spec_check() accepts.
   @param params [rem_net_n_params()] finite numbers; may be freed afterwards.
   @return A net to free with rem_net_free(), or NULL without memory.

   Thread: any but audio.
*/
RemNet*
rem_net_new(const RemNetSpec* spec, const float* params);

/// As rem_net_new(), packed for the instruction set `isa` (see rem_net_isa());
/// NULL as well if this processor lacks it
RemNet*
rem_net_new_for(const RemNetSpec* spec, const float* params, const char* isa);

/// Free a net that no state uses any more; NULL is allowed
void
rem_net_free(RemNet* net);

/// Return the shape of `net`.  Thread: any, audio included.
REM_RT const RemNetSpec*
rem_net_spec(const RemNet* net);

/// Return memory for one stream of `net`, all zero, or NULL without memory.
/// Thread: any but audio.
RemNetState*
rem_net_state_new(const RemNet* net);

/// Free a state; NULL is allowed
void
rem_net_state_free(RemNetState* state);

/**
   Set what a stream remembers.

   @param values [L, 2, H] of every layer h, then c; NULL for zeros.

   Thread: audio.  Cost: L * H.  Cannot fail.
*/
REM_RT void
rem_net_state_set(const RemNet* net, RemNetState* state, const float* values);

/// Copy what a stream remembers to `values` [L, 2, H].  Thread: audio.
REM_RT void
rem_net_state_get(const RemNet* net, const RemNetState* state, float* values);

/// Return whether everything that a stream remembers is finite.  Thread: audio.
REM_RT bool
rem_net_state_is_finite(const RemNet* net, const RemNetState* state);

/**
   Run a net over consecutive frames of one stream.

   For every layer, with x the frame or the h of the layer below:

       i, f, o = sigmoid(W x + U h + b)      g = tanh(W x + U h + b)
       c' = f * c + i * g                    h' = o * tanh(c')

   and y = V h + d of the last layer's h, plus x where the net skips.

   Source: Hochreiter and Schmidhuber 1997, doi:10.1162/neco.1997.9.8.1735, with
   the forget gate of Gers et al. 2000, doi:10.1162/089976600300015015.  Names
   and row order as torch.nn.LSTM, its two biases summed into b.

   The stream may be cut into calls anywhere: the output is the same to the
   last bit.  Instruction sets round differently: each stays within twice the
   error of a plain loop in float, or within 1e-7 where that is more, and so
   two stay within twice that of each other.  (Of a net that is not chaotic.)
   A net whose weights exceed the first-level cache (from about 44 units on)
   adds up its products in another order in every second frame since the state
   was set.

   @param state Memory of this stream; updated in place.
   @param x     [n, I] frames, one after the other.
   @param y     [n, O] frames; may be `x` where I = O.
   @param n     Number of frames, from 0 up.

   Thread: audio, with denormals off (dsp/denormal.h) for speed.  Cost: per
   frame and layer 4H(n_in + H) multiply-adds and 5H activations.  Cannot fail;
   what is not finite stays in this state until it is set anew.
*/
REM_RT void
rem_net_block(const RemNet* net,
              RemNetState*  state,
              const float*  x,
              float*        y,
              uint32_t      n);

/**
   Run a net over two streams of the same length, such as the channels of a
   stereo pair.  They share every weight on its way and fill each other's waits,
   so that small nets cost little more than for one.

   The output is that of two calls of rem_net_block(), to the last bit if both
   streams have come as many frames since their state was set.

   @param states The streams' memories, not the same.
   @param x      Two of [n, I].
   @param y      Two of [n, O]; each may be its own `x` where I = O.

   Thread: audio, as rem_net_block().
*/
REM_RT void
rem_net_block_pair(const RemNet*       net,
                   RemNetState* const* states,
                   const float* const* x,
                   float* const*       y,
                   uint32_t            n);

/// Return the name of the instruction set that nets are packed for: "avx512",
/// "avx2", "neon" or "generic"
const char*
rem_net_isa(void);

#endif // REM_DSP_NET_H

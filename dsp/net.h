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

#define REM_MAX_HIDDEN 1024U    ///< Largest hidden size
#define REM_MAX_LAYERS 8U       ///< Most recurrent layers
#define REM_MAX_IN 4096U        ///< Longest input frame
#define REM_MAX_OUT 4096U       ///< Longest output frame
#define REM_MAX_SYMBOLS 65536U  ///< Largest vocabulary of an input
#define REM_MAX_CONDITION 2048U ///< Longest vector that a net begins from
#define REM_MAX_DIRECTIONS 2U   ///< Forward and back

/// What a recurrent layer computes; rem_net_block() has the equations
typedef enum {
  REM_CELL_LSTM,          ///< Four gates, two memories
  REM_CELL_GRU,           ///< Three gates
  REM_CELL_RNN_TANH,      ///< No gates: Elman 1990
  REM_CELL_RNN_SIGMOID,   ///< The same with another activation
  REM_CELL_RNN_THRESHOLD, ///< 1 above 0, else 0: set by hand, never trained
  REM_CELL_RNN_LINEAR,    ///< The sum itself: a linear dynamical model
  REM_CELL_FORWARD,       ///< tanh, and no U: remembers nothing
} RemCell;

/// What an output frame is.  The net gives y = V h + d in any case.
typedef enum {
  REM_HEAD_LINEAR,  ///< Numbers
  REM_HEAD_MDN,     ///< What dsp/frames.h takes for a distribution
  REM_HEAD_SOFTMAX, ///< Logits of one among O
  REM_HEAD_SIGMOID, ///< Logits of O switches, any number of them on
  REM_HEAD_NONE,    ///< There is no V: y is h itself, O = rem_net_n_features()
} RemHead;

/// Which layers' h the head sees
typedef enum {
  REM_TAKE_LAST,
  REM_TAKE_CONCAT,  ///< Of all layers, first to last
  REM_TAKE_AVERAGE, ///< Their mean
} RemTake;

/// What a stream remembers before its first frame
typedef enum {
  REM_INITIAL_REST,    ///< What the model file says: a rest state, or zeros
  REM_INITIAL_LEARNED, ///< A parameter of the net
  REM_INITIAL_VECTOR,  ///< A linear function of a vector of `n_condition`
} RemInitial;

/// Shape of a net; its weights stand apart, in one array of parameters
typedef struct {
  RemCell  cell;
  RemHead  head;
  uint32_t n_in;      ///< I, 1..#REM_MAX_IN: length of a frame
  uint32_t n_hidden;  ///< H, 1..#REM_MAX_HIDDEN
  uint32_t n_layers;  ///< L, 1..#REM_MAX_LAYERS
  uint32_t n_out;     ///< O, 1..#REM_MAX_OUT
  bool     skip;      ///< y_j += x_j for every output j; needs O <= I
  uint32_t n_symbols; ///< S, 0..#REM_MAX_SYMBOLS: unless 0, x_0 of a frame is
                      ///< a symbol's number and stands for S columns, 1 at
                      ///< its place and 0 elsewhere.  What is no number below
                      ///< S counts as 0.  No skip then.
  RemTake    take;
  bool       both;  ///< Layers read in both directions: only whole sequences
  bool       whole; ///< One output for a whole sequence
  RemInitial initial;
  uint32_t   n_condition; ///< Of #REM_INITIAL_VECTOR, else 0
} RemNetSpec;

/// Where one layer's tensors begin in the array of parameters; G gates: LSTM
/// i, f, g, o; GRU r, z, n; RNN one
typedef struct {
  uint32_t n_gates;   ///< G
  uint32_t n_in;      ///< Columns: of the frame, or features of the layer below
  size_t   weight_ih; ///< [G H, n_in] row-major, gate after gate
  size_t   weight_hh; ///< [G H, H] likewise; nothing of #REM_CELL_FORWARD
  size_t   bias;      ///< [G H] sum of PyTorch's bias_ih and bias_hh; of a
                      ///< GRU's n bias_ih alone
  size_t bias_hn;     ///< GRU: [H] n's bias_hh, inside of what r multiplies
  size_t end;         ///< Where the next layer begins
} RemLayerAt;

/// Where the head's tensors begin in the array of parameters
typedef struct {
  uint32_t n_in;   ///< F, features that the head sees
  size_t   weight; ///< [O, F] row-major; nothing without a head
  size_t   bias;   ///< [O]; likewise
  size_t   end;
} RemHeadAt;

/// Where the initial state's tensors begin, after the head's
typedef struct {
  size_t weight; ///< [n_state, n_condition] row-major, unless that is 0
  size_t bias;   ///< [n_state] unless #REM_INITIAL_REST
  size_t end;
} RemInitialAt;

/// Return the word for a cell in model files and options: lstm, gru, rnn,
/// rnn-sigmoid, rnn-threshold, rnn-linear, forward
const char*
rem_cell_name(RemCell cell);

/// Set `cell` to what `name` means; false if nothing
bool
rem_cell_find(const char* name, RemCell* cell);

/// Return the word for a head: linear, mdn, softmax, sigmoid, none
const char*
rem_head_name(RemHead head);

/// Return whether every dimension of `spec` is in range, else say which is not
RemStatus
rem_net_spec_check(const RemNetSpec* spec, RemError* error);

/// Return the number of parameters: layers first to last (of both directions,
/// forward first), the head, the initial state
size_t
rem_net_n_params(const RemNetSpec* spec);

/// Return 2 where layers read in both directions, else 1
uint32_t
rem_net_n_directions(const RemNetSpec* spec);

/// Return how many columns a frame stands for: I, or S + I - 1 with symbols
uint32_t
rem_net_n_columns(const RemNetSpec* spec);

/// Return how many numbers of h the head sees
uint32_t
rem_net_n_features(const RemNetSpec* spec);

/// Return where a layer stands in the array of parameters; `index` counts
/// directions: layer * rem_net_n_directions() + direction
RemLayerAt
rem_net_layer_at(const RemNetSpec* spec, uint32_t index);

/// Return where the head stands in the array of parameters
RemHeadAt
rem_net_head_at(const RemNetSpec* spec);

/// Return where the initial state stands in the array of parameters
RemInitialAt
rem_net_initial_at(const RemNetSpec* spec);

/// Return the number of floats that one stream remembers: L * directions *
/// 2 * H, whatever the cell
size_t
rem_net_n_state(const RemNetSpec* spec);

/**
   Set `state` to what a stream of a net remembers before its first frame.

   @param params    The net's.
   @param condition [n_condition], or NULL where there is none.
   @param state     [rem_net_n_state()]; left alone by #REM_INITIAL_REST.

   Thread: any.  Cost: n_state * n_condition.
*/
void
rem_net_initial(const RemNetSpec* spec,
                const float*      params,
                const float*      condition,
                float*            state);

/// Immutable weights, packed for this processor; shared by any number of states
typedef struct RemNet RemNet;

/// What one stream remembers, and its scratch memory
typedef struct RemNetState RemNetState;

/**
   Pack weights for this processor.

   @param spec   A shape that rem_net_spec_check() accepts.  One that reads in
                 both directions only runs by rem_net_sequence().
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

   @param values [rem_net_n_state()] of every layer and direction h, then its
   second memory; NULL for zeros.

   Thread: audio.  Cost: L * H.  Cannot fail.
*/
REM_RT void
rem_net_state_set(const RemNet* net, RemNetState* state, const float* values);

/// Copy what a stream remembers to `values` [rem_net_n_state()].  Thread:
/// audio.
REM_RT void
rem_net_state_get(const RemNet* net, const RemNetState* state, float* values);

/// Return whether everything that a stream remembers is finite.  Thread: audio.
REM_RT bool
rem_net_state_is_finite(const RemNet* net, const RemNetState* state);

/**
   Run a net over consecutive frames of one stream.

   For every layer, with x the frame or the h of the layer below:

       LSTM   i, f, o = sigmoid(W x + U h + b)      g = tanh(W x + U h + b)
              c' = f * c + i * g                    h' = o * tanh(c')
       GRU    r, z = sigmoid(W x + U h + b)
              n = tanh(W x + b + r * (U h + b_hn))  h' = (1 - z) * n + z * h
       RNN    h' = f(W x + U h + b + e)   e' = 0

   and y = V h + d of the features, the last layer's h or what `take` says, plus
   x where the net skips.  e is the second memory of an RNN: zero but in an
   initial state, where b + e is the bias of the first time step.

   Source: LSTM, Hochreiter and Schmidhuber 1997,
   doi:10.1162/neco.1997.9.8.1735, with the forget gate of Gers et al. 2000,
   doi:10.1162/089976600300015015; GRU, Cho et al. 2014, arXiv:1406.1078, as
   PyTorch and cuDNN have it (r after U); RNN, Elman 1990,
   doi:10.1207/s15516709cog1402_1.  Names and row order as torch.nn.LSTM, GRU
   and RNN, their two biases summed into b.

   A net that reads in both directions has no output without the future: y is
   zero.  Nor is that of a net for whole sequences (`whole`) worth much before
   the last frame.

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
   frame and layer G H(n_in + H) multiply-adds and (G + 1) H activations, or one
   of an RNN.  Cannot fail; what is not finite stays in this state until it is
   set anew.
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

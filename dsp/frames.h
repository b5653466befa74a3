// SPDX-License-Identifier: ISC

/**
   Frames of control: what the columns of a net that predicts gestures mean.

   A frame is `dt, x_1 .. x_n`: the seconds since the frame before, from
   #REM_MIN_DT up, and n values in 0..1.  The net sees columns:

       column 0      (log dt - dt_offset) / dt_scale
       then, for every dimension in order,
       continuous    (x - offset) / scale
       switch        0 or 1
       choice        1 at the place of the nearest choice, 0 elsewhere

   and answers with numbers y that describe the next frame: a mixture (or, with
   a linear head, one guess) over dt and the continuous dimensions, then the
   logits of every other dimension, one for a switch, one for each choice.

   dt counts in logarithms because it runs over six powers of ten; density, and
   so NLL, is told in columns' units.
*/

#ifndef REM_DSP_FRAMES_H
#define REM_DSP_FRAMES_H

#include "dsp/head/mdn.h"
#include "dsp/net.h"
#include "dsp/random.h"
#include "dsp/rt.h"
#include "dsp/status.h"

#include <stdbool.h>
#include <stdint.h>

#define REM_MAX_DIMS 32U       ///< n
#define REM_MAX_FRAME 33U      ///< 1 + n
#define REM_MAX_CHOICES 128U   ///< Values of one dimension
#define REM_MAX_FRAME_IN 256U  ///< Inputs of a net that frames take
#define REM_MAX_FRAME_OUT 512U ///< And outputs
#define REM_MIN_DT 0.001f      ///< Seconds: shorter ones count as this

/// What a dimension can be
typedef enum {
  REM_DIM_CONTINUOUS, ///< A fader: part of the mixture
  REM_DIM_SWITCH,     ///< On from 0.5 up: Bernoulli
  REM_DIM_CHOICE,     ///< One of several values, such as notes: softmax
} RemDimKind;

/// One dimension
typedef struct {
  char       name[32]; ///< What a person calls it, or ""
  RemDimKind kind;
  float      offset;  ///< Continuous: mean of the training set
  float      scale;   ///< Continuous: its standard deviation, above 0
  float      step;    ///< Continuous: draws are multiples of it, as what was
                      ///< learned from; 0 if there is no such step
  uint32_t n_choices; ///< Choice: 2..#REM_MAX_CHOICES
  float    choices[REM_MAX_CHOICES]; ///< Choice: rising values in 0..1
} RemDim;

/// All dimensions, and how the head tells them
typedef struct {
  uint32_t n_dims;     ///< n, 1..#REM_MAX_DIMS
  uint32_t n_mixtures; ///< M; 0 for a linear head
  bool     residual;   ///< Means of x are offsets from the last frame's
  float    floor;      ///< Least standard deviation, columns' units, above 0
  float    dt_offset;  ///< Mean of log dt, dt in seconds
  float    dt_scale;   ///< Its standard deviation, above 0
  float    dt_maximum; ///< Longest dt that is predicted, seconds
  RemDim   dims[REM_MAX_DIMS];
} RemFrames;

/// How much is left to chance; rem_temper() gives what the net learned
typedef struct {
  float pitemp;    ///< Of choices: logits are divided by it; 0 or more
  float sigmatemp; ///< Of values: their variance is multiplied by it
} RemTemper;

/// Return a head that plays as it learned
REM_RT static inline RemTemper
rem_temper(void)
{
  const RemTemper temper = {1.0f, 1.0f};
  return temper;
}

/// Set `frames` to `n_dims` continuous dimensions of 0..1, mean 0.5, deviation
/// 0.3, around 20 events a second; `n_mixtures` as in RemFrames
void
rem_frames_init(RemFrames* frames, uint32_t n_dims, uint32_t n_mixtures);

/// Return whether every number is in range and columns are not too many
/// (#REM_MAX_FRAME_IN, #REM_MAX_FRAME_OUT), else say what is wrong
RemStatus
rem_frames_check(const RemFrames* frames, RemError* error);

/// Return the number of columns, I of the net
REM_RT uint32_t
rem_frames_n_in(const RemFrames* frames);

/// Return the number of dt and continuous dimensions together, C of the mixture
REM_RT uint32_t
rem_frames_n_continuous(const RemFrames* frames);

/// Return the length of y, O of the net
REM_RT uint32_t
rem_frames_n_out(const RemFrames* frames);

/// Return the net's shape: LSTM of that size
RemNetSpec
rem_frames_net(const RemFrames* frames, uint32_t n_hidden, uint32_t n_layers);

/// Return the place of the choice nearest to `x`.  Thread: audio.
REM_RT uint32_t
rem_dim_choice(const RemDim* dim, float x);

/**
   Turn a frame into what the net sees.

   @param frame   [1 + n] finite.
   @param columns [rem_frames_n_in()]

   Thread: audio.  Cannot fail.
*/
REM_RT void
rem_frames_encode(const RemFrames* frames, const float* frame, float* columns);

/**
   Return what is continuous in columns, in order: dt, then dimensions.

   @param columns [rem_frames_n_in()]
   @param z       [rem_frames_n_continuous()]

   Thread: audio.
*/
REM_RT void
rem_frames_continuous(const RemFrames* frames, const float* columns, float* z);

/**
   Return what the means of a head are offsets from: 0 for dt, and for
   dimensions those of the last frame if they are told as residuals, else 0.

   @param before [rem_frames_n_in()] columns of the last frame.
   @param base   [rem_frames_n_continuous()]

   Thread: audio.
*/
REM_RT void
rem_frames_base(const RemFrames* frames, const float* before, float* base);

/**
   Return how surprising a frame is, in nats per event.

   With a linear head, half the squared error takes the place of the mixture.

   @param y      [rem_frames_n_out()] of the net at the frame before, finite.
   @param before [rem_frames_n_in()] columns of the frame before.
   @param next   [rem_frames_n_in()] columns of the frame itself.

   Thread: audio.  Cannot fail.
*/
REM_RT double
rem_frames_nll(const RemFrames* frames,
               const float*     y,
               const float*     before,
               const float*     next);

/**
   Draw the next frame: dt from #REM_MIN_DT to `dt_maximum`, values in 0..1.

   @param y      As rem_frames_nll(), finite.
   @param before Likewise.
   @param random Advanced by as many steps whatever is drawn.
   @param frame  [1 + n]

   Thread: audio.  Cannot fail.
*/
REM_RT void
rem_frames_draw(const RemFrames* frames,
                const float*     y,
                const float*     before,
                const RemTemper* temper,
                RemRandom*       random,
                float*           frame);

#endif // REM_DSP_FRAMES_H

// SPDX-License-Identifier: ISC

/// Shared by decoder.c (audio thread) and decoder_setup.c; no one else

#ifndef REM_DSP_DECODER_INTERNAL_H
#define REM_DSP_DECODER_INTERNAL_H

#include "dsp/decoder.h"
#include "dsp/kernel/kernel.h"
#include "dsp/net.h"

#include <stddef.h>
#include <stdint.h>

struct RemDecoder {
  const RemKernel* kernel; ///< For tanh
  RemNet*          encoder;
  RemNetState*     encoder_state;
  RemNet*          net;
  RemNetState*     net_state;
  uint32_t         n_condition;
  size_t           n_state;     ///< Of the net
  size_t           last_at;     ///< Where the last layer's is in the encoder's
  uint32_t         n_features;  ///< F
  uint32_t         feature_row; ///< F rounded up to a cache line
  uint32_t         n_attention; ///< A, rounded up likewise; 0 without
  uint32_t         n_own;       ///< Columns of a frame but attention's
  uint32_t         max_frames;
  uint32_t         n_heard; ///< Frames that are there
  uint32_t         next;    ///< Where the next one goes, in turn
  uint32_t         n_failures;
  float*           encoder_initial; ///< [encoder's n_state]
  float*           bias;            ///< [n_state] what the net begins from
  float*           weight; ///< [n_condition, n_state] what a call adds to that
  float*           query;  ///< [H, A] transposed
  float*           key;    ///< [F, A] transposed
  float*           energy; ///< [A]
  float*           features; ///< [max_frames, F] heard
  float*           keys;     ///< [max_frames, A] K h_j
  float*           weights;  ///< [max_frames] a
  float*           asked;    ///< [A] Q s
  float*           sums;     ///< [A]
  float*           heard;    ///< [encoder's n_state]
  float*           state;    ///< [n_state]
  float*           frame;    ///< [I]
  float*           y;        ///< [O]
  float*           data; ///< The one block that all of the above points into
};

/// Find the key of features that are at `place`
REM_RT void
rem_decoder_take(RemDecoder* decoder, uint32_t place);

#endif // REM_DSP_DECODER_INTERNAL_H

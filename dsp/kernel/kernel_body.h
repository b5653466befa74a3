// SPDX-License-Identifier: ISC

/// The code behind RemKernel, compiled once per instruction set: a file that
/// includes this defines REM_KERNEL (the struct's name), REM_ISA (its text)
/// and, if it has one, REM_KERNEL_HALF.

#include "dsp/kernel/kernel.h"
#include "dsp/kernel/kernel_dense.h"
#include "dsp/kernel/kernel_gru.h"
#include "dsp/kernel/kernel_lstm.h"
#include "dsp/kernel/kernel_rnn.h"
#include "dsp/kernel/vec_widest.h"

#include <stddef.h>

#if !defined(REM_KERNEL_HALF)
#  define REM_KERNEL_HALF NULL
#endif

static void
apply_tanh(float* const x, const size_t n)
{
  for (size_t i = 0; i < n; i += WIDTH) {
    W(store)(x + i, W(tanh)(W(load)(x + i)));
  }
}

static void
apply_sigmoid(float* const x, const size_t n)
{
  for (size_t i = 0; i < n; i += WIDTH) {
    W(store)(x + i, W(sigmoid)(W(load)(x + i)));
  }
}

const RemKernel REM_KERNEL = {REM_ISA,
                              WIDTH,
                              REM_KERNEL_HALF,
                              project,
                              {{{NULL, step_lstm_0_1},
                                {step_lstm_1_0, step_lstm_1_1},
                                {step_lstm_2_0, step_lstm_2_1},
                                {step_lstm_3_0, step_lstm_3_1}},
                               {{NULL, pair_lstm_0_1},
                                {pair_lstm_1_0, pair_lstm_1_1},
                                {pair_lstm_2_0, pair_lstm_2_1},
                                {pair_lstm_3_0, pair_lstm_3_1}}},
                              {{{NULL, step_gru_0_1},
                                {step_gru_1_0, step_gru_1_1},
                                {step_gru_2_0, step_gru_2_1},
                                {step_gru_3_0, step_gru_3_1},
                                {step_gru_4_0, step_gru_4_1}},
                               {{NULL, pair_gru_0_1},
                                {pair_gru_1_0, pair_gru_1_1},
                                {pair_gru_2_0, pair_gru_2_1},
                                {pair_gru_3_0, pair_gru_3_1},
                                {pair_gru_4_0, pair_gru_4_1}}},
                              {{{NULL, NULL},
                                {step_rnn_1_0, step_rnn_1_1},
                                {step_rnn_2_0, step_rnn_2_1},
                                {step_rnn_3_0, step_rnn_3_1},
                                {step_rnn_4_0, step_rnn_4_1},
                                {step_rnn_5_0, step_rnn_5_1},
                                {step_rnn_6_0, step_rnn_6_1},
                                {step_rnn_7_0, step_rnn_7_1},
                                {step_rnn_8_0, step_rnn_8_1}},
                               {{NULL, NULL},
                                {pair_rnn_1_0, pair_rnn_1_1},
                                {pair_rnn_2_0, pair_rnn_2_1},
                                {pair_rnn_3_0, pair_rnn_3_1},
                                {pair_rnn_4_0, pair_rnn_4_1},
                                {pair_rnn_5_0, pair_rnn_5_1},
                                {pair_rnn_6_0, pair_rnn_6_1},
                                {pair_rnn_7_0, pair_rnn_7_1},
                                {pair_rnn_8_0, pair_rnn_8_1}}},
                              run_head,
                              apply_tanh,
                              apply_sigmoid};

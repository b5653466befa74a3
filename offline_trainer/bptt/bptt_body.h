// SPDX-License-Identifier: ISC

/// The code behind RemBpttKernel, compiled once per instruction set: a file
/// that includes this defines REM_BPTT_KERNEL (the struct's name) and REM_ISA.

#include "dsp/kernel/vec_widest.h"
#include "offline_trainer/bptt/bptt_kernel.h"

#include <stddef.h>
#include <stdint.h>

#define CACHE_LINE 64U ///< Bytes

// Tiles fill the registers: 32 of AVX-512 and NEON, 16 of the others
#if defined(__AVX512F__)
#  define WIDEST 16
#  define TILE_ROWS 8
#  define TILE_VECTORS 2
#elif defined(__AVX2__)
#  define WIDEST 8
#  define TILE_ROWS 6
#  define TILE_VECTORS 2
#elif defined(__aarch64__)
#  define WIDEST 4
#  define TILE_ROWS 6
#  define TILE_VECTORS 4
#else
#  define WIDEST 4
#  define TILE_ROWS 4
#  define TILE_VECTORS 2
#endif

#include "offline_trainer/bptt/bptt_head.h"

#include "offline_trainer/bptt/bptt_width.h"

#if WIDEST >= 16
#  undef WIDTH
#  define WIDTH 8
#  include "dsp/kernel/vec.h"
#  include "offline_trainer/bptt/bptt_width.h"
#endif
#if WIDEST >= 8
#  undef WIDTH
#  define WIDTH 4
#  include "dsp/kernel/vec.h"
#  include "offline_trainer/bptt/bptt_width.h"
#endif

static void
product(const RemProduct* const p)
{
  size_t column = 0U;
#if WIDEST >= 16
  column = columns_16(p, column);
#endif
#if WIDEST >= 8
  column = columns_8(p, column);
#endif
  (void)columns_4(p, column);
}

/// One step forward of all units, in blocks as wide as they go
VEC_INLINE void
step_units(const RemCell cell, const RemCellRows* const rows)
{
  size_t unit = 0U;
#if WIDEST >= 16
  unit = step_16(cell, rows, unit);
#endif
#if WIDEST >= 8
  unit = step_8(cell, rows, unit);
#endif
  (void)step_4(cell, rows, unit);
}

/// One step back
VEC_INLINE void
step_units_back(const RemCell            cell,
                const RemCellRows* const rows,
                const RemCellBack* const back)
{
  size_t unit = 0U;
#if WIDEST >= 16
  unit = back_16(cell, rows, back, unit);
#endif
#if WIDEST >= 8
  unit = back_8(cell, rows, back, unit);
#endif
  (void)back_4(cell, rows, back, unit);
}

static void
lstm(const RemCellRows* const rows)
{
  step_units(REM_CELL_LSTM, rows);
}

static void
lstm_back(const RemCellRows* const rows, const RemCellBack* const back)
{
  step_units_back(REM_CELL_LSTM, rows, back);
}

static void
gru(const RemCellRows* const rows)
{
  step_units(REM_CELL_GRU, rows);
}

static void
gru_back(const RemCellRows* const rows, const RemCellBack* const back)
{
  step_units_back(REM_CELL_GRU, rows, back);
}

static void
rnn_tanh(const RemCellRows* const rows)
{
  step_units(REM_CELL_RNN_TANH, rows);
}

static void
rnn_tanh_back(const RemCellRows* const rows, const RemCellBack* const back)
{
  step_units_back(REM_CELL_RNN_TANH, rows, back);
}

static void
rnn_sigmoid(const RemCellRows* const rows)
{
  step_units(REM_CELL_RNN_SIGMOID, rows);
}

static void
rnn_sigmoid_back(const RemCellRows* const rows, const RemCellBack* const back)
{
  step_units_back(REM_CELL_RNN_SIGMOID, rows, back);
}

static void
rnn_linear(const RemCellRows* const rows)
{
  step_units(REM_CELL_RNN_LINEAR, rows);
}

static void
rnn_linear_back(const RemCellRows* const rows, const RemCellBack* const back)
{
  step_units_back(REM_CELL_RNN_LINEAR, rows, back);
}

static void
forward(const RemCellRows* const rows)
{
  step_units(REM_CELL_FORWARD, rows);
}

static void
forward_back(const RemCellRows* const rows, const RemCellBack* const back)
{
  step_units_back(REM_CELL_FORWARD, rows, back);
}

const RemBpttKernel REM_BPTT_KERNEL = {
  REM_ISA,
  WIDEST,
  product,
  {[REM_CELL_LSTM]        = {lstm, lstm_back},
   [REM_CELL_GRU]         = {gru, gru_back},
   [REM_CELL_RNN_TANH]    = {rnn_tanh, rnn_tanh_back},
   [REM_CELL_RNN_SIGMOID] = {rnn_sigmoid, rnn_sigmoid_back},
   [REM_CELL_RNN_LINEAR]  = {rnn_linear, rnn_linear_back},
   [REM_CELL_FORWARD]     = {forward, forward_back}},
  head};

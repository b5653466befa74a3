// SPDX-License-Identifier: ISC

/// All that is written for vectors of WIDTH floats

#include "offline_trainer/bptt/bptt_cell.h"
#include "offline_trainer/bptt/bptt_gru.h"
#include "offline_trainer/bptt/bptt_rnn.h"
#include "offline_trainer/bptt/bptt_tile.h"

#include <stddef.h>

/// One step forward of units from `unit` on, as many whole vectors as there
/// are; returns the first that is left
VEC_INLINE size_t
W(step)(const RemCell cell, const RemCellRows* const rows, size_t unit)
{
  for (; unit + WIDTH <= rows->n_units; unit += WIDTH) {
    if (cell == REM_CELL_LSTM) {
      W(cell_block)(rows, unit);
    } else if (cell == REM_CELL_GRU) {
      W(gru_block)(rows, unit);
    } else {
      W(rnn_block)(cell, rows, unit);
    }
  }
  return unit;
}

/// One step back likewise
VEC_INLINE size_t
W(back)(const RemCell            cell,
        const RemCellRows* const rows,
        const RemCellBack* const back,
        size_t                   unit)
{
  for (; unit + WIDTH <= rows->n_units; unit += WIDTH) {
    if (cell == REM_CELL_LSTM) {
      W(cell_gradient_block)(rows, back, unit);
    } else if (cell == REM_CELL_GRU) {
      W(gru_gradient_block)(rows, back, unit);
    } else {
      W(rnn_gradient_block)(cell, rows, back, unit);
    }
  }
  return unit;
}

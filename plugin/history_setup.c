// SPDX-License-Identifier: ISC

#include "plugin/history.h"

#include <stdlib.h>

bool
rem_history_init(RemHistory* const history,
                 const uint32_t    n_columns,
                 const uint32_t    n_frames)
{
  history->n_columns = n_columns;
  history->n_frames  = 1U;
  while (history->n_frames < n_frames) {
    history->n_frames *= 2U;
  }
  history->values = (_Atomic float*)calloc(
    (size_t)n_columns * history->n_frames, sizeof(*history->values));
  return history->values != NULL;
}

void
rem_history_clear(RemHistory* const history)
{
  free(history->values);
  history->values = NULL;
}

// SPDX-License-Identifier: ISC

#include "offline_trainer/baseline/frame_set.h"

#include <stdlib.h>
#include <string.h>

void
rem_frame_set_look_back(const RemFrameSet* const set,
                        const uint32_t           n_back,
                        const size_t             begin,
                        const size_t             t,
                        float* const             row)
{
  const size_t width = set->n_in;
  for (size_t k = 0U; k < n_back; ++k) {
    if (t - begin >= k) {
      memcpy(row + k * width, set->x + (t - k) * width, width * sizeof(float));
    } else {
      memset(row + k * width, 0, width * sizeof(float));
    }
  }
}

size_t
rem_frame_set_n(const RemFrameSet* const set)
{
  return set->begins[set->n_pieces] - set->begins[0];
}

void
rem_frame_set_clear(RemFrameSet* const set)
{
  free((void*)set->begins);
  free((void*)set->x);
  free((void*)set->targets);
  *set = (RemFrameSet){.n_in = 0U};
}

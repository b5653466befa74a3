// SPDX-License-Identifier: ISC

#include "offline_trainer/control/control_validate.h"

#include <math.h>
#include <stdlib.h>

#define CHUNK 64U ///< Events played at a time

/// What the tasks share
typedef struct {
  const RemFrames* frames;
  const RemNet*    net;
  const RemRows*   rows;
  double*          nll; ///< [rows->n] sum over a performance
} Work;

/// Play `n` events from row `at` on; return the sum of their NLL
static double
play(const Work* const  work,
     RemNetState* const state,
     float* const       y,
     const size_t       at,
     const uint32_t     n)
{
  const size_t n_in  = work->rows->n_in;
  const size_t n_out = rem_net_spec(work->net)->n_out;
  const float* x     = work->rows->columns + at * n_in;
  double       sum   = 0.0;
  rem_net_block(work->net, state, x, y, n);
  for (uint32_t t = 0U; t < n; ++t) {
    sum += rem_frames_nll(work->frames, y + t * n_out, x, x + n_in);
    x += n_in;
  }
  return sum;
}

/// Play performance `index`.  A RemTask.
static void
run(void* const handle, const uint32_t index, const uint32_t thread)
{
  (void)thread;
  const Work* const  work  = (const Work*)handle;
  const size_t       begin = work->rows->begins[index];
  const size_t       end   = work->rows->begins[index + 1U] - 1U;
  RemNetState* const state = rem_net_state_new(work->net);
  const size_t       n_out = rem_net_spec(work->net)->n_out;
  float* const       y     = (float*)malloc(CHUNK * n_out * sizeof(float));
  double             sum   = state && y ? 0.0 : HUGE_VAL;
  for (size_t at = begin; state && y && at < end; at += CHUNK) {
    const size_t left = end - at;
    sum += play(work, state, y, at, left < CHUNK ? (uint32_t)left : CHUNK);
  }
  work->nll[index] = isfinite(sum) ? sum : HUGE_VAL;
  rem_net_state_free(state);
  free(y);
}

double
rem_control_validate(const RemFrames* const  frames,
                     const RemNetSpec* const spec,
                     const float* const      params,
                     const RemRows* const    rows,
                     RemPool* const          pool)
{
  RemNet* const net  = rem_net_new(spec, params);
  double* const nll  = (double*)calloc(rows->n, sizeof(double));
  Work          work = {frames, net, rows, nll};
  double        sum  = net && nll ? 0.0 : HUGE_VAL;
  if (net && nll) {
    rem_pool_run(pool, (uint32_t)rows->n, run, &work);
  }
  for (size_t i = 0U; net && nll && i < rows->n; ++i) {
    sum += nll[i];
  }
  free(nll);
  rem_net_free(net);
  return sum / (double)(rows->begins[rows->n] - rows->n);
}

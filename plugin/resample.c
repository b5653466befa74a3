// SPDX-License-Identifier: ISC

/// The audio thread's half of plugin/resample.h.  Of speexdsp it calls what
/// neither allocates, locks nor makes a system call: read in resample.c 1.2.1.

#include "plugin/resample.h"

#include <stddef.h>
#include <string.h>

REM_RT void
rem_resampler_reset(RemResampler* const resampler)
{
  (void)speex_resampler_reset_mem(resampler->to_model);
  (void)speex_resampler_reset_mem(resampler->to_host);
  (void)speex_resampler_skip_zeros(resampler->to_model);
  (void)speex_resampler_skip_zeros(resampler->to_host);
  resampler->wait     = resampler->lead;
  resampler->n_behind = 0U;
  resampler->odd      = false;
  resampler->n_queued = resampler->latency;
  memset(resampler->queue, 0, resampler->latency * sizeof(float));
}

/// Note which host sample each of the next `m` model samples waits for, as the
/// library counts them
REM_RT static void
note(RemResampler* const r, const uint32_t n, uint32_t* const at, uint32_t m)
{
  for (uint32_t i = 0U; i < m; ++i) {
    at[i] = r->wait < n ? r->wait : n - 1U;
    r->wait += r->whole;
    r->n_behind += r->part;
    if (r->n_behind >= r->n_parts) {
      r->n_behind -= r->n_parts;
      ++r->wait;
    }
  }
  r->wait -= n;
  r->odd ^= m & 1U;
}

REM_RT uint32_t
rem_resampler_take(RemResampler* const resampler,
                   const float* const  in,
                   const uint32_t      n,
                   float* const        model,
                   uint32_t* const     at)
{
  spx_uint32_t n_taken = n;
  spx_uint32_t m       = resampler->n_most;
  (void)speex_resampler_process_float(
    resampler->to_model, 0U, in, &n_taken, model, &m);
  note(resampler, n, at, m);
  return m;
}

REM_RT void
rem_resampler_give(RemResampler* const resampler,
                   const float* const  model,
                   const uint32_t      m,
                   float* const        out,
                   const uint32_t      n)
{
  float* const queue   = resampler->queue;
  spx_uint32_t n_given = m;
  spx_uint32_t n_new   = resampler->n_room - resampler->n_queued;
  (void)speex_resampler_process_float(resampler->to_host,
                                      0U,
                                      model,
                                      &n_given,
                                      queue + resampler->n_queued,
                                      &n_new);

  // Enough is there by design; a library that counts otherwise costs silence
  const uint32_t n_held = resampler->n_queued + n_new;
  const uint32_t n_out  = n_held < n ? n_held : n;
  memcpy(out, queue, n_out * sizeof(float));
  memset(out + n_out, 0, (n - n_out) * sizeof(float));
  memmove(queue, queue + n_out, (n_held - n_out) * sizeof(float));
  resampler->n_queued = n_held - n_out;
}

REM_RT bool
rem_resampler_in_step(const RemResampler* const a, const RemResampler* const b)
{
  return a->wait == b->wait && a->n_behind == b->n_behind && a->odd == b->odd;
}

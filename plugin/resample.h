// SPDX-License-Identifier: ISC

/**
   From the host's rate to a model's and back, one channel, by speexdsp.

   Both filters are symmetric and aligned, so that what comes back lies exactly
   under what was sent but for a whole number of the host's samples: as many as
   it takes for single samples never to run dry.  Why this library and which of
   its qualities: docs/rates.md.
*/

#ifndef REM_PLUGIN_RESAMPLE_H
#define REM_PLUGIN_RESAMPLE_H

#include "dsp/rt.h"

#include <speex/speex_resampler.h>
#include <stdbool.h>
#include <stdint.h>

#define REM_RESAMPLE_CHUNK 64U ///< Most of the host's samples at a time

/// One channel's way in and out.  All zero is none.
typedef struct {
  SpeexResamplerState* to_model;
  SpeexResamplerState* to_host;
  uint32_t             latency; ///< Host samples
  uint32_t             n_most;  ///< Most model samples from one chunk
  uint32_t             lead;    ///< Host samples that the first one waits for

  // Host samples from one model sample to the next: whole and part / n_parts
  uint32_t whole;
  uint32_t part;
  uint32_t n_parts;

  // Where the stream stands
  uint32_t wait;     ///< Host samples before the one that the next waits for
  uint32_t n_behind; ///< And parts of one, below `n_parts`
  bool     odd;      ///< An odd number of model samples was made

  // What is played and not yet asked for
  float*   queue; ///< [n_room]
  uint32_t n_room;
  uint32_t n_queued;
} RemResampler;

/**
   Build both filters, at rest.

   @param resampler All zero.
   @param host  The host's rate in whole Hz.
   @param model The model's, between a 16th and 16 times that.
   @return Whether there was memory; else rem_resampler_clear() frees the rest.

   Thread: any but audio.
*/
bool
rem_resampler_init(RemResampler* resampler, uint32_t host, uint32_t model);

/// Free what rem_resampler_init() allocated.  Thread: any but audio.
void
rem_resampler_clear(RemResampler* resampler);

/// Fill filters and queue with silence.  Thread: audio.
REM_RT void
rem_resampler_reset(RemResampler* resampler);

/**
   Turn host samples into model samples.

   @param in    [n] at the host's rate.
   @param n     At most #REM_RESAMPLE_CHUNK.
   @param model [n_most] at the model's rate; not `in`.
   @param at    [n_most] the place in `in` of the newest sample that each of
                them has heard; at most n - 1, and never falling.
   @return How many there are: it may be none.

   Thread: audio.
*/
REM_RT uint32_t
rem_resampler_take(RemResampler* resampler,
                   const float*  in,
                   uint32_t      n,
                   float*        model,
                   uint32_t*     at);

/**
   Turn into host samples what the model made of all that
   rem_resampler_take() has just given.

   @param model [m] at the model's rate.
   @param out   [n] at the host's rate; not `model`.
   @param n     As many as were taken.

   Thread: audio.
*/
REM_RT void
rem_resampler_give(RemResampler* resampler,
                   const float*  model,
                   uint32_t      m,
                   float*        out,
                   uint32_t      n);

/// Return whether two channels take and give at the same samples from now on,
/// and have come as many model samples but for an even number.  Thread: audio.
REM_RT bool
rem_resampler_in_step(const RemResampler* a, const RemResampler* b);

#endif // REM_PLUGIN_RESAMPLE_H

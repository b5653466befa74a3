// SPDX-License-Identifier: ISC

/// The audio thread's half of plugin/oversample.h

#include "plugin/oversample.h"

#include "dsp/voice.h"
#include "plugin/halfband.h"
#include "plugin/oversample_internal.h"

#include <stddef.h>
#include <stdint.h>

/// What one call plays with, beside the samples
typedef struct {
  const float* const* knobs;
  const uint32_t*     at;
  uint32_t            n_given;
} Knobs;

/// Samples of the higher rate whose turn a phase has: every n_phases-th
typedef struct {
  uint32_t first;
  uint32_t n;
} Turns;

REM_RT const RemVoice*
rem_oversampler_voice(const RemOversampler* const oversampler)
{
  return oversampler->voice;
}

REM_RT bool
rem_oversampler_is_plain(const RemOversampler* const oversampler)
{
  return oversampler->n_phases == 1U;
}

REM_RT void
rem_oversampler_reset(RemOversampler* const oversampler, const uint32_t channel)
{
  static const RemOversampled rest = {{{{0.0f}}}, {{{0.0f}}}, 0U};

  oversampler->channels[channel] = rest;
  for (uint32_t p = 0U; p < oversampler->n_phases; ++p) {
    rem_voice_reset(oversampler->voice, channel * oversampler->n_phases + p);
  }
}

REM_RT bool
rem_oversampler_is_finite(const RemOversampler* const oversampler,
                          const uint32_t              channel)
{
  const uint32_t              n    = oversampler->n_phases;
  const RemOversampled* const here = &oversampler->channels[channel];
  bool                        fine = true;

  for (uint32_t p = 0U; p < n; ++p) {
    fine = fine && rem_voice_is_finite(oversampler->voice, channel * n + p);
  }
  for (uint32_t i = 0U; i < oversampler->n_doubled; ++i) {
    fine = fine && rem_halfband_is_finite(&here->up[i]) &&
           rem_halfband_is_finite(&here->down[i]);
  }
  return fine;
}

/// Collect the knobs' values for every sample of `turns` in the set `j` of two.
/// Return how many pointers are given.
REM_RT static uint32_t
turn_knobs(RemOversampler* const o,
           const Knobs           given,
           const uint32_t        j,
           const Turns           turns)
{
  const uint32_t n_knobs = rem_voice_n_knobs(o->voice);
  const uint32_t n       = given.n_given < n_knobs ? given.n_given : n_knobs;

  for (uint32_t k = 0U; given.knobs && k < n; ++k) {
    const size_t       place = (size_t)(j * n_knobs + k) * OVERSAMPLE_MOST;
    float* const       to    = o->values + place;
    const float* const from  = given.knobs[k];
    for (uint32_t i = 0U; from && i < turns.n; ++i) {
      const uint32_t fed = (turns.first + i * o->n_phases) >> o->n_doubled;
      to[i]              = from[given.at[fed]];
    }
    o->knobs[j][k] = from ? to : NULL;
  }
  return given.knobs ? n : 0U;
}

/// Play samples `from` to `to` of one of the phases gathered in `turns`
REM_RT static void
play_phase(RemOversampler* const o,
           const uint32_t        voice_channel,
           const uint32_t        j,
           const uint32_t        n_given,
           const uint32_t        from,
           const uint32_t        to)
{
  const float* knobs[REM_MAX_KNOBS];
  for (uint32_t k = 0U; k < n_given; ++k) {
    knobs[k] = o->knobs[j][k] ? o->knobs[j][k] + from : NULL;
  }
  float* const x = o->turns[j] + from;
  rem_voice_block(o->voice, voice_channel, x, knobs, n_given, x, to - from);
}

/// Play two phases that stand at the same frame together
REM_RT static void
play_phases(RemOversampler* const o,
            const uint32_t        voice_channel,
            const uint32_t        n_given,
            const uint32_t        skip,
            const uint32_t        n)
{
  const float* second[REM_MAX_KNOBS];
  for (uint32_t k = 0U; k < n_given; ++k) {
    second[k] = o->knobs[1][k] ? o->knobs[1][k] + skip : NULL;
  }
  const uint32_t            two[2]   = {voice_channel, voice_channel + 1U};
  const float* const* const knobs[2] = {o->knobs[0], second};
  float* const              x[2]     = {o->turns[0], o->turns[1] + skip};
  const float* const        in[2]    = {x[0], x[1]};
  rem_voice_block_two(o->voice, two, in, knobs, n_given, x, n);
}

REM_RT static Turns
turns_of(const RemOversampler* const o,
         const uint32_t              next,
         const uint32_t              phase,
         const uint32_t              n)
{
  const uint32_t first = (phase + o->n_phases - next) % o->n_phases;
  const Turns    turns = {
       first, n > first ? (n - first + o->n_phases - 1U) / o->n_phases : 0U};
  return turns;
}

REM_RT static void
sort_out(RemOversampler* const o, const uint32_t j, const Turns turns)
{
  for (uint32_t i = 0U; i < turns.n; ++i) {
    o->turns[j][i] = o->fast[turns.first + i * o->n_phases];
  }
}

REM_RT static void
sort_in(RemOversampler* const o, const uint32_t j, const Turns turns)
{
  for (uint32_t i = 0U; i < turns.n; ++i) {
    o->fast[turns.first + i * o->n_phases] = o->turns[j][i];
  }
}

/// Play the `n` samples of `fast` in place: the phases in pairs, which share
/// the way of every weight.  Where a block ends between the two of a pair, the
/// second lags behind and first catches up alone: a pair has the output of two
/// single ones only if both have come as many frames.
REM_RT static void
play_turns(RemOversampler* const o,
           const uint32_t        channel,
           const Knobs           given,
           const uint32_t        n)
{
  const uint32_t next = o->channels[channel].next;

  for (uint32_t p = 0U; p < o->n_phases; p += 2U) {
    const Turns    a    = turns_of(o, next, p, n);
    const Turns    b    = turns_of(o, next, p + 1U, n);
    const uint32_t here = channel * o->n_phases + p;
    const uint32_t lag  = next == p + 1U && b.n ? 1U : 0U;
    const uint32_t both = a.n < b.n - lag ? a.n : b.n - lag;
    sort_out(o, 0U, a);
    sort_out(o, 1U, b);
    const uint32_t n_given = turn_knobs(o, given, 0U, a);
    (void)turn_knobs(o, given, 1U, b);
    play_phase(o, here + 1U, 1U, n_given, 0U, lag);
    play_phases(o, here, n_given, lag, both);
    play_phase(o, here, 0U, n_given, both, a.n);
    play_phase(o, here + 1U, 1U, n_given, lag + both, b.n);
    sort_in(o, 0U, a);
    sort_in(o, 1U, b);
  }
  o->channels[channel].next = (next + n) & (o->n_phases - 1U); // 1, 2 or 4
}

/// Double the rate of `n` samples into `fast`, as often as is asked for
REM_RT static void
speed_up(RemOversampler* const o,
         RemOversampled* const here,
         const float* const    in,
         const uint32_t        n)
{
  // The way up to four times the rate passes half of `turns`
  float* const middle = o->n_doubled > 1U ? o->turns[0] : o->fast;
  if (!o->n_doubled) {
    for (uint32_t i = 0U; i < n; ++i) {
      o->fast[i] = in[i];
    }
    return;
  }
  rem_halfband_up(&o->filters[0], &here->up[0], in, middle, n);
  if (o->n_doubled > 1U) {
    rem_halfband_up(&o->filters[1], &here->up[1], middle, o->fast, 2U * n);
  }
}

REM_RT static void
slow_down(RemOversampler* const o,
          RemOversampled* const here,
          float* const          out,
          const uint32_t        n)
{
  if (!o->n_doubled) {
    for (uint32_t i = 0U; i < n; ++i) {
      out[i] = o->fast[i];
    }
    return;
  }
  if (o->n_doubled > 1U) {
    rem_halfband_down(&o->filters[1], &here->down[1], o->fast, o->fast, 2U * n);
  }
  rem_halfband_down(&o->filters[0], &here->down[0], o->fast, out, n);
}

/// Point the first set of knobs to the values of `n` samples fed, as they come
REM_RT static uint32_t
plain_knobs(RemOversampler* const o, const Knobs given, const uint32_t n)
{
  const Turns all = {0U, n};
  return turn_knobs(o, given, 0U, all);
}

REM_RT void
rem_oversampler_block(RemOversampler* const     oversampler,
                      const uint32_t            channel,
                      const float* const        in,
                      const float* const* const knobs,
                      const uint32_t* const     at,
                      const uint32_t            n_given,
                      float* const              out,
                      const uint32_t            n)
{
  RemOversampler* const o    = oversampler;
  RemOversampled* const here = &o->channels[channel];
  if (!at) {
    rem_voice_block(o->voice, channel, in, knobs, n_given, out, n);
    return;
  }

  for (uint32_t done = 0U; done < n; done += OVERSAMPLE_CHUNK) {
    const uint32_t left = n - done;
    const uint32_t m    = left < OVERSAMPLE_CHUNK ? left : OVERSAMPLE_CHUNK;
    const Knobs    now  = {knobs, at + done, n_given};
    if (rem_oversampler_is_plain(o)) {
      const uint32_t n_now = plain_knobs(o, now, m);
      rem_voice_block(
        o->voice, channel, in + done, o->knobs[0], n_now, out + done, m);
    } else {
      speed_up(o, here, in + done, m);
      play_turns(o, channel, now, m << o->n_doubled);
      slow_down(o, here, out + done, m);
    }
  }
}

REM_RT void
rem_oversampler_block_pair(RemOversampler* const     oversampler,
                           const float* const* const in,
                           const float* const* const knobs,
                           const uint32_t* const     at,
                           const uint32_t            n_given,
                           float* const* const       out,
                           const uint32_t            n)
{
  RemOversampler* const o = oversampler;
  if (!at) {
    rem_voice_block_pair(o->voice, in, knobs, n_given, out, n);
    return;
  }

  for (uint32_t done = 0U; done < n; done += OVERSAMPLE_CHUNK) {
    const uint32_t     left = n - done;
    const uint32_t     m    = left < OVERSAMPLE_CHUNK ? left : OVERSAMPLE_CHUNK;
    const Knobs        now  = {knobs, at + done, n_given};
    const uint32_t     n_now = plain_knobs(o, now, m);
    const float* const x[2]  = {in[0] + done, in[1] + done};
    float* const       y[2]  = {out[0] + done, out[1] + done};
    rem_voice_block_pair(o->voice, x, o->knobs[0], n_now, y, m);
  }
}

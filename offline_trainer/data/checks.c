// SPDX-License-Identifier: ISC

#include "offline_trainer/data/checks.h"

#include "offline_trainer/data/repeat.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define SILENCE 1e-4f    ///< -80 dBFS
#define CLIP_LEVEL 0.9f  ///< Flat tops below are the device's own
#define CLIP_RUN 4U      ///< Equal samples at the peak that make a flat top
#define QUIET 0.03f      ///< Peak of an input that was recorded too low
#define DC_LEVEL 0.003   ///< -50 dBFS
#define LONG_SILENCE 2.0 ///< Seconds
#define NOISE_FLOOR_DB (-60.0) ///< Above, noise is worth a word
#define PLAYING_DB (-40.0)     ///< Above, it is not noise at all
#define LOWEST_DB (-200.0)     ///< Of digital silence

void
rem_finding_add(RemPair* const        pair,
                const RemFindingLevel level,
                const char* const     format,
                ...)
{
  if (pair->n_findings < REM_MAX_FINDINGS) {
    RemFinding* const finding = &pair->findings[pair->n_findings++];
    va_list           args;
    va_start(args, format);
    finding->level = level;
    (void)vsnprintf(finding->text, sizeof(finding->text), format, args);
    va_end(args);
  }
}

static double
decibels(const double ratio)
{
  return ratio > 1e-10 ? 20.0 * log10(ratio) : LOWEST_DB;
}

/// Return the energy of one channel of several
static double
channel_energy(const RemAudio* const audio, const uint32_t channel)
{
  double sum = 0.0;
  for (size_t t = 0; t < audio->n_frames; ++t) {
    const double x = (double)audio->samples[t * audio->n_channels + channel];
    sum += x * x;
  }
  return sum;
}

static bool
channels_equal(const RemAudio* const audio)
{
  const uint32_t n = audio->n_channels;
  for (size_t t = 0; t < audio->n_frames; ++t) {
    for (uint32_t i = 1; i < n; ++i) {
      if (fabsf(audio->samples[t * n + i] - audio->samples[t * n]) > 1e-6f) {
        return false;
      }
    }
  }
  return true;
}

void
rem_check_channels(RemPair* const    pair,
                   const char* const name,
                   RemAudio* const   audio)
{
  const uint32_t n = audio->n_channels;
  if (n == 1U) {
    return;
  }

  uint32_t loudest = 0;
  double   most    = -1.0;
  if (channels_equal(audio)) {
    rem_finding_add(pair,
                    REM_FINDING_NOTE,
                    "The %s has %u equal channels: one of them is used",
                    name,
                    n);
  } else {
    for (uint32_t i = 0; i < n; ++i) {
      const double energy = channel_energy(audio, i);
      loudest             = energy > most ? i : loudest;
      most                = energy > most ? energy : most;
    }
    rem_finding_add(pair,
                    REM_FINDING_WARNING,
                    "The %s has %u different channels: only channel %u, the "
                    "loudest, is used; a mono file leaves no doubt",
                    name,
                    n,
                    loudest + 1U);
  }
  for (size_t t = 0; t < audio->n_frames; ++t) {
    audio->samples[t] = audio->samples[t * n + loudest];
  }
  audio->n_channels = 1U;
}

static float
find_peak(const float* const x, const size_t n)
{
  float peak = 0.0f;
  for (size_t t = 0; t < n; ++t) {
    peak = fmaxf(peak, fabsf(x[t]));
  }
  return peak;
}

RemStatus
rem_check_samples(const char* const  path,
                  const float* const x,
                  const size_t       n,
                  const uint32_t     rate,
                  RemError* const    error)
{
  for (size_t t = 0; t < n; ++t) {
    if (!isfinite(x[t])) {
      return rem_fail(error,
                      REM_BAD_AUDIO,
                      path,
                      "The sample at %.4f s is not a number; record or export "
                      "the file again",
                      (double)t / rate);
    }
  }
  const float peak = find_peak(x, n);
  return peak >= SILENCE
           ? REM_SUCCESS
           : rem_fail(error,
                      REM_BAD_AUDIO,
                      path,
                      "The file is silent: its peak is %.0f dBFS; was the "
                      "right track recorded?",
                      decibels((double)peak));
}

/// Count flat tops at the peak and find the first
static size_t
count_flat_tops(const float* const x,
                const size_t       n,
                const float        peak,
                size_t* const      first)
{
  size_t   count = 0;
  uint32_t run   = 0;
  for (size_t t = 0; t < n; ++t) {
    const bool goes_on = t && (x[t] > 0.0f) == (x[t - 1U] > 0.0f);
    run = fabsf(x[t]) < 0.9999f * peak ? 0U : goes_on ? run + 1U : 1U;
    if (run == CLIP_RUN) {
      *first = count++ ? *first : t + 1U - CLIP_RUN;
    }
  }
  return count;
}

static void
check_clipping(RemPair* const     pair,
               const char* const  name,
               const float* const x,
               const size_t       n,
               const uint32_t     rate)
{
  const float  peak  = find_peak(x, n);
  size_t       first = 0;
  const size_t count = count_flat_tops(x, n, peak, &first);
  if (peak >= CLIP_LEVEL && count) {
    rem_finding_add(pair,
                    REM_FINDING_WARNING,
                    "The %s is clipped at %.1f dBFS in %zu place%s, first at "
                    "%.3f s: record it at a lower level, or the model learns "
                    "the clipping as well",
                    name,
                    decibels((double)peak),
                    count,
                    count == 1U ? "" : "s",
                    (double)first / rate);
  }
}

/// Find the longest stretch below the threshold
static void
check_silence(RemPair* const     pair,
              const char* const  name,
              const float* const x,
              const size_t       n,
              const uint32_t     rate)
{
  size_t longest = 0;
  size_t end     = 0;
  size_t run     = 0;
  for (size_t t = 0; t < n; ++t) {
    run = fabsf(x[t]) < SILENCE ? run + 1U : 0U;
    if (run > longest) {
      longest = run;
      end     = t + 1U;
    }
  }
  const double seconds = (double)longest / rate;
  if (seconds >= LONG_SILENCE) {
    rem_finding_add(pair,
                    seconds > 0.5 * (double)n / rate ? REM_FINDING_WARNING
                                                     : REM_FINDING_NOTE,
                    "The %s is silent for %.1f s from %.1f s on: playing "
                    "teaches more than silence",
                    name,
                    seconds,
                    (double)(end - longest) / rate);
  }
}

void
rem_check_level(RemPair* const     pair,
                const char* const  name,
                const float* const x,
                const size_t       n,
                const uint32_t     rate)
{
  const float peak = find_peak(x, n);
  double      mean = 0.0;
  for (size_t t = 0; t < n; ++t) {
    mean += (double)x[t] / (double)n;
  }
  if (peak < QUIET) {
    rem_finding_add(pair,
                    REM_FINDING_WARNING,
                    "The %s is quiet, its peak is %.0f dBFS: record it louder, "
                    "or noise takes its place",
                    name,
                    decibels((double)peak));
  }
  if (fabs(mean) > DC_LEVEL) {
    rem_finding_add(pair,
                    REM_FINDING_WARNING,
                    "The %s has a DC offset of %.4f: check the interface, or "
                    "filter below 10 Hz; the model learns it as well",
                    name,
                    mean);
  }
  check_clipping(pair, name, x, n, rate);
  check_silence(pair, name, x, n, rate);
}

static void
say_latency(RemPair* const pair, const bool given)
{
  const RemAlignment* const a       = &pair->alignment;
  const double              seconds = (double)a->latency / pair->rate;
  if (given) {
    rem_finding_add(pair,
                    REM_FINDING_NOTE,
                    "Latency as given: %d samples (%.2f ms), taken out",
                    a->latency,
                    1e3 * seconds);
  } else if (a->borrowed) {
    rem_finding_add(pair,
                    REM_FINDING_NOTE,
                    "Latency: %d samples (%.2f ms), taken out; another pair "
                    "says so, this one does not tell",
                    a->latency,
                    1e3 * seconds);
  } else if (!a->confident) {
    rem_finding_add(pair,
                    REM_FINDING_WARNING,
                    "The latency cannot be measured for sure: %d samples are "
                    "assumed; --latency N says it better",
                    a->latency);
  } else if (a->latency) {
    rem_finding_add(pair,
                    REM_FINDING_NOTE,
                    "Latency: the target %s by %d samples (%.2f ms), taken out",
                    a->latency > 0 ? "lags" : "leads",
                    a->latency > 0 ? a->latency : -a->latency,
                    fabs(1e3 * seconds));
  } else {
    rem_finding_add(
      pair, REM_FINDING_NOTE, "Latency: 0 samples, the files are aligned");
  }
}

void
rem_check_alignment(RemPair* const pair, const bool latency_given)
{
  say_latency(pair, latency_given);
  if (!pair->alignment.related) {
    rem_finding_add(pair,
                    REM_FINDING_WARNING,
                    "The target seems to have nothing to do with the input: do "
                    "the two files belong together?");
  } else if (pair->alignment.confident && pair->alignment.inverted) {
    rem_finding_add(pair,
                    REM_FINDING_NOTE,
                    "Polarity: the target is upside down, as some devices do "
                    "it; it stays so and the model does the same");
  }
}

/// Return the variance of [n] samples
static double
variance(const float* const x, const size_t n)
{
  double sum     = 0.0;
  double squares = 0.0;
  for (size_t t = 0; t < n; ++t) {
    sum += (double)x[t];
    squares += (double)x[t] * (double)x[t];
  }
  const double mean = sum / (double)n;
  return fmax(squares / (double)n - mean * mean, 0.0);
}

void
rem_check_noise(RemPair* const pair)
{
  const size_t size   = pair->rate / 10U;
  size_t       where  = 0;
  double       lowest = INFINITY;
  for (size_t begin = 0; begin + size <= pair->n; begin += size / 2U) {
    const double level = variance(pair->target + begin, size);
    where              = level < lowest ? begin : where;
    lowest             = fmin(level, lowest);
  }

  const double db      = decibels(sqrt(lowest));
  pair->noise_floor_db = db;
  rem_finding_add(
    pair,
    REM_FINDING_NOTE,
    "Noise: the target's quietest tenth of a second, at %.1f s, has %.0f "
    "dBFS%s",
    (double)where / pair->rate,
    db,
    db > PLAYING_DB       ? "; without a pause its noise cannot be told"
    : db > NOISE_FLOOR_DB ? "; if that is hum or hiss, no model can learn it"
                          : "");
}

RemStatus
rem_check_repeat(RemPair* const pair)
{
  RemRepeat phrase;
  pair->self_esr     = (double)NAN;
  const RemStatus st = rem_find_repeat(pair->input, pair->n, &phrase);
  if (st || !phrase.length) {
    return st;
  }

  // What was played before still rings in the first tenth of a second
  const size_t tenth = pair->rate / 10U;
  const size_t skip  = phrase.length / 4U < tenth ? phrase.length / 4U : tenth;
  pair->self_esr     = rem_self_esr(pair->target + phrase.first + skip,
                                pair->target + phrase.again + skip,
                                phrase.length - skip);
  rem_finding_add(pair,
                  REM_FINDING_NOTE,
                  "Repeats: %.1f s from %.1f s on come back at %.1f s; the two "
                  "takes bound the ESR of any model from below at %.6f",
                  (double)phrase.length / pair->rate,
                  (double)phrase.first / pair->rate,
                  (double)phrase.again / pair->rate,
                  pair->self_esr);
  return REM_SUCCESS;
}

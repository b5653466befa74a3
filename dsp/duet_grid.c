// SPDX-License-Identifier: ISC

/// Where a duet stands in the host's song: lines of the grid, and swing

#include "dsp/duet_internal.h"

#include <math.h>

#define MAX_SWING 0.4
#define LEAST_LINE 2.0    // Samples between lines
#define LONGEST_LINE 60.0 // Seconds
#define SAME_PLACE 0.5    // Samples
#define MAX_BEAT 1e9      // Quarter notes either way
#define MIN_TEMPO 1e-9    // Quarter notes in a sample
#define MAX_TEMPO 1.0
#define N_NEAR 3 // Lines around a place that swing may bring nearest

REM_RT double
rem_duet_grid_samples(const RemDuet* const duet)
{
  return duet->settings.grid / duet->transport.beats_per_sample;
}

REM_RT bool
rem_duet_has_grid(const RemDuet* const duet)
{
  if (!duet->transport.rolling || !(duet->settings.grid > 0.0)) {
    return false;
  }
  const double samples = rem_duet_grid_samples(duet);
  return samples >= LEAST_LINE && samples <= LONGEST_LINE * duet->rate;
}

/// Return how far `whole` is from where the host surprised, in samples
REM_RT static double
since(const Transport* const transport, const uint64_t whole)
{
  return whole >= transport->at ? (double)(whole - transport->at)
                                : -(double)(transport->at - whole);
}

/// Return a place in units of the grid
REM_RT static double
lines_at(const RemDuet* const duet, const Place place)
{
  const Transport* const transport = &duet->transport;
  const double           samples   = since(transport, place.whole) + place.part;
  return (transport->beat + samples * transport->beats_per_sample) /
         duet->settings.grid;
}

REM_RT static bool
is_odd(const double k)
{
  return k - 2.0 * floor(0.5 * k) > 0.5;
}

/// Return where line `k` lies, in samples since the host surprised
REM_RT static double
line_at(const RemDuet* const duet, const double k)
{
  const Transport* const transport = &duet->transport;
  const double off = duet->settings.keep_swing && is_odd(k) ? duet->swing : 0.0;
  return ((k + off) * duet->settings.grid - transport->beat) /
         transport->beats_per_sample;
}

REM_RT uint64_t
rem_duet_line(const RemDuet* const duet, const Place place, const uint64_t from)
{
  const Transport* const transport = &duet->transport;
  const double           wanted    = since(transport, place.whole) + place.part;
  const double least = since(transport, from) - 1.0; // Lines are rounded
  const double first = floor(lines_at(duet, place)) - 1.0;
  double       k     = first;
  while (line_at(duet, k) < least) { // `from` is no more than one line later
    k = fmax(k + 1.0, floor(lines_at(duet, (Place){from, 0.0})) - 1.0);
  }
  double best = line_at(duet, k);
  for (int i = 1; i <= N_NEAR; ++i) {
    const double line = line_at(duet, k + i);
    best              = fabs(line - wanted) < fabs(best - wanted) ? line : best;
  }
  const double at = floor(best + 0.5);
  if (at <= least + 1.0) {
    return from;
  }
  return at < 0.0 ? transport->at - (uint64_t)-at
                  : transport->at + (uint64_t)at;
}

REM_RT void
rem_duet_learn_swing(RemDuet* const duet, const uint64_t at)
{
  if (rem_duet_has_grid(duet)) {
    const double lines = lines_at(duet, (Place){at, 0.0});
    const double k     = floor(lines + 0.5);
    if (is_odd(k)) {
      duet->swing += (lines - k - duet->swing) / 8.0;
      duet->swing = fmin(fmax(duet->swing, -MAX_SWING), MAX_SWING);
      rem_duet_place_all(duet);
    }
  }
}

REM_RT double
rem_duet_swing(const RemDuet* const duet)
{
  return duet->swing;
}

/// Return whether what the host says was to be expected
REM_RT static bool
is_expected(const Transport* const transport, const Transport* const next)
{
  if (!next->rolling || !transport->rolling) {
    return next->rolling == transport->rolling;
  }
  const double beat =
    transport->beat + since(transport, next->at) * transport->beats_per_sample;
  return next->beats_per_sample == transport->beats_per_sample &&
         fabs(next->beat - beat) <= SAME_PLACE * next->beats_per_sample;
}

REM_RT void
rem_duet_transport(RemDuet* const duet,
                   const uint64_t at,
                   const double   beat,
                   const double   beats_per_sample,
                   const bool     rolling)
{
  const bool good = fabs(beat) <= MAX_BEAT && beats_per_sample >= MIN_TEMPO &&
                    beats_per_sample <= MAX_TEMPO;
  const Transport next = {at, beat, beats_per_sample, rolling && good};
  if (!is_expected(&duet->transport, &next)) {
    if (duet->transport.rolling && !rolling) {
      rem_duet_end_notes(duet, at);
    }
    duet->transport = next;
    duet->now       = at > duet->now ? at : duet->now;
    rem_duet_place_all(duet);
  }
}

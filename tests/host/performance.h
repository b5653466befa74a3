// SPDX-License-Identifier: ISC

/// A person's playing on eight faders, as MIDI sends it: recorded if the
/// recordings are there, else made up

#ifndef REM_TESTS_HOST_PERFORMANCE_H
#define REM_TESTS_HOST_PERFORMANCE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define PERFORMANCE_DIMS 8U

/// A fader is moved
typedef struct {
  uint64_t at;    ///< Sample
  uint32_t dim;   ///< From 0
  uint8_t  value; ///< 0..127
} PerformanceMove;

/// Moves in order of time; those of one sample are one touch
typedef struct {
  PerformanceMove* moves; ///< [n]
  size_t           n;
  size_t           n_touches;
  bool             recorded; ///< Else made up
} Performance;

/**
   Return a performance of so many samples, at 48000 a second, to be freed with
   performance_free().
*/
Performance
performance_new(uint64_t n_samples);

/// Free its moves
void
performance_free(Performance* performance);

#endif // REM_TESTS_HOST_PERFORMANCE_H

// SPDX-License-Identifier: ISC

/**
   The four modes of a duet as one would explain them, a second time and
   without regard to blocks or cost: what dsp/duet.c is held to.

   Settings do not change.
*/

#ifndef REM_TESTS_HOST_NAIVE_H
#define REM_TESTS_HOST_NAIVE_H

#include "dsp/duet.h"
#include "dsp/predictor.h"
#include "tests/host/performance.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/// How to play
typedef struct {
  double      rate; ///< Samples a second
  RemDuetMode mode;
  float       threshold; ///< Seconds
  uint64_t    seed;
  uint64_t    end; ///< Samples
} NaiveHow;

/// Something that happens
typedef struct {
  uint64_t at;    ///< Sample
  bool     net;   ///< Else the player
  bool     yield; ///< Player: takes the turn from the net
  uint32_t moved; ///< Player: a bit for each fader that moves
  float    dt;    ///< Net: seconds, as drawn
  float    x[PERFORMANCE_DIMS];
} NaiveEvent;

/// All that happens, in order of time
typedef struct {
  NaiveEvent* events; ///< [n]
  size_t      n;
  size_t      n_net;
} Naive;

/**
   Play.

   @param net Of #PERFORMANCE_DIMS dimensions, at rest; has heard it all when
              this returns.
   @return To be freed with naive_free().
*/
Naive
naive_play(RemPredictor*      net,
           const Performance* performance,
           const NaiveHow*    how);

/// Free its events
void
naive_free(Naive* naive);

#endif // REM_TESTS_HOST_NAIVE_H

// SPDX-License-Identifier: ISC

/// How well events were found

#ifndef REM_OFFLINE_TRAINER_SPECTRA_SCORE_H
#define REM_OFFLINE_TRAINER_SPECTRA_SCORE_H

#include "offline_trainer/spectra/labels.h"

#include <stddef.h>

#define REM_SCORE_TOLERANCE 0.05 ///< Seconds, as onset detectors are compared

/// Counts, which may be added up over recordings
typedef struct {
  size_t n_hits;  ///< Found, and there
  size_t n_found; ///< Found
  size_t n_there; ///< To be found
} RemScore;

/**
   Add to `score` what was found of what is there.  Each event counts once:
   it is paired with the first within the tolerance that is not taken yet.

   @param found,there In the order of time.
   @param name        Label that is looked at; NULL for all, as if all had one.
   @param tolerance   Seconds, either way.
*/
void
rem_score_add(RemScore*        score,
              const RemLabels* found,
              const RemLabels* there,
              const char*      name,
              double           tolerance);

/// Return hits by what was found; 1 if nothing was
double
rem_score_precision(const RemScore* score);

/// Return hits by what is there; 1 if nothing is
double
rem_score_recall(const RemScore* score);

/// Return the harmonic mean of both, the F-measure
double
rem_score_f(const RemScore* score);

#endif // REM_OFFLINE_TRAINER_SPECTRA_SCORE_H

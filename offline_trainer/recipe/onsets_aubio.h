// SPDX-License-Identifier: ISC

/// aubio's onset detector on the takes of the recipe onsets

#ifndef REM_OFFLINE_TRAINER_RECIPE_ONSETS_AUBIO_H
#define REM_OFFLINE_TRAINER_RECIPE_ONSETS_AUBIO_H

#include "offline_trainer/recipe/recipe.h"
#include "offline_trainer/spectra/clips.h"
#include "offline_trainer/spectra/score.h"

#include <stdbool.h>

/// How well it finds onsets
typedef struct {
  bool     there;       ///< aubioonset is installed
  RemScore usual;       ///< As it is
  RemScore best;        ///< With the method and threshold that do best here
  char     setting[64]; ///< Those
} RemAubioScores;

/**
   Run aubioonset on every take; its answers go through a file in the run's
   folder.  Of takes that are a part of a recording only that part counts.

   @param folder Where the sounds of `clips` are.
   @return #REM_NO_MEMORY, what rem_labels_read() returns, or #REM_SUCCESS, also
   if there is no aubioonset.
*/
RemStatus
rem_aubio_score(const RemRecipeRun* run,
                const char*         folder,
                const RemClips*     clips,
                RemAubioScores*     out,
                RemError*           error);

#endif // REM_OFFLINE_TRAINER_RECIPE_ONSETS_AUBIO_H

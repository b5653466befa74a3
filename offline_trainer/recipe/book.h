// SPDX-License-Identifier: ISC

/// A book to read

#ifndef REM_OFFLINE_TRAINER_RECIPE_BOOK_H
#define REM_OFFLINE_TRAINER_RECIPE_BOOK_H

#include "offline_trainer/recipe/recipe.h"

#include <stddef.h>

#define REM_BOOK_PATH 4096U ///< Bytes of a path, the end included

/**
   Write book.txt to the folder of a recipe: the text that `--data` names, or
   the King James Bible as the command `bible` of Debian's package bible-kjv
   prints it, a verse a line without its number.

   @param most Bytes that are kept, the beginning; 0 for all.
   @param path Set to where it stands.
   @return #REM_NO_FILE, with what to install, or another failure.
*/
RemStatus
rem_book_write(const RemRecipeRun* run,
               size_t              most,
               char                path[REM_BOOK_PATH],
               RemError*           error);

#endif // REM_OFFLINE_TRAINER_RECIPE_BOOK_H

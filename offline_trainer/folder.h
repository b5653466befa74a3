// SPDX-License-Identifier: ISC

/// Folders for results

#ifndef REM_OFFLINE_TRAINER_FOLDER_H
#define REM_OFFLINE_TRAINER_FOLDER_H

#include "dsp/status.h"

/**
   Make a folder, and those above it, unless they are there, as `mkdir -p`.

   @return #REM_CANNOT_WRITE with the path and the reason.

   Thread: any.
*/
RemStatus
rem_folder_make(const char* path, RemError* error);

#endif // REM_OFFLINE_TRAINER_FOLDER_H

// SPDX-License-Identifier: ISC

/// The folders that models are looked for in
///
/// These are, in this order: the folder `presets` in the bundle, then
/// $XDG_DATA_HOME/remanence/models (or ~/.local/share/remanence/models), then
/// every folder in REMANENCE_MODEL_PATH, colons between them.  What is no
/// absolute path in the environment is ignored: it would mean another folder
/// in every host.

#ifndef REM_PLUGIN_MODEL_ROOTS_H
#define REM_PLUGIN_MODEL_ROOTS_H

#include "dsp/status.h"

#include <stddef.h>

/// One model root
typedef struct {
  char* folder; ///< As the environment names it
  char* real;   ///< Without links, or NULL if it does not exist
} RemModelRoot;

/// All model roots; all zero is none
typedef struct {
  RemModelRoot* items; ///< [n]
  size_t        n;
} RemModelRoots;

/**
   Find the model roots.

   @param bundle Folder of the bundle.
   @param roots  On success to release with rem_model_roots_clear(), else none.
   @return #REM_NO_MEMORY or success; a folder that is missing is no failure.

   Thread: any but audio, while no other changes the environment.
*/
RemStatus
rem_model_roots_find(const char* bundle, RemModelRoots* roots);

/// Release what rem_model_roots_find() made, and leave none
void
rem_model_roots_clear(RemModelRoots* roots);

#endif // REM_PLUGIN_MODEL_ROOTS_H

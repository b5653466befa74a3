// SPDX-License-Identifier: ISC

/// The folders that models are looked for in, and that strangers keep to
///
/// These are, in this order: the folder `presets` in the bundle, then
/// $XDG_DATA_HOME/remanence/models (or ~/.local/share/remanence/models), then
/// every folder in REMANENCE_MODEL_PATH, colons between them.  What is no
/// absolute path in the environment is ignored: it would mean another folder
/// in every host.

#ifndef REM_PLUGIN_MODEL_ROOTS_H
#define REM_PLUGIN_MODEL_ROOTS_H

#include "dsp/status.h"
#include "plugin/path.h"

#include <stdbool.h>
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

/**
   Turn the path that a stranger sent into one that may be loaded.

   Whatever links and ".." the path has on its way, the file that it leads to
   lies inside a root, is a regular one and holds at most
   #REM_MODELFILE_MAX_BYTES.  Links from root to root are fine.  No file is
   opened, so that a FIFO cannot block.  What is refused as outside is so
   whether it exists or not: answers do not tell which files exist elsewhere.

   The file may change before it is read; rem_file_read() checks it again.

   @param bundle Folder of the bundle.
   @param path   Absolute or relative to a root: the first that has it, or that
                 it leads out of, counts.
   @param real   On success an absolute path without links from malloc(), else
                 NULL.
   @param error  On failure what was wrong and what was expected, without
                 control characters.
   @return #REM_BAD_ARGUMENT for a path that is empty, too long, outside or no
   regular file, #REM_NO_FILE for one that leads nowhere, #REM_TOO_LARGE,
   #REM_NO_MEMORY.

   Thread: any but audio, while no other changes the environment.
*/
RemStatus
rem_model_roots_resolve(const char* bundle,
                        const char* path,
                        char**      real,
                        RemError*   error);

/**
   Return whether a path is a root or lies inside one.

   @param bundle    Folder of the bundle.
   @param real_path As realpath() gives it: absolute, without links and "..".

   Thread: any but audio, while no other changes the environment.
*/
bool
rem_model_roots_contain(const char* bundle, const char* real_path);

#endif // REM_PLUGIN_MODEL_ROOTS_H

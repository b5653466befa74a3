// SPDX-License-Identifier: ISC

/// Looks for a model that is no longer where a session left it

#ifndef REM_PLUGIN_MODEL_SEARCH_H
#define REM_PLUGIN_MODEL_SEARCH_H

#include <stdbool.h>
#include <stddef.h>

#define REM_SHA256_SIZE 65U ///< 64 hex digits and a zero

/// What a lost model is known by
typedef struct {
  const char* name;   ///< File name, or "" if unknown
  const char* sha256; ///< Lower-case hex, or "" if unknown
} RemModelClue;

/// How a lost model was found
typedef enum {
  REM_NOT_FOUND,
  REM_FOUND_SAME, ///< A file with the very same bytes
  REM_FOUND_NAME, ///< A file of the same name and other bytes
} RemFound;

/// Write the SHA-256 of `bytes` as hex
void
rem_sha256(const void* bytes, size_t size, char hex[REM_SHA256_SIZE]);

/**
   Search the model roots (plugin/model_roots.h), each with the folders inside
   it, but not links to folders.

   @param bundle Folder of the bundle.
   @param path   On success from malloc(), without links; else NULL.
   @return The best find; the first root wins among equals.

   Thread: any but audio; reads every model file in the roots.
*/
RemFound
rem_model_search(const char* bundle, const RemModelClue* clue, char** path);

#endif // REM_PLUGIN_MODEL_SEARCH_H

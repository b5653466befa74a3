// SPDX-License-Identifier: ISC

/// Everything that a run needs to go on later, in one file: safetensors layout,
/// so that numpy opens it

#ifndef REM_OFFLINE_TRAINER_CHECKPOINT_H
#define REM_OFFLINE_TRAINER_CHECKPOINT_H

#include "dsp/status.h"

#include <stddef.h>
#include <stdint.h>

/// What numbers an entry holds
typedef enum {
  REM_ENTRY_F32,
  REM_ENTRY_F64,
  REM_ENTRY_U64,
} RemEntryType;

/// A named array, in memory that the caller owns
typedef struct {
  const char*  name; ///< Of letters, digits, '.' and '_'
  RemEntryType type;
  size_t       n;    ///< Numbers in `data`
  void*        data; ///< Read from when writing, written to when reading
} RemEntry;

/**
   Write entries to `path` in one piece: beside it, synced, and renamed.

   @param about Text kept as metadata.
   @return What rem_file_write() says.
*/
RemStatus
rem_checkpoint_write(const char*     path,
                     const char*     about,
                     const RemEntry* entries,
                     uint32_t        n_entries,
                     RemError*       error);

/// A checkpoint in memory
typedef struct RemCheckpoint RemCheckpoint;

/**
   Read a checkpoint and check that it is one: every entry within the file, in
   order, without gaps.

   @param out On success to be freed with rem_checkpoint_free(), else NULL.
   @return #REM_NO_FILE, #REM_TOO_LARGE, #REM_BAD_FORMAT, #REM_NO_MEMORY or
   #REM_SUCCESS.
*/
RemStatus
rem_checkpoint_read(const char* path, RemCheckpoint** out, RemError* error);

/// Free a checkpoint; NULL is allowed
void
rem_checkpoint_free(RemCheckpoint* checkpoint);

/// Return the text that was kept
const char*
rem_checkpoint_about(const RemCheckpoint* checkpoint);

/// Return how many numbers entry `name` has, 0 if there is none
size_t
rem_checkpoint_count(const RemCheckpoint* checkpoint, const char* name);

/**
   Copy every one of `entries` out of the checkpoint.

   @return #REM_BAD_FORMAT if one is missing or of another type or length; no
   entry is written to then.
*/
RemStatus
rem_checkpoint_copy(const RemCheckpoint* checkpoint,
                    const RemEntry*      entries,
                    uint32_t             n_entries,
                    RemError*            error);

#endif // REM_OFFLINE_TRAINER_CHECKPOINT_H

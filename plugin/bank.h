// SPDX-License-Identifier: ISC

/// A bank: the model files of one folder, in the order in which a person steps
/// through them
///
/// A bank is a snapshot and owns all that it points to.  What is in it need not
/// be a model, or be there still: loading tells.  Links may lead anywhere;
/// rem_model_roots_resolve() tells where.

#ifndef REM_PLUGIN_BANK_H
#define REM_PLUGIN_BANK_H

#include "dsp/status.h"

#include <stddef.h>

#define REM_BANK_MAX 4096U ///< Files in a bank

/// Model files of a folder; all zero is empty
typedef struct {
  char*  folder;  ///< As given, or NULL
  char** names;   ///< [n] File names, in the order of rem_bank_compare()
  size_t n;       ///< At most #REM_BANK_MAX
  size_t n_above; ///< Files that were left out because they come after those
} RemBank;

/**
   Read the names of the model files in a folder.

   These are the regular files, and links to such, whose names end like a model
   file's and do not start with a full stop.  No file is opened.

   @param folder Folder; may be that of `bank`, to read it again.
   @param bank   All zero, or read before: what it held is released.  On success
                 to release with rem_bank_clear(), on failure empty.
   @return #REM_NO_FILE if the folder cannot be read, #REM_NO_MEMORY.

   Thread: any but audio.
*/
RemStatus
rem_bank_read(const char* folder, RemBank* bank, RemError* error);

/// Read the folder that the file `path` lies in, as rem_bank_read() does; the
/// file itself need not exist
RemStatus
rem_bank_read_beside(const char* path, RemBank* bank, RemError* error);

/// Release what the bank holds, and leave it empty
void
rem_bank_clear(RemBank* bank);

/**
   Return the index of a file, or -1 if the bank has none of that name.

   @param name File name, or a path that ends in it.
*/
int
rem_bank_find(const RemBank* bank, const char* name);

/**
   Return the index of the file `step` places after that of `name`.

   Beyond the last file comes the first.  If the bank has no file `name` any
   more, steps count from the gap where it would be.

   @param name File name, or a path that ends in it.
   @param step Negative to step back.
   @return -1 if the bank is empty.
*/
int
rem_bank_step(const RemBank* bank, const char* name, int step);

/// Return the path of file `i` < n from malloc(), or NULL without memory
char*
rem_bank_path(const RemBank* bank, size_t i);

/**
   Compare two file names as a person would sort them.

   Runs of digits compare as numbers of any length, letters of ASCII without
   their case, all other bytes as they are; but a full stop comes first, so that
   "amp.nam" precedes "amp 2.nam".  Names that are equal so far: fewer leading
   zeros first, then by bytes.

   @return Negative, zero or positive; zero only for equal names.
*/
int
rem_bank_compare(const char* a, const char* b);

#endif // REM_PLUGIN_BANK_H

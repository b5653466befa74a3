// SPDX-License-Identifier: ISC

/// Whole files in and out, safely: the only two ways in which the project reads
/// and writes anything but audio

#ifndef REM_DSP_MODELFILE_FILE_H
#define REM_DSP_MODELFILE_FILE_H

#include "dsp/status.h"

#include <stddef.h>

/**
   Read a regular file whole.

   @param max_bytes Larger files are refused before a byte is read.
   @param out       On success bytes from malloc() with one zero byte behind
                    them, else NULL.  A FIFO, device or folder is refused
                    without blocking.
*/
RemStatus
rem_file_read(const char* path,
              size_t      max_bytes,
              void**      out,
              size_t*     size,
              RemError*   error);

/// Write `size` bytes beside `path`, sync, and rename over `path`.  On failure
/// nothing is left behind and what was at `path` still stands.
RemStatus
rem_file_write(const char* path,
               const void* bytes,
               size_t      size,
               RemError*   error);

#endif // REM_DSP_MODELFILE_FILE_H

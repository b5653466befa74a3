// SPDX-License-Identifier: ISC

/// What this process holds, as the kernel and malloc() tell

#ifndef REM_TESTS_HOST_PROCESS_H
#define REM_TESTS_HOST_PROCESS_H

#include <stddef.h>
#include <stdint.h>

/// Return how many bytes malloc() has given out, in whatever thread
size_t
process_bytes_in_use(void);

/// Return how many bytes of memory are resident
size_t
process_bytes_resident(void);

/// Return how many threads there are
uint32_t
process_n_threads(void);

/// Return how many files and sockets are open
uint32_t
process_n_files(void);

#endif // REM_TESTS_HOST_PROCESS_H

// SPDX-License-Identifier: ISC

/**
   Watches what a thread calls while it runs realtime code.

   A program that uses this has malloc(), free(), locks, files, sleeps, clocks
   and the like replaced by functions that count and go on; everything loaded
   later resolves to them.  On Linux on x86-64, where the kernel can do it,
   every other system call counts as well.
*/

#ifndef REM_TESTS_HOST_AUDIT_H
#define REM_TESTS_HOST_AUDIT_H

#include <stdbool.h>
#include <stdint.h>

/// Return false where a sanitizer has taken the place of these functions
bool
audit_can_watch(void);

/// Prepare to watch the calling thread; returns whether system calls that go
/// round the C library are seen too
bool
audit_begin(void);

/// Begin or end a stretch of realtime code in this thread: Host.audio_hook
void
audit_section(bool inside);

/// Return how many calls were counted, and forget them
uint32_t
audit_take(void);

/// Return the name of the last call that was counted, or ""
const char*
audit_last(void);

#endif // REM_TESTS_HOST_AUDIT_H

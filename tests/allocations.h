// SPDX-License-Identifier: ISC

/// An allocator that fails at will and counts.  For programs of one file: it
/// replaces malloc() and its kin.  Under a sanitizer, which brings an allocator
/// of its own, it replaces nothing.

#ifndef REM_TESTS_ALLOCATIONS_H
#define REM_TESTS_ALLOCATIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdlib.h>

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#  define SANITIZED 1
#else
#  define SANITIZED 0
#endif

/// Within an allocation that does not count; volatile, because compilers know
/// that malloc() reads no such thing
static volatile bool spared = false;

static volatile long countdown =
  -1;                             ///< Allocations until one fails; < 0: never
static volatile long n_live  = 0; ///< Blocks not yet freed
static volatile long n_calls = 0; ///< Of malloc(), free() and their kin

/// Return whether this allocation is the one that fails
static inline bool
fails(void)
{
  ++n_calls;
  return !spared && countdown >= 0 && countdown-- == 0;
}

#if !SANITIZED

#  define EXPORT __attribute__((visibility("default")))

// NOLINTBEGIN: glibc's allocator has these names beside the standard ones
void*
__libc_malloc(size_t size);
void*
__libc_calloc(size_t n, size_t size);
void*
__libc_realloc(void* p, size_t size);
void
__libc_free(void* p);
void*
__libc_memalign(size_t a, size_t n);

static void*
counted(void* const p)
{
  n_live += p != NULL;
  return p;
}

EXPORT void*
malloc(size_t size)
{
  return fails() ? NULL : counted(__libc_malloc(size));
}

EXPORT void*
calloc(size_t n, size_t size)
{
  return fails() ? NULL : counted(__libc_calloc(n, size));
}

EXPORT void*
realloc(void* p, size_t size)
{
  if (fails()) {
    return NULL;
  }
  n_live -= p != NULL;
  return counted(__libc_realloc(p, size));
}

EXPORT void*
aligned_alloc(size_t alignment, size_t size)
{
  return fails() ? NULL : counted(__libc_memalign(alignment, size));
}

EXPORT void
free(void* p)
{
  ++n_calls;
  n_live -= p != NULL;
  __libc_free(p);
}
// NOLINTEND

#endif

#endif // REM_TESTS_ALLOCATIONS_H

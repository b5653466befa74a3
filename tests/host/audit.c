// SPDX-License-Identifier: ISC

#define _GNU_SOURCE // RTLD_NEXT, siginfo_t.si_syscall

#include "tests/host/audit.h"

#include "tests/check.h"

#include <dlfcn.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <semaphore.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#ifndef PR_SET_SYSCALL_USER_DISPATCH
#  define PR_SET_SYSCALL_USER_DISPATCH 59 // Linux 5.11
#endif

// The kernel reads it at every system call of the thread: 0 lets it pass, 1
// sends SIGSYS instead
static _Thread_local volatile char realtime = 0;

static _Thread_local uint32_t n_calls          = 0U;
static _Thread_local const char* volatile last = "";

static void
note(const char* const name)
{
  if (realtime) {
    ++n_calls;
    last = name;
  }
}

static void
on_system_call(int number, siginfo_t* const info, void* const context)
{
  (void)number;
  (void)info;
  (void)context;
  note("a system call");
  realtime = 0; // The handler itself returns by one
}

bool
audit_begin(void)
{
  struct sigaction action = {.sa_flags = SA_SIGINFO};
  action.sa_sigaction     = on_system_call;
  CHECK(!sigaction(SIGSYS, &action, NULL));
  return !prctl(PR_SET_SYSCALL_USER_DISPATCH, 1UL, 0UL, 0UL, &realtime);
}

void
audit_section(const bool inside)
{
  realtime = inside ? 1 : 0;
}

uint32_t
audit_take(void)
{
  const uint32_t n = n_calls;
  n_calls          = 0U;
  return n;
}

const char*
audit_last(void)
{
  return last;
}

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#  define SANITIZED 1
#elif defined(__has_feature)
#  if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#    define SANITIZED 1
#  endif
#endif

bool
audit_can_watch(void)
{
#ifdef SANITIZED
  return false;
}
#else
  return true;
}

// Replacements.  Those of malloc() go on to glibc's own names for it, because
// dlsym() may allocate; all others to what the linker finds next.

extern void*
__libc_malloc(size_t size);
extern void*
__libc_calloc(size_t n, size_t size);
extern void*
__libc_realloc(void* block, size_t size);
extern void*
__libc_memalign(size_t alignment, size_t size);
extern void
__libc_free(void* block);

#  define SEEN __attribute__((visibility("default")))

SEEN void*
malloc(const size_t size)
{
  note("malloc");
  return __libc_malloc(size);
}

SEEN void*
calloc(const size_t n, const size_t size)
{
  note("calloc");
  return __libc_calloc(n, size);
}

SEEN void*
realloc(void* const block, const size_t size)
{
  note("realloc");
  return __libc_realloc(block, size);
}

SEEN void
free(void* const block)
{
  note("free");
  __libc_free(block);
}

SEEN int
posix_memalign(void** const out, const size_t alignment, const size_t size)
{
  note("posix_memalign");
  *out = __libc_memalign(alignment, size);
  return *out ? 0 : 12; // ENOMEM
}

SEEN void*
aligned_alloc(const size_t alignment, const size_t size)
{
  note("aligned_alloc");
  return __libc_memalign(alignment, size);
}

/// Define `name` as: note it, then call the next function of that name
#  define REPLACE(result, name, parameters, arguments)    \
    SEEN result name parameters                           \
    {                                                     \
      result(*next) parameters = NULL;                    \
      void* const symbol       = dlsym(RTLD_NEXT, #name); \
      memcpy(&next, &symbol, sizeof(next));               \
      note(#name);                                        \
      return next arguments;                              \
    }

// clang-format off
REPLACE(int, pthread_mutex_lock, (pthread_mutex_t* m), (m))
REPLACE(int, pthread_mutex_trylock, (pthread_mutex_t* m), (m))
REPLACE(int, pthread_mutex_unlock, (pthread_mutex_t* m), (m))
REPLACE(int, pthread_rwlock_rdlock, (pthread_rwlock_t* l), (l))
REPLACE(int, pthread_rwlock_wrlock, (pthread_rwlock_t* l), (l))
REPLACE(int, pthread_cond_wait, (pthread_cond_t* c, pthread_mutex_t* m), (c, m))
REPLACE(int, pthread_cond_signal, (pthread_cond_t* c), (c))
REPLACE(int, pthread_cond_broadcast, (pthread_cond_t* c), (c))
REPLACE(int, pthread_join, (pthread_t t, void** r), (t, r))
REPLACE(int, sem_wait, (sem_t* s), (s))
REPLACE(int, sem_post, (sem_t* s), (s))
REPLACE(int, sched_yield, (void), ())
REPLACE(int, nanosleep, (const struct timespec* t, struct timespec* r), (t, r))
REPLACE(int, clock_nanosleep, (clockid_t c, int f, const struct timespec* t,
                               struct timespec* r), (c, f, t, r))
REPLACE(int, clock_gettime, (clockid_t c, struct timespec* t), (c, t))
REPLACE(int, poll, (struct pollfd* p, nfds_t n, int t), (p, n, t))
REPLACE(ssize_t, read, (int fd, void* b, size_t n), (fd, b, n))
REPLACE(ssize_t, write, (int fd, const void* b, size_t n), (fd, b, n))
REPLACE(int, close, (int fd), (fd))
REPLACE(int, stat, (const char* p, struct stat* s), (p, s))
REPLACE(FILE*, fopen, (const char* p, const char* m), (p, m))
REPLACE(int, fclose, (FILE* f), (f))
REPLACE(size_t, fread, (void* b, size_t s, size_t n, FILE* f), (b, s, n, f))
REPLACE(size_t, fwrite, (const void* b, size_t s, size_t n, FILE* f),
        (b, s, n, f))
REPLACE(int, fputs, (const char* t, FILE* f), (t, f))
REPLACE(int, fflush, (FILE* f), (f))
REPLACE(int, vfprintf, (FILE* f, const char* t, va_list a), (f, t, a))
REPLACE(int, vsnprintf, (char* b, size_t n, const char* t, va_list a),
        (b, n, t, a))
REPLACE(int, munmap, (void* at, size_t n), (at, n))
REPLACE(char*, getenv, (const char* n), (n))
// clang-format on

SEEN int
open(const char* const path, const int flags, ...)
{
  va_list args;
  va_start(args, flags);
  const mode_t mode = flags & O_CREAT ? va_arg(args, mode_t) : 0U;
  va_end(args);
  note("open");
  return openat(AT_FDCWD, path, flags, mode);
}

#endif // SANITIZED

// SPDX-License-Identifier: ISC

/// Whichever allocation of ours fails while a model is read or written, the
/// answer is REM_NO_MEMORY or the very same model, and nothing leaks.
///
/// When one of jansson's fails, any answer will do that is neither a crash nor
/// a leak: jansson 2.14 calls it a syntax error or drops a byte of a long word.
/// Under a sanitizer, which brings an allocator of its own, only these fail.

#include "dsp/modelfile/modelfile.h"
#include "tests/check.h"
#include "tests/modelfile.h"

#include <string.h>

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#  define SANITIZED 1
#else
#  define SANITIZED 0
#endif

static bool jansson   = false; ///< Whose allocations fail
static bool inside    = false; ///< Within an allocation of jansson's
static long countdown = -1;    ///< Allocations until one fails; < 0: never
static long n_live    = 0;     ///< Blocks not yet freed

/// Return whether this allocation is the one that fails
static bool
fails(const bool by_jansson)
{
  return by_jansson == jansson && countdown >= 0 && countdown-- == 0;
}

/// What jansson allocates by
static void*
jansson_malloc(const size_t size)
{
  inside        = true;
  void* const p = fails(true) ? NULL : malloc(size);
  inside        = false;
  return p;
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
  return !inside && fails(false) ? NULL : counted(__libc_malloc(size));
}

EXPORT void*
calloc(size_t n, size_t size)
{
  return !inside && fails(false) ? NULL : counted(__libc_calloc(n, size));
}

EXPORT void*
realloc(void* p, size_t size)
{
  if (!inside && fails(false)) {
    return NULL;
  }
  n_live -= p != NULL;
  return counted(__libc_realloc(p, size));
}

EXPORT void*
aligned_alloc(size_t alignment, size_t size)
{
  return !inside && fails(false) ? NULL
                                 : counted(__libc_memalign(alignment, size));
}

EXPORT void
free(void* p)
{
  n_live -= p != NULL;
  __libc_free(p);
}
// NOLINTEND

#endif

/// Return the next allocation to let fail: all, but of the thousands of numbers
/// that jansson allocates only some
static long
after(const long n)
{
  return n + (jansson && n >= 300 ? 61 : 1);
}

/// Let every allocation of one decoding fail in turn
static void
test_decode(const void* const bytes, const size_t size)
{
  RemModel* whole = NULL;
  RemStatus st    = REM_NO_MEMORY;
  long      n     = 0;
  CHECK(!rem_model_decode(bytes, size, "x", &whole, NULL, NULL));
  for (; st; n = after(n)) {
    RemModel*  model  = NULL;
    RemError   error  = {REM_SUCCESS, "", ""};
    const long before = n_live;
    countdown         = n;
    st = rem_model_decode(bytes, size, "x", &model, NULL, &error);
    const bool reached = countdown < 0;
    countdown          = -1;
    CHECK(!st == !!model && !st == !*error.text);
    CHECK(jansson || !st || st == REM_NO_MEMORY);
    if (!st && !jansson) {
      check_same(whole, model);
    }
    rem_model_free(model);
    CHECK(n_live == before);
    st = reached ? REM_NO_MEMORY : REM_SUCCESS;
  }
  CHECK(n > (jansson ? 100 : 5)); // The hooks are in place
  rem_model_free(whole);
}

/// Let every allocation of one encoding fail in turn
static void
test_encode(const RemModel* const model, const RemFormat format)
{
  void*  whole      = NULL;
  size_t whole_size = 0;
  bool   reached    = true;
  CHECK(!rem_model_encode(model, format, &whole, &whole_size, NULL));
  for (long n = 0; reached; n = after(n)) {
    void*      bytes   = NULL;
    size_t     size    = 0;
    const long before  = n_live;
    countdown          = n;
    const RemStatus st = rem_model_encode(model, format, &bytes, &size, NULL);
    reached            = countdown < 0;
    countdown          = -1;
    CHECK(st ? !bytes && !size : bytes && size);
    CHECK(st || jansson || (size == whole_size && !memcmp(bytes, whole, size)));
    CHECK(!st || st == REM_NO_MEMORY || jansson);
    free(bytes);
    CHECK(n_live == before);
  }
  test_decode(whole, whole_size);
  free(whole);
}

int
main(void)
{
  RemModel* const model = with_words(plain_model(1, 3, 2, false));
  json_set_alloc_funcs(jansson_malloc, free);
  for (int i = SANITIZED; i < 2; ++i) {
    jansson = i == 1;
    test_encode(model, REM_FORMAT_NATIVE);
    test_encode(model, REM_FORMAT_AIDAX);
    test_encode(model, REM_FORMAT_NAM);
  }
  rem_model_free(model);
  return 0;
}

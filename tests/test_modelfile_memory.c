// SPDX-License-Identifier: ISC

/// Whichever allocation fails while a model is read or written, the answer is
/// REM_NO_MEMORY or the very same model, and nothing leaks.  Under a sanitizer,
/// which brings an allocator of its own, only those of jansson fail.

#include "dsp/modelfile/modelfile.h"
#include "tests/check.h"
#include "tests/modelfile.h"

#include <string.h>

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#  define SANITIZED 1
#else
#  define SANITIZED 0
#endif

/// Within an allocation that does not count; volatile, because compilers know
/// that malloc() reads no such thing
static volatile bool spared = false;

static volatile long countdown =
  -1;                            ///< Allocations until one fails; < 0: never
static volatile long n_live = 0; ///< Blocks not yet freed

/// Return whether this allocation is the one that fails
static bool
fails(void)
{
  return !spared && countdown >= 0 && countdown-- == 0;
}

/// What jansson allocates by.  Its buffer for words, which grows by powers of
/// two, is spared: jansson 2.14 drops a byte of the word then, or aborts.
static void*
jansson_malloc(const size_t size)
{
  if (size < 32U || (size & (size - 1U))) {
#if SANITIZED
    return fails() ? NULL : malloc(size);
#else
    return malloc(size);
#endif
  }
  spared        = true;
  void* const p = malloc(size);
  spared        = false;
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
  n_live -= p != NULL;
  __libc_free(p);
}
// NOLINTEND

#endif

/// Return the next allocation to let fail: all, but of the thousands of numbers
/// in JSON only some
static long
after(const long n)
{
  return n + (n < 400 ? 1 : 61);
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
    CHECK(!st || st == REM_NO_MEMORY);
    if (!st) {
      check_same(whole, model);
    }
    rem_model_free(model);
    CHECK(n_live == before);
    st = reached ? REM_NO_MEMORY : REM_SUCCESS;
  }
  CHECK(n > 20); // The hooks are in place
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
    CHECK(st || (size == whole_size && !memcmp(bytes, whole, size)));
    CHECK(!st || st == REM_NO_MEMORY);
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
  RemModel* const knobs = with_words(plain_model(3, 3, 1, true));
  json_set_alloc_funcs(jansson_malloc, free);
  test_encode(model, REM_FORMAT_NATIVE);
  test_encode(model, REM_FORMAT_AIDAX);
  test_encode(model, REM_FORMAT_NAM);
  test_encode(knobs, REM_FORMAT_NATIVE);
  rem_model_free(model);
  rem_model_free(knobs);
  return 0;
}

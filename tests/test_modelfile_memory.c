// SPDX-License-Identifier: ISC

/// Whichever allocation fails while a model is read or written, the answer is
/// REM_NO_MEMORY or the very same model, and nothing leaks.  Under a sanitizer,
/// which brings an allocator of its own, only those of jansson fail.

#include "dsp/modelfile/modelfile.h"
#include "tests/allocations.h"
#include "tests/check.h"
#include "tests/modelfile.h"

#include <string.h>

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
  RemModel* const touch = with_words(control_model(2, 3, 1));
  json_set_alloc_funcs(jansson_malloc, free);
  test_encode(model, REM_FORMAT_NATIVE);
  test_encode(model, REM_FORMAT_AIDAX);
  test_encode(model, REM_FORMAT_NAM);
  test_encode(knobs, REM_FORMAT_NATIVE);
  test_encode(touch, REM_FORMAT_NATIVE);
  rem_model_free(model);
  rem_model_free(knobs);
  rem_model_free(touch);
  return 0;
}

// SPDX-License-Identifier: ISC

/// Files with any byte changed are refused or give a model of finite numbers
/// that plays; under the sanitizers, nothing else happens either

#include "dsp/modelfile/modelfile.h"
#include "tests/check.h"
#include "tests/modelfile.h"

#include <string.h>

static const RemFormat formats[] = {
  REM_FORMAT_NATIVE,
  REM_FORMAT_AIDAX,
  REM_FORMAT_NAM,
};

/// A file in memory
typedef struct {
  unsigned char* bytes;
  size_t         size;
} File;

static File
make_file(const RemFormat format)
{
  RemModel* const model = with_words(plain_model(1, 2, 2, false));
  void*           bytes = NULL;
  File            file  = {NULL, 0};
  CHECK(!rem_model_encode(model, format, &bytes, &file.size, NULL));
  file.bytes = (unsigned char*)bytes;
  rem_model_free(model);
  return file;
}

/// Decode a copy of exactly `size` bytes, so that a sanitizer sees any step
/// beyond; return whether it is a model
static bool
try_bytes(const unsigned char* const bytes, const size_t size)
{
  unsigned char* const copy = (unsigned char*)malloc(size ? size : 1U);
  CHECK(copy);
  memcpy(copy, bytes, size);
  RemModel* const model = decode_anything(copy, size);
  const bool      good  = model != NULL;
  rem_model_free(model);
  free(copy);
  return good;
}

/// No file that was cut short is a model, unless only blanks are gone
static void
test_truncation(const File file)
{
  for (int k = 0; k < 16; ++k) {
    CHECK(!try_bytes(file.bytes, file.size * (size_t)k / 16U));
  }
  for (size_t n = 0; n < file.size && n < 64U; ++n) {
    CHECK(!try_bytes(file.bytes, n));
    CHECK(try_bytes(file.bytes, file.size - n) == (n == 0) || n == 1);
  }
}

/// Change bytes [0, n) one at a time in several ways
static void
test_flips(const File file, const size_t n)
{
  static const unsigned char masks[] = {0x01U, 0xFFU};
  size_t                     n_good  = 0;
  for (size_t i = 0; i < n; ++i) {
    const unsigned char was = file.bytes[i];
    for (size_t m = 0; m < sizeof(masks); ++m) {
      file.bytes[i] = was ^ masks[m];
      n_good += try_bytes(file.bytes, file.size);
    }
    file.bytes[i] = was;
  }
  CHECK(n_good < n * sizeof(masks));       // Some are noticed...
  CHECK(try_bytes(file.bytes, file.size)); // ...and all are undone
}

/// Change bytes everywhere, several at a time
static void
test_noise(const File file, const int n_rounds)
{
  File     bad  = {(unsigned char*)malloc(file.size), file.size};
  uint32_t seed = 11U;
  CHECK(bad.bytes);
  for (int i = 0; i < n_rounds; ++i) {
    memcpy(bad.bytes, file.bytes, file.size);
    for (int k = 0; k < 1 + i % 5; ++k) {
      const float at = 0.5f + 0.499f * noise(&seed);
      bad.bytes[(size_t)(at * (float)file.size)] =
        (unsigned char)(int)(128.0f + 127.0f * noise(&seed));
    }
    (void)try_bytes(bad.bytes, bad.size);
  }
  free(bad.bytes);
}

int
main(void)
{
  for (size_t i = 0; i < sizeof(formats) / sizeof(*formats); ++i) {
    const File file = make_file(formats[i]);
    size_t     n    = file.size; // JSON is header all through
    if (formats[i] == REM_FORMAT_NATIVE) {
      n = 8U + file.bytes[0] + 256U * file.bytes[1];
    }
    test_truncation(file);
    test_flips(file, n < 900U ? n : 900U);
    test_noise(file, 150);
    free(file.bytes);
  }
  return 0;
}

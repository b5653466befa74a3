// SPDX-License-Identifier: ISC

// What a run needs to go on: to a file and back to the last bit, and every
// damaged file refused with nothing touched.

#include "dsp/modelfile/file.h"
#include "offline_trainer/checkpoint.h"
#include "tests/check.h"

#include <stdbool.h>
#include <string.h>
#include <unistd.h>

#define PATH "test.resume"
#define DAMAGED "damaged.resume"

static float    floats[5] = {1.0f, -0.0f, 1e-42f, 3.0f, INFINITY};
static double   doubles[2];
static uint64_t counters[3] = {UINT64_MAX, 0U, 42U};

static const RemEntry entries[] = {
  {"params", REM_ENTRY_F32, 5U, floats},
  {"nothing", REM_ENTRY_F32, 0U, floats},
  {"figures", REM_ENTRY_F64, 2U, doubles},
  {"counters", REM_ENTRY_U64, 3U, counters},
};

#define N_ENTRIES 4U

static void
test_round_trip(void)
{
  RemError       error;
  RemCheckpoint* checkpoint = NULL;
  float          f[5];
  double         d[2];
  uint64_t       c[3];
  const RemEntry back[] = {{"counters", REM_ENTRY_U64, 3U, c},
                           {"params", REM_ENTRY_F32, 5U, f},
                           {"figures", REM_ENTRY_F64, 2U, d}};
  doubles[0]            = NAN;
  doubles[1]            = 0.1;
  CHECK(!rem_checkpoint_write(
    PATH, "line 1\nline \"2\"", entries, N_ENTRIES, &error));
  CHECK(!rem_checkpoint_read(PATH, &checkpoint, &error));
  CHECK(!strcmp(rem_checkpoint_about(checkpoint), "line 1\nline \"2\""));
  CHECK(rem_checkpoint_count(checkpoint, "params") == 5U);
  CHECK(rem_checkpoint_count(checkpoint, "nothing") == 0U);
  CHECK(rem_checkpoint_count(checkpoint, "missing") == 0U);
  CHECK(!rem_checkpoint_copy(checkpoint, back, 3U, &error));
  CHECK(!memcmp(f, floats, sizeof(f)));
  CHECK(!memcmp(d, doubles, sizeof(d)));
  CHECK(!memcmp(c, counters, sizeof(c)));
  rem_checkpoint_free(checkpoint);
}

/// What does not fit is refused before anything is copied
static void
test_misfits(void)
{
  RemError       error;
  RemCheckpoint* checkpoint = NULL;
  float          f[6]       = {7.0f};
  double         d[2]       = {7.0, 7.0};
  const RemEntry misfits[]  = {{"params", REM_ENTRY_F32, 6U, f},
                               {"counters", REM_ENTRY_F64, 3U, d},
                               {"missing", REM_ENTRY_F64, 2U, d}};
  CHECK(!rem_checkpoint_read(PATH, &checkpoint, &error));
  for (uint32_t i = 0; i < 3U; ++i) {
    const RemEntry both[] = {{"figures", REM_ENTRY_F64, 2U, d}, misfits[i]};
    CHECK(rem_checkpoint_copy(checkpoint, both, 2U, &error) == REM_BAD_FORMAT);
    CHECK(strstr(error.text, misfits[i].name) && d[1] == 7.0);
  }
  rem_checkpoint_free(checkpoint);
}

/// Return whether a file of these bytes is refused, in words
static bool
is_refused(const void* const bytes, const size_t size)
{
  RemError       error      = {REM_SUCCESS, "", ""};
  RemCheckpoint* checkpoint = NULL;
  FILE* const    file       = fopen(DAMAGED, "wb");
  CHECK(file && fwrite(bytes, 1U, size, file) == size && !fclose(file));
  const RemStatus st = rem_checkpoint_read(DAMAGED, &checkpoint, &error);
  CHECK(!st == !!checkpoint);
  CHECK(!st || (*error.text && strstr(error.place, DAMAGED)));
  rem_checkpoint_free(checkpoint);
  return st;
}

/// Every truncation, one byte too many, and a header with any bit turned over:
/// refused or, where the bit was in a name, read without harm
static void
test_damage(void)
{
  RemError error;
  void*    bytes = NULL;
  size_t   size  = 0U;
  CHECK(!rem_file_read(PATH, 1U << 20U, &bytes, &size, &error));
  unsigned char* const b = (unsigned char*)bytes;
  for (size_t n = 0; n < size; ++n) {
    CHECK(is_refused(b, n));
  }
  CHECK(!is_refused(b, size));
  b[size] = 0U; // There is one byte more in memory
  CHECK(is_refused(b, size + 1U));
  const size_t header = b[0] + 256U * b[1] + 8U;
  for (size_t bit = 0; bit < 8U * header; bit += 3U) {
    b[bit / 8U] ^= (unsigned char)(1U << bit % 8U);
    (void)is_refused(b, size);
    b[bit / 8U] ^= (unsigned char)(1U << bit % 8U);
  }
  free(bytes);
}

#define ENTRY(name, type, n, at)                       \
  "\"" name "\":{\"dtype\":\"" type "\",\"shape\":[" n \
  "],\"data_offsets\":[" at "]}"

/// Headers that are well formed and lie about what follows
static void
test_lies(void)
{
  static const char* const entries_text[] = {
    ENTRY("a", "F32", "2", "0,8") "," ENTRY("b", "F32", "2", "0,8"), // Twice
    ENTRY("a", "F32", "5", "0,20"),  // Beyond the end
    ENTRY("a", "F32", "4", "16,0"),  // Backwards
    ENTRY("a", "F32", "4", "-16,0"), // Below zero
    ENTRY("a", "F64", "1", "0,12"),  // A number and a half
    ENTRY("a", "F16", "8", "0,16"),  // No such numbers here
    ENTRY("a", "F32", "4", "0,16")}; // The truth
  const size_t n = sizeof(entries_text) / sizeof(*entries_text);
  for (size_t i = 0; i < n; ++i) {
    char      bytes[512] = {0};
    const int length =
      snprintf(bytes + 8,
               sizeof(bytes) - 8U,
               "{\"__metadata__\":{\"remanence.training\":\"\"},%s}",
               entries_text[i]);
    bytes[0] = (char)length; // Below 256
    CHECK(length < 256);
    CHECK(is_refused(bytes, 8U + (size_t)length + 16U) == (i + 1U < n));
  }
}

static void
test_no_file(void)
{
  RemError       error;
  RemCheckpoint* checkpoint = NULL;
  CHECK(rem_checkpoint_read("none.resume", &checkpoint, &error) == REM_NO_FILE);
  CHECK(!checkpoint);
  CHECK(rem_checkpoint_write("no/such/folder", "", entries, N_ENTRIES, &error));
  CHECK(*error.text);
  rem_checkpoint_free(NULL);
}

int
main(void)
{
  test_round_trip();
  test_misfits();
  test_damage();
  test_lies();
  test_no_file();
  (void)unlink(PATH);
  (void)unlink(DAMAGED);
  return 0;
}

// SPDX-License-Identifier: ISC

/// Data of recipes: the same of the same seed, parts that share nothing, rules
/// that say what they should

#include "dsp/modelfile/file.h"
#include "offline_trainer/recipe/data.h"
#include "tests/check.h"
#include "tests/host/fixture.h"

#include <stdlib.h>
#include <string.h>

/// Return a part's bytes, to free
static char*
read_part(const RemDataSet* const set, const RemDataPart part)
{
  char     path[REM_DATA_PATH];
  void*    bytes = NULL;
  size_t   size  = 0U;
  RemError error;
  rem_data_path(set, part, path);
  CHECK(!rem_file_read(path, 1U << 24U, &bytes, &size, &error));
  return (char*)bytes;
}

static size_t
count_lines(const char* text)
{
  size_t n = 0U;
  for (; *text; ++text) {
    n += *text == '\n';
  }
  return n;
}

/// Return whether a text has a line that begins as `line` does, tab included
static bool
has_input(const char* const text, const char* const line)
{
  const size_t n = (size_t)(strchr(line, '\t') - line) + 1U;
  for (const char* at = text; *at; at = strchr(at, '\n') + 1) {
    if (!strncmp(at, line, n)) {
      return true;
    }
  }
  return false;
}

/// Sizes are those asked for, no test was learned from, a seed says it all
static void
test_parts(const char* const folder)
{
  static const RemDataLetters letters = {3, 4, true};
  const RemDataSet            set   = {folder, "letters", 3U, {500U, 20U, 30U}};
  const RemDataSet            again = {folder, "again", 3U, {500U, 20U, 30U}};
  const RemDataSet another          = {folder, "another", 4U, {500U, 20U, 30U}};
  RemError         error;
  CHECK(!rem_data_write(&set, rem_data_letters, &letters, &error));
  CHECK(!rem_data_write(&again, rem_data_letters, &letters, &error));
  CHECK(!rem_data_write(&another, rem_data_letters, &letters, &error));
  char* const training = read_part(&set, REM_PART_TRAIN);
  char* const held_out = read_part(&set, REM_PART_VALID);
  char* const tests    = read_part(&set, REM_PART_TEST);
  char* const same     = read_part(&again, REM_PART_TRAIN);
  char* const other    = read_part(&another, REM_PART_TRAIN);
  CHECK(count_lines(training) == 500U && count_lines(held_out) == 20U &&
        count_lines(tests) == 30U);
  CHECK(!strcmp(training, same));
  CHECK(strcmp(training, other) != 0);
  for (const char* at = tests; *at; at = strchr(at, '\n') + 1) {
    CHECK(!has_input(training, at) && !has_input(held_out, at));
  }
  free(training);
  free(held_out);
  free(tests);
  free(same);
  free(other);
}

/// A rule with too few examples is refused, and so is a folder that is not
/// there
static void
test_refused(const char* const folder)
{
  static const RemDataLetters one = {1, 1, false};
  const RemDataSet            set = {folder, "one", 1U, {5U, 5U, 5U}};
  const RemDataSet nowhere        = {"/nonexistent", "one", 1U, {5U, 0U, 0U}};
  RemError         error;
  CHECK(rem_data_write(&set, rem_data_letters, &one, &error) ==
        REM_BAD_ARGUMENT);
  CHECK(rem_data_write(&nowhere, rem_data_number, NULL, &error) ==
        REM_CANNOT_WRITE);
}

/// Draw `n` examples and check that `in`, where it comes, goes with `out`;
/// return how often it does
static size_t
count_example(const RemDataMake make,
              const void* const handle,
              const size_t      n,
              const char* const in,
              const char* const out)
{
  RemRandom random = {1U};
  RemText   a      = {NULL, 0U, 0U, false};
  RemText   b      = {NULL, 0U, 0U, false};
  size_t    count  = 0U;
  for (size_t i = 0U; i < n; ++i) {
    a.size = 0U;
    b.size = 0U;
    make(handle, &random, &a, &b);
    rem_text_add_bytes(&a, "", 1U);
    rem_text_add_bytes(&b, "", 1U);
    CHECK(!a.failed && !b.failed);
    if (!strcmp(a.bytes, in)) {
      CHECK(!strcmp(b.bytes, out));
      ++count;
    }
  }
  free(a.bytes);
  free(b.bytes);
  return count;
}

/// Words, letters and programs as a person would have them
static void
test_rules(void)
{
  static const RemDataLetters  turned = {2, 3, true};
  static const RemDataPrograms small  = {1, 1, 0.0, 1, 1};
  CHECK(count_example(
    rem_data_number, NULL, 20000U, "two hundred and seven", "207"));
  CHECK(count_example(rem_data_number, NULL, 20000U, "zero", "0"));
  CHECK(count_example(rem_data_number, NULL, 20000U, "eighteen", "18"));
  CHECK(count_example(rem_data_letters, &turned, 1000U, "ab", "ba"));
  CHECK(count_example(rem_data_program, &small, 9999U, "print((4-7))", "-3"));
  CHECK(count_example(rem_data_program, &small, 99999U, "b=3;print(b)", "3"));
}

/// A drum's vector has its numbers, its bar sixteen steps
static void
test_drums(void)
{
  RemDataDrums* const drums  = rem_data_drums_new();
  RemRandom           random = {5U};
  CHECK(drums);
  for (int i = 0; i < 50; ++i) {
    RemText  in    = {NULL, 0U, 0U, false};
    RemText  out   = {NULL, 0U, 0U, false};
    uint32_t n     = 0U;
    char*    after = NULL;
    rem_data_drum(drums, &random, &in, &out);
    rem_text_add_bytes(&in, "", 1U);
    CHECK(!in.failed && !out.failed && out.size == 16U);
    for (const char* at = in.bytes; *at; at = after) {
      CHECK(fabs(strtod(at, &after)) < 10.0 && after != at);
      ++n;
    }
    CHECK(n == REM_DRUM_VECTOR);
    free(in.bytes);
    free(out.bytes);
  }
  rem_data_drums_free(drums);
  rem_data_drums_free(NULL);
}

int
main(void)
{
  const FixtureDir dir = fixture_begin();
  test_parts(dir.path);
  test_refused(dir.path);
  test_rules();
  test_drums();
  fixture_end(&dir);
  return 0;
}

// SPDX-License-Identifier: ISC

/// Banks: the model files of a folder, in a person's order, and steps from one
/// to the next that get along with files that come and go

#include "plugin/bank.h"
#include "plugin/path.h"
#include "tests/check.h"
#include "tests/files.h"
#include "tests/host/fixture.h"

#include <stdbool.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define N_RANDOM 300U  ///< Random names: all pairs of them are compared
#define MAX_RANDOM 10U ///< Bytes of one
#define N_MANY 5000U   ///< Files in a folder: above the limit

static int
sign(const int x)
{
  return (x > 0) - (x < 0);
}

/// Each name is less than all that follow
static void
check_order(const char* const* const names, const size_t n)
{
  for (size_t i = 0U; i < n; ++i) {
    for (size_t j = 0U; j < n; ++j) {
      const int order = rem_bank_compare(names[i], names[j]);
      if (sign(order) != (i > j) - (i < j)) {
        fprintf(stderr, "%.40s, %.40s: %d\n", names[i], names[j], order);
      }
      CHECK(sign(order) == (i > j) - (i < j));
    }
  }
}

static void
test_order(void)
{
  static const char* const names[] = {"",
                                      "-1",
                                      "0",
                                      "00",
                                      "1",
                                      "01",
                                      "001",
                                      "1.nam",
                                      "1 a",
                                      "01b",
                                      "1c",
                                      "2",
                                      "02",
                                      "9a",
                                      "09b",
                                      "10",
                                      "amp.nam",
                                      "amp 2.nam",
                                      "amp-1.nam",
                                      "AMP1.nam",
                                      "Amp1.nam",
                                      "amp1.nam",
                                      "amp01.nam",
                                      "amp1a.nam",
                                      "amp2.nam",
                                      "AMP10.nam",
                                      "amp10.nam",
                                      "Amp10b2.nam",
                                      "amp10b010.nam",
                                      "amp_1",
                                      "ampere",
                                      "B",
                                      "b",
                                      "x1y01",
                                      "x01y1",
                                      "x01y01",
                                      "x1y2",
                                      "z",
                                      "{",
                                      "\xc3\x84",
                                      "\xc3\xa4",
                                      "\xff"};
  check_order(names, sizeof(names) / sizeof(*names));
}

/// Numbers of hundreds of digits, beyond any integer type
static void
test_huge_numbers(void)
{
  static char names[4][300];
  memset(names[0], '9', 250U);
  memset(names[1], '9', 251U);
  memset(names[2], '0', 20U); // The same number again, and one more zero
  memset(names[2] + 20, '9', 251U);
  memset(names[3], '9', 251U);
  names[3][0]               = '1';
  names[3][251]             = '0';
  const char* const order[] = {names[0], names[1], names[2], names[3]};
  check_order(order, 4U);
}

/// Fill `name` with bytes among which ties and prefixes are frequent
static void
make_random(char* const name, uint32_t* const seed)
{
  static const char bytes[] = "0019aAbB.-_\xc3\xa4";
  const size_t      n = (size_t)((noise(seed) + 1.0f) * 0.5f * MAX_RANDOM);
  for (size_t i = 0U; i < n; ++i) {
    const float at = (noise(seed) + 1.0f) * 0.5f;
    name[i]        = bytes[(size_t)(at * (float)(sizeof(bytes) - 1U))];
  }
  name[n] = '\0';
}

static int
compare(const void* const a, const void* const b)
{
  return rem_bank_compare(*(const char* const*)a, *(const char* const*)b);
}

/// The order is total: antisymmetric, transitive, and equal means the same
static void
test_total_order(void)
{
  static char        text[N_RANDOM][MAX_RANDOM + 1U];
  static const char* names[N_RANDOM];
  uint32_t           seed = 5U;
  for (size_t i = 0U; i < N_RANDOM; ++i) {
    make_random(text[i], &seed);
    names[i] = text[i];
  }
  qsort((void*)names, N_RANDOM, sizeof(*names), compare);
  for (size_t i = 0U; i < N_RANDOM; ++i) {
    for (size_t j = 0U; j < N_RANDOM; ++j) {
      const int order = sign(rem_bank_compare(names[i], names[j]));
      CHECK(!order == !strcmp(names[i], names[j]));
      CHECK(order == -sign(rem_bank_compare(names[j], names[i])));
      CHECK(!order || order == (i > j) - (i < j)); // Hence transitive
    }
  }
}

/// Check that the bank has exactly these names in this order
static void
check_names(const RemBank* const     bank,
            const char* const* const names,
            const size_t             n)
{
  CHECK(bank->n == n);
  CHECK(!bank->n_above);
  for (size_t i = 0U; i < n; ++i) {
    CHECK(!strcmp(bank->names[i], names[i]));
    CHECK(rem_bank_find(bank, names[i]) == (int)i);
  }
}

/// Files of models and links to such, but nothing else
static void
test_folder(const FixtureDir* const dir)
{
  static const char* const made[]  = {"all/",
                                      "all/m10.nam",
                                      "all/m2.NAM",
                                      "all/M1.Json",
                                      "all/x.aidax",
                                      "all/.hidden.nam",
                                      "all/.nam",
                                      "all/readme.txt",
                                      "all/nam",
                                      "all/a.nam.bak",
                                      "all/folder.nam/",
                                      "all/folder.nam/inner.nam",
                                      "all/m3.safetensors",
                                      "all/new\nline.nam"};
  static const char* const names[] = {"link.nam",
                                      "M1.Json",
                                      "m2.NAM",
                                      "m3.safetensors",
                                      "m10.nam",
                                      "new\nline.nam",
                                      "x.aidax"};
  RemBank                  bank    = {NULL, NULL, 0U, 0U};
  char                     path[FIXTURE_PATH];
  for (size_t i = 0U; i < sizeof(made) / sizeof(*made); ++i) {
    make_file(dir, made[i]);
  }
  make_fifo(dir, "all/x.nam");
  make_link(dir, "all/readme.txt", "all/link.nam");
  make_link(dir, "all/folder.nam", "all/folder_link.nam");
  make_link(dir, "all/nowhere", "all/dangling.nam");
  make_link(dir, "all/loop.nam", "all/loop.nam");
  make_link(dir, "all/x.nam", "all/fifo_link.nam");
  make_link(dir, "/dev/zero", "all/zero.nam");

  fixture_path(dir, "all", path);
  CHECK(!rem_bank_read(path, &bank, NULL));
  check_names(&bank, names, 7U);
  CHECK(!strcmp(bank.folder, path));
  CHECK(!rem_bank_read(bank.folder, &bank, NULL)); // Again, by its own name
  check_names(&bank, names, 7U);
  fixture_path(dir, "all/gone.nam", path);
  CHECK(!rem_bank_read_beside(path, &bank, NULL));
  check_names(&bank, names, 7U);
  rem_bank_clear(&bank);
  rem_bank_clear(&bank);
  CHECK(!bank.n && !bank.names && !bank.folder);
}

/// The folder of a path that names none is the current one; that of a path in
/// the topmost folder is that one
static void
test_beside(const FixtureDir* const dir)
{
  RemBank     bank = {NULL, NULL, 0U, 0U};
  char* const path = rem_path_join(dir->path, "all");
  CHECK(path && !chdir(path));
  free(path);
  CHECK(!rem_bank_read_beside("m2.NAM", &bank, NULL));
  CHECK(!strcmp(bank.folder, "."));
  CHECK(rem_bank_find(&bank, "m2.NAM") == 2);
  CHECK(!chdir("/"));
  CHECK(!rem_bank_read_beside("/nothing.nam", &bank, NULL));
  CHECK(!strcmp(bank.folder, "/"));
  rem_bank_clear(&bank);
}

/// A bank of three files, one of which the folder has no more
static void
test_steps(const FixtureDir* const dir)
{
  RemBank bank = {NULL, NULL, 0U, 0U};
  char    path[FIXTURE_PATH];
  make_file(dir, "steps/");
  make_file(dir, "steps/m2.nam");
  make_file(dir, "steps/m10.nam");
  make_file(dir, "steps/m4.nam");
  CHECK(!rem_bank_read(fixture_path(dir, "steps", path), &bank, NULL));
  for (int i = 0; i < 3; ++i) {
    for (int step = -7; step <= 7; ++step) {
      char* const from = rem_bank_path(&bank, (size_t)i);
      CHECK(from && !access(from, R_OK));
      CHECK(rem_bank_find(&bank, from) == i);
      CHECK(rem_bank_step(&bank, from, step) == (i + step + 21) % 3);
      free(from);
    }
  }
  CHECK(rem_bank_step(&bank, "m2.nam", INT32_MAX) == 1); // 2^31 - 1 = 3k + 1
  CHECK(rem_bank_step(&bank, "m2.nam", INT32_MIN) == 1); // -2^31 = 3k - 2
  rem_bank_clear(&bank);
}

/// From a file that is gone: to what was before and behind it
static void
test_steps_from_gaps(const FixtureDir* const dir)
{
  static const struct {
    const char* name;
    int         next;
    int         previous;
    int         second; ///< Two steps on
  } gaps[]     = {{"m1.nam", 0, 2, 1},
                  {"m3.nam", 1, 0, 2},
                  {"/any/where/m5.nam", 2, 1, 0},
                  {"m11.nam", 0, 2, 1},
                  {"M2.nam", 0, 2, 1},
                  {"", 0, 2, 1}};
  RemBank bank = {NULL, NULL, 0U, 0U};
  char    path[FIXTURE_PATH];
  CHECK(!rem_bank_read(fixture_path(dir, "steps", path), &bank, NULL));
  for (size_t i = 0U; i < sizeof(gaps) / sizeof(*gaps); ++i) {
    CHECK(rem_bank_find(&bank, gaps[i].name) == -1);
    CHECK(rem_bank_step(&bank, gaps[i].name, 1) == gaps[i].next);
    CHECK(rem_bank_step(&bank, gaps[i].name, -1) == gaps[i].previous);
    CHECK(rem_bank_step(&bank, gaps[i].name, 2) == gaps[i].second);
    CHECK(rem_bank_step(&bank, gaps[i].name, 4) == gaps[i].next);
    CHECK(rem_bank_step(&bank, gaps[i].name, 3) == gaps[i].previous);
    CHECK(rem_bank_step(&bank, gaps[i].name, -4) == gaps[i].previous);
    CHECK(rem_bank_step(&bank, gaps[i].name, -3) == gaps[i].next);
  }
  rem_bank_clear(&bank);
}

/// Reading `folder` fails with `words`, and leaves nothing of what was there
static void
check_unreadable(const FixtureDir* const dir,
                 const char* const       folder,
                 const char* const       words)
{
  RemBank  bank  = {NULL, NULL, 0U, 0U};
  RemError error = {REM_SUCCESS, "", ""};
  char     path[FIXTURE_PATH];
  CHECK(!rem_bank_read("/", &bank, &error));
  CHECK(error.status == REM_SUCCESS);
  CHECK(rem_bank_read(fixture_path(dir, folder, path), &bank, &error) ==
        REM_NO_FILE);
  CHECK(error.status == REM_NO_FILE && strstr(error.text, words));
  CHECK(!strcmp(error.place, path));
  CHECK(!bank.n && !bank.names && !bank.folder);
  CHECK(rem_bank_find(&bank, "m2.nam") == -1);
  CHECK(rem_bank_step(&bank, "m2.nam", 1) == -1);
}

static void
test_bad_folders(const FixtureDir* const dir)
{
  RemBank bank = {NULL, NULL, 0U, 0U};
  char    path[FIXTURE_PATH];
  make_file(dir, "empty/");
  CHECK(!rem_bank_read(fixture_path(dir, "empty", path), &bank, NULL));
  CHECK(!bank.n);
  CHECK(rem_bank_step(&bank, "m2.nam", -1) == -1);
  rem_bank_clear(&bank);

  check_unreadable(dir, "all/x.nam", "cannot list it: Not a"); // A FIFO
  check_unreadable(dir, "all/x.aidax", "cannot list it: Not a");
  CHECK(!chmod(path, 0));
  const bool is_root = !geteuid();
  CHECK(!is_root || !seteuid(65534U)); // Root reads everything
  check_unreadable(dir, "empty", "cannot list it: Permission");
  CHECK(!is_root || !seteuid(0U));
  CHECK(!rmdir(path));
  check_unreadable(dir, "empty", "cannot list it: No such");
}

/// Of too many files the first are kept, however the folder lists them
static void
test_many(const FixtureDir* const dir)
{
  RemBank bank = {NULL, NULL, 0U, 0U};
  char    name[32];
  char    path[FIXTURE_PATH];
  make_file(dir, "many/");
  for (unsigned i = 0U; i < 2U * N_MANY; ++i) {
    snprintf(name, sizeof(name), "many/%u.nam", i);
    make_file(dir, name);
    if (i == N_MANY - 1U || i == 2U * N_MANY - 1U) {
      CHECK(!rem_bank_read(fixture_path(dir, "many", path), &bank, NULL));
      CHECK(bank.n == REM_BANK_MAX);
      CHECK(bank.n_above == i + 1U - REM_BANK_MAX);
    }
  }
  for (unsigned i = 0U; i < REM_BANK_MAX; ++i) {
    snprintf(name, sizeof(name), "%u.nam", i);
    CHECK(!strcmp(bank.names[i], name));
  }
  CHECK(rem_bank_step(&bank, "4999.nam", -1) == (int)REM_BANK_MAX - 1);
  CHECK(rem_bank_step(&bank, "4999.nam", 1) == 0);
  rem_bank_clear(&bank);
}

int
main(void)
{
  const FixtureDir dir = fixture_begin();
  test_order();
  test_huge_numbers();
  test_total_order();
  test_folder(&dir);
  test_beside(&dir);
  test_steps(&dir);
  test_steps_from_gaps(&dir);
  test_bad_folders(&dir);
  test_many(&dir);
  fixture_end(&dir);
  return 0;
}

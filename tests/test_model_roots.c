// SPDX-License-Identifier: ISC

/// Which paths of a stranger may be loaded: those of regular files of bearable
/// size inside the model folders, whatever links and dots lead there

#include "dsp/modelfile/modelfile.h"
#include "plugin/model_roots.h"
#include "tests/check.h"
#include "tests/files.h"
#include "tests/host/fixture.h"

#include <fcntl.h>
#include <stdbool.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

/// The folders of the test
typedef struct {
  FixtureDir dir;
  char       bundle[FIXTURE_PATH];
} Place;

static void
make_sized(const Place* const place, const char* const name, const size_t size)
{
  char path[FIXTURE_PATH];
  make_file(&place->dir, name);
  CHECK(!truncate(fixture_path(&place->dir, name, path), (off_t)size));
}

/// Make a socket; `path` is relative, as addresses of sockets have to be short
static void
make_socket(const char* const path)
{
  struct sockaddr_un address = {AF_UNIX, ""};
  const int          fd      = socket(AF_UNIX, SOCK_STREAM, 0);
  CHECK(strlen(path) < sizeof(address.sun_path));
  memcpy(address.sun_path, path, strlen(path));
  CHECK(fd >= 0);
  CHECK(!bind(fd, (const struct sockaddr*)&address, sizeof(address)));
  CHECK(!close(fd));
}

/// Folders a, b and real are roots; link is the name that real is known by
static void
make_place(Place* const place)
{
  static const char* const names[] = {"bundle/",
                                      "bundle/presets/",
                                      "bundle/presets/preset.nam",
                                      "a/",
                                      "a/dir.nam/",
                                      "a/good.nam",
                                      "a/both.nam",
                                      "a/new\nline.nam",
                                      "a/sub/",
                                      "a/sub/deep.nam",
                                      "a2/",
                                      "a2/sibling.nam",
                                      "b/",
                                      "b/both.nam",
                                      "b/dir.nam",
                                      "b/only.nam",
                                      "real/",
                                      "real/linked.nam",
                                      "outside/",
                                      "outside/secret.nam",
                                      "stray.nam"};
  place->dir                       = fixture_begin();
  fixture_path(&place->dir, "bundle", place->bundle);
  for (size_t i = 0U; i < sizeof(names) / sizeof(*names); ++i) {
    make_file(&place->dir, names[i]);
  }
}

static void
make_oddities(const Place* const place)
{
  const FixtureDir* const dir = &place->dir;
  make_link(dir, "real", "link");
  make_link(dir, "outside/secret.nam", "a/out.nam");
  make_link(dir, "outside", "a/outdir");
  make_link(dir, "a/sub/deep.nam", "a/in.nam");
  make_link(dir, "b/only.nam", "a/other_root.nam");
  make_link(dir, "a/loop2.nam", "a/loop1.nam");
  make_link(dir, "a/loop1.nam", "a/loop2.nam");
  make_link(dir, "a/nothing.nam", "a/dangling.nam");
  make_link(dir, "/dev/null", "a/null.nam");
  make_link(dir, "a/fifo.nam", "a/fifo_link.nam");
  make_sized(place, "a/largest.nam", REM_MODELFILE_MAX_BYTES);
  make_sized(place, "a/larger.nam", REM_MODELFILE_MAX_BYTES + 1U);
  make_socket("a/socket.nam");
  make_fifo(dir, "a/fifo.nam");
}

/// Set REMANENCE_MODEL_PATH: roots, empty and relative items and a missing one
static void
set_roots(const Place* const place)
{
  char              list[4U * FIXTURE_PATH];
  const char* const top = place->dir.path;
  CHECK(snprintf(list,
                 sizeof(list),
                 "::%s/a:outside:./outside::%s/miss\ning:%s/b/:%s/link:",
                 top,
                 top,
                 top,
                 top) < (int)sizeof(list));
  CHECK(!setenv("REMANENCE_MODEL_PATH", list, 1));
}

static bool
is_printable(const char* const text)
{
  bool printable = true;
  for (const char* c = text; *c; ++c) {
    printable = printable && (unsigned char)*c >= 32U && *c != 127;
  }
  return printable;
}

/// Resolve `path`; the answer must be `st` with `words`, or the file `expected`
static void
check_exactly(const Place* const place,
              const char* const  path,
              const RemStatus    st,
              const char* const  expected)
{
  char            unset = 0;
  char*           real  = &unset;
  RemError        error = {REM_SUCCESS, "", ""};
  const RemStatus got =
    rem_model_roots_resolve(place->bundle, path, &real, &error);
  fprintf(stderr, "%.80s: %d %s\n", path, (int)got, error.text);
  CHECK(got == st);
  CHECK(error.status == st);
  CHECK(is_printable(error.place) && is_printable(error.text));
  if (st) {
    CHECK(!real);
    CHECK(rem_model_roots_resolve(place->bundle, path, &real, NULL) == st);
    CHECK(strstr(error.text, expected));
  } else {
    char wanted[FIXTURE_PATH];
    char top[FIXTURE_PATH];
    CHECK(realpath(place->dir.path, top));
    CHECK(snprintf(wanted, sizeof(wanted), "%s/%s", top, expected) <
          (int)sizeof(wanted));
    CHECK(real && !strcmp(real, wanted));
    CHECK(rem_model_roots_contain(place->bundle, real));
  }
  free(real);
}

/// As above, once with `path` in the folder of the test
static void
check_absolute(const Place* const place,
               const char* const  path,
               const RemStatus    st,
               const char* const  expected)
{
  char full[FIXTURE_PATH];
  check_exactly(place, fixture_path(&place->dir, path, full), st, expected);
}

static void
test_accepted(const Place* const place)
{
  check_absolute(place, "a/good.nam", REM_SUCCESS, "a/good.nam");
  check_absolute(place, "a//./good.nam", REM_SUCCESS, "a/good.nam");
  check_absolute(place, "outside/../a/good.nam", REM_SUCCESS, "a/good.nam");
  check_absolute(place, "a/sub/../good.nam", REM_SUCCESS, "a/good.nam");
  check_absolute(place, "a/new\nline.nam", REM_SUCCESS, "a/new\nline.nam");
  check_absolute(place, "a/in.nam", REM_SUCCESS, "a/sub/deep.nam");
  check_absolute(place, "a/other_root.nam", REM_SUCCESS, "b/only.nam");
  check_absolute(place, "a/largest.nam", REM_SUCCESS, "a/largest.nam");
  check_absolute(place, "link/linked.nam", REM_SUCCESS, "real/linked.nam");
  check_absolute(place, "real/linked.nam", REM_SUCCESS, "real/linked.nam");
  check_absolute(place,
                 "bundle/presets/preset.nam",
                 REM_SUCCESS,
                 "bundle/presets/preset.nam");
}

static void
test_relative(const Place* const place)
{
  check_exactly(place, "preset.nam", REM_SUCCESS, "bundle/presets/preset.nam");
  check_exactly(place, "both.nam", REM_SUCCESS, "a/both.nam");
  check_exactly(place, "only.nam", REM_SUCCESS, "b/only.nam");
  check_exactly(place, "linked.nam", REM_SUCCESS, "real/linked.nam");
  check_exactly(place, "sub/deep.nam", REM_SUCCESS, "a/sub/deep.nam");
  check_exactly(place, "sub/../good.nam", REM_SUCCESS, "a/good.nam");
  check_exactly(place, "../a/good.nam", REM_BAD_ARGUMENT, "is outside");
  check_exactly(place, "nowhere.nam", REM_NO_FILE, "/miss?ing, ");
  check_exactly(place, "no\nwhere.nam", REM_NO_FILE, "model folder");
  check_exactly(place, "dir.nam", REM_BAD_ARGUMENT, "a folder");
  check_exactly(place, "loop1.nam", REM_NO_FILE, "model folder");
}

static void
test_escapes(const Place* const place)
{
  static const char* const paths[] = {"outside/secret.nam",
                                      "outside/nothing.nam",
                                      "nothing/nothing.nam",
                                      "stray.nam",
                                      "a2/sibling.nam",
                                      "a2/nothing.nam",
                                      "a/../outside/secret.nam",
                                      "a/../outside/nothing.nam",
                                      "a/sub/../../stray.nam",
                                      "a/sub/../..",
                                      "a/..",
                                      "a/out.nam",
                                      "a/outdir/secret.nam",
                                      "a/outdir/nothing.nam",
                                      "a/null.nam"};
  for (size_t i = 0U; i < sizeof(paths) / sizeof(*paths); ++i) {
    check_absolute(place, paths[i], REM_BAD_ARGUMENT, "is outside");
    check_absolute(place, paths[i], REM_BAD_ARGUMENT, "/bundle/presets, /");
  }
  check_exactly(place, "../../stray.nam", REM_BAD_ARGUMENT, "is outside");
  check_exactly(place, "sub/../../stray.nam", REM_BAD_ARGUMENT, "is outside");
  check_exactly(place, "..", REM_BAD_ARGUMENT, "is outside");
  check_exactly(place, "out.nam", REM_BAD_ARGUMENT, "is outside");
  check_exactly(place, "secret.nam", REM_NO_FILE, "model folder");
  check_exactly(place, "/dev/null", REM_BAD_ARGUMENT, "is outside");
  check_exactly(place, "/dev/zero", REM_BAD_ARGUMENT, "is outside");
  check_exactly(place, "/etc/passwd", REM_BAD_ARGUMENT, "is outside");
  check_exactly(place, "/\x1b[31m\n", REM_BAD_ARGUMENT, "is outside");
  check_exactly(place, "/", REM_BAD_ARGUMENT, "is outside");
}

static void
test_wrong_files(const Place* const place)
{
  check_absolute(place, "a", REM_BAD_ARGUMENT, "is a folder");
  check_absolute(place, "a/sub/..", REM_BAD_ARGUMENT, "is a folder");
  check_absolute(place, "a/dir.nam", REM_BAD_ARGUMENT, "is a folder");
  check_absolute(place, "a/dir.nam/", REM_BAD_ARGUMENT, "is a folder");
  check_absolute(place, "a/fifo.nam", REM_BAD_ARGUMENT, "a FIFO");
  check_absolute(place, "a/fifo_link.nam", REM_BAD_ARGUMENT, "a FIFO");
  check_absolute(place, "a/socket.nam", REM_BAD_ARGUMENT, "a socket");
  check_absolute(place, "a/larger.nam", REM_TOO_LARGE, "limit of 268435456");
  check_absolute(place, "a/nothing.nam", REM_NO_FILE, "cannot find it: No");
  check_absolute(place, "a/nothing/x.nam", REM_NO_FILE, "cannot find it");
  check_absolute(place, "a/dangling.nam", REM_NO_FILE, "cannot find it");
  check_absolute(place, "a/loop1.nam", REM_NO_FILE, "cannot find it");
  check_absolute(place, "a/good.nam/", REM_NO_FILE, "cannot find it: Not a");
  check_absolute(place, "a/good.nam/x", REM_NO_FILE, "cannot find it: Not a");
}

/// Write "folder/", then as many "./" as it takes, then "good.nam"
static void
lengthen(const Place* const place, char* const path, const size_t length)
{
  static const char name[] = "good.nam";
  const size_t      end    = length - strlen(name);
  size_t            n      = strlen(fixture_path(&place->dir, "a/", path));
  for (; n + 1U < end; n += 2U) {
    memcpy(path + n, "./", 2U);
  }
  for (; n < end; ++n) {
    path[n] = '/';
  }
  memcpy(path + n, name, sizeof(name));
}

static void
test_lengths(const Place* const place)
{
  static char path[2U * REM_PATH_SIZE];
  lengthen(place, path, REM_PATH_SIZE - 1U);
  check_exactly(place, path, REM_SUCCESS, "a/good.nam");
  lengthen(place, path, REM_PATH_SIZE);
  check_exactly(place, path, REM_BAD_ARGUMENT, "4096 bytes");
  memset(path, 'x', sizeof(path) - 1U);
  check_exactly(place, path, REM_BAD_ARGUMENT, "8191 bytes");
  path[REM_PATH_SIZE - 1U] = '\0';
  check_exactly(place, path, REM_NO_FILE, "model folder");
  check_exactly(place, "", REM_BAD_ARGUMENT, "is empty");
}

static void
test_contain(const Place* const place)
{
  char path[FIXTURE_PATH];
  CHECK(rem_model_roots_contain(place->bundle,
                                fixture_path(&place->dir, "a", path)));
  CHECK(rem_model_roots_contain(place->bundle,
                                fixture_path(&place->dir, "a/gone", path)));
  CHECK(!rem_model_roots_contain(place->bundle,
                                 fixture_path(&place->dir, "a2", path)));
  CHECK(!rem_model_roots_contain(place->bundle, place->bundle));
  CHECK(!rem_model_roots_contain(place->bundle, "/"));
  CHECK(!rem_model_roots_contain(place->bundle, "a"));
  CHECK(!rem_model_roots_contain(place->bundle, ""));
}

/// Check that the roots are `expected`, which starts with the bundle's
static void
check_roots(const Place* const       place,
            const char* const* const expected,
            const size_t             n)
{
  RemModelRoots roots;
  char          path[FIXTURE_PATH];
  CHECK(!rem_model_roots_find(place->bundle, &roots));
  CHECK(roots.n == n);
  for (size_t i = 0U; i < n; ++i) {
    CHECK(!strcmp(roots.items[i].folder,
                  expected[i][0] == '/'
                    ? expected[i]
                    : fixture_path(&place->dir, expected[i], path)));
  }
  rem_model_roots_clear(&roots);
  rem_model_roots_clear(&roots);
  CHECK(!roots.n && !roots.items);
}

static void
test_environment(const Place* const place)
{
  static const char* const all[] = {
    "bundle/presets", "remanence/models", "a", "miss\ning", "b/", "link"};
  static const char* const home[] = {"bundle/presets",
                                     "home/.local/share/remanence/models"};
  char                     path[FIXTURE_PATH];
  check_roots(place, all, 6U);
  CHECK(!unsetenv("REMANENCE_MODEL_PATH"));
  check_roots(place, all, 2U);
  CHECK(!setenv("XDG_DATA_HOME", "relative", 1));
  CHECK(!setenv("HOME", fixture_path(&place->dir, "home", path), 1));
  check_roots(place, home, 2U);
  CHECK(!setenv("HOME", "", 1));
  check_roots(place, home, 1U);
  CHECK(!unsetenv("XDG_DATA_HOME") && !unsetenv("HOME"));
  check_roots(place, home, 1U);
  check_exactly(place, "preset.nam", REM_SUCCESS, "bundle/presets/preset.nam");
  check_absolute(place, "a/good.nam", REM_BAD_ARGUMENT, "is outside");
  CHECK(!setenv("REMANENCE_MODEL_PATH", "", 1));
  check_roots(place, home, 1U);
}

/// A root of "/" contains everything; without any root nothing is found
static void
test_extreme_roots(Place* const place)
{
  CHECK(!setenv("REMANENCE_MODEL_PATH", "/", 1));
  check_absolute(
    place, "outside/secret.nam", REM_SUCCESS, "outside/secret.nam");
  check_exactly(place, "/dev/null", REM_BAD_ARGUMENT, "a device");
  check_exactly(place, "/nowhere.nam", REM_NO_FILE, "cannot find it: No such");
  CHECK(!unsetenv("REMANENCE_MODEL_PATH"));
  snprintf(place->bundle, sizeof(place->bundle), "/nowhere");
  check_exactly(place, "good.nam", REM_NO_FILE, "/nowhere/presets");
  check_absolute(place, "a/good.nam", REM_BAD_ARGUMENT, "/nowhere/presets");
}

int
main(void)
{
  static Place place;
  make_place(&place);
  CHECK(!chdir(place.dir.path)); // Where relative roots would be found
  make_oddities(&place);
  set_roots(&place);

  test_accepted(&place);
  test_relative(&place);
  test_escapes(&place);
  test_wrong_files(&place);
  test_lengths(&place);
  test_contain(&place);
  test_environment(&place);
  test_extreme_roots(&place);

  CHECK(!chdir("/"));
  fixture_end(&place.dir);
  return 0;
}

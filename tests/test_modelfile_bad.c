// SPDX-License-Identifier: ISC

/// Every bad file is refused with the right status, in words that name the file
/// and the reason, at once.  tests/bad/make_bad.py writes the files and says
/// what must be answered.

#include "dsp/modelfile/modelfile.h"
#include "tests/check.h"

#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>

static RemStatus
status_called(const char* const name)
{
  static const struct {
    const char* name;
    RemStatus   st;
  } names[] = {{"SUCCESS", REM_SUCCESS},
               {"NO_FILE", REM_NO_FILE},
               {"TOO_LARGE", REM_TOO_LARGE},
               {"BAD_FORMAT", REM_BAD_FORMAT},
               {"UNSUPPORTED", REM_UNSUPPORTED},
               {"BAD_SHAPE", REM_BAD_SHAPE},
               {"NOT_FINITE", REM_NOT_FINITE},
               {"BAD_CHECK", REM_BAD_CHECK}};
  for (size_t i = 0; i < sizeof(names) / sizeof(*names); ++i) {
    if (!strcmp(name, names[i].name)) {
      return names[i].st;
    }
  }
  CHECK(!"a status that the index may hold");
  return REM_SUCCESS;
}

static bool
is_printable(const char* const text)
{
  for (const char* c = text; *c; ++c) {
    if ((unsigned char)*c < 32U || *c == 127) {
      return false;
    }
  }
  return true;
}

/// Read `path`; return whether the answer is `expected`, with `words` in it
static bool
answers(const char* const path,
        const RemStatus   expected,
        const char* const words)
{
  RemModel*       model  = NULL;
  RemFormat       format = REM_FORMAT_UNKNOWN;
  RemError        error  = {REM_SUCCESS, "", ""};
  const clock_t   start  = clock();
  const RemStatus st     = rem_model_read(path, &model, &format, &error);
  const double    spent  = (double)(clock() - start) / CLOCKS_PER_SEC;
  const bool      words_found =
    strstr(error.text, words) || strstr(error.place, words);
  const bool good = st ? !model && error.status == st && *error.text &&
                           strstr(error.place, path) && words_found &&
                           is_printable(error.place) && is_printable(error.text)
                       : model && format != REM_FORMAT_UNKNOWN;
  rem_model_free(model);
  if (st != expected || !good || spent > 1.0) { // Processor time; usually 1 ms
    fprintf(stderr,
            "%s: %s after %.3f s, expected %s with `%s`; place `%s`, text "
            "`%s`\n",
            path,
            rem_strerror(st),
            spent,
            rem_strerror(expected),
            words,
            error.place,
            error.text);
    return false;
  }
  return true;
}

/// What no script can put into a listing
static void
test_no_files(void)
{
  CHECK(!mkdir("folder.nam", 0777) && !mkfifo("fifo.json", 0666));
  CHECK(answers("folder.nam", REM_NO_FILE, "is a folder"));
  CHECK(answers("fifo.json", REM_NO_FILE, "is a FIFO"));
  CHECK(answers("/dev/zero", REM_NO_FILE, "is a device"));
  CHECK(answers("absent.json", REM_NO_FILE, "No such file"));
  CHECK(answers("absent/model.json", REM_NO_FILE, "No such file"));
}

/// Everything that the script made; argv[1] shows the answers
static void
test_index(void)
{
  char  line[256], status[32], name[128];
  int   n = 0, n_wrong = 0;
  FILE* index = fopen("index", "r");
  CHECK(index);
  while (fgets(line, sizeof(line), index)) {
    int at                    = 0;
    line[strcspn(line, "\n")] = '\0';
    CHECK(sscanf(line, "%31s %127s %n", status, name, &at) == 2);
    n_wrong += !answers(name, status_called(status), line + at);
    ++n;
  }
  (void)fclose(index);
  printf("%d files\n", n);
  CHECK(n > 200 && !n_wrong);
}

int
main(void)
{
  const char* const command =
    "/usr/bin/python3 -B " SOURCE_DIR "/tests/bad/make_bad.py .";
  const int status = system(command); // NOLINT(cert-env33-c)
  if (WEXITSTATUS(status) == 127) {
    puts("SKIP python3 is not installed");
    return 77;
  }
  CHECK(!status);
  test_no_files();
  test_index();
  return 0;
}

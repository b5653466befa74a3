// SPDX-License-Identifier: ISC

#include "plugin/bank.h"

#include "dsp/modelfile/modelfile.h"
#include "plugin/path.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define CAPACITY ((size_t)2U * REM_BANK_MAX) ///< Names while reading

/// A run of digits
typedef struct {
  const char* digits; ///< Behind the leading zeros
  size_t      n_digits;
  size_t      n_zeros;
} Number;

static bool
is_digit(const char c)
{
  return c >= '0' && c <= '9';
}

/// Return where a byte other than a digit sorts among all others
static int
rank(const char c)
{
  return c == '.'                 ? 0
         : (c >= 'A' && c <= 'Z') ? c - 'A' + 'a'
                                  : (unsigned char)c;
}

/// Read the number at `at`, and move `at` behind it
static Number
read_number(const char** const at)
{
  Number number = {NULL, 0U, 0U};
  for (; **at == '0'; ++*at) {
    ++number.n_zeros;
  }
  number.digits = *at;
  for (; is_digit(**at); ++*at) {
    ++number.n_digits;
  }
  return number;
}

static int
compare_sizes(const size_t a, const size_t b)
{
  return (a > b) - (a < b);
}

static int
compare_numbers(const Number* const a, const Number* const b)
{
  return a->n_digits == b->n_digits ? memcmp(a->digits, b->digits, a->n_digits)
                                    : compare_sizes(a->n_digits, b->n_digits);
}

int
rem_bank_compare(const char* const a, const char* const b)
{
  const char* x     = a;
  const char* y     = b;
  int         order = 0;
  int         zeros = 0;
  while (!order && *x && *y) {
    if (is_digit(*x) && is_digit(*y)) {
      const Number m = read_number(&x);
      const Number n = read_number(&y);
      order          = compare_numbers(&m, &n);
      zeros          = zeros ? zeros : compare_sizes(m.n_zeros, n.n_zeros);
    } else {
      order = rank(*x++) - rank(*y++);
    }
  }
  if (!order) {
    order = (*x != '\0') - (*y != '\0');
  }
  if (!order) {
    order = zeros ? zeros : strcmp(a, b);
  }
  return order;
}

static int
compare_items(const void* const a, const void* const b)
{
  return rem_bank_compare(*(const char* const*)a, *(const char* const*)b);
}

/// Sort the names, and forget those above the limit
static void
sort_and_cut(RemBank* const bank)
{
  qsort(bank->names, bank->n, sizeof(*bank->names), compare_items);
  while (bank->n > REM_BANK_MAX) {
    free(bank->names[--bank->n]);
    ++bank->n_above;
  }
}

static bool
is_model_file(DIR* const dir, const char* const name)
{
  struct stat about = {0};
  return name[0] != '.' && rem_format_of_path(name) != REM_FORMAT_UNKNOWN &&
         !fstatat(dirfd(dir), name, &about, 0) && S_ISREG(about.st_mode);
}

/// Add a name; return whether there was memory
static bool
add(RemBank* const bank, const char* const name)
{
  if (bank->n == CAPACITY) {
    sort_and_cut(bank);
  }
  bank->names[bank->n] = strdup(name);
  return bank->names[bank->n] && ++bank->n;
}

/// Add the model files of a folder; return 0 or an error of errno.h
static int
read_names(RemBank* const bank, DIR* const dir)
{
  const struct dirent* entry = NULL;
  bool                 added = true;
  errno                      = 0;
  // NOLINTNEXTLINE(concurrency-mt-unsafe): nobody else has this stream
  while (added && (entry = readdir(dir))) {
    added = !is_model_file(dir, entry->d_name) || add(bank, entry->d_name);
    errno = 0; // Of a link to nowhere
  }
  return added ? errno : ENOMEM;
}

/// Fill an empty bank; return 0 or an error of errno.h
static int
read_folder(RemBank* const bank, const char* const folder)
{
  bank->folder = strdup(folder);
  bank->names  = (char**)calloc(CAPACITY, sizeof(*bank->names));
  if (!bank->folder || !bank->names) {
    return ENOMEM;
  }

  DIR* const dir = opendir(folder);
  if (!dir) {
    return errno;
  }
  const int code = read_names(bank, dir);
  (void)closedir(dir);
  return code;
}

/// Give back the memory that the names do not fill
static void
shrink(RemBank* const bank)
{
  const size_t size  = (bank->n + 1U) * sizeof(*bank->names);
  char** const names = (char**)realloc(bank->names, size);
  bank->names        = names ? names : bank->names;
}

static RemStatus
refuse(const char* const path, const int code, RemError* const error)
{
  char reason[128] = "";
  if (code == ENOMEM) {
    return rem_fail(error, REM_NO_MEMORY, path, "Out of memory");
  }
  (void)strerror_r(code, reason, sizeof(reason));
  return rem_fail(error, REM_NO_FILE, path, "cannot list it: %s", reason);
}

RemStatus
rem_bank_read(const char* const folder,
              RemBank* const    bank,
              RemError* const   error)
{
  RemBank         fresh = {NULL, NULL, 0U, 0U};
  const int       code  = read_folder(&fresh, folder);
  const RemStatus st    = code ? refuse(folder, code, error) : REM_SUCCESS;
  if (st) {
    rem_bank_clear(&fresh);
  } else {
    sort_and_cut(&fresh);
    shrink(&fresh);
  }
  rem_bank_clear(bank); // Only now: `folder` may be its own
  *bank = fresh;
  return st;
}

RemStatus
rem_bank_read_beside(const char* const path,
                     RemBank* const    bank,
                     RemError* const   error)
{
  const size_t n      = (size_t)(rem_path_name(path) - path);
  char* const  folder = n ? strndup(path, n > 1U ? n - 1U : 1U) : strdup(".");
  RemStatus    st     = REM_SUCCESS;
  if (folder) {
    st = rem_bank_read(folder, bank, error);
  } else {
    st = refuse(path, ENOMEM, error);
    rem_bank_clear(bank);
  }
  free(folder);
  return st;
}

void
rem_bank_clear(RemBank* const bank)
{
  for (size_t i = 0U; i < bank->n; ++i) {
    free(bank->names[i]);
  }
  free(bank->names);
  free(bank->folder);
  memset(bank, 0, sizeof(*bank));
}

/// Return how many files come before `name`
static size_t
count_before(const RemBank* const bank, const char* const name)
{
  size_t low  = 0U;
  size_t high = bank->n;
  while (low < high) {
    const size_t middle = low + (high - low) / 2U;
    if (rem_bank_compare(bank->names[middle], name) < 0) {
      low = middle + 1U;
    } else {
      high = middle;
    }
  }
  return low;
}

int
rem_bank_find(const RemBank* const bank, const char* const name)
{
  const char* const wanted = rem_path_name(name);
  const size_t      i      = count_before(bank, wanted);
  return i < bank->n && !strcmp(bank->names[i], wanted) ? (int)i : -1;
}

int
rem_bank_step(const RemBank* const bank, const char* const name, const int step)
{
  const int n = (int)bank->n;
  if (!n) {
    return -1;
  }
  const int  place = (int)count_before(bank, rem_path_name(name));
  const bool gone  = rem_bank_find(bank, name) < 0;
  const int  moved = place + step % n - (gone && step > 0);
  return (moved + n) % n;
}

char*
rem_bank_path(const RemBank* const bank, const size_t i)
{
  return rem_path_join(bank->folder, bank->names[i]);
}

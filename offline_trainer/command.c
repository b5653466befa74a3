// SPDX-License-Identifier: ISC

#include "offline_trainer/command.h"

#include <errno.h>
#include <math.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define MAX_WORD 32U ///< Longest word that suggestions are made for

/// Print how every message begins: "remanence eval: "
static void
print_prefix(const char* const command)
{
  fprintf(
    stderr, "remanence%s%s: ", command ? " " : "", command ? command : "");
}

int
command_failed(const char* const command, const RemError* const error)
{
  print_prefix(command);
  if (*error->place) {
    fprintf(stderr, "%s: ", error->place);
  }
  fprintf(
    stderr, "%s\n", *error->text ? error->text : rem_strerror(error->status));
  return REM_EXIT_FAILED;
}

int
command_usage(const char* const command, const char* const format, ...)
{
  va_list args;
  va_start(args, format);
  print_prefix(command);
  vfprintf(stderr, format, args);
  fprintf(stderr,
          "\nTry `remanence %s%s--help`.\n",
          command ? command : "",
          command ? " " : "");
  va_end(args);
  return REM_EXIT_USAGE;
}

void
command_warn(const char* const command, const char* const format, ...)
{
  va_list args;
  va_start(args, format);
  print_prefix(command);
  fputs("warning: ", stderr);
  vfprintf(stderr, format, args);
  fputc('\n', stderr);
  va_end(args);
}

int
command_option(const int                  argc,
               char** const               argv,
               const char* const          short_options,
               const struct option* const options)
{
  opterr = 0;
  return getopt_long(argc, argv, short_options, options, NULL);
}

/// Return the long option that `word` (without dashes, cut at '=') resembles
static const char*
nearest_option(const char* const word, const struct option* const options)
{
  const char* names[64];
  char        name[MAX_WORD] = "";
  size_t      n              = 0;
  for (; options[n].name && n < sizeof(names) / sizeof(*names); ++n) {
    names[n] = options[n].name;
  }
  (void)snprintf(name, sizeof(name), "%.*s", (int)strcspn(word, "="), word);
  return command_nearest(name, names, n);
}

/// Return whether an option wants a value, by its short letter
static bool
wants_value(const int letter, const struct option* const options)
{
  for (const struct option* o = options; o->name; ++o) {
    if (o->val == letter) {
      return o->has_arg == required_argument;
    }
  }
  return false;
}

int
command_bad_option(char* const* const argv, const struct option* const options)
{
  const char* const word = argv[optind - 1];
  if (optopt && wants_value(optopt, options)) {
    return command_usage(argv[0], "%s needs a value", word);
  }
  if (optopt && strncmp(word, "--", 2) != 0) {
    return command_usage(argv[0], "there is no option -%c", optopt);
  }
  if (optopt) {
    return command_usage(argv[0], "%s takes no value", word);
  }
  const char* const near = nearest_option(word + 2, options);
  if (near) {
    return command_usage(
      argv[0], "there is no option %s; did you mean --%s?", word, near);
  }
  return command_usage(argv[0], "there is no option %s", word);
}

bool
command_number(const char* const text,
               const double      low,
               const double      high,
               double* const     out)
{
  char*        end   = NULL;
  const double value = strtod(text, &end);
  if (end == text || *end || !(value >= low && value <= high)) {
    return false;
  }
  *out = value;
  return true;
}

bool
command_integer(const char* const text,
                const long        low,
                const long        high,
                long* const       out)
{
  char* end        = NULL;
  errno            = 0;
  const long value = strtol(text, &end, 10);
  if (errno || end == text || *end || value < low || value > high) {
    return false;
  }
  *out = value;
  return true;
}

bool
command_knob(const char* const text, RemKnobSetting* const out)
{
  const char* const equals = strrchr(text, '=');
  const size_t      length = equals ? (size_t)(equals - text) : 0U;
  double            value  = 0.0;
  if (!length || length >= sizeof(out->name) ||
      !command_number(equals + 1, -1e9, 1e9, &value)) {
    return false;
  }
  memcpy(out->name, text, length);
  out->name[length] = '\0';
  out->value        = (float)value;
  return true;
}

/// Return the smallest of three numbers
static size_t
least(const size_t a, const size_t b, const size_t c)
{
  const size_t d = a < b ? a : b;
  return d < c ? d : c;
}

/**
   Return how many letters must be put in, left out or changed to turn one word
   into another.

   Source: Wagner and Fischer 1974, doi:10.1145/321796.321811.

   @param a At most #MAX_WORD - 1 letters.
*/
static size_t
edit_distance(const char* const a, const char* const b)
{
  const size_t n = strlen(a), m = strlen(b);
  size_t       row[MAX_WORD] = {0}; // Distances of b's beginning to a's
  for (size_t i = 0; i <= n; ++i) {
    row[i] = i;
  }
  for (size_t j = 1; j <= m; ++j) {
    size_t diagonal = row[0];
    row[0]          = j;
    for (size_t i = 1; i <= n; ++i) {
      const size_t change = diagonal + (a[i - 1] != b[j - 1]);
      diagonal            = row[i];
      row[i]              = least(row[i] + 1, row[i - 1] + 1, change);
    }
  }
  return row[n];
}

/// Return whether one of two words begins with the other
static bool
one_begins_other(const char* const a, const char* const b)
{
  const size_t n = strlen(a), m = strlen(b);
  return !strncmp(a, b, n < m ? n : m);
}

const char*
command_nearest(const char* const        word,
                const char* const* const names,
                const size_t             n)
{
  const size_t length       = strlen(word);
  const char*  best         = NULL;
  size_t       least_so_far = (length + 2) / 3 + 1; // Slips, not other words
  for (size_t i = 0; length && length < MAX_WORD && i < n; ++i) {
    const size_t distance =
      one_begins_other(word, names[i]) ? 1 : edit_distance(word, names[i]);
    if (distance < least_so_far) {
      least_so_far = distance;
      best         = names[i];
    }
  }
  return best;
}

/// Return the signals by which users stop a program
static sigset_t
interrupts(void)
{
  sigset_t set;
  (void)sigemptyset(&set);
  (void)sigaddset(&set, SIGINT);
  (void)sigaddset(&set, SIGTERM);
  (void)sigaddset(&set, SIGHUP);
  return set;
}

void
command_hold_interrupts(void)
{
  const sigset_t set = interrupts();
  (void)sigprocmask(SIG_BLOCK, &set, NULL);
}

bool
command_interrupted(void)
{
  sigset_t set;
  (void)sigpending(&set);
  return sigismember(&set, SIGINT) == 1 || sigismember(&set, SIGTERM) == 1 ||
         sigismember(&set, SIGHUP) == 1;
}

void
command_release_interrupts(void)
{
  const sigset_t        set     = interrupts();
  const struct timespec at_once = {0, 0};
  while (sigtimedwait(&set, NULL, &at_once) > 0) {
  }
  (void)sigprocmask(SIG_UNBLOCK, &set, NULL);
}

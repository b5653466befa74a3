// SPDX-License-Identifier: ISC

#include "dsp/impsy.h"

#include <math.h>
#include <stddef.h>
#include <string.h>

/// Every address
static const struct {
  const char*  address;
  RemImpsyKind kind;
} addresses[] = {{"/interface", REM_IMPSY_INTERFACE},
                 {"/impsy/sigmatemp", REM_IMPSY_SIGMATEMP},
                 {"/impsy/pitemp", REM_IMPSY_PITEMP},
                 {"/impsy/timescale", REM_IMPSY_TIMESCALE},
                 {"/impsy/mode", REM_IMPSY_MODE},
                 {"/impsy/reset", REM_IMPSY_RESET},
                 {"/impsy/pause", REM_IMPSY_PAUSE}};

bool
rem_impsy_is_address(const char* const address)
{
  return !strcmp(address, "/interface") || !strncmp(address, "/impsy/", 7U);
}

/// Return whether argument `i` is a number that is one
static bool
is_finite(const RemImpsyArguments* const arguments, const size_t i)
{
  return strchr("ifdhTF", arguments->types[i]) &&
         fabs(arguments->numbers[i]) < 1e30; // Not NaN, and a float
}

static RemStatus
read_frame(const RemImpsyArguments* const arguments,
           const uint32_t                 n_dims,
           RemImpsyCommand* const         command,
           RemError* const                error)
{
  const size_t n = strlen(arguments->types);
  if (n_dims ? n != n_dims : !n || n > REM_MAX_DIMS) {
    return n_dims ? rem_fail(error,
                             REM_BAD_ARGUMENT,
                             NULL,
                             "expected %u numbers, one a dimension; got %zu",
                             n_dims,
                             n)
                  : rem_fail(error,
                             REM_BAD_ARGUMENT,
                             NULL,
                             "expected 1 to %u numbers; got %zu",
                             REM_MAX_DIMS,
                             n);
  }
  for (size_t i = 0U; i < n; ++i) {
    if (!is_finite(arguments, i)) {
      return rem_fail(error,
                      REM_BAD_ARGUMENT,
                      NULL,
                      "expected %zu numbers in 0 to 1; number %zu is none",
                      n,
                      i + 1U);
    }
  }
  command->n = (uint32_t)n;
  for (size_t i = 0U; i < n; ++i) {
    const float x = (float)arguments->numbers[i];
    command->x[i] = fminf(fmaxf(x, 0.0f), 1.0f);
  }
  return REM_SUCCESS;
}

/// Return whether the only argument is a finite number
static bool
is_one_number(const RemImpsyArguments* const arguments)
{
  return strlen(arguments->types) == 1U && is_finite(arguments, 0U);
}

static RemStatus
read_value(const RemImpsyArguments* const arguments,
           const bool                     zero_too,
           RemImpsyCommand* const         command,
           RemError* const                error)
{
  const float x =
    is_one_number(arguments) ? (float)arguments->numbers[0] : -1.0f;
  if (x < 0.0f || (x == 0.0f && !zero_too)) {
    return rem_fail(error,
                    REM_BAD_ARGUMENT,
                    NULL,
                    "expected f, one number %s",
                    zero_too ? "of 0 or more" : "above 0");
  }
  command->value = x;
  return REM_SUCCESS;
}

static RemStatus
read_mode(const RemImpsyArguments* const arguments,
          RemImpsyCommand* const         command,
          RemError* const                error)
{
  if (strlen(arguments->types) == 1U && arguments->text &&
      rem_duet_mode_of(arguments->text, &command->mode)) {
    return REM_SUCCESS;
  }
  return rem_fail(error,
                  REM_BAD_ARGUMENT,
                  NULL,
                  "expected s, one of callresponse, polyphony, battle and "
                  "useronly");
}

static RemStatus
read_pause(const RemImpsyArguments* const arguments,
           RemImpsyCommand* const         command,
           RemError* const                error)
{
  if (!is_one_number(arguments)) {
    return rem_fail(
      error, REM_BAD_ARGUMENT, NULL, "expected i, 1 to pause or 0 to go on");
  }
  command->paused = fabs(arguments->numbers[0]) >= 1.0; // As Python's int()
  return REM_SUCCESS;
}

/// Read what follows an address
static RemStatus
read_arguments(const RemImpsyArguments* const arguments,
               const uint32_t                 n_dims,
               RemImpsyCommand* const         command,
               RemError* const                error)
{
  switch (command->kind) {
  case REM_IMPSY_INTERFACE:
    return read_frame(arguments, n_dims, command, error);
  case REM_IMPSY_SIGMATEMP:
    return read_value(arguments, true, command, error);
  case REM_IMPSY_PITEMP:
  case REM_IMPSY_TIMESCALE:
    return read_value(arguments, false, command, error);
  case REM_IMPSY_MODE:
    return read_mode(arguments, command, error);
  case REM_IMPSY_PAUSE:
    return read_pause(arguments, command, error);
  case REM_IMPSY_RESET:
    break;
  }
  return REM_SUCCESS;
}

RemStatus
rem_impsy_read(const char* const              address,
               const RemImpsyArguments* const arguments,
               const uint32_t                 n_dims,
               RemImpsyCommand* const         command,
               RemError* const                error)
{
  for (size_t i = 0U; i < sizeof(addresses) / sizeof(*addresses); ++i) {
    if (!strcmp(address, addresses[i].address)) {
      RemImpsyCommand read = {.kind = addresses[i].kind};
      const RemStatus st   = read_arguments(arguments, n_dims, &read, error);
      if (!st) {
        *command = read;
      }
      return st;
    }
  }
  return rem_fail(error,
                  REM_UNSUPPORTED,
                  NULL,
                  "no such address; expected /interface or /impsy/ and one of "
                  "sigmatemp, pitemp, timescale, mode, reset and pause");
}

// SPDX-License-Identifier: ISC

/// Conversations in IMPSY's words, as its documentation and its own tests have
/// them, and what is none of them

#include "dsp/impsy.h"
#include "tests/check.h"

#include <math.h>
#include <string.h>

/// Read a message whose numbers are given, or a text, or nothing
static RemStatus
say(const char* const      address,
    const char* const      types,
    const double* const    numbers,
    const char* const      text,
    const uint32_t         n_dims,
    RemImpsyCommand* const command,
    RemError* const        error)
{
  const RemImpsyArguments arguments = {types, numbers, text};
  memset(error, 0, sizeof(*error));
  const RemStatus st =
    rem_impsy_read(address, &arguments, n_dims, command, error);
  CHECK(st == error->status && !!st == !!error->text[0]);
  return st;
}

/// Say one number
static RemStatus
say_number(const char* const      address,
           const char* const      type,
           const double           x,
           RemImpsyCommand* const command)
{
  RemError error;
  return say(address, type, &x, NULL, 8U, command, &error);
}

static void
test_interface(void)
{
  static const double x[] = {0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 1.5, -1.0};
  RemImpsyCommand     c   = {0};
  RemError            error;
  CHECK(!say("/interface", "ffffffff", x, NULL, 8U, &c, &error));
  CHECK(c.kind == REM_IMPSY_INTERFACE && c.n == 8U);
  CHECK(c.x[0] == 0.1f && c.x[6] == 0.7f && c.x[7] == 1.0f);
  CHECK(!say("/interface", "ifdhTFfff", x, NULL, 9U, &c, &error));
  CHECK(c.n == 9U && c.x[8] == 0.0f);

  // Without a net there is no dimension to hold them to
  CHECK(!say("/interface", "fff", x, NULL, 0U, &c, &error) && c.n == 3U);
  CHECK(say("/interface", "", x, NULL, 0U, &c, &error) == REM_BAD_ARGUMENT);
  CHECK(say("/interface",
            "fffffffffffffffffffffffffffffffff",
            x,
            NULL,
            0U,
            &c,
            &error) == REM_BAD_ARGUMENT);

  // Errors name what was expected and change nothing
  CHECK(say("/interface", "fffffff", x, NULL, 8U, &c, &error));
  CHECK(strstr(error.text, "8 numbers") && strstr(error.text, "got 7"));
  CHECK(say("/interface", "fffffffff", x, NULL, 8U, &c, &error));
  CHECK(say("/interface", "", x, NULL, 8U, &c, &error));
  CHECK(say("/interface", "fs", x, NULL, 2U, &c, &error) == REM_BAD_ARGUMENT);
  CHECK(strstr(error.text, "number 2"));
  const double bad[] = {
    (double)NAN, (double)INFINITY, -(double)INFINITY, 1e300};
  for (size_t i = 0U; i < 4U; ++i) {
    CHECK(say("/interface", "d", &bad[i], NULL, 1U, &c, &error));
  }
  CHECK(c.kind == REM_IMPSY_INTERFACE && c.n == 3U && c.x[2] == 0.3f);
}

static void
test_values(void)
{
  RemImpsyCommand c = {0};
  CHECK(!say_number("/impsy/sigmatemp", "f", 0.5, &c));
  CHECK(c.kind == REM_IMPSY_SIGMATEMP && c.value == 0.5f);
  CHECK(!say_number("/impsy/sigmatemp", "i", 0.0, &c) && c.value == 0.0f);
  CHECK(!say_number("/impsy/pitemp", "f", 1.5, &c));
  CHECK(c.kind == REM_IMPSY_PITEMP && c.value == 1.5f);
  CHECK(!say_number("/impsy/timescale", "i", 2.0, &c));
  CHECK(c.kind == REM_IMPSY_TIMESCALE && c.value == 2.0f);
  const RemImpsyCommand before = c;
  CHECK(say_number("/impsy/pitemp", "f", 0.0, &c) == REM_BAD_ARGUMENT);
  CHECK(say_number("/impsy/timescale", "f", 0.0, &c) == REM_BAD_ARGUMENT);
  CHECK(say_number("/impsy/sigmatemp", "f", -0.1, &c) == REM_BAD_ARGUMENT);
  CHECK(say_number("/impsy/sigmatemp", "f", NAN, &c) == REM_BAD_ARGUMENT);
  CHECK(say_number("/impsy/timescale", "f", INFINITY, &c) == REM_BAD_ARGUMENT);
  CHECK(say_number("/impsy/timescale", "s", 1.0, &c) == REM_BAD_ARGUMENT);
  CHECK(say_number("/impsy/timescale", "", 1.0, &c) == REM_BAD_ARGUMENT);
  CHECK(!memcmp(&before, &c, sizeof(c)));
}

static void
test_mode(void)
{
  static const char* const modes[] = {
    "callresponse", "polyphony", "battle", "useronly"};
  static const RemDuetMode means[] = {REM_DUET_CALLRESPONSE,
                                      REM_DUET_POLYPHONY,
                                      REM_DUET_BATTLE,
                                      REM_DUET_USERONLY};
  const double             none    = 0.0;
  RemImpsyCommand          c       = {0};
  RemError                 error;
  for (size_t i = 0U; i < 4U; ++i) {
    CHECK(!say("/impsy/mode", "s", &none, modes[i], 8U, &c, &error));
    CHECK(c.kind == REM_IMPSY_MODE && c.mode == means[i]);
  }
  CHECK(say("/impsy/mode", "s", &none, "Battle", 8U, &c, &error));
  CHECK(strstr(error.text, "callresponse, polyphony, battle and useronly"));
  CHECK(say("/impsy/mode", "i", &none, NULL, 8U, &c, &error));
  CHECK(say("/impsy/mode", "", &none, NULL, 8U, &c, &error));
  CHECK(c.mode == REM_DUET_USERONLY);
}

static void
test_pause_and_reset(void)
{
  RemImpsyCommand c = {0};
  CHECK(!say_number("/impsy/pause", "i", 1.0, &c));
  CHECK(c.kind == REM_IMPSY_PAUSE && c.paused);
  CHECK(!say_number("/impsy/pause", "i", 0.0, &c) && !c.paused);
  CHECK(!say_number("/impsy/pause", "f", 1.0, &c) && c.paused);
  CHECK(!say_number("/impsy/pause", "f", 0.9, &c) && !c.paused);
  CHECK(!say_number("/impsy/pause", "T", 1.0, &c) && c.paused);
  CHECK(say_number("/impsy/pause", "", 1.0, &c) == REM_BAD_ARGUMENT);
  CHECK(!say_number("/impsy/reset", "i", 1.0, &c));
  CHECK(c.kind == REM_IMPSY_RESET);
  CHECK(!say_number("/impsy/reset", "i", 0.0, &c)); // Says nothing
  CHECK(!say_number("/impsy/reset", "", 0.0, &c));
}

static void
test_addresses(void)
{
  static const char* const others[] = {"/impsy",
                                       "/impsy/",
                                       "/impsy/Mode",
                                       "/impsy/mode/",
                                       "/interface/1",
                                       "interface",
                                       ""};
  RemImpsyCommand          c        = {0};
  for (size_t i = 0U; i < sizeof(others) / sizeof(*others); ++i) {
    CHECK(say_number(others[i], "i", 1.0, &c) == REM_UNSUPPORTED);
  }
  CHECK(rem_impsy_is_address("/interface"));
  CHECK(rem_impsy_is_address("/impsy/pause"));
  CHECK(rem_impsy_is_address("/impsy/what"));
  CHECK(!rem_impsy_is_address("/impsy")); // What we say ourselves
  CHECK(!rem_impsy_is_address("/interface/x"));
  CHECK(!rem_impsy_is_address("/remanence/list"));
}

int
main(void)
{
  test_interface();
  test_values();
  test_mode();
  test_pause_and_reset();
  test_addresses();
  return 0;
}

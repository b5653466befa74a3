// SPDX-License-Identifier: ISC

#include "offline_trainer/bench/compare.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#define MAX_NAME 256
#define MAX_DEPTH 8 ///< Deeper sections are not looked at

/// Append " word" to a name; what does not fit is cut
static void
add_word(char* const name, const char* const word)
{
  const size_t used = strlen(name);
  (void)snprintf(name + used, MAX_NAME - used, "%s%s", used ? " " : "", word);
}

/// Return whether `key` names a condition of a measurement
static bool
is_condition(const char* const key)
{
  static const char* const keys[] = {
    "layers", "hidden", "streams", "steps", "threads", "frames", "rate"};
  bool found = false;
  for (size_t i = 0; i < sizeof(keys) / sizeof(*keys); ++i) {
    found = found || !strcmp(key, keys[i]);
  }
  return found;
}

/// Add what an object's words and conditions say to its name
static void
add_identity(char* const name, json_t* const object)
{
  const char* key   = NULL;
  json_t*     value = NULL;
  json_object_foreach(object, key, value)
  {
    if (json_is_string(value)) {
      add_word(name, json_string_value(value));
    } else if (json_is_integer(value) && is_condition(key)) {
      char number[32];
      (void)snprintf(number,
                     sizeof(number),
                     "%" JSON_INTEGER_FORMAT,
                     json_integer_value(value));
      add_word(name, key);
      add_word(name, number);
    }
  }
}

/// Return whether `name` bears a unit of time
static bool
has_unit(const char* const name)
{
  const size_t      n    = strlen(name);
  const char* const tail = n > 3U ? name + n - 3U : "";
  return !strcmp(tail, "_ns") || !strcmp(tail, "_us") || !strcmp(tail, "_ms") ||
         !strncmp(name, "ns_per_", 7U) || !strncmp(name, "us_per_", 7U) ||
         !strncmp(name, "ms_per_", 7U);
}

/// Return whether `key` of the object called `name` is a time that holds still
static bool
is_time(const char* const name, const char* const key)
{
  const bool extreme =
    !strcmp(key, "worst") || !strncmp(key, "p99", 3U) || !strcmp(key, "clock");
  return (has_unit(key) || has_unit(name)) && !extreme;
}

static void
collect(json_t* times, const char* name, int depth, json_t* from);

static void // NOLINTNEXTLINE(misc-no-recursion): as collect()
collect_object(json_t* const     times,
               const char* const name,
               const int         depth,
               json_t* const     from)
{
  const char* key             = NULL;
  json_t*     value           = NULL;
  char        whole[MAX_NAME] = "";
  add_word(whole, name);
  add_identity(whole, from);
  json_object_foreach(from, key, value)
  {
    char inner[MAX_NAME] = "";
    add_word(inner, whole);
    add_word(inner, key);
    if (!json_is_real(value)) {
      collect(times, inner, depth + 1, value);
    } else if (is_time(name, key)) {
      (void)json_object_set(times, inner, value);
    }
  }
}

/// Collect the times below `from`, if that has any
static void // NOLINTNEXTLINE(misc-no-recursion): MAX_DEPTH ends it
collect(json_t* const     times,
        const char* const name,
        const int         depth,
        json_t* const     from)
{
  if (depth > MAX_DEPTH) {
    return;
  }
  if (json_is_object(from)) {
    collect_object(times, name, depth, from);
  }
  for (size_t i = 0; i < json_array_size(from); ++i) {
    collect(times, name, depth + 1, json_array_get(from, i));
  }
}

json_t*
rem_bench_times(const json_t* const report)
{
  static const char* const others[] = {
    "machine", "floor", "pytorch", "pytorch_chars", "pytorch_control"};
  json_t* const times = json_object();
  json_t* const ours  = json_copy((json_t*)report);
  for (size_t i = 0; i < sizeof(others) / sizeof(*others); ++i) {
    (void)json_object_del(ours, others[i]);
  }
  if (times && ours) {
    collect_object(times, "", 0, ours);
  }
  json_decref(ours);
  return times;
}

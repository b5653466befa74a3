// SPDX-License-Identifier: ISC

#include "tests/fuzz/mutate.h"

#include <jansson.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_SLOTS = 2048, MAX_STRING = 4096 };

/// Where a value hangs
typedef struct {
  json_t*     parent;
  const char* key;   ///< In an object
  size_t      index; ///< In an array
} Slot;

/// All values of a document but its root
typedef struct {
  size_t n;
  Slot   list[MAX_SLOTS];
} Slots;

/// A source of choices
static uint32_t
draw(uint32_t* const seed, const uint32_t n)
{
  *seed = *seed * 1664525U + 1013904223U;
  return (uint32_t)(((uint64_t)*seed * n) >> 32U);
}

static json_t*
value_at(const Slot* const slot)
{
  return slot->key ? json_object_get(slot->parent, slot->key)
                   : json_array_get(slot->parent, slot->index);
}

/// Put `value`, whose reference is taken, in the place of what is there
static void
replace(const Slot* const slot, json_t* const value)
{
  if (slot->key) {
    (void)json_object_set_new(slot->parent, slot->key, value);
  } else {
    (void)json_array_set_new(slot->parent, slot->index, value);
  }
}

/// Note the values directly in `at`
static void
add_children(json_t* const at, Slots* const slots)
{
  const char* key   = NULL;
  json_t*     value = NULL;
  size_t      i     = 0;
  json_object_foreach(at, key, value)
  {
    if (slots->n < MAX_SLOTS) {
      slots->list[slots->n++] = (Slot){at, key, 0};
    }
  }
  json_array_foreach(at, i, value)
  {
    if (slots->n < MAX_SLOTS) {
      slots->list[slots->n++] = (Slot){at, NULL, i};
    }
  }
}

/// Note every value of a document
static void
collect(json_t* const root, Slots* const slots)
{
  slots->n = 0;
  add_children(root, slots);
  for (size_t i = 0; i < slots->n; ++i) {
    add_children(value_at(&slots->list[i]), slots);
  }
}

/// Return a value that often is where code goes wrong
static json_t*
odd_value(uint32_t* const seed)
{
  static const char* const texts[] = {
    "0",        "1",          "2",
    "3",        "4",          "5",
    "8",        "-1",         "1024",
    "1025",     "65536",      "0.5",
    "-0.0",     "1e-45",      "1e-30",
    "1e30",     "3.4e38",     "1e39",
    "1e308",    "-1e38",      "4294967296",
    "true",     "false",      "null",
    "\"\"",     "[]",         "{}",
    "[0]",      "[[0]]",      "\"1\"",
    "\"x\"",    "2147483648", "9223372036854775807",
    "-120",     "121",        "48000",
    "\"48000\""};
  const uint32_t n = sizeof(texts) / sizeof(*texts);
  return json_loads(texts[draw(seed, n)], JSON_DECODE_ANY, NULL);
}

// NOLINTBEGIN(misc-no-recursion): a string that is JSON itself is changed
// alike, and is shorter than what it is in

/// Return a string with changed bytes, or changed within if it is JSON itself;
/// NULL if that is no UTF-8
static json_t*
odd_string(const json_t* const string, const uint32_t seed)
{
  char         text[MAX_STRING];
  const size_t n = json_string_length(string);
  if (n > sizeof(text) / 2U) {
    return NULL;
  }
  memcpy(text, json_string_value(string), n);
  const size_t m = n && *text == '{'
                     ? mutate_json((uint8_t*)text, n, sizeof(text), seed)
                     : LLVMFuzzerMutate((uint8_t*)text, n, sizeof(text));
  return json_stringn(text, m);
}

/// Return a number near another
static json_t*
odd_number(const json_t* const number, uint32_t* const seed)
{
  const double x = json_number_value(number);
  uint8_t      bytes[sizeof(double)];
  double       y = 0.0;
  switch (draw(seed, 4U)) {
  case 0:
    return json_is_integer(number)
             ? json_integer(json_integer_value(number) % 4096 + 1)
             : json_real(x * 2.0);
  case 1:
    return json_is_integer(number)
             ? json_integer(json_integer_value(number) % 4096 - 1)
             : json_real(x * 1e3);
  case 2:
    return json_real(-x);
  default:
    memcpy(bytes, &x, sizeof(x));
    (void)LLVMFuzzerMutate(bytes, sizeof(bytes), sizeof(bytes));
    memcpy(&y, bytes, sizeof(y));
    return json_real(y); // NULL if it is not finite
  }
}

/// Return something for the place of `value`; NULL is allowed
static json_t*
odd_change(const json_t* const value, uint32_t* const seed)
{
  if (json_is_string(value) && draw(seed, 4U)) {
    return odd_string(value, draw(seed, UINT32_MAX));
  }
  if (json_is_number(value) && draw(seed, 2U)) {
    return odd_number(value, seed);
  }
  return odd_value(seed);
}

/// Remove what is in a slot, or say it once more
static void
remove_or_repeat(const Slot* const slot, const bool repeat)
{
  if (slot->key) {
    (void)(repeat ? json_object_set_new(
                      slot->parent, "again", json_deep_copy(value_at(slot)))
                  : json_object_del(slot->parent, slot->key));
  } else {
    (void)(repeat ? json_array_append_new(slot->parent,
                                          json_deep_copy(value_at(slot)))
                  : json_array_remove(slot->parent, slot->index));
  }
}

/// Change one value of a document
static void
change(const Slots* const slots, uint32_t* const seed)
{
  const uint32_t    n    = (uint32_t)slots->n;
  const Slot* const slot = &slots->list[draw(seed, n)];
  switch (draw(seed, 8U)) {
  case 0:
    remove_or_repeat(slot, false);
    break;
  case 1:
    remove_or_repeat(slot, true);
    break;
  case 2:
    replace(slot, json_deep_copy(value_at(&slots->list[draw(seed, n)])));
    break;
  default:
    replace(slot, odd_change(value_at(slot), seed));
    break;
  }
}

size_t
mutate_json(uint8_t* const data,
            const size_t   size,
            const size_t   max_size,
            uint32_t       seed)
{
  Slots   slots;
  json_t* root =
    draw(&seed, 3U) ? json_loadb((const char*)data, size, 0, NULL) : NULL;
  size_t n = 0;
  slots.n  = 0;
  collect(root, &slots);
  if (slots.n) {
    change(&slots, &seed);
    n = json_dumpb(root, (char*)data, max_size, JSON_COMPACT);
  }
  json_decref(root);
  return n && n <= max_size ? n : LLVMFuzzerMutate(data, size, max_size);
}

// NOLINTEND(misc-no-recursion)

// SPDX-License-Identifier: ISC

#include "offline_trainer/rolls/rolls.h"

#include "dsp/modelfile/file.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MAX_FILE ((size_t)64 << 20U)
#define HIGHEST (REM_ROLL_LOWEST + REM_ROLL_KEYS - 1U)

void
rem_rolls_clear(RemRolls* const rolls)
{
  free(rolls->begins);
  free(rolls->keys);
  *rolls = (RemRolls){.n = 0U};
}

/// Make room for another piece or frame
static bool
grow(RemRolls* const rolls)
{
  const size_t n_frames = rolls->begins ? rolls->begins[rolls->n] : 0U;
  const size_t n        = n_frames > rolls->n ? n_frames : rolls->n;
  if (rolls->begins && n + 2U <= rolls->room) {
    return true;
  }
  const size_t  room   = 2U * rolls->room + 1024U;
  size_t* const begins = (size_t*)realloc(rolls->begins, room * sizeof(size_t));
  if (begins) {
    begins[0]     = rolls->begins ? begins[0] : 0U;
    rolls->begins = begins;
  }
  uint8_t* const keys = (uint8_t*)realloc(rolls->keys, room * REM_ROLL_KEYS);
  if (keys) {
    rolls->keys = keys;
  }
  rolls->room = begins && keys ? room : rolls->room;
  return begins && keys;
}

bool
rem_rolls_begin(RemRolls* const rolls)
{
  if (!grow(rolls)) {
    return false;
  }
  ++rolls->n;
  rolls->begins[rolls->n] = rolls->begins[rolls->n - 1U];
  return true;
}

bool
rem_rolls_add(RemRolls* const       rolls,
              const uint32_t* const pitches,
              const size_t          n)
{
  if (!grow(rolls)) {
    return false;
  }
  uint8_t* const keys = rolls->keys + rolls->begins[rolls->n] * REM_ROLL_KEYS;
  memset(keys, 0, REM_ROLL_KEYS);
  for (size_t i = 0; i < n; ++i) {
    keys[pitches[i] - REM_ROLL_LOWEST] = 1U;
  }
  ++rolls->begins[rolls->n];
  return true;
}

/// Read the pitches of a line; returns how many, or REM_ROLL_KEYS + 1 of a bad
/// one
static size_t
read_pitches(const char* line, uint32_t* const pitches)
{
  size_t n = 0U;
  for (line += strspn(line, " \t\r"); *line; line += strspn(line, " \t\r")) {
    char*               end   = NULL;
    const unsigned long pitch = strtoul(line, &end, 10);
    if (end == line || n == REM_ROLL_KEYS || pitch < REM_ROLL_LOWEST ||
        pitch > HIGHEST) {
      return REM_ROLL_KEYS + 1U;
    }
    pitches[n++] = (uint32_t)pitch;
    line         = end;
  }
  return n;
}

/// Take one line
static RemStatus
take_line(RemRolls* const   rolls,
          const char* const line,
          const char* const path,
          const size_t      number,
          RemError* const   error)
{
  uint32_t   pitches[REM_ROLL_KEYS];
  const bool begins = *line == '#';
  if (!begins && !rolls->n) {
    return rem_fail(
      error, REM_BAD_FORMAT, path, "no line with # before the first frame");
  }
  const size_t n = begins ? 0U : read_pitches(line, pitches);
  if (n > REM_ROLL_KEYS) {
    return rem_fail(error,
                    REM_BAD_FORMAT,
                    path,
                    "line %zu is no frame: expected pitches from %u to %u",
                    number,
                    REM_ROLL_LOWEST,
                    HIGHEST);
  }
  return (begins ? rem_rolls_begin(rolls) : rem_rolls_add(rolls, pitches, n))
           ? REM_SUCCESS
           : rem_fail(error, REM_NO_MEMORY, path, "No memory for its pieces");
}

RemStatus
rem_rolls_read(const char* const path,
               RemRolls* const   out,
               RemError* const   error)
{
  void*     bytes  = NULL;
  size_t    size   = 0U;
  size_t    number = 0U;
  RemStatus st     = rem_file_read(path, MAX_FILE, &bytes, &size, error);
  *out             = (RemRolls){.n = 0U};
  char* const text = (char*)bytes;
  for (char* line = text; !st && line && line < text + size;) {
    char* const end = line + strcspn(line, "\n");
    *end            = '\0'; // One zero stands behind the last
    st              = take_line(out, line, path, ++number, error);
    line            = end + 1;
  }
  free(bytes);
  if (!st && !rem_rolls_n_foretold(out)) {
    st = rem_fail(error, REM_BAD_FORMAT, path, "there are no pieces in it");
  }
  if (st) {
    rem_rolls_clear(out);
  }
  return st;
}

/// Write one piece
static void
print_piece(FILE* const out, const RemRolls* const rolls, const size_t piece)
{
  const size_t end = rolls->begins[piece + 1U];
  fprintf(out, "# piece of %zu frames\n", end - rolls->begins[piece]);
  for (size_t t = rolls->begins[piece]; t < end; ++t) {
    const char* blank = "";
    for (uint32_t k = 0; k < REM_ROLL_KEYS; ++k) {
      if (rolls->keys[t * REM_ROLL_KEYS + k]) {
        fprintf(out, "%s%u", blank, REM_ROLL_LOWEST + k);
        blank = " ";
      }
    }
    fputc('\n', out);
  }
}

RemStatus
rem_rolls_write(const RemRolls* const rolls,
                const char* const     path,
                RemError* const       error)
{
  char*       text = NULL;
  size_t      size = 0U;
  FILE* const out  = open_memstream(&text, &size);
  for (size_t i = 0; out && i < rolls->n; ++i) {
    print_piece(out, rolls, i);
  }
  const bool      good = out && !ferror(out);
  const bool      done = out && !fclose(out) && good;
  const RemStatus st =
    done ? rem_file_write(path, text, size, error)
         : rem_fail(error, REM_NO_MEMORY, path, "No memory for its pieces");
  free(text);
  return st;
}

size_t
rem_rolls_n_foretold(const RemRolls* const rolls)
{
  size_t n = 0U;
  for (size_t i = 0; i < rolls->n; ++i) {
    const size_t length = rolls->begins[i + 1U] - rolls->begins[i];
    n += length ? length - 1U : 0U;
  }
  return n;
}

/// Count, or add up: `visit` sees every key, what it was and what it is
static void
visit(const RemRolls* const rolls,
      void* const           handle,
      void (*const see)(void* handle, uint32_t key, bool was, bool is))
{
  for (size_t i = 0; i < rolls->n; ++i) {
    for (size_t t = rolls->begins[i] + 1U; t < rolls->begins[i + 1U]; ++t) {
      const uint8_t* const now    = rolls->keys + t * REM_ROLL_KEYS;
      const uint8_t* const before = now - REM_ROLL_KEYS;
      for (uint32_t k = 0; k < REM_ROLL_KEYS; ++k) {
        see(handle, k, before[k], now[k]);
      }
    }
  }
}

/// How often keys go on and off, and the surprise at that
typedef struct {
  double counts[REM_ROLL_KEYS][2][2]; ///< By what a key was, and is
  double surprise;
} Habits;

static void
count(void* const handle, const uint32_t key, const bool was, const bool is)
{
  ((Habits*)handle)->counts[key][was][is] += 1.0;
}

static void
add(void* const handle, const uint32_t key, const bool was, const bool is)
{
  Habits* const       h = (Habits*)handle;
  const double* const n = h->counts[key][was];
  h->surprise -= log((n[is] + 0.5) / (n[0] + n[1] + 1.0));
}

double
rem_rolls_markov(const RemRolls* const training, const RemRolls* const test)
{
  Habits habits = {.surprise = 0.0};
  visit(training, &habits, count);
  visit(test, &habits, add);
  return habits.surprise / (double)rem_rolls_n_foretold(test);
}

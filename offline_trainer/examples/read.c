// SPDX-License-Identifier: ISC

#include "dsp/modelfile/file.h"
#include "dsp/net.h"
#include "offline_trainer/examples/examples.h"
#include "offline_trainer/text/vocabulary.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MAX_BYTES ((size_t)1 << 30U) ///< Of a file
#define MAX_STEPS 65536U             ///< Symbols of a sequence

/// A part of the file
typedef struct {
  const char* begin;
  const char* end;
} Span;

/// A line that is an example
typedef struct {
  Span   in;
  Span   out;
  size_t number; ///< Of the line, from 1
} Line;

/// A file on its way
typedef struct {
  const char*             path;
  const RemExamplesRules* rules;
  char*                   bytes; ///< Owned
  size_t                  n_lines;
  Line*                   lines; ///< Owned
  RemExamples*            examples;
  RemError*               error;
} Reading;

static RemStatus
fail_at(const Reading* const reading,
        const size_t         line,
        const RemStatus      st,
        const char* const    text)
{
  char place[200];
  (void)snprintf(place, sizeof(place), "%.170s:%zu", reading->path, line);
  return rem_fail(reading->error, st, place, "%s", text);
}

static RemStatus
no_memory(const Reading* const reading)
{
  return rem_fail(
    reading->error, REM_NO_MEMORY, reading->path, "No memory for examples");
}

/// Return how a kind is cut: names are words
static RemSymbolKind
cut_as(const RemSymbolKind kind)
{
  return kind == REM_SYMBOLS_NAMES ? REM_SYMBOLS_WORDS : kind;
}

/// Find the examples; `lines` has room for every line
static RemStatus
find_lines(Reading* const reading, const size_t size)
{
  const char* const end    = reading->bytes + size;
  size_t            number = 0U;
  for (const char* at = reading->bytes; at < end; ++number) {
    const char* const found = (const char*)memchr(at, '\n', (size_t)(end - at));
    const char*       stop  = found ? found : end;
    const char*       next  = found ? found + 1 : end;
    stop -= stop > at && stop[-1] == '\r';
    if (stop > at && *at != '#') {
      const char* const tab =
        (const char*)memchr(at, '\t', (size_t)(stop - at));
      if (!tab) {
        return fail_at(reading,
                       number + 1U,
                       REM_BAD_FORMAT,
                       "There is no tab between what goes in and what should"
                       " come out");
      }
      reading->lines[reading->n_lines++] =
        (Line){{at, tab}, {tab + 1, stop}, number + 1U};
    }
    at = next;
  }
  return reading->n_lines ? REM_SUCCESS
                          : rem_fail(reading->error,
                                     REM_BAD_ARGUMENT,
                                     reading->path,
                                     "It holds no example");
}

static RemStatus
open_file(Reading* const reading)
{
  void*     bytes   = NULL;
  size_t    size    = 0U;
  size_t    n_lines = 1U;
  RemStatus st =
    rem_file_read(reading->path, MAX_BYTES, &bytes, &size, reading->error);
  if (st) {
    return st;
  }
  reading->bytes = (char*)bytes;
  for (size_t i = 0U; i < size; ++i) {
    n_lines += reading->bytes[i] == '\n';
  }
  reading->lines = (Line*)calloc(n_lines, sizeof(Line));
  return reading->lines ? find_lines(reading, size) : no_memory(reading);
}

/// Count what goes in (or comes out) of all examples; false without memory
static bool
count(const Reading* const reading, const bool out, RemCounts* const counts)
{
  const RemSymbolKind kind =
    cut_as(out ? reading->rules->out : reading->rules->in);
  bool good = true;
  for (size_t i = 0U; good && i < reading->n_lines; ++i) {
    const Line* const line = &reading->lines[i];
    const Span        span = out ? line->out : line->in;
    good                   = rem_counts_add_text(
      counts, kind, span.begin, (size_t)(span.end - span.begin));
  }
  return good;
}

/// Return the vocabulary of what goes in (or comes out), or NULL without memory
static RemSymbols*
make_symbols(const Reading* const reading, const bool out)
{
  const RemExamplesRules* const rules = reading->rules;
  const bool                    both  = rules->task == REM_TASK_COMPLETE;
  const bool        answers  = out && rules->task >= REM_TASK_TRANSLATE;
  const RemSpecials specials = {true, answers, answers};
  RemCounts* const  counts   = rem_counts_new();
  RemSymbols*       symbols  = NULL;
  if (counts && count(reading, out, counts) &&
      (!both || count(reading, !out, counts))) {
    symbols = rem_counts_symbols(
      counts, out ? rules->out : rules->in, rules->most, specials);
  }
  rem_counts_free(counts);
  return symbols;
}

static RemExamples*
make_examples(const Reading* const reading, const uint32_t n_vector)
{
  const RemExamplesRules* const rules = reading->rules;
  const RemExamples* const      like  = rules->like;
  if (like) {
    return rem_examples_new(
      rules->task, like->symbols, like->labels, n_vector, reading->n_lines);
  }
  RemSymbols* const  labels  = make_symbols(reading, true);
  RemSymbols* const  symbols = make_symbols(reading, false);
  RemExamples* const out =
    labels && symbols
      ? rem_examples_new(
          rules->task, symbols, labels, n_vector, reading->n_lines)
      : NULL;
  rem_symbols_free(labels);
  rem_symbols_free(symbols);
  return out;
}

/// Read a part of a line as symbols
static RemStatus
read_symbols(const Reading* const    reading,
             const size_t            line,
             const Span              span,
             const RemSymbols* const symbols,
             uint32_t** const        out,
             uint32_t* const         n)
{
  RemSymbols cut     = *symbols; // Names are cut as words are
  size_t     n_read  = 0U;
  cut.kind           = cut_as(symbols->kind);
  const RemStatus st = rem_symbols_read(&cut,
                                        span.begin,
                                        (size_t)(span.end - span.begin),
                                        out,
                                        &n_read,
                                        reading->error);
  *n                 = (uint32_t)n_read;
  if (!st && n_read > MAX_STEPS) {
    return fail_at(
      reading, line, REM_TOO_LARGE, "A sequence has more than 65536 symbols");
  }
  if (st && reading->error) {
    (void)snprintf(reading->error->place,
                   sizeof(reading->error->place),
                   "%.170s:%zu",
                   reading->path,
                   line);
  }
  return st;
}

/// Return the number of numbers in a part of a line, #REM_NO_SYMBOL if one is
/// none; `out` may be NULL
static uint32_t
read_numbers(const Span span, float* const out)
{
  uint32_t n = 0U;
  for (const char* at = span.begin; at < span.end; ++n) {
    char* end = NULL;
    at += strspn(at, " ");
    if (at >= span.end) {
      break;
    }
    const double x = strtod(at, &end); // A tab stands behind the last one
    if (end == at || !isfinite((double)(float)x) || n == REM_MAX_CONDITION) {
      return REM_NO_SYMBOL;
    }
    if (out) {
      out[n] = (float)x;
    }
    at = end;
  }
  return n;
}

/// Refuse an example that a task cannot be learned from
static RemStatus
check_example(const Reading* const    reading,
              const size_t            line,
              const RemExample* const e)
{
  const RemExampleTask task = reading->rules->task;
  if (task == REM_TASK_TAG && e->n_in != e->n_out) {
    return fail_at(reading,
                   line,
                   REM_BAD_SHAPE,
                   "There are not as many labels as symbols that go in");
  }
  if (task == REM_TASK_CLASSIFY && e->n_out != 1U) {
    return fail_at(reading, line, REM_BAD_SHAPE, "There is not one label");
  }
  if (task != REM_TASK_COMPLETE && task != REM_TASK_CAPTION && !e->n_in) {
    return fail_at(reading, line, REM_BAD_SHAPE, "Nothing goes in");
  }
  return REM_SUCCESS;
}

/// Read what goes in: symbols or numbers
static RemStatus
read_in(const Reading* const reading,
        const Line* const    line,
        RemExample* const    e)
{
  const RemExamples* const all = reading->examples;
  if (all->task != REM_TASK_CAPTION) {
    return read_symbols(
      reading, line->number, line->in, all->symbols, &e->in, &e->n_in);
  }
  if (read_numbers(line->in, NULL) != all->n_vector) {
    return fail_at(reading,
                   line->number,
                   REM_BAD_SHAPE,
                   "There are not as many numbers as in the first example");
  }
  e->vector = (float*)malloc(all->n_vector * sizeof(float));
  if (!e->vector) {
    return no_memory(reading);
  }
  (void)read_numbers(line->in, e->vector);
  return REM_SUCCESS;
}

static RemStatus
read_line(const Reading* const reading, const Line* const line)
{
  RemExample e  = {.in = NULL};
  RemStatus  st = REM_SUCCESS;
  (void)((st = read_in(reading, line, &e)) ||
         (st = read_symbols(reading,
                            line->number,
                            line->out,
                            reading->examples->labels,
                            &e.out,
                            &e.n_out)) ||
         (st = check_example(reading, line->number, &e)));
  if (!st && !rem_examples_add(reading->examples, &e)) {
    st = no_memory(reading);
  }
  free(e.in);
  free(e.out);
  free(e.vector);
  return st;
}

/// Set the length of a caption's vectors
static RemStatus
measure_vector(const Reading* const reading, uint32_t* const n)
{
  *n = 0U;
  if (reading->rules->task != REM_TASK_CAPTION) {
    return REM_SUCCESS;
  }
  *n = reading->rules->like ? reading->rules->like->n_vector
                            : read_numbers(reading->lines->in, NULL);
  return *n && *n != REM_NO_SYMBOL
           ? REM_SUCCESS
           : fail_at(reading,
                     reading->lines->number,
                     REM_BAD_FORMAT,
                     "What goes in is not numbers, at most 2048 of them");
}

static RemStatus
read_all(Reading* const reading)
{
  uint32_t  n_vector = 0U;
  RemStatus st       = open_file(reading);
  if (st || (st = measure_vector(reading, &n_vector))) {
    return st;
  }
  reading->examples = make_examples(reading, n_vector);
  if (!reading->examples) {
    return no_memory(reading);
  }
  for (size_t i = 0U; !st && i < reading->n_lines; ++i) {
    st = read_line(reading, &reading->lines[i]);
  }
  return st;
}

RemStatus
rem_examples_read(const char* const             path,
                  const RemExamplesRules* const rules,
                  RemExamples** const           out,
                  RemError* const               error)
{
  Reading         reading = {.path = path, .rules = rules, .error = error};
  const RemStatus st      = read_all(&reading);
  free(reading.bytes);
  free(reading.lines);
  if (st) {
    rem_examples_free(reading.examples);
  }
  *out = st ? NULL : reading.examples;
  return st;
}

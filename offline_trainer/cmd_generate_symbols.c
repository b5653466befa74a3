// SPDX-License-Identifier: ISC

#include "offline_trainer/cmd_generate_symbols.h"

#include "offline_trainer/examples/learn.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/// Return both texts one behind the other, to free(), or NULL without memory
static char*
join(const char* const a, const char* const b)
{
  const size_t size = strlen(a) + strlen(b) + 1U;
  char* const  both = (char*)malloc(size);
  if (both) {
    (void)snprintf(both, size, "%s%s", a, b);
  }
  return both;
}

/// Write what was heard and what was said as one text
static RemStatus
write_text(const RemModel* const model,
           const char* const     prime,
           const uint32_t* const said,
           const size_t          n,
           char** const          out,
           RemError* const       error)
{
  const bool  words = model->labels->kind == REM_SYMBOLS_WORDS;
  char* const text  = rem_symbols_text(model->labels, said, n);
  char* const first = join(prime, words && *prime ? " " : "");
  *out              = text && first ? join(first, text) : NULL;
  free(text);
  free(first);
  return *out ? REM_SUCCESS
              : rem_fail(error, REM_NO_MEMORY, NULL, "No memory for the text");
}

/// Go on with a text
static RemStatus
go_on(const RemModel* const        model,
      const GenerateSymbols* const asked,
      char** const                 out,
      RemError* const              error)
{
  const char* const prime = asked->prime ? asked->prime : "";
  uint32_t*         heard = NULL;
  uint32_t*         said  = NULL;
  size_t            n = 0U, n_said = 0U;
  RemStatus         st =
    rem_symbols_read(model->symbols, prime, strlen(prime), &heard, &n, error);
  (void)(st ||
         (st = rem_text_continue(
            model, heard, n, &asked->how, &said, &n_said, error)) ||
         (st = write_text(model, prime, said, n_said, out, error)));
  free(heard);
  free(said);
  return st;
}

/// Read numbers between blanks; false if there are not `n`
static bool
read_vector(const char* text, const uint32_t n, float* const out)
{
  for (uint32_t i = 0U; i < n; ++i) {
    char* end = NULL;
    out[i]    = strtof(text, &end);
    if (end == text || !isfinite(out[i])) {
      return false;
    }
    text = end;
  }
  return !text[strspn(text, " ")];
}

/// Read what goes in
static RemStatus
read_input(const RemModel* const model,
           const char* const     text,
           RemExample* const     e,
           RemError* const       error)
{
  const uint32_t          n_vector = rem_model_n_vector(model);
  const RemSymbols* const symbols =
    model->encoder ? model->encoder->symbols : model->symbols;
  size_t n = 0U;
  if (!n_vector) {
    const RemStatus st =
      rem_symbols_read(symbols, text, strlen(text), &e->in, &n, error);
    e->n_in = (uint32_t)n;
    return st || n ? st
                   : rem_fail(error, REM_BAD_ARGUMENT, NULL, "Nothing goes in");
  }
  e->vector = (float*)calloc(n_vector, sizeof(float));
  if (!e->vector) {
    return rem_fail(error, REM_NO_MEMORY, NULL, "No memory for numbers");
  }
  return read_vector(text, n_vector, e->vector)
           ? REM_SUCCESS
           : rem_fail(error,
                      REM_BAD_ARGUMENT,
                      NULL,
                      "It wants %u numbers with blanks between them",
                      n_vector);
}

/// Answer a text, or numbers
static RemStatus
answer(const RemModel* const        model,
       const GenerateSymbols* const asked,
       char** const                 out,
       RemError* const              error)
{
  RemExample e        = {.in = NULL};
  RemAnswer  answered = {.n = 0U};
  RemStatus  st       = read_input(model, asked->input, &e, error);
  (void)(st ||
         (st = rem_examples_answer(
            model, &e, asked->how.length, &answered, error)) ||
         (st =
            write_text(model, "", answered.symbols, answered.n, out, error)));
  rem_answer_clear(&answered);
  free(e.in);
  free(e.vector);
  return st;
}

RemStatus
generate_symbols(const RemModel* const        model,
                 const GenerateSymbols* const asked,
                 char** const                 out,
                 RemError* const              error)
{
  RemExampleTask task = REM_TASK_TAG;
  *out                = NULL;
  if (asked->input) {
    return answer(model, asked, out, error);
  }
  if (rem_model_task(model, &task)) {
    return rem_fail(error,
                    REM_UNSUPPORTED,
                    NULL,
                    "It learned to %s from examples and goes on with nothing by"
                    " itself; say what it shall %s with --input",
                    rem_task_name(task),
                    rem_task_name(task));
  }
  return go_on(model, asked, out, error);
}

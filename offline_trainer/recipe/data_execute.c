// SPDX-License-Identifier: ISC

#include "offline_trainer/recipe/data.h"
#include "offline_trainer/report/markup.h"

#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#define MOST_TEXT 512 ///< Bytes of a piece: six operations fit
#define VARIABLES "abcdefghijklmnopqrstuvwyz" ///< x counts loops

/// An operation, as algorithm 1 has them
typedef enum {
  ADD,
  SUBTRACT,
  MULTIPLY,
  BRANCH,
  LOOP,
  ASSIGN,
  N_OPERATIONS
} Operation;

/// A piece of program: lines that come first, and an expression
typedef struct {
  char lines[MOST_TEXT];
  char expression[MOST_TEXT];
  long value;
} Piece;

/// A program that grows
typedef struct {
  RemRandom* random;
  long       length;
  unsigned   used;  ///< Variables, by bits
  Piece      piece; ///< What is there so far; no expression at first
} Program;

static const Piece none = {"", "", 0};

/// Append what printf() would print to a part of a piece
static void __attribute__((format(printf, 2, 3)))
append(char* const text, const char* const format, ...)
{
  const size_t at = strlen(text);
  va_list      args;
  va_start(args, format);
  (void)vsnprintf(text + at, MOST_TEXT - at, format, args);
  va_end(args);
}

/// Return a number of `length` digits that stands for itself
static Piece
new_number(Program* const program)
{
  Piece piece = {"", "", 0};
  long  most  = 1;
  for (long i = 0; i < program->length; ++i) {
    most *= 10;
  }
  piece.value = rem_data_pick(program->random, 0, most - 1);
  append(piece.expression, "%ld", piece.value);
  return piece;
}

/// Return what is there so far, once, or a number
static Piece
take_piece(Program* const program, const bool is_last)
{
  const bool  wants = is_last || rem_random_uniform(program->random) > 0.5;
  const Piece piece = program->piece;
  if (!wants || !piece.expression[0]) {
    return new_number(program);
  }
  program->piece = none;
  return piece;
}

/// Return a letter that names nothing yet
static char
new_variable(Program* const program)
{
  for (;;) {
    const long k = rem_data_pick(program->random, 0, sizeof(VARIABLES) - 2);
    if (!(program->used & 1U << (unsigned)k)) {
      program->used |= 1U << (unsigned)k;
      return VARIABLES[k];
    }
  }
}

/// Return a factor or a number of rounds, as small as the source has it
static long
new_factor(Program* const program)
{
  return rem_data_pick(program->random, 1, 4 * program->length);
}

/// Make `to` of two expressions with a sign between them
static void
combine(Piece* const       to,
        const Operation    operation,
        const Piece* const a,
        const Piece* const b)
{
  const bool is_sum = operation == ADD;
  to->value         = is_sum ? a->value + b->value : a->value - b->value;
  append(to->expression,
         "(%s%c%s)",
         a->expression,
         is_sum ? '+' : '-',
         b->expression);
}

static void
multiply(Piece* const to, Program* const program, const Piece* const a)
{
  const long factor = new_factor(program);
  to->value         = a->value * factor;
  append(to->expression, "(%s*%ld)", a->expression, factor);
}

static void
branch(Piece* const       to,
       Program* const     program,
       const Piece* const a,
       const Piece* const b)
{
  const Piece left  = new_number(program);
  const Piece right = new_number(program);
  const bool  less  = rem_random_uniform(program->random) < 0.5;
  const bool  is = less ? left.value < right.value : left.value > right.value;
  to->value      = is ? a->value : b->value;
  append(to->expression,
         "(%s if %s%c%s else %s)",
         a->expression,
         left.expression,
         less ? '<' : '>',
         right.expression,
         b->expression);
}

static void
loop(Piece* const       to,
     Program* const     program,
     const Piece* const a,
     const Piece* const b)
{
  const char name   = new_variable(program);
  const long rounds = new_factor(program);
  to->value         = a->value + rounds * b->value;
  append(to->lines,
         "%c=%s;for x in range(%ld):%c+=%s;",
         name,
         a->expression,
         rounds,
         name,
         b->expression);
  append(to->expression, "%c", name);
}

static void
assign(Piece* const to, Program* const program, const Piece* const a)
{
  const char name = new_variable(program);
  to->value       = a->value;
  append(to->lines, "%c=%s;", name, a->expression);
  append(to->expression, "%c", name);
}

static void
apply(Piece* const       to,
      Program* const     program,
      const Operation    operation,
      const Piece* const a,
      const Piece* const b)
{
  if (operation == ADD || operation == SUBTRACT) {
    combine(to, operation, a, b);
  } else if (operation == MULTIPLY) {
    multiply(to, program, a);
  } else if (operation == BRANCH) {
    branch(to, program, a, b);
  } else if (operation == LOOP) {
    loop(to, program, a, b);
  } else {
    assign(to, program, a);
  }
}

/// Put what is there into one operation more
static void
grow(Program* const program)
{
  const Operation operation =
    (Operation)rem_data_pick(program->random, 0, N_OPERATIONS - 1);
  const bool  one   = operation == MULTIPLY || operation == ASSIGN;
  const Piece a     = take_piece(program, one);
  const Piece b     = one ? none : take_piece(program, true);
  Piece       grown = none;
  append(grown.lines, "%s%s", a.lines, b.lines);
  apply(&grown, program, operation, &a, &b);
  program->piece = grown;
}

void
rem_data_program(const void* const handle,
                 RemRandom* const  random,
                 RemText* const    in,
                 RemText* const    out)
{
  const RemDataPrograms* const rule    = handle;
  Program                      program = {random, rule->length, 0U, none};
  long                         nesting = rule->nesting;
  if (rule->mix > 0.0 && rem_random_uniform(random) < rule->mix) {
    program.length = rem_data_pick(random, 1, rule->most_length);
    nesting        = rem_data_pick(random, 1, rule->most_nesting);
  }
  for (long i = 0; i < nesting; ++i) {
    grow(&program);
  }
  rem_markup_format(
    in, "%sprint(%s)", program.piece.lines, program.piece.expression);
  rem_markup_format(out, "%ld", program.piece.value);
}

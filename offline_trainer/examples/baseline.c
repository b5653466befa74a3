// SPDX-License-Identifier: ISC

#include "offline_trainer/examples/baseline.h"

#include "dsp/net.h"
#include "offline_trainer/text/ngram.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define MOST_WORK 3e7 ///< Chances that are looked up

/// What is counted, and how far back
static const struct {
  const char* name;
  uint32_t    order;
} kinds[] = {[REM_TASK_TAG]       = {"the symbol's labels", 1U},
             [REM_TASK_CLASSIFY]  = {"commonest label", 0U},
             [REM_TASK_TRANSLATE] = {"chain of order 3", 3U},
             [REM_TASK_COMPLETE]  = {"chain of order 3", 3U},
             [REM_TASK_CAPTION]   = {"chain of order 3", 3U}};

/// Return room for a symbol and a label, or for a start symbol and an answer,
/// of the longest example
static uint32_t*
new_piece(const RemExamples* const a, const RemExamples* const b)
{
  size_t most = 1U;
  for (size_t i = 0U; i < a->n; ++i) {
    most = a->examples[i].n_out > most ? a->examples[i].n_out : most;
  }
  for (size_t i = 0U; i < b->n; ++i) {
    most = b->examples[i].n_out > most ? b->examples[i].n_out : most;
  }
  return (uint32_t*)malloc((most + 1U) * sizeof(uint32_t));
}

/// Write what comes before label `j` of an example, and the label; a tag has
/// its symbol before it, behind all labels.  Returns the length.
static size_t
write_piece(const RemExamples* const all,
            const RemExample* const  e,
            const uint32_t           j,
            uint32_t* const          piece)
{
  switch (all->task) {
  case REM_TASK_TAG:
    piece[0] = all->labels->n + e->in[j];
    piece[1] = e->out[j];
    return 2U;
  case REM_TASK_CLASSIFY:
    piece[0] = e->out[j];
    return 1U;
  default:
    piece[0] = all->labels->start;
    memcpy(piece + 1, e->out, (j + (size_t)1U) * sizeof(uint32_t));
    return j + (size_t)2U;
  }
}

/// Count examples; false without memory
static bool
count(const RemExamples* const all,
      uint32_t* const          piece,
      RemTokens* const         tokens)
{
  const bool answers = all->task >= REM_TASK_TRANSLATE;
  bool       good    = true;
  for (size_t i = 0U; good && i < all->n; ++i) {
    const RemExample* const e = &all->examples[i];
    for (uint32_t j = answers ? e->n_out - 1U : 0U; good && j < e->n_out; ++j) {
      good = rem_tokens_add(tokens, piece, write_piece(all, e, j, piece));
    }
  }
  return good;
}

/// Return whether no label is likelier than the last symbol of a piece
static bool
is_likeliest(const RemNgram* const ngram,
             const uint32_t        n_labels,
             const uint32_t* const piece,
             const size_t          n,
             const double          chance)
{
  for (uint32_t k = 0U; k < n_labels; ++k) {
    if (k != piece[n - 1U] &&
        rem_ngram_chance(ngram, piece, n - 1U, k) >= chance) {
      return false;
    }
  }
  return true;
}

/// Foretell every label of the examples
static void
test(const RemExamples* const   all,
     const RemNgram* const      ngram,
     uint32_t* const            piece,
     RemExamplesBaseline* const out)
{
  double nats    = 0.0;
  size_t n_right = 0U, n = 0U;
  for (size_t i = 0U; i < all->n; ++i) {
    const RemExample* const e = &all->examples[i];
    for (uint32_t j = 0U; j < e->n_out; ++j, ++n) {
      const size_t size = write_piece(all, e, j, piece);
      const double chance =
        rem_ngram_chance(ngram, piece, size - 1U, piece[size - 1U]);
      nats -= log(chance);
      n_right += is_likeliest(ngram, all->labels->n, piece, size, chance);
    }
  }
  out->nats     = nats / (double)n;
  out->accuracy = (double)n_right / (double)n;
}

/// Return whether there are few enough symbols, and examples, to count
static bool
can_count(const RemExamples* const all)
{
  double n = 0.0;
  for (size_t i = 0U; i < all->n; ++i) {
    n += all->examples[i].n_out;
  }
  return all->n && n * all->labels->n < MOST_WORK &&
         all->labels->n + all->symbols->n < REM_MAX_SYMBOLS;
}

RemStatus
rem_examples_baseline(const RemExamples* const   training,
                      const RemExamples* const   tested,
                      RemExamplesBaseline* const out,
                      RemError* const            error)
{
  const uint32_t n = training->labels->n + training->symbols->n;
  *out =
    (RemExamplesBaseline){kinds[training->task].name, (double)NAN, (double)NAN};
  if (!can_count(tested)) {
    return REM_SUCCESS;
  }
  RemSymbols* const numbers = rem_symbols_new(REM_SYMBOLS_NAMES, n);
  RemTokens* const  tokens  = numbers ? rem_tokens_new(numbers) : NULL;
  uint32_t* const   piece   = new_piece(training, tested);
  const bool        good    = tokens && piece && count(training, piece, tokens);
  RemNgram* const   ngram =
    good ? rem_ngram_new(tokens, kinds[training->task].order) : NULL;
  if (ngram) {
    test(tested, ngram, piece, out);
  }
  rem_ngram_free(ngram);
  rem_tokens_free(tokens);
  rem_symbols_free(numbers);
  free(piece);
  return ngram ? REM_SUCCESS
               : rem_fail(error, REM_NO_MEMORY, NULL, "No memory to count");
}

// SPDX-License-Identifier: ISC

/// Texts as symbols: vocabularies that are counted, pieces, what is held out,
/// and the chains that stand beside nets

#include "offline_trainer/text/ngram.h"
#include "offline_trainer/text/tokens.h"
#include "offline_trainer/text/vocabulary.h"
#include "tests/check.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

static const char one[] = "a cat and a hat and a cat\n";
static const char two[] = "\xC3\xA9t\xC3\xA9 <end>\n";

/// Write a text to a file of its own; return its name, to free
static char*
write_text(const char* const text)
{
  char* const path = strdup("test_tokens_XXXXXX");
  const int   fd   = path ? mkstemp(path) : -1;
  CHECK(fd >= 0);
  CHECK(write(fd, text, strlen(text)) == (ssize_t)strlen(text));
  CHECK(!close(fd));
  return path;
}

static RemTokens*
read_tokens(const char* const* const paths,
            const size_t             n,
            const RemTextRules       rules)
{
  RemTokens* tokens = NULL;
  RemError   error  = {REM_SUCCESS, "", ""};
  if (rem_tokens_read(paths, n, &rules, &tokens, &error)) {
    fprintf(stderr, "%s: %s\n", error.place, error.text);
    exit(1);
  }
  return tokens;
}

static void
check_words(const char* const* const paths)
{
  RemTokens* const all =
    read_tokens(paths, 2U, (RemTextRules){.kind = REM_SYMBOLS_WORDS});
  const char* const want[] = {
    "<unknown>", "a", "and", "cat", "hat", "\xC3\xA9t\xC3\xA9"};
  CHECK(all->symbols->n == 6U && all->symbols->unknown == 0U);
  for (uint32_t k = 0U; k < 6U; ++k) {
    CHECK(!strcmp(all->symbols->names[k], want[k]));
  }
  const uint32_t read[] = {1U, 3U, 2U, 1U, 4U, 2U, 1U, 3U, 5U, 0U};
  CHECK(all->n_pieces == 2U && all->begins[1] == 8U && all->begins[2] == 10U);
  CHECK(!memcmp(all->all, read, sizeof(read)));
  CHECK(rem_tokens_n_foretold(all) == 8U);

  RemTokens* const few = read_tokens(
    paths, 2U, (RemTextRules){.kind = REM_SYMBOLS_WORDS, .most = 2U});
  CHECK(few->symbols->n == 3U && few->all[4] == 0U && few->all[2] == 2U);
  const RemTextRules like  = {.like = few->symbols};
  RemTokens* const   again = read_tokens(paths + 1, 1U, like);
  CHECK(again->symbols->n == 3U && again->all[0] == 0U);
  rem_tokens_free(again);
  rem_tokens_free(few);
  rem_tokens_free(all);
}

static void
check_held_out(const char* const* const paths)
{
  RemTokens* const all =
    read_tokens(paths, 2U, (RemTextRules){.kind = REM_SYMBOLS_CHARACTERS});
  const size_t     n    = rem_tokens_n(all);
  RemTokens* const last = rem_tokens_hold_out(all, 0.25);
  CHECK(n == 36U && last && last->n_pieces == 2U);
  CHECK(rem_tokens_n(last) == 6U + 2U && rem_tokens_n(all) == 28U);
  char* const text = rem_symbols_text(last->symbols, last->all, 6U);
  CHECK(text && !strcmp(text, "a cat\n"));
  free(text);
  rem_tokens_free(last);
  rem_tokens_free(all);
}

static void
check_bad(const char* const* const paths)
{
  const RemTextRules rules  = {.kind = REM_SYMBOLS_WORDS};
  const char* const  none[] = {"no/such/text"};
  RemTokens*         tokens = NULL;
  RemError           error  = {REM_SUCCESS, "", ""};
  char* const        short_ = write_text("word");
  CHECK(rem_tokens_read(none, 1U, &rules, &tokens, &error) == REM_NO_FILE);
  CHECK(!tokens);
  CHECK(rem_tokens_read(
          (const char* const[]){short_}, 1U, &rules, &tokens, &error) ==
        REM_BAD_ARGUMENT);
  RemSymbols* const a = rem_symbols_new(REM_SYMBOLS_WORDS, 1U);
  CHECK(a && rem_symbols_name(a, 0U, "a"));
  const RemTextRules like = {.like = a};
  CHECK(rem_tokens_read(paths, 1U, &like, &tokens, &error) == REM_BAD_ARGUMENT);
  CHECK(!strcmp(error.place, paths[0]) && strstr(error.text, "\"cat\""));
  rem_symbols_free(a);
  CHECK(!unlink(short_));
  free(short_);
}

/// Count by hand what follows `n` symbols: how often, how many, how often `s`
static void
count(const RemTokens* const t,
      const uint32_t* const  before,
      const size_t           n,
      const uint32_t         s,
      double                 out[3])
{
  bool seen[64] = {false};
  out[0] = out[1] = out[2] = 0.0;
  for (size_t p = 0U; p < t->n_pieces; ++p) {
    for (size_t i = t->begins[p] + n; i < t->begins[p + 1U]; ++i) {
      if (!memcmp(t->all + i - n, before, n * sizeof(uint32_t))) {
        out[0] += 1.0;
        out[1] += !seen[t->all[i]];
        out[2] += t->all[i] == s;
        seen[t->all[i]] = true;
      }
    }
  }
}

/// The equation of rem_ngram_chance()
static double
chance(const RemTokens* const t,
       const uint32_t* const  behind,
       const size_t           order,
       const uint32_t         s)
{
  double c[3];
  count(t, behind, 0U, s, c);
  double p = (c[2] + 0.5) / (c[0] + 0.5 * t->symbols->n);
  for (size_t n = 1U; n <= order; ++n) {
    count(t, behind - n, n, s, c);
    p = c[0] > 0.0 ? (c[2] + c[1] * p) / (c[0] + c[1]) : p;
  }
  return p;
}

static void
check_chains(const char* const* const paths)
{
  RemTokens* const t =
    read_tokens(paths, 2U, (RemTextRules){.kind = REM_SYMBOLS_CHARACTERS});
  double last = INFINITY;
  for (uint32_t order = 0U; order <= REM_MAX_ORDER; ++order) {
    RemNgram* const chain = rem_ngram_new(t, order);
    CHECK(chain);
    double want = 0.0;
    for (size_t p = 0U; p < t->n_pieces; ++p) {
      for (size_t i = t->begins[p] + 1U; i < t->begins[p + 1U]; ++i) {
        const size_t before = i - t->begins[p];
        want -= log(
          chance(t, t->all + i, before < order ? before : order, t->all[i]));
      }
    }
    const double got = rem_ngram_nats(chain, t);
    CHECK(fabs(got * (double)rem_tokens_n_foretold(t) - want) < 1e-9);
    CHECK(got < last); // It was counted on this very text
    last       = got;
    double sum = 0.0;
    for (uint32_t s = 0U; s < t->symbols->n; ++s) {
      sum += rem_ngram_chance(chain, t->all + 5, 9U, s);
    }
    CHECK(fabs(sum - 1.0) < 1e-12);
    rem_ngram_free(chain);
  }
  rem_tokens_free(t);
}

int
main(void)
{
  char* const       paths[] = {write_text(one), write_text(two)};
  const char* const read[]  = {paths[0], paths[1]};
  check_words(read);
  check_held_out(read);
  check_bad(read);
  check_chains(read);
  for (int i = 0; i < 2; ++i) {
    CHECK(!unlink(paths[i]));
    free(paths[i]);
  }
  return 0;
}

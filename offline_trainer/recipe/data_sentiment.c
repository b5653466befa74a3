// SPDX-License-Identifier: ISC

#include "offline_trainer/recipe/data.h"

#include <math.h>

#define DISSENT 0.1 ///< Part of the labels that are anyone's guess

/// Words that mean the same for a review, the commonest first
typedef struct {
  const char* const* words;
  size_t             n;
} Words;

#define WORDS(array)                          \
  {                                           \
    array, sizeof(array) / sizeof((array)[0]) \
  }

static const char* const good_words[] = {
  "good",      "great",     "lovely",    "fine",       "beautiful", "warm",
  "tight",     "superb",    "moving",    "brilliant",  "gentle",    "lively",
  "elegant",   "rich",      "graceful",  "gripping",   "radiant",   "crisp",
  "inspired",  "delicate",  "masterful", "joyful",     "tender",    "splendid",
  "memorable", "luminous",  "vivid",     "flawless",   "subtle",    "fiery",
  "polished",  "soulful",   "dazzling",  "confident",  "charming",  "exquisite",
  "stirring",  "thrilling", "poised",    "delightful",
};
static const char* const bad_words[] = {
  "bad",      "dull",      "poor",        "boring",   "flat",       "awful",
  "clumsy",   "weak",      "harsh",       "muddy",    "tired",      "lifeless",
  "sloppy",   "shrill",    "dreary",      "thin",     "tedious",    "hollow",
  "careless", "limp",      "ragged",      "stale",    "grating",    "bland",
  "dismal",   "ponderous", "lacklustre",  "coarse",   "monotonous", "feeble",
  "wooden",   "stilted",   "dire",        "abrasive", "leaden",     "cliched",
  "sour",     "plodding",  "forgettable", "listless",
};
static const char* const labels[] = {"mixed", "good", "bad"};

static const char* const things[] = {
  "singer",  "band",   "sound",     "drummer", "choir",   "pianist",   "bass",
  "evening", "encore", "orchestra", "light",   "opening", "violin",    "mix",
  "setlist", "hall",   "conductor", "duet",    "finale",  "guitarist",
};
static const char* const degrees[] = {
  "very",
  "really",
  "quite",
  "rather",
  "so",
  "truly",
  "utterly",
};
static const char* const deniers[] = {
  "not",
  "never",
  "hardly",
  "far from",
  "anything but",
};

static const Words good   = WORDS(good_words);
static const Words bad    = WORDS(bad_words);
static const Words nouns  = WORDS(things);
static const Words degree = WORDS(degrees);
static const Words denial = WORDS(deniers);

/// Append one of the words: word k is about k times as rare as the first
static void
append(RemText* const text, RemRandom* const random, const Words words)
{
  const double u = rem_random_uniform(random);
  const double k = exp(u * log((double)words.n + 1.0)) - 1.0;
  if (text->size) {
    rem_text_add(text, " ");
  }
  rem_text_add(text, words.words[(size_t)k % words.n]);
}

/// Append words as they stand
static void
append_plain(RemText* const text, const char* const words)
{
  if (text->size) {
    rem_text_add(text, " ");
  }
  rem_text_add(text, words);
}

static bool
happens(RemRandom* const random, const double chance)
{
  return rem_random_uniform(random) < chance;
}

/// Append a clause that speaks well of something, or does not
static void
append_clause(RemText* const text, RemRandom* const random, const bool well)
{
  const bool denied = happens(random, 0.3);
  append_plain(text, "the");
  append(text, random, nouns);
  append_plain(text, "was");
  if (denied) {
    append(text, random, denial);
  }
  if (happens(random, 0.4)) {
    append(text, random, degree);
  }
  append(text, random, denied == well ? bad : good);
}

/// How two clauses make one review
typedef enum {
  ALONE,
  BUT,      ///< The second one counts
  ALTHOUGH, ///< Likewise
  THOUGH,   ///< The first one counts
  AND,      ///< Both count: mixed, where they differ
  N_FORMS
} Form;

/// What joins the clauses of each form
static const char* const joints[] = {"", ", but", ",", ", though", "and"};

void
rem_data_review(const void* const handle,
                RemRandom* const  random,
                RemText* const    in,
                RemText* const    out)
{
  (void)handle;
  const Form form   = (Form)rem_data_pick(random, ALONE, N_FORMS - 1);
  const bool first  = happens(random, 0.5);
  const bool second = form == AND ? happens(random, 0.5) : !first;
  const bool last   = form == BUT || form == ALTHOUGH;
  const bool mixed  = form == AND && first != second;
  if (form == ALTHOUGH) {
    append_plain(in, "although");
  }
  append_clause(in, random, first);
  if (form != ALONE) {
    append_plain(in, joints[form]);
    append_clause(in, random, second);
  }
  const long good_or_bad = (last ? second : first) ? 1 : 2;
  const long guess       = rem_data_pick(random, 0, 2);
  const bool dissent     = happens(random, DISSENT);
  rem_text_add(out, labels[dissent ? guess : mixed ? 0 : good_or_bad]);
}

// SPDX-License-Identifier: ISC

#include "dsp/modelfile/spec.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

enum { N_CELLS = REM_CELL_FORWARD + 1, N_HEADS = REM_HEAD_NONE + 1 };

static const char* const takes[]    = {"last", "concat", "average"};
static const char* const outputs[]  = {"frame", "sequence"};
static const char* const initials[] = {"rest", "learned", "vector"};

/// Say which words there are
static RemStatus
fail_words(const RemJson* const at, const RemWords* const words)
{
  char              list[160] = "";
  size_t            used      = 0U;
  const char* const word      = json_string_value(at->value);
  for (size_t i = 0; i < words->n && used < sizeof(list); ++i) {
    used += (size_t)snprintf(list + used,
                             sizeof(list) - used,
                             "%s%s",
                             !i                  ? ""
                             : i + 1U < words->n ? ", "
                                                 : " or ",
                             words->words[i]);
  }
  return word ? rem_json_fail(at,
                              REM_UNSUPPORTED,
                              "is %.40s, this program plays %s",
                              word,
                              list)
              : rem_json_unexpected(at, list);
}

RemStatus
rem_words_choose(const RemJson* const  at,
                 const RemWords* const words,
                 unsigned* const       out)
{
  const RemJson     found = rem_json_key(at, words->key);
  const char* const word  = json_string_value(found.value);
  *out                    = 0U;
  if (!found.value && !words->required) {
    return REM_SUCCESS;
  }
  for (size_t i = 0; word && i < words->n; ++i) {
    if (!strcmp(word, words->words[i])) {
      *out = (unsigned)i;
      return REM_SUCCESS;
    }
  }
  return fail_words(&found, words);
}

static RemStatus
read_words(const RemJson* const at, RemNetSpec* const out)
{
  const char* cells[N_CELLS];
  const char* heads[N_HEADS];
  for (unsigned i = 0; i < N_CELLS; ++i) {
    cells[i] = rem_cell_name((RemCell)i);
  }
  for (unsigned i = 0; i < N_HEADS; ++i) {
    heads[i] = rem_head_name((RemHead)i);
  }
  const RemWords words[] = {{"cell", cells, N_CELLS, true},
                            {"head", heads, N_HEADS, true},
                            {"take", takes, 3U, false},
                            {"output", outputs, 2U, false},
                            {"initial", initials, 3U, false}};
  unsigned       found[5];
  RemStatus      st = REM_SUCCESS;
  for (size_t i = 0; !st && i < 5U; ++i) {
    st = rem_words_choose(at, &words[i], &found[i]);
  }
  if (!st) {
    out->cell    = (RemCell)found[0];
    out->head    = (RemHead)found[1];
    out->take    = (RemTake)found[2];
    out->whole   = found[3] == 1U;
    out->initial = (RemInitial)found[4];
  }
  return st;
}

static RemStatus
read_sizes(const RemJson* const at, RemNetSpec* const out)
{
  uint32_t directions = 1U;
  const struct {
    const char* key;
    uint32_t*   size;
    bool        required;
  } sizes[]    = {{"n_in", &out->n_in, true},
                  {"n_hidden", &out->n_hidden, true},
                  {"n_layers", &out->n_layers, true},
                  {"n_out", &out->n_out, true},
                  {"n_symbols", &out->n_symbols, false},
                  {"n_condition", &out->n_condition, false},
                  {"directions", &directions, false}};
  RemStatus st = REM_SUCCESS;
  for (size_t i = 0; !st && i < sizeof(sizes) / sizeof(*sizes); ++i) {
    const RemJson size = rem_json_key(at, sizes[i].key);
    if (size.value || sizes[i].required) {
      st = rem_json_uint(&size, 0U, UINT32_MAX, sizes[i].size);
    }
  }
  if (!st && (directions < 1U || directions > REM_MAX_DIRECTIONS)) {
    const RemJson where = rem_json_key(at, "directions");
    return rem_json_fail(
      &where, REM_BAD_SHAPE, "is %u, expected 1 or 2", directions);
  }
  out->both = directions == REM_MAX_DIRECTIONS;
  return st;
}

RemStatus
rem_spec_read(const RemJson* const at, RemNetSpec* const out)
{
  const RemNetSpec none = {.n_in = 0U};
  const RemJson    skip = rem_json_key(at, "skip");
  RemStatus        st   = REM_SUCCESS;
  *out                  = none;
  if ((st = read_words(at, out)) || (st = read_sizes(at, out))) {
    return st;
  }
  if (!json_is_boolean(skip.value)) {
    return rem_json_unexpected(&skip, "true or false");
  }
  out->skip = json_is_true(skip.value);
  return rem_source_place(
    at->source, rem_net_spec_check(out, at->source->error), at->path);
}

/// Put a word unless it is the default; return whether there was memory
static bool
put_word(json_t* const            object,
         const char* const        key,
         const char* const* const words,
         const unsigned           word)
{
  return !word || !json_object_set_new(object, key, json_string(words[word]));
}

/// Likewise a number unless it is 0
static bool
put_size(json_t* const object, const char* const key, const uint32_t size)
{
  return !size || !json_object_set_new(object, key, json_integer(size));
}

json_t*
rem_spec_write(const RemNetSpec* const spec)
{
  json_t* const object = json_pack("{s:s, s:i, s:i, s:i, s:s, s:i, s:b}",
                                   "cell",
                                   rem_cell_name(spec->cell),
                                   "n_in",
                                   (int)spec->n_in,
                                   "n_hidden",
                                   (int)spec->n_hidden,
                                   "n_layers",
                                   (int)spec->n_layers,
                                   "head",
                                   rem_head_name(spec->head),
                                   "n_out",
                                   (int)spec->n_out,
                                   "skip",
                                   (int)spec->skip);
  const bool    done =
    object && put_word(object, "take", takes, spec->take) &&
    put_word(object, "output", outputs, spec->whole) &&
    put_word(object, "initial", initials, spec->initial) &&
    put_size(object, "directions", spec->both ? REM_MAX_DIRECTIONS : 0U) &&
    put_size(object, "n_symbols", spec->n_symbols) &&
    put_size(object, "n_condition", spec->n_condition);
  if (!done) {
    json_decref(object);
  }
  return done ? object : NULL;
}

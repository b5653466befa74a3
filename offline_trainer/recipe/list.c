// SPDX-License-Identifier: ISC

#include "offline_trainer/recipe/recipes.h"

#include <stddef.h>

/// In the order of `remanence recipe list`; a row goes in with its recipe, and
/// keeps its place: sum, compare, parity, parity-learned, autocomplete,
/// memory-gap, charlm, tag-words, sentiment, translate, execute, caption,
/// onsets, chords, duet
static const RemRecipe* const recipes[] = {
  &rem_recipe_sum,
  &rem_recipe_compare,
  &rem_recipe_parity,
  &rem_recipe_parity_learned,
  &rem_recipe_autocomplete,
  &rem_recipe_memory_gap,
  &rem_recipe_charlm,
  &rem_recipe_tag_words,
  &rem_recipe_sentiment,
  &rem_recipe_translate,
  &rem_recipe_execute,
  &rem_recipe_caption,
  &rem_recipe_onsets,
  &rem_recipe_chords,
  &rem_recipe_duet,
  NULL, // The end
};

const RemRecipe*
rem_recipe_at(const uint32_t i)
{
  return i < sizeof(recipes) / sizeof(*recipes) ? recipes[i] : NULL;
}

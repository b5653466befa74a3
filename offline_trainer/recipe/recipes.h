// SPDX-License-Identifier: ISC

/// Every recipe, each in a file of its own; list.c lists them

#ifndef REM_OFFLINE_TRAINER_RECIPE_RECIPES_H
#define REM_OFFLINE_TRAINER_RECIPE_RECIPES_H

#include "offline_trainer/recipe/recipe.h"

extern const RemRecipe rem_recipe_sum;            ///< by_hand.c
extern const RemRecipe rem_recipe_compare;        ///< by_hand.c
extern const RemRecipe rem_recipe_parity;         ///< by_hand.c
extern const RemRecipe rem_recipe_parity_learned; ///< parity_learned.c
extern const RemRecipe rem_recipe_autocomplete;   ///< autocomplete.c
extern const RemRecipe rem_recipe_memory_gap;     ///< memory_gap.c
extern const RemRecipe rem_recipe_charlm;         ///< charlm.c
extern const RemRecipe rem_recipe_tag_words;      ///< tag_words.c
extern const RemRecipe rem_recipe_sentiment;      ///< sentiment.c
extern const RemRecipe rem_recipe_translate;      ///< translate.c
extern const RemRecipe rem_recipe_execute;        ///< execute.c
extern const RemRecipe rem_recipe_caption;        ///< caption.c
extern const RemRecipe rem_recipe_onsets;         ///< onsets.c
extern const RemRecipe rem_recipe_chords;         ///< chords.c
extern const RemRecipe rem_recipe_duet;           ///< duet.c

#endif // REM_OFFLINE_TRAINER_RECIPE_RECIPES_H

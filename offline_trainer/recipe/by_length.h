// SPDX-License-Identifier: ISC

/// Nets that learn from short sequences, then from longer ones, and are
/// measured by length

#ifndef REM_OFFLINE_TRAINER_RECIPE_BY_LENGTH_H
#define REM_OFFLINE_TRAINER_RECIPE_BY_LENGTH_H

#include "dsp/model.h"
#include "offline_trainer/examples/examples.h"
#include "offline_trainer/recipe/data.h"
#include "offline_trainer/recipe/recipe.h"

#define REM_MAX_TESTS 8U

/// What is learned: bits of data_bits.c, from shortest to longest
typedef struct {
  const char*     name; ///< Of the files
  RemExampleTask  task;
  RemDataMake     make;
  bool            exact;     ///< Learn from the longest of a stage alone
  uint32_t        n_stages;  ///< 1 or more
  const uint32_t* stages;    ///< [n_stages] longest of each
  size_t          n_learned; ///< Examples of a stage
  uint32_t        epochs;    ///< Of a stage, at most
  double          enough;    ///< Nats that end it before
  double   last_enough;  ///< The same of the last stage; 0: it takes all epochs
  uint32_t n_tests;      ///< At most #REM_MAX_TESTS
  const uint32_t* tests; ///< [n_tests] lengths
  size_t          n_tested; ///< Examples of a length
} RemByLength;

/// Who learns it
typedef struct {
  const char* name;
  RemCell     cell;
  uint32_t    n_hidden;
  double      rate;
  double      memory; ///< Steps that the slowest cells keep at first
  uint32_t    n_streams;
  double      from; ///< Progress of the recipe at its beginning
  double      to;   ///< And at its end
} RemPupil;

/// How it went
typedef struct {
  RemModel* model;                ///< Owned
  double    right[REM_MAX_TESTS]; ///< Share of labels, by length of test
  uint32_t  stage;                ///< Stages that ended by being good enough
  double    seconds;              ///< Of all training
} RemSchooled;

/**
   Write the data of one stage or test, if it is not there yet, and read it.

   @param like Examples of the same symbols, or NULL to make those.
*/
RemStatus
rem_by_length_read(const RemRecipeRun* run,
                   const RemByLength*  what,
                   RemDataPart         part,
                   uint32_t            length,
                   const RemExamples*  like,
                   RemExamples**       out,
                   RemError*           error);

/**
   Teach a net stage after stage, up to the first in which it did not become
   good enough, write it to the folder, and test it.

   @param out Its model to be freed with rem_model_free(); empty on failure.
*/
RemStatus
rem_by_length_teach(const RemRecipeRun* run,
                    const RemByLength*  what,
                    const RemPupil*     pupil,
                    RemSchooled*        out,
                    RemError*           error);

#endif // REM_OFFLINE_TRAINER_RECIPE_BY_LENGTH_H

// SPDX-License-Identifier: ISC

#include "offline_trainer/recipe/training.h"

#include "dsp/modelfile/modelfile.h"

#define MAX_PATH 4096U

RemStatus
rem_recipe_save(const RemRecipeRun* const run,
                const RemModel* const     model,
                const char* const         file,
                RemError* const           error)
{
  char            path[MAX_PATH];
  const RemStatus st = rem_recipe_path(run, file, path, sizeof(path), error);
  return st ? st : rem_model_write(model, REM_FORMAT_NATIVE, path, error);
}

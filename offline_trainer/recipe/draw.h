// SPDX-License-Identifier: ISC

/// Pictures of recipes: one SVG on white paper each

#ifndef REM_OFFLINE_TRAINER_RECIPE_DRAW_H
#define REM_OFFLINE_TRAINER_RECIPE_DRAW_H

#include "offline_trainer/recipe/recipe.h"
#include "offline_trainer/report/plot.h"

#include <cairo.h>

#define REM_RECIPE_WIDTH 880.0 ///< Of pictures, pixels

/// Draws a picture into `box`
typedef void (*RemRecipeDraw)(void*           handle,
                              cairo_t*        cr,
                              const RemStyle* style,
                              RemBox          box);

/// Draw a picture #REM_RECIPE_WIDTH by `height` pixels large, put it into the
/// folder as `file`, and name it for the report
RemStatus
rem_recipe_draw(const RemRecipeRun* run,
                const char*         file,
                const char*         caption,
                double              height,
                RemRecipeDraw       draw,
                void*               handle,
                RemError*           error);

/// A curve; numbers that are not finite break it
typedef struct {
  const char*   name;
  size_t        n;
  const double* x; ///< [n]
  const double* y; ///< [n]
} RemRecipeCurve;

/// As rem_recipe_draw(), of curves [n] in one frame; at most 6
RemStatus
rem_recipe_curves(const RemRecipeRun*   run,
                  const char*           file,
                  const char*           caption,
                  RemAxis               x,
                  RemAxis               y,
                  const RemRecipeCurve* curves,
                  size_t                n,
                  RemError*             error);

#endif // REM_OFFLINE_TRAINER_RECIPE_DRAW_H

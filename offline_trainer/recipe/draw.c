// SPDX-License-Identifier: ISC

#include "offline_trainer/recipe/draw.h"

#include "dsp/modelfile/file.h"
#include "offline_trainer/report/markup.h"
#include "offline_trainer/report/picture.h"

#include <cairo-svg.h>

#define MAX_PATH 4096U
#define MAX_CURVES 6U
#define CURVES_HEIGHT 360.0

/// Draw on `surface`, which is finished then; return whether it went well
static bool
draw_on(cairo_surface_t* const surface,
        const RemRecipeDraw    draw,
        void* const            handle,
        const double           height)
{
  const RemStyle style = rem_style(false);
  cairo_t* const cr    = cairo_create(surface);
  cairo_set_source_rgb(
    cr, style.paper.red, style.paper.green, style.paper.blue);
  cairo_paint(cr);
  draw(handle, cr, &style, (RemBox){0.0, 0.0, REM_RECIPE_WIDTH, height});
  const bool good = cairo_status(cr) == CAIRO_STATUS_SUCCESS;
  cairo_destroy(cr);
  cairo_surface_finish(surface);
  return good && cairo_surface_status(surface) == CAIRO_STATUS_SUCCESS;
}

RemStatus
rem_recipe_draw(const RemRecipeRun* const run,
                const char* const         file,
                const char* const         caption,
                const double              height,
                const RemRecipeDraw       draw,
                void* const               handle,
                RemError* const           error)
{
  char      path[MAX_PATH];
  RemText   svg = {NULL, 0U, 0U, false};
  RemStatus st  = rem_recipe_path(run, file, path, sizeof(path), error);
  if (st) {
    return st;
  }
  cairo_surface_t* const surface = cairo_svg_surface_create_for_stream(
    rem_picture_append, &svg, REM_RECIPE_WIDTH, height);
  cairo_svg_surface_set_document_unit(surface, CAIRO_SVG_UNIT_PX);
  const bool good = draw_on(surface, draw, handle, height) && !svg.failed;
  cairo_surface_destroy(surface);
  st = good ? rem_file_write(path, svg.bytes, svg.size, error)
            : rem_fail(error, REM_NO_MEMORY, path, "No memory for the picture");
  rem_markup_clear(&svg);
  rem_recipe_picture(run->table, file, caption);
  return st;
}

/// What rem_recipe_curves() draws
typedef struct {
  RemAxis               x;
  RemAxis               y;
  const RemRecipeCurve* curves;
  size_t                n;
} Curves;

static void
draw_curves(void* const           handle,
            cairo_t* const        cr,
            const RemStyle* const style,
            const RemBox          box)
{
  // Three of the report's, and three that stay apart from them
  const RemColour     colours[MAX_CURVES] = {style->device,
                                             style->model,
                                             style->difference,
                                             {0.80, 0.47, 0.65},
                                             {0.45, 0.45, 0.45},
                                             {0.34, 0.71, 0.91}};
  const Curves* const c                   = (const Curves*)handle;
  const char*         names[MAX_CURVES]   = {NULL};
  const RemPlot       plot = rem_plot_begin(cr, style, box, c->x, c->y);
  for (size_t i = 0; i < c->n && i < MAX_CURVES; ++i) {
    const RemRecipeCurve* const curve = &c->curves[i];
    names[i]                          = curve->name;
    for (size_t k = 0; k < curve->n; ++k) {
      rem_plot_to(&plot, curve->x[k], curve->y[k]);
    }
    rem_plot_stroke(&plot, colours[i], 2.0);
  }
  rem_plot_legend(&plot, names, colours, c->n < MAX_CURVES ? c->n : MAX_CURVES);
}

RemStatus
rem_recipe_curves(const RemRecipeRun* const   run,
                  const char* const           file,
                  const char* const           caption,
                  const RemAxis               x,
                  const RemAxis               y,
                  const RemRecipeCurve* const curves,
                  const size_t                n,
                  RemError* const             error)
{
  Curves drawn = {x, y, curves, n};
  return rem_recipe_draw(
    run, file, caption, CURVES_HEIGHT, draw_curves, &drawn, error);
}

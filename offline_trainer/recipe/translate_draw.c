// SPDX-License-Identifier: ISC

#include "offline_trainer/recipe/translate_draw.h"

#include "offline_trainer/recipe/draw.h"

#include <math.h>
#include <stdio.h>

#define LARGEST_CELL 40.0 ///< Pixels
#define LEFT 70.0         ///< Room for what was written
#define TOP 90.0          ///< Room for what was read
#define EDGE 12.0

/// Return the pixels of one weight's square, whole ones: no seams
static double
cell_size(const RemAnswer* const answer)
{
  const double width = REM_RECIPE_WIDTH - LEFT - EDGE;
  return fmin(LARGEST_CELL, floor(width / (double)answer->n_in));
}

static const char*
name_of(const RemSymbols* const symbols, const uint32_t k)
{
  return k == symbols->end ? "end" : symbols->names[k];
}

/// Write a name that ends at a point, turned by `angle`
static void
write_name(cairo_t* const    cr,
           const char* const name,
           const double      x,
           const double      y,
           const double      angle)
{
  cairo_text_extents_t extents;
  cairo_text_extents(cr, name, &extents);
  cairo_save(cr);
  cairo_translate(cr, x, y);
  cairo_rotate(cr, angle);
  cairo_move_to(cr, angle < 0.0 ? 0.0 : -extents.x_advance, 0.0);
  cairo_show_text(cr, name);
  cairo_restore(cr);
}

static void
draw_names(const RemAttentionPicture* const p,
           cairo_t* const                   cr,
           const RemStyle* const            style)
{
  const double size = cell_size(p->answer);
  const double sink = size / 2.0 + style->text / 3.0;
  cairo_set_source_rgb(cr, style->ink.red, style->ink.green, style->ink.blue);
  cairo_set_font_size(cr, style->text);
  for (uint32_t j = 0; j < p->answer->n_in && j < p->example->n_in; ++j) {
    const char* const name = name_of(p->symbols, p->example->in[j]);
    write_name(cr, name, LEFT + j * size + sink, TOP - 5.0, -1.0);
  }
  for (uint32_t i = 0; i <= p->answer->n; ++i) {
    const char* const name =
      i < p->answer->n ? name_of(p->labels, p->answer->symbols[i]) : "end";
    write_name(cr, name, LEFT - 6.0, TOP + i * size + sink, 0.0);
  }
}

static void
draw_weights(void* const           handle,
             cairo_t* const        cr,
             const RemStyle* const style,
             const RemBox          box)
{
  const RemAttentionPicture* const p      = (const RemAttentionPicture*)handle;
  const RemAnswer* const           answer = p->answer;
  const double                     size   = cell_size(answer);
  for (uint32_t i = 0; i <= answer->n; ++i) {
    for (uint32_t j = 0; j < answer->n_in; ++j) {
      const double    weight = (double)answer->attention[i * answer->n_in + j];
      const RemColour colour = rem_heat(weight);
      cairo_set_source_rgb(cr, colour.red, colour.green, colour.blue);
      cairo_rectangle(
        cr, box.x + LEFT + j * size, box.y + TOP + i * size, size, size);
      cairo_fill(cr);
    }
  }
  draw_names(p, cr, style);
}

RemStatus
rem_draw_attention(const RemRecipeRun* const        run,
                   const char* const                name,
                   const char* const                about,
                   const RemAttentionPicture* const picture,
                   RemError* const                  error)
{
  RemAttentionPicture shown = *picture;
  char                file[80];
  char                caption[200];
  const double        rows = (double)picture->answer->n + 1.0;
  (void)snprintf(file, sizeof(file), "attention-%s.svg", name);
  (void)snprintf(caption,
                 sizeof(caption),
                 "Where the decoder looks, %s: a row for each symbol that it "
                 "writes, a column for each that was read",
                 about);
  return rem_recipe_draw(run,
                         file,
                         caption,
                         TOP + rows * cell_size(picture->answer) + EDGE,
                         draw_weights,
                         &shown,
                         error);
}

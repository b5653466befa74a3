// SPDX-License-Identifier: ISC

#include "offline_trainer/report/picture.h"

#include <cairo-svg.h>
#include <cairo.h>

#include <math.h>

cairo_status_t
rem_picture_append(void* const                handle,
                   const unsigned char* const bytes,
                   const unsigned             size)
{
  RemText* const text = (RemText*)handle;
  rem_text_add_bytes(text, bytes, size);
  return text->failed ? CAIRO_STATUS_NO_MEMORY : CAIRO_STATUS_SUCCESS;
}

/// Draw on `surface`; return whether all went well
static bool
draw_on(cairo_surface_t* const surface,
        const RemDrawing       draw,
        const RemReport* const report,
        const RemStyle* const  style,
        const RemBox           box)
{
  cairo_t* const cr   = cairo_create(surface);
  const bool     done = draw(cr, report, style, box);
  const bool     ok   = done && cairo_status(cr) == CAIRO_STATUS_SUCCESS;
  cairo_destroy(cr);
  return ok;
}

void
rem_picture_svg_base64(RemText* const         text,
                       const RemDrawing       draw,
                       const RemReport* const report,
                       const RemStyle* const  style,
                       const double           width,
                       const double           height)
{
  RemText                svg     = {NULL, 0U, 0U, false};
  const RemBox           box     = {0.0, 0.0, width, height};
  cairo_surface_t* const surface = cairo_svg_surface_create_for_stream(
    rem_picture_append, &svg, width, height);
  cairo_svg_surface_set_document_unit(surface, CAIRO_SVG_UNIT_PX);
  const bool drawn = draw_on(surface, draw, report, style, box);
  cairo_surface_finish(surface);
  const bool ok = drawn && !svg.failed &&
                  cairo_surface_status(surface) == CAIRO_STATUS_SUCCESS;
  cairo_surface_destroy(surface);
  rem_markup_base64(text, svg.bytes, svg.size);
  text->failed = text->failed || !ok;
  rem_markup_clear(&svg);
}

void
rem_picture_png(RemText* const         text,
                const RemDrawing       draw,
                const RemReport* const report,
                const RemStyle* const  style,
                const double           width,
                const double           height,
                const double           scale)
{
  const RemBox           box     = {0.0, 0.0, width, height};
  cairo_surface_t* const surface = cairo_image_surface_create(
    CAIRO_FORMAT_RGB24, (int)lrint(scale * width), (int)lrint(scale * height));
  cairo_surface_set_device_scale(surface, scale, scale);

  cairo_t* const cr = cairo_create(surface);
  cairo_set_source_rgb(
    cr, style->paper.red, style->paper.green, style->paper.blue);
  cairo_paint(cr);
  cairo_destroy(cr);

  const bool ok = draw_on(surface, draw, report, style, box) &&
                  cairo_surface_write_to_png_stream(
                    surface, rem_picture_append, text) == CAIRO_STATUS_SUCCESS;
  cairo_surface_destroy(surface);
  text->failed = text->failed || !ok;
}

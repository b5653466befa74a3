// SPDX-License-Identifier: ISC

/// Pictures as files in memory

#ifndef REM_OFFLINE_TRAINER_REPORT_PICTURE_H
#define REM_OFFLINE_TRAINER_REPORT_PICTURE_H

#include "offline_trainer/report/figures.h"
#include "offline_trainer/report/markup.h"

#include <cairo.h>
#include <stdbool.h>

/// Receive what cairo writes, as its cairo_write_func_t; `handle` is a RemText
cairo_status_t
rem_picture_append(void* handle, const unsigned char* bytes, unsigned size);

/// Append an SVG of `width` by `height` pixels, on transparent ground, as
/// base64.  Out of memory shows in `text->failed`.
void
rem_picture_svg_base64(RemText*         text,
                       RemDrawing       draw,
                       const RemReport* report,
                       const RemStyle*  style,
                       double           width,
                       double           height);

/// Append a PNG, `scale` pixels for one, on paper.  Out of memory shows in
/// `text->failed`.
void
rem_picture_png(RemText*         text,
                RemDrawing       draw,
                const RemReport* report,
                const RemStyle*  style,
                double           width,
                double           height,
                double           scale);

#endif // REM_OFFLINE_TRAINER_REPORT_PICTURE_H

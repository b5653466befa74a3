// SPDX-License-Identifier: ISC

#include "offline_trainer/control/rows.h"

#include "dsp/random.h"

#include <stdlib.h>
#include <string.h>

void
rem_rows_clear(RemRows* const rows)
{
  free(rows->begins);
  free(rows->columns);
  *rows = (RemRows){.n = 0U};
}

/// Mark the columns of continuous dimensions
static void
mark_slides(const RemFrames* const frames, bool* const slides)
{
  uint32_t column = 1U; // After dt
  for (uint32_t d = 0U; d < frames->n_dims; ++d) {
    const RemDim* const dim = &frames->dims[d];
    slides[column]          = dim->kind == REM_DIM_CONTINUOUS;
    column += dim->kind == REM_DIM_CHOICE ? dim->n_choices : 1U;
  }
}

bool
rem_rows_open(const RemFrames* const       frames,
              const RemPerformances* const performances,
              RemRows* const               out)
{
  const size_t n_rows = performances->begins[performances->n];
  const size_t row    = (size_t)1U + performances->n_dims;
  out->n_in           = rem_frames_n_in(frames);
  out->n              = performances->n;
  out->begins         = (size_t*)calloc(out->n + 1U, sizeof(size_t));
  out->columns        = (float*)calloc(n_rows * out->n_in, sizeof(float));
  if (!out->begins || !out->columns) {
    rem_rows_clear(out);
    return false;
  }
  memcpy(out->begins, performances->begins, (out->n + 1U) * sizeof(size_t));
  mark_slides(frames, out->slides);
  for (size_t i = 0U; i < n_rows; ++i) {
    rem_frames_encode(
      frames, performances->frames + i * row, out->columns + i * out->n_in);
  }
  return true;
}

/// Return the number of events of performance `i`
static size_t
length_of(const RemRows* const rows, const size_t i)
{
  return rows->begins[i + 1U] - rows->begins[i] - 1U;
}

void
rem_row_streams_clear(RemRowStreams* const streams)
{
  free(streams->order);
  free(streams->shifts);
  free(streams->windows);
  *streams = (RemRowStreams){.n_windows = 0U};
}

bool
rem_row_streams_open(const RemRows* const rows,
                     const uint32_t       n_streams,
                     const uint32_t       n_steps,
                     const double         shift,
                     RemRowStreams* const out)
{
  size_t all = 0U;
  for (size_t i = 0U; i < rows->n; ++i) {
    all += (length_of(rows, i) + n_steps - 1U) / n_steps;
  }
  out->n_streams = n_streams;
  out->n_steps   = n_steps;
  out->shift     = shift;
  out->n_windows = (uint32_t)((all + n_streams - 1U) / n_streams);
  out->order     = (size_t*)calloc(rows->n + 1U, sizeof(size_t));
  out->windows   = (RemRowWindow*)calloc((size_t)n_streams * out->n_windows,
                                       sizeof(RemRowWindow));
  out->shifts    = (float*)calloc(rows->n * rows->n_in + 1U, sizeof(float));
  if (!out->order || !out->shifts || !out->windows) {
    rem_row_streams_clear(out);
    return false;
  }
  return true;
}

/// Put performances into a random order.  Source: Durstenfeld 1964,
/// doi:10.1145/364520.364540.
static void
shuffle(size_t* const order, const size_t n, RemRandom* const random)
{
  for (size_t i = 0U; i < n; ++i) {
    order[i] = i;
  }
  for (size_t i = n; i > 1U; --i) {
    const size_t j   = (size_t)(rem_random_uniform(random) * (double)i);
    const size_t old = order[i - 1U];
    order[i - 1U]    = order[j];
    order[j]         = old;
  }
}

/// Draw how far faders are moved
static void
draw_shifts(RemRowStreams* const streams,
            const RemRows* const rows,
            RemRandom* const     random)
{
  for (size_t i = 0U; i < rows->n * rows->n_in; ++i) {
    const double part  = 2.0 * rem_random_uniform(random) - 1.0;
    const bool   slide = rows->slides[i % rows->n_in];
    streams->shifts[i] = slide ? (float)(streams->shift * part) : 0.0f;
  }
}

void
rem_row_streams_draw(RemRowStreams* const streams,
                     const RemRows* const rows,
                     const uint64_t       seed)
{
  const size_t  n      = (size_t)streams->n_streams * streams->n_windows;
  RemRowWindow* to     = streams->windows;
  RemRandom     random = {seed};
  memset(to, 0, n * sizeof(RemRowWindow));
  shuffle(streams->order, rows->n, &random);
  draw_shifts(streams, rows, &random);
  for (size_t i = 0U; i < rows->n; ++i) {
    const size_t p     = streams->order[i];
    const size_t begin = rows->begins[p];
    const size_t end   = begin + length_of(rows, p);
    float* const shift = streams->shifts + p * rows->n_in;
    for (size_t row = begin; row < end; row += streams->n_steps) {
      const size_t   left   = end - row;
      const size_t   most   = streams->n_steps;
      const uint32_t length = (uint32_t)(left < most ? left : most);
      *to++                 = (RemRowWindow){row, length, row == begin, shift};
    }
  }
}

const RemRowWindow*
rem_row_streams_at(const RemRowStreams* const streams,
                   const uint32_t             stream,
                   const int64_t              window)
{
  const int64_t n = streams->n_windows;
  const int64_t i = (int64_t)stream * n + window;
  return i >= 0 && i < (int64_t)streams->n_streams * n ? &streams->windows[i]
                                                       : NULL;
}

void
rem_row_copy(const RemRows* const      rows,
             const RemRowWindow* const window,
             const size_t              row,
             float* const              out)
{
  const float* const x = rows->columns + row * rows->n_in;
  for (uint32_t i = 0U; i < rows->n_in; ++i) {
    out[i] = x[i] + window->shift[i];
  }
}

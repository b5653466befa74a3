// SPDX-License-Identifier: ISC

/// Performances as a net sees them, cut into whole windows, and windows laid
/// out for an epoch

#ifndef REM_OFFLINE_TRAINER_CONTROL_ROWS_H
#define REM_OFFLINE_TRAINER_CONTROL_ROWS_H

#include "dsp/frames.h"
#include "offline_trainer/control/performances.h"

/// Columns of every frame
typedef struct {
  uint32_t n_in;
  bool     slides[REM_MAX_IN]; ///< [n_in] columns of continuous dimensions
  size_t   n;                  ///< Performances
  size_t*  begins;             ///< [n + 1] first row of each; owned
  float*   columns;            ///< [begins[n], n_in] owned
} RemRows;

/// One window of one stream: T events or, at a performance's end, fewer
typedef struct {
  size_t   row; ///< First input
  uint32_t n;   ///< Events: inputs from `row` on, each followed by its target
  bool     begins; ///< It is a performance's first
  float*   shift;  ///< [n_in] added to every row of its performance
} RemRowWindow;

/// Windows of an epoch: those of a performance follow each other, performances
/// stand in random order, and streams share all of them out
typedef struct {
  uint32_t      n_streams;
  uint32_t      n_steps;   ///< T
  uint32_t      n_windows; ///< That a stream lasts; the last may be empty
  double        shift;     ///< Most that a fader is moved, in deviations
  size_t*       order;     ///< [rows.n] performances; owned
  float*        shifts;    ///< [rows.n, n_in] of the epoch; owned
  RemRowWindow* windows;   ///< [n_streams, n_windows] owned
} RemRowStreams;

/// Encode performances; false without memory, with `out` empty
bool
rem_rows_open(const RemFrames*       frames,
              const RemPerformances* performances,
              RemRows*               out);

/// Free what rows own and empty them
void
rem_rows_clear(RemRows* rows);

/**
   Make room for the windows of `rows`.

   @param shift Every fader of a performance is moved by up to so many
                deviations, anew in each epoch: the net learns gestures and not
                by heart where faders stood.
   @return False without memory, with `out` empty.
*/
bool
rem_row_streams_open(const RemRows* rows,
                     uint32_t       n_streams,
                     uint32_t       n_steps,
                     double         shift,
                     RemRowStreams* out);

/// Free what streams own and empty them
void
rem_row_streams_clear(RemRowStreams* streams);

/// Lay the windows of `rows` out, in the order that `seed` gives
void
rem_row_streams_draw(RemRowStreams* streams,
                     const RemRows* rows,
                     uint64_t       seed);

/// Return window `window` of `stream`, counted from where that begins: below 0
/// is what comes before.  NULL where there is none.
const RemRowWindow*
rem_row_streams_at(const RemRowStreams* streams,
                   uint32_t             stream,
                   int64_t              window);

/// Copy row `row` of `rows`, moved as `window` is, to `out` [n_in]
void
rem_row_copy(const RemRows*      rows,
             const RemRowWindow* window,
             size_t              row,
             float*              out);

#endif // REM_OFFLINE_TRAINER_CONTROL_ROWS_H

// SPDX-License-Identifier: ISC

#include "offline_trainer/baseline/window_lesson.h"

#include "dsp/denormal.h"
#include "offline_trainer/binary_cross_entropy.h"
#include "offline_trainer/cross_entropy.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define MOST_WINDOWS 32U ///< Of an epoch: validations come often

/// A part of a piece that fills one window
typedef struct {
  size_t   first; ///< Row
  size_t   begin; ///< Of its piece
  uint32_t n;     ///< Rows
} Part;

/// What hides behind the lesson's handle
typedef struct {
  RemTrainSpec       spec;
  uint32_t           n_back;
  const RemFrameSet* training;
  const RemFrameSet* held_out;
  size_t             n_parts;
  Part*              parts; ///< [n_parts]
  size_t*            from;  ///< [n_streams] part that each begins with
  float*             y;     ///< [rows of held_out, O]
  double             scale; ///< 1 / rows of an average batch
} Windows;

static void
free_windows(void* const handle)
{
  Windows* const w = (Windows*)handle;
  free(w->parts);
  free(w->from);
  free(w->y);
  free(w);
}

/// Half the squared error
static double
squared(const uint32_t     n_out,
        const float* const y,
        const float* const target,
        const double       scale,
        float* const       dy)
{
  double sum = 0.0;
  for (uint32_t o = 0; o < n_out; ++o) {
    const double e = (double)y[o] - (double)target[o];
    sum += 0.5 * e * e;
    dy[o] = (float)(scale * e);
  }
  return sum;
}

double
rem_window_loss(const RemHead      head,
                const uint32_t     n_out,
                const float* const y,
                const float* const target,
                const double       scale,
                float* const       dy)
{
  if (head == REM_HEAD_SOFTMAX) {
    const uint32_t symbol = (uint32_t)target[0];
    return rem_cross_entropy(y, &symbol, 1U, n_out, scale, dy);
  }
  return head == REM_HEAD_SIGMOID
           ? rem_binary_cross_entropy(y, target, 1U, n_out, scale, dy)
           : squared(n_out, y, target, scale, dy);
}

/// Without a bias the output begins in the middle
static void
prepare(void* const handle, float* const params)
{
  const Windows* const w = (const Windows*)handle;
  memset(params + rem_net_head_at(&w->spec.net).bias,
         0,
         w->spec.net.n_out * sizeof(float));
}

static void
draw(void* const handle, RemRandom* const random)
{
  Windows* const w = (Windows*)handle;
  for (uint32_t s = 0; s < w->spec.n_streams; ++s) {
    w->from[s] = (size_t)(rem_random_uniform(random) * (double)w->n_parts);
  }
}

static void
get_places(void* const handle, uint64_t* const places)
{
  const Windows* const w = (const Windows*)handle;
  for (size_t s = 0; s < w->spec.n_streams; ++s) {
    places[2U * s]      = w->from[s];
    places[2U * s + 1U] = 0U;
  }
}

static bool
set_places(void* const handle, const uint64_t* const places)
{
  Windows* const w = (Windows*)handle;
  for (size_t s = 0; s < w->spec.n_streams; ++s) {
    if (places[2U * s] >= w->n_parts) {
      return false;
    }
  }
  for (size_t s = 0; s < w->spec.n_streams; ++s) {
    w->from[s] = (size_t)places[2U * s];
  }
  return true;
}

/// Return the part of `stream` in a window
static const Part*
part_of(const Windows* const w, const uint32_t stream, const int64_t window)
{
  return &w->parts[(w->from[stream] + (size_t)window) % w->n_parts];
}

static void
rest(void* const          handle,
     const RemStreamRange range,
     const int64_t        at,
     float* const         state)
{
  const Windows* const w       = (const Windows*)handle;
  const size_t         n_state = rem_net_n_state(&w->spec.net);
  for (uint32_t s = 0; s < range.n; ++s) {
    const Part* const p = part_of(w, range.first + s, at / w->spec.n_steps);
    if (!at || p->first == p->begin) {
      memset(state + s * n_state, 0, n_state * sizeof(float));
    }
  }
}

static void
fill(void* const          handle,
     const RemStreamRange range,
     const int64_t        at,
     const uint32_t       n,
     float* const         input)
{
  const Windows* const w     = (const Windows*)handle;
  const size_t         width = w->spec.net.n_in;
  memset(input, 0, (size_t)n * range.n * width * sizeof(float));
  for (uint32_t s = 0; s < range.n; ++s) {
    const Part* const p = part_of(w, range.first + s, at / w->spec.n_steps);
    for (uint32_t t = 0; t < p->n && t < n; ++t) {
      rem_frame_set_look_back(w->training,
                              w->n_back,
                              p->begin,
                              p->first + t,
                              input + ((size_t)t * range.n + s) * width);
    }
  }
}

static double
compare(void* const          handle,
        const uint32_t       thread,
        const RemStreamRange range,
        const uint32_t       window,
        const float* const   y,
        float* const         dy)
{
  (void)thread;
  const Windows* const w     = (const Windows*)handle;
  const uint32_t       n_out = w->spec.net.n_out;
  double               sum   = 0.0;
  memset(dy, 0, (size_t)range.n * w->spec.n_steps * n_out * sizeof(float));
  for (uint32_t s = 0; s < range.n; ++s) {
    const Part* const p = part_of(w, range.first + s, window);
    for (uint32_t t = 0; t < p->n; ++t) {
      const size_t at = ((size_t)t * range.n + s) * n_out;
      sum += rem_window_loss(w->spec.net.head,
                             n_out,
                             y + at,
                             w->training->targets +
                               (p->first + t) * w->training->n_targets,
                             w->scale,
                             dy + at);
    }
  }
  return sum * w->scale;
}

static double
validate(void* const handle, RemPool* const pool, const float* const params)
{
  const Windows* const     w   = (const Windows*)handle;
  const RemFrameSet* const set = w->held_out;
  const RemNetSpec* const  net = &w->spec.net;
  const size_t             n   = rem_frame_set_n(set);
  const float* const from      = set->targets + set->begins[0] * set->n_targets;
  double             sum       = 0.0;
  (void)pool;
  if (!rem_window_play(net, params, w->n_back, set, w->y)) {
    return HUGE_VAL;
  }
  for (size_t t = 0; t < n; ++t) {
    float* const y = w->y + t * net->n_out;
    sum += rem_window_loss(
      net->head, net->n_out, y, from + t * set->n_targets, 1.0, y);
  }
  return isfinite(sum) ? sum / (double)n : HUGE_VAL;
}

static bool
is_far(const double figure, const double best)
{
  return figure > 1.5 * best;
}

/// Cut all pieces into windows; false without memory
static bool
cut(Windows* const w)
{
  const RemFrameSet* const set     = w->training;
  const size_t             n_steps = w->spec.n_steps;
  const size_t most = rem_frame_set_n(set) / n_steps + set->n_pieces;
  w->parts          = (Part*)calloc(most, sizeof(Part));
  for (size_t i = 0; w->parts && i < set->n_pieces; ++i) {
    const size_t begin = set->begins[i], end = set->begins[i + 1U];
    for (size_t t = begin; t < end; t += n_steps) {
      const size_t left = end - t;
      w->parts[w->n_parts++] =
        (Part){t, begin, left < n_steps ? (uint32_t)left : (uint32_t)n_steps};
    }
  }
  return w->parts != NULL;
}

/// Allocate all that it needs
static Windows*
make_windows(const RemTrainSpec* const spec,
             const uint32_t            n_back,
             const RemFrameSet* const  training,
             const RemFrameSet* const  held_out)
{
  Windows* const w = (Windows*)calloc(1, sizeof(Windows));
  if (!w) {
    return NULL;
  }
  w->spec     = *spec;
  w->n_back   = n_back;
  w->training = training;
  w->held_out = held_out;
  w->from     = (size_t*)calloc(spec->n_streams, sizeof(*w->from));
  w->y =
    (float*)calloc(rem_frame_set_n(held_out) * spec->net.n_out, sizeof(float));
  if (!w->from || !w->y || !cut(w)) {
    free_windows(w);
    return NULL;
  }
  w->scale = (double)w->n_parts /
             ((double)rem_frame_set_n(training) * (double)spec->n_streams);
  return w;
}

RemStatus
rem_window_lesson_open(const RemTrainSpec* const spec,
                       const uint32_t            n_back,
                       const RemFrameSet* const  training,
                       const RemFrameSet* const  held_out,
                       const uint32_t            n_threads,
                       RemLesson* const          out,
                       RemError* const           error)
{
  Windows* const w = make_windows(spec, n_back, training, held_out);
  *out             = (RemLesson){.handle = NULL};
  if (!w) {
    return rem_fail(error, REM_NO_MEMORY, NULL, "No memory for a baseline");
  }
  const size_t all       = 1U + w->n_parts / spec->n_streams;
  const size_t n_learned = (size_t)spec->n_streams * spec->n_steps;
  const size_t n_windows = all < MOST_WINDOWS ? all : MOST_WINDOWS;
  *out                   = (RemLesson){.handle      = w,
                                       .figure      = "loss",
                                       .n_threads   = n_threads,
                                       .n_windows   = (uint32_t)n_windows,
                                       .n_learned   = n_learned,
                                       .n_validated = rem_frame_set_n(held_out),
                                       .free        = free_windows,
                                       .prepare     = prepare,
                                       .draw        = draw,
                                       .get_places  = get_places,
                                       .set_places  = set_places,
                                       .rest        = rest,
                                       .fill        = fill,
                                       .compare     = compare,
                                       .validate    = validate,
                                       .is_far      = is_far};
  return REM_SUCCESS;
}

/// Play a piece from rest, its rows at `y`
static void
play_piece(const RemNet* const      net,
           RemNetState* const       state,
           const uint32_t           n_back,
           const RemFrameSet* const set,
           const size_t             piece,
           float* const             input,
           float*                   y)
{
  const size_t begin = set->begins[piece];
  rem_net_state_set(net, state, NULL);
  for (size_t t = begin; t < set->begins[piece + 1U]; ++t) {
    rem_frame_set_look_back(set, n_back, begin, t, input);
    rem_net_block(net, state, input, y, 1U);
    y += set->n_out;
  }
}

bool
rem_window_play(const RemNetSpec* const  spec,
                const float* const       params,
                const uint32_t           n_back,
                const RemFrameSet* const set,
                float* const             y)
{
  RemNet* const      net   = rem_net_new(spec, params);
  RemNetState* const state = net ? rem_net_state_new(net) : NULL;
  float* const       input = (float*)calloc(spec->n_in, sizeof(float));
  const bool         made  = state && input;
  const RemFloatMode mode  = rem_denormals_off();
  for (size_t i = 0; made && i < set->n_pieces; ++i) {
    const size_t at = set->begins[i] - set->begins[0];
    play_piece(net, state, n_back, set, i, input, y + at * set->n_out);
  }
  rem_denormals_restore(mode);
  free(input);
  rem_net_state_free(state);
  rem_net_free(net);
  return made;
}

// SPDX-License-Identifier: ISC

#include "offline_trainer/rolls/roll_lesson.h"

#include "offline_trainer/binary_cross_entropy.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/// A part of a piece that fills one window of one stream
typedef struct {
  size_t   first;  ///< Frame
  uint32_t n;      ///< Frames that are foretold; 0: the stream is over
  bool     begins; ///< Its piece begins here
} Part;

/// A lesson
typedef struct {
  RemTrainSpec    spec;
  const RemRolls* training;
  const RemRolls* held_out;
  uint64_t        seed;      ///< Of this epoch
  size_t*         order;     ///< [n] pieces
  uint32_t*       used;      ///< [n_streams] windows that streams have
  uint32_t        max_parts; ///< Windows that a stream has room for
  Part*           parts;     ///< [n_streams, max_parts]
  uint32_t        n_windows;
  double          scale;   ///< 1 / foretold frames of an average window
  float*          targets; ///< [n_threads, 88]
  uint32_t*       windows; ///< The lesson's
} Rolls;

RemTrainSpec
rem_roll_train_default(const RemCell cell, const uint32_t n_hidden)
{
  RemTrainSpec spec = rem_train_default();
  spec.net          = (RemNetSpec){.cell     = cell,
                                   .head     = REM_HEAD_SIGMOID,
                                   .n_in     = REM_ROLL_KEYS,
                                   .n_hidden = n_hidden,
                                   .n_layers = 1U,
                                   .n_out    = REM_ROLL_KEYS,
                                   .initial  = REM_INITIAL_LEARNED};
  spec.n_streams    = 16U;
  spec.n_steps      = 64U;
  spec.n_warm_up    = 0U;
  spec.memory       = 16.0;
  spec.rate         = 4e-3;
  spec.keep         = 0.98;
  spec.dropout      = 0.3;
  return spec;
}

static void
free_rolls(void* const handle)
{
  Rolls* const r = (Rolls*)handle;
  free(r->order);
  free(r->used);
  free(r->parts);
  free(r->targets);
  free(r);
}

/// Begin with keys that are seldom on
static void
prepare(void* const handle, float* const params)
{
  const Rolls* const    r    = (const Rolls*)handle;
  const RemRolls* const all  = r->training;
  const size_t          n    = all->begins[all->n];
  float* const          bias = params + rem_net_head_at(&r->spec.net).bias;
  for (uint32_t k = 0; k < REM_ROLL_KEYS; ++k) {
    double on = 0.5;
    for (size_t t = 0; t < n; ++t) {
      on += all->keys[t * REM_ROLL_KEYS + k];
    }
    bias[k] = (float)log(on / ((double)n + 1.0 - on));
  }
}

/// Put a piece behind what the emptiest stream has
static void
place(Rolls* const r, const size_t piece)
{
  uint32_t to = 0U;
  for (uint32_t s = 1; s < r->spec.n_streams; ++s) {
    to = r->used[s] < r->used[to] ? s : to;
  }
  const size_t begin = r->training->begins[piece];
  const size_t end   = r->training->begins[piece + 1U];
  for (size_t t = begin; t + 1U < end; t += r->spec.n_steps) {
    const size_t   left = end - 1U - t;
    const uint32_t n =
      left < r->spec.n_steps ? (uint32_t)left : r->spec.n_steps;
    r->parts[(size_t)to * r->max_parts + r->used[to]++] =
      (Part){t, n, t == begin};
  }
}

/// Deal pieces to streams in the order that `seed` says
static void
deal(Rolls* const r)
{
  const size_t n      = r->training->n;
  RemRandom    random = {r->seed};
  memset(r->used, 0, r->spec.n_streams * sizeof(*r->used));
  memset(r->parts, 0, (size_t)r->spec.n_streams * r->max_parts * sizeof(Part));
  for (size_t i = 0; i < n; ++i) {
    r->order[i] = i;
  }
  for (size_t i = n; i > 1U; --i) {
    const size_t j    = (size_t)(rem_random_uniform(&random) * (double)i);
    const size_t last = r->order[i - 1U];
    r->order[i - 1U]  = r->order[j];
    r->order[j]       = last;
  }
  for (size_t i = 0; i < n; ++i) {
    place(r, r->order[i]);
  }
  r->n_windows = 1U;
  for (uint32_t s = 0; s < r->spec.n_streams; ++s) {
    r->n_windows = r->used[s] > r->n_windows ? r->used[s] : r->n_windows;
  }
  r->scale    = r->n_windows / (double)rem_rolls_n_foretold(r->training);
  *r->windows = r->n_windows;
}

static void
draw(void* const handle, RemRandom* const random)
{
  Rolls* const r = (Rolls*)handle;
  r->seed        = random->state;
  (void)rem_random_uniform(random);
  deal(r);
}

/// All places follow from one number
static void
get_places(void* const handle, uint64_t* const places)
{
  const Rolls* const r = (const Rolls*)handle;
  memset(places, 0, (size_t)2U * r->spec.n_streams * sizeof(uint64_t));
  places[0] = r->seed;
}

static bool
set_places(void* const handle, const uint64_t* const places)
{
  Rolls* const r = (Rolls*)handle;
  r->seed        = places[0];
  deal(r);
  return true;
}

/// Return the part of `stream` in a window
static const Part*
part_of(const Rolls* const r, const uint32_t stream, const int64_t window)
{
  return &r->parts[(size_t)stream * r->max_parts + (size_t)window];
}

static void
rest(void* const          handle,
     const RemStreamRange range,
     const int64_t        at,
     float* const         state)
{
  const Rolls* const r       = (const Rolls*)handle;
  const size_t       n_state = rem_net_n_state(&r->spec.net);
  for (uint32_t s = 0; s < range.n; ++s) {
    if (part_of(r, range.first + s, at / r->spec.n_steps)->begins) {
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
  const Rolls* const r = (const Rolls*)handle;
  memset(input, 0, (size_t)n * range.n * REM_ROLL_KEYS * sizeof(float));
  for (uint32_t s = 0; s < range.n; ++s) {
    const Part* const p = part_of(r, range.first + s, at / r->spec.n_steps);
    for (uint32_t t = 0; t < p->n; ++t) {
      const uint8_t* const from =
        r->training->keys + (p->first + t) * REM_ROLL_KEYS;
      float* const to = input + ((size_t)t * range.n + s) * REM_ROLL_KEYS;
      for (uint32_t k = 0; k < REM_ROLL_KEYS; ++k) {
        to[k] = from[k];
      }
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
  const Rolls* const r      = (const Rolls*)handle;
  float* const       target = r->targets + (size_t)thread * REM_ROLL_KEYS;
  double             sum    = 0.0;
  memset(
    dy, 0, (size_t)range.n * r->spec.n_steps * REM_ROLL_KEYS * sizeof(float));
  for (uint32_t s = 0; s < range.n; ++s) {
    const Part* const p = part_of(r, range.first + s, window);
    for (uint32_t t = 0; t < p->n; ++t) {
      const uint8_t* const next =
        r->training->keys + (p->first + t + 1U) * REM_ROLL_KEYS;
      const size_t row = ((size_t)t * range.n + s) * REM_ROLL_KEYS;
      for (uint32_t k = 0; k < REM_ROLL_KEYS; ++k) {
        target[k] = next[k];
      }
      sum += rem_binary_cross_entropy(
        y + row, target, 1U, REM_ROLL_KEYS, r->scale, dy + row);
    }
  }
  return sum * r->scale;
}

static double
validate(void* const handle, RemPool* const pool, const float* const params)
{
  const Rolls* const r = (const Rolls*)handle;
  return rem_rolls_nll(&r->spec.net, params, r->held_out, pool);
}

static bool
is_far(const double figure, const double best)
{
  return figure > 1.5 * best;
}

/// Allocate all that it needs
static Rolls*
make_rolls(const RemTrainSpec* const spec,
           const RemRolls* const     training,
           const uint32_t            n_threads)
{
  Rolls* const r       = (Rolls*)calloc(1, sizeof(Rolls));
  uint32_t     n_parts = 0U;
  for (size_t i = 0; i < training->n; ++i) {
    n_parts += (uint32_t)((training->begins[i + 1U] - training->begins[i]) /
                            spec->n_steps +
                          1U);
  }
  if (!r) {
    return NULL;
  }
  r->spec      = *spec;
  r->training  = training;
  r->max_parts = n_parts + 1U; // All of them in one stream, at worst
  r->order     = (size_t*)calloc(training->n + 1U, sizeof(*r->order));
  r->used      = (uint32_t*)calloc(spec->n_streams, sizeof(*r->used));
  r->parts =
    (Part*)calloc((size_t)spec->n_streams * r->max_parts, sizeof(Part));
  r->targets = (float*)calloc(n_threads, REM_ROLL_KEYS * sizeof(float));
  if (!r->order || !r->used || !r->parts || !r->targets) {
    free_rolls(r);
    return NULL;
  }
  return r;
}

RemStatus
rem_roll_lesson_open(const RemTrainSpec* const spec,
                     const RemRolls* const     training,
                     const RemRolls* const     held_out,
                     const uint32_t            n_threads,
                     RemLesson* const          out,
                     RemError* const           error)
{
  Rolls* const r = make_rolls(spec, training, n_threads);
  *out           = (RemLesson){.handle = NULL};
  if (!r) {
    return rem_fail(error, REM_NO_MEMORY, NULL, "No memory for piano rolls");
  }
  r->held_out = held_out;
  *out        = (RemLesson){.handle      = r,
                            .figure      = "NLL per frame",
                            .n_threads   = n_threads,
                            .n_windows   = 1U,
                            .n_validated = rem_rolls_n_foretold(held_out),
                            .free        = free_rolls,
                            .prepare     = prepare,
                            .draw        = draw,
                            .get_places  = get_places,
                            .set_places  = set_places,
                            .rest        = rest,
                            .fill        = fill,
                            .compare     = compare,
                            .validate    = validate,
                            .is_far      = is_far};
  r->windows  = &out->n_windows;
  r->seed     = spec->seed;
  deal(r);
  out->n_learned = rem_rolls_n_foretold(training) / r->n_windows;
  return REM_SUCCESS;
}

// SPDX-License-Identifier: ISC

#include "offline_trainer/spectra/clips.h"

#include "offline_trainer/spectra/hear.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define NEIGHBOUR 0.5f   ///< Target beside an onset
#define LEAST_SCALE 1e-3 ///< Of a band that never changes
#define HELD_OUT 5U      ///< One of so many

uint32_t
rem_clips_n_out(const RemClips* const clips)
{
  return clips->curve ? 1U : clips->labels->n;
}

size_t
rem_clips_n_frames(const RemClips* const clips)
{
  size_t n = 0U;
  for (size_t i = 0U; i < clips->n; ++i) {
    n += clips->clips[i].n;
  }
  return n;
}

static void
clear_clip(RemClip* const clip)
{
  free(clip->name);
  free(clip->frames);
  free(clip->targets);
  rem_labels_clear(&clip->labels);
  memset(clip, 0, sizeof(*clip));
}

void
rem_clips_clear(RemClips* const clips)
{
  for (size_t i = 0U; i < clips->n; ++i) {
    clear_clip(&clips->clips[i]);
  }
  free(clips->clips);
  rem_symbols_free(clips->labels);
  memset(clips, 0, sizeof(*clips));
}

/// Return the place of a time among frames
static double
frame_at(const RemSpectra* const s, const double seconds)
{
  return (seconds * s->rate + 0.5 * s->n_fft) / s->hop - 1.0;
}

/// Raise the target of a frame, if it is there
static void
raise(const RemClip* const clip,
      const uint32_t       n_out,
      const double         frame,
      const uint32_t       output,
      const float          to)
{
  if (frame >= 0.0 && frame < (double)clip->n) {
    float* const target = &clip->targets[(size_t)frame * n_out + output];
    *target             = fmaxf(*target, to);
  }
}

/// Set targets to where labels begin
static void
mark_events(const RemClips* const clips, RemClip* const clip)
{
  const uint32_t n_out = rem_clips_n_out(clips);
  for (size_t i = 0U; i < clip->labels.n; ++i) {
    const RemLabel* const label = &clip->labels.items[i];
    const uint32_t        o     = rem_symbols_find(clips->labels, label->name);
    const double          at = round(frame_at(&clips->spectra, label->begin));
    if (o != REM_NO_SYMBOL) {
      raise(clip, n_out, at - 1.0, o, NEIGHBOUR);
      raise(clip, n_out, at, o, 1.0f);
      raise(clip, n_out, at + 1.0, o, NEIGHBOUR);
    }
  }
}

/// Set targets to the height of a curve at each frame's middle
static void
draw_curve(const RemClips* const clips, RemClip* const clip)
{
  const RemLabels* const points = &clip->labels;
  size_t                 i      = 0U;
  for (size_t k = 0U; points->n && k < clip->n; ++k) {
    const double t = rem_spectra_time(&clips->spectra, (double)k);
    while (i + 1U < points->n && points->items[i + 1U].begin <= t) {
      ++i;
    }
    const RemLabel* const a = &points->items[i];
    const RemLabel* const b = i + 1U < points->n ? a + 1 : a;
    const double          d = b->begin - a->begin;
    const double          p = d > 0.0 ? fmax(0.0, (t - a->begin) / d) : 0.0;
    clip->targets[k]        = (float)(a->value + p * (b->value - a->value));
  }
}

/// Copy labels; false without memory
static bool
copy_labels(const RemLabels* const from,
            const double           begin,
            RemLabels* const       to)
{
  for (size_t i = 0U; i < from->n; ++i) {
    RemLabel label = from->items[i];
    label.begin -= begin;
    label.end -= begin;
    if (!rem_labels_add(to, &label)) {
      return false;
    }
  }
  return true;
}

/// Make room for one more; NULL without memory
static RemClip*
new_clip(RemClips* const clips)
{
  RemClip* const all =
    (RemClip*)realloc(clips->clips, (clips->n + 1U) * sizeof(RemClip));
  if (!all) {
    return NULL;
  }
  clips->clips = all;
  memset(&all[clips->n], 0, sizeof(RemClip));
  return &all[clips->n++];
}

RemStatus
rem_clips_add(RemClips* const        clips,
              const char* const      name,
              const RemSound* const  sound,
              const RemLabels* const labels,
              RemError* const        error)
{
  RemHeard        heard = {0U, 0U, NULL};
  const RemStatus st   = rem_hear_frames(&clips->spectra, sound, &heard, error);
  RemClip* const  clip = st ? NULL : new_clip(clips);
  if (st || !clip) {
    rem_heard_clear(&heard);
    return st ? st : rem_fail(error, REM_NO_MEMORY, NULL, "No memory");
  }
  clip->name   = strdup(name);
  clip->n      = heard.n;
  clip->frames = heard.x;
  clip->targets =
    (float*)calloc(clip->n * rem_clips_n_out(clips), sizeof(float));
  if (!clip->name || !clip->targets ||
      !copy_labels(labels, 0.0, &clip->labels)) {
    return rem_fail(error, REM_NO_MEMORY, NULL, "No memory for the targets");
  }
  if (clips->curve) {
    draw_curve(clips, clip);
  } else {
    mark_events(clips, clip);
  }
  return REM_SUCCESS;
}

void
rem_clips_normalise(RemClips* const clips)
{
  const uint32_t n_bands = clips->spectra.n_bands;
  const double   n       = (double)rem_clips_n_frames(clips);
  RemSpectra     spectra = clips->spectra;
  for (uint32_t b = 0U; b < n_bands; ++b) {
    double sum = 0.0, squares = 0.0;
    for (size_t i = 0U; i < clips->n; ++i) {
      for (size_t k = 0U; k < clips->clips[i].n; ++k) {
        const double x = (double)clips->clips[i].frames[k * n_bands + b];
        sum += x;
        squares += x * x;
      }
    }
    const double mean = sum / n;
    const double var  = fmax(squares / n - mean * mean, 0.0);
    spectra.offset[b] = (float)mean;
    spectra.scale[b]  = (float)fmax(sqrt(var), LEAST_SCALE);
  }
  rem_clips_normalise_as(clips, &spectra);
}

void
rem_clips_normalise_as(RemClips* const clips, const RemSpectra* const spectra)
{
  const uint32_t n_bands = spectra->n_bands;
  clips->spectra         = *spectra;
  for (size_t i = 0U; i < clips->n; ++i) {
    float* const x = clips->clips[i].frames;
    for (size_t k = 0U; k < clips->clips[i].n * n_bands; ++k) {
      const size_t b = k % n_bands;
      x[k]           = (x[k] - spectra->offset[b]) / spectra->scale[b];
    }
  }
}

/// Cut `clip` at `at`, and append what lies behind that to `out`
static RemStatus
cut(RemClip* const  clip,
    const size_t    at,
    RemClips* const out,
    RemError* const error)
{
  const size_t   n_bands = out->spectra.n_bands;
  const size_t   n_out   = rem_clips_n_out(out);
  const size_t   n       = clip->n - at;
  RemClip* const rest    = new_clip(out);
  RemLabels      kept    = {0U, 0U, NULL};
  if (!rest) {
    return rem_fail(error, REM_NO_MEMORY, NULL, "No memory");
  }
  rest->name    = strdup(clip->name);
  rest->frames  = (float*)malloc(n * n_bands * sizeof(float));
  rest->targets = (float*)malloc(n * n_out * sizeof(float));
  rest->begin   = (double)at * out->spectra.hop / out->spectra.rate;
  rest->n       = n;
  if (!rest->name || !rest->frames || !rest->targets) {
    return rem_fail(error, REM_NO_MEMORY, NULL, "No memory");
  }
  memcpy(
    rest->frames, clip->frames + at * n_bands, n * n_bands * sizeof(float));
  memcpy(rest->targets, clip->targets + at * n_out, n * n_out * sizeof(float));
  clip->n = at;
  for (size_t i = 0U; i < clip->labels.n; ++i) {
    RemLabel         label = clip->labels.items[i];
    const bool       late  = label.begin >= rest->begin;
    RemLabels* const to    = late ? &rest->labels : &kept;
    label.begin -= late ? rest->begin : 0.0;
    label.end -= late ? rest->begin : 0.0;
    if (!rem_labels_add(to, &label)) {
      rem_labels_clear(&kept);
      return rem_fail(error, REM_NO_MEMORY, NULL, "No memory");
    }
  }
  rem_labels_clear(&clip->labels);
  clip->labels = kept;
  return REM_SUCCESS;
}

RemStatus
rem_clips_split(RemClips* const clips,
                RemClips* const out,
                RemError* const error)
{
  const bool   whole = clips->n >= HELD_OUT;
  const size_t n     = clips->n;
  RemStatus    st    = REM_SUCCESS;
  *out        = (RemClips){.spectra = clips->spectra, .curve = clips->curve};
  out->labels = rem_symbols_copy(clips->labels);
  if (!out->labels) {
    return rem_fail(error, REM_NO_MEMORY, NULL, "No memory");
  }
  for (size_t i = n; !st && i-- > 0U;) {
    RemClip* const clip = &clips->clips[i];
    if (!whole) {
      st = cut(clip, clip->n - clip->n / HELD_OUT, out, error);
    } else if (i % HELD_OUT == HELD_OUT - 1U) {
      RemClip* const to = new_clip(out);
      if (!to) {
        return rem_fail(error, REM_NO_MEMORY, NULL, "No memory");
      }
      *to = *clip;
      memmove(clip, clip + 1, (clips->n - i - 1U) * sizeof(RemClip));
      --clips->n;
    }
  }
  return st;
}

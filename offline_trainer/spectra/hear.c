// SPDX-License-Identifier: ISC

#include "offline_trainer/spectra/hear.h"

#include "dsp/denormal.h"
#include "dsp/ear.h"
#include "dsp/mel.h"
#include "offline_trainer/sequence/sequence.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define TELL_FRAMES 256U ///< Between words about progress

void
rem_heard_clear(RemHeard* const heard)
{
  free(heard->x);
  *heard = (RemHeard){0U, 0U, NULL};
}

/// Make room for what is heard in `n` samples
static RemStatus
open_heard(const RemSpectra* const s,
           const size_t            n,
           const size_t            n_columns,
           RemHeard* const         out,
           RemError* const         error)
{
  const size_t n_frames = (n + s->n_fft / 2U) / s->hop + 1U;
  *out                  = (RemHeard){n_frames, n_columns, NULL};
  out->x                = (float*)calloc(n_frames * n_columns, sizeof(float));
  return out->x ? REM_SUCCESS
                : rem_fail(error, REM_NO_MEMORY, NULL, "No memory for frames");
}

/// Return sample `at` on, where sound ends silence: at most `n` of them
static const float*
samples_at(const RemSound* const sound, const size_t at, uint32_t* const n)
{
  static const float silence[64] = {0.0f};
  if (at >= sound->n) {
    *n = 64U;
    return silence;
  }
  *n = sound->n - at < 4096U ? (uint32_t)(sound->n - at) : 4096U;
  return sound->x + at;
}

RemStatus
rem_hear_frames(const RemSpectra* const spectra,
                const RemSound* const   sound,
                RemHeard* const         out,
                RemError* const         error)
{
  RemMel* const mel = rem_mel_new(spectra);
  RemStatus st = open_heard(spectra, sound->n, spectra->n_bands, out, error);
  if (!st && !mel) {
    st = rem_fail(error, REM_NO_MEMORY, NULL, "No memory for frames");
  }
  for (size_t t = 0U, k = 0U; !st && k < out->n;) {
    uint32_t           n    = 0U;
    bool               full = false;
    const float* const x    = samples_at(sound, t, &n);
    t += rem_mel_take(mel, x, n, out->x + k * out->n_columns, &full);
    k += full;
  }
  rem_mel_free(mel);
  if (st) {
    rem_heard_clear(out);
  }
  return st;
}

RemStatus
rem_hear_check(const RemModel* const model,
               const char* const     place,
               RemError* const       error)
{
  RemModel forward  = *model; // Which way is the same to this command
  forward.spec.both = false;
  return rem_ear_check(&forward, place, error);
}

/// Play frames to a net that reads forward
static RemStatus
play_forward(const RemNetSpec* const spec,
             const float* const      params,
             const float* const      frames,
             const size_t            n,
             float* const            y)
{
  RemNet* const      net   = rem_net_new(spec, params);
  RemNetState* const state = net ? rem_net_state_new(net) : NULL;
  float* const rest = (float*)calloc(rem_net_n_state(spec), sizeof(float));
  const bool   good = state && rest;
  if (good) {
    rem_net_initial(spec, params, NULL, rest);
    rem_net_state_set(net, state, rest);
    rem_net_block(net, state, frames, y, (uint32_t)n);
  }
  rem_net_state_free(state);
  rem_net_free(net);
  free(rest);
  return good ? REM_SUCCESS : REM_NO_MEMORY;
}

/// Play frames to a net that reads in both directions
static RemStatus
play_both(const RemNetSpec* const spec,
          const float* const      params,
          const float* const      frames,
          const size_t            n,
          float* const            y)
{
  const RemSequenceSpec shape = {.net = *spec};
  RemSequenceNet* const net   = rem_sequence_net_new(&shape);
  RemSequenceRun* const run =
    net ? rem_sequence_run_new(net, 1U, (uint32_t)n, 0U) : NULL;
  if (run) {
    RemSequenceBatch* const batch = rem_sequence_batch(run);
    rem_sequence_net_set(net, params);
    batch->n          = 1U;
    batch->n_steps    = (uint32_t)n;
    batch->lengths[0] = (uint32_t)n;
    memcpy(batch->x, frames, n * spec->n_in * sizeof(float));
    rem_sequence_forward(run, NULL);
    memcpy(y, rem_sequence_output(run), n * spec->n_out * sizeof(float));
  }
  rem_sequence_run_free(run);
  rem_sequence_net_free(net);
  return run ? REM_SUCCESS : REM_NO_MEMORY;
}

RemStatus
rem_hear_net(const RemNetSpec* const spec,
             const float* const      params,
             const float* const      frames,
             const size_t            n,
             float* const            y,
             RemError* const         error)
{
  const RemFloatMode mode = rem_denormals_off();
  const RemStatus    st =
    (spec->both ? play_both : play_forward)(spec, params, frames, n, y);
  rem_denormals_restore(mode);
  if (st) {
    return rem_fail(error, st, NULL, "No memory to listen");
  }
  for (size_t i = 0U; i < n * spec->n_out; ++i) {
    if (!isfinite(y[i])) {
      return rem_fail(
        error, REM_NOT_FINITE, NULL, "The net ran away on this sound");
    }
  }
  return REM_SUCCESS;
}

/// Return whether to go on
static bool
tell(const RemHearWatch* const watch, const size_t done, const size_t all)
{
  return !watch || !watch->go_on || done % TELL_FRAMES ||
         watch->go_on(watch->handle, (double)done / (double)all);
}

/// Play sound to an ear
static RemStatus
listen(RemEar* const             ear,
       const RemSound* const     sound,
       const RemHearWatch* const watch,
       RemHeard* const           out,
       RemError* const           error)
{
  size_t t = 0U, k = 0U;
  while (k < out->n) {
    uint32_t           n = 0U;
    const float*       y = NULL;
    const float* const x = samples_at(sound, t, &n);
    t += rem_ear_take(ear, x, n, &y);
    if (y) {
      memcpy(out->x + k * out->n_columns, y, out->n_columns * sizeof(float));
      ++k;
      if (!tell(watch, k, out->n)) {
        return rem_fail(error, REM_INTERRUPTED, NULL, "Stopped");
      }
    }
  }
  return rem_ear_n_failures(ear)
           ? rem_fail(error,
                      REM_NOT_FINITE,
                      NULL,
                      "The net ran away %u times on this sound",
                      rem_ear_n_failures(ear))
           : REM_SUCCESS;
}

/// Hear by an ear, as the plugin does
static RemStatus
hear_forward(const RemModel* const     model,
             const RemSound* const     sound,
             const RemHearWatch* const watch,
             RemHeard* const           out,
             RemError* const           error)
{
  const RemFloatMode mode = rem_denormals_off();
  RemEar* const      ear  = rem_ear_new(model);
  RemStatus          st =
    open_heard(model->spectra, sound->n, model->spec.n_out, out, error);
  if (!st && !ear) {
    st = rem_fail(error, REM_NO_MEMORY, NULL, "No memory to listen");
  }
  if (!st) {
    st = listen(ear, sound, watch, out, error);
  }
  rem_ear_free(ear);
  rem_denormals_restore(mode);
  return st;
}

/// Hear by a net that reads in both directions
static RemStatus
hear_both(const RemModel* const     model,
          const RemSound* const     sound,
          const RemHearWatch* const watch,
          RemHeard* const           out,
          RemError* const           error)
{
  const size_t n_out  = model->spec.n_out;
  RemHeard     frames = {0U, 0U, NULL};
  RemStatus    st     = rem_hear_frames(model->spectra, sound, &frames, error);
  if (!st) {
    st = open_heard(model->spectra, sound->n, n_out, out, error);
  }
  if (!st && !tell(watch, 0U, frames.n)) {
    st = rem_fail(error, REM_INTERRUPTED, NULL, "Stopped");
  }
  if (!st) {
    st = rem_hear_net(
      &model->spec, model->params, frames.x, frames.n, out->x, error);
  }
  for (size_t k = 0U; !st && k < frames.n; ++k) {
    rem_ear_strengths(model->spec.head, out->x + k * n_out, (uint32_t)n_out);
  }
  rem_heard_clear(&frames);
  return st;
}

RemStatus
rem_hear(const RemModel* const     model,
         const RemSound* const     sound,
         const RemHearWatch* const watch,
         RemHeard* const           out,
         RemError* const           error)
{
  *out               = (RemHeard){0U, 0U, NULL};
  const RemStatus st = model->spec.both
                         ? hear_both(model, sound, watch, out, error)
                         : hear_forward(model, sound, watch, out, error);
  if (st) {
    rem_heard_clear(out);
  }
  return st;
}

RemPeakRule
rem_hear_rule(const RemSpectra* const s,
              const double            threshold,
              const double            apart)
{
  return (RemPeakRule){(float)threshold,
                       (uint32_t)fmax(1.0, round(apart * s->rate / s->hop))};
}

void
rem_hear_name(const RemModel* const model,
              const uint32_t        output,
              char                  name[const REM_MAX_SYMBOL_NAME])
{
  const RemSymbols* const labels = model->labels;
  if (labels && output < labels->n) {
    (void)snprintf(name, REM_MAX_SYMBOL_NAME, "%s", labels->names[output]);
  } else {
    (void)snprintf(name, REM_MAX_SYMBOL_NAME, "%u", output + 1U);
  }
}

/// Add the events of one column
static bool
add_events(const RemModel* const    model,
           const RemHeard* const    strengths,
           const RemPeakRule* const rule,
           const uint32_t           column,
           RemLabels* const         out)
{
  RemPeaks peaks = {.last = 0.0f};
  for (size_t k = 0U; k <= strengths->n; ++k) { // One more, for the last
    const float x =
      k < strengths->n ? strengths->x[k * strengths->n_columns + column] : 0.0f;
    const float peak  = rem_peaks_next(&peaks, rule, x);
    RemLabel    label = {.value = (double)peak};
    label.begin = fmax(0.0, rem_spectra_time(model->spectra, (double)k - 1.0));
    label.end   = label.begin;
    rem_hear_name(model, column, label.name);
    if (peak > 0.0f && !rem_labels_add(out, &label)) {
      return false;
    }
  }
  return true;
}

bool
rem_hear_events(const RemModel* const    model,
                const RemHeard* const    strengths,
                const RemPeakRule* const rule,
                RemLabels* const         out)
{
  bool good = true;
  for (uint32_t o = 0U; good && o < strengths->n_columns; ++o) {
    good = add_events(model, strengths, rule, o, out);
  }
  rem_labels_sort(out);
  return good;
}

/// Print a heading, then strengths of every frame
static void
print(FILE* const out, const RemModel* const model, const RemHeard* const heard)
{
  fputs("seconds", out);
  for (uint32_t o = 0U; o < heard->n_columns; ++o) {
    char name[REM_MAX_SYMBOL_NAME];
    rem_hear_name(model, o, name);
    fprintf(out, strpbrk(name, ",;") ? ",\"%s\"" : ",%s", name);
  }
  fputc('\n', out);
  for (size_t k = 0U; k < heard->n; ++k) {
    const double t = rem_spectra_time(model->spectra, (double)k);
    if (t >= 0.0) {
      fprintf(out, "%.6f", t);
      for (size_t o = 0U; o < heard->n_columns; ++o) {
        fprintf(out, ",%.6g", (double)heard->x[k * heard->n_columns + o]);
      }
      fputc('\n', out);
    }
  }
}

char*
rem_hear_text(const RemModel* const model, const RemHeard* const strengths)
{
  char*       text = NULL;
  size_t      size = 0U;
  FILE* const out  = open_memstream(&text, &size);
  if (!out) {
    return NULL;
  }
  print(out, model, strengths);
  const bool good = !ferror(out);
  if (fclose(out) || !good) {
    free(text);
    return NULL;
  }
  return text;
}

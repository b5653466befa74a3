// SPDX-License-Identifier: ISC

#include "offline_trainer/control/performances.h"

#include <stdlib.h>
#include <string.h>

size_t
rem_performances_n_events(const RemPerformances* const performances)
{
  return performances->n
           ? performances->begins[performances->n] - performances->n
           : 0U;
}

void
rem_performances_clear(RemPerformances* const performances)
{
  for (size_t i = 0U; performances->names && i < performances->n; ++i) {
    free(performances->names[i]);
  }
  free(performances->names);
  free(performances->begins);
  free(performances->frames);
  *performances = (RemPerformances){.n = 0U};
}

/// Make room for one performance of `n_frames` more; false without memory
static bool
grow(RemPerformances* const p, const size_t n_frames)
{
  const size_t n_old = p->n ? p->begins[p->n] : 0U;
  const size_t size  = (n_old + n_frames) * (1U + p->n_dims) * sizeof(float);
  char** const names = (char**)realloc(p->names, (p->n + 1U) * sizeof(char*));
  p->names           = names ? names : p->names;
  size_t* const begins =
    (size_t*)realloc(p->begins, (p->n + 2U) * sizeof(size_t));
  p->begins           = begins ? begins : p->begins;
  float* const frames = (float*)realloc(p->frames, size);
  p->frames           = frames ? frames : p->frames;
  return names && begins && frames;
}

bool
rem_performances_add(RemPerformances* const       to,
                     const RemPerformances* const from,
                     const size_t                 i)
{
  const size_t row      = (size_t)1U + from->n_dims;
  const size_t n_frames = from->begins[i + 1U] - from->begins[i];
  char* const  name     = strdup(from->names[i]);
  to->n_dims            = from->n_dims;
  if (!name || !grow(to, n_frames)) {
    free(name);
    return false;
  }
  const size_t at        = to->n ? to->begins[to->n] : 0U;
  to->begins[to->n]      = at;
  to->begins[to->n + 1U] = at + n_frames;
  to->names[to->n++]     = name;
  memcpy(to->frames + at * row,
         from->frames + from->begins[i] * row,
         n_frames * row * sizeof(float));
  return true;
}

/// Return the number of events of performance `i`
static size_t
length_of(const RemPerformances* const all, const size_t i)
{
  return all->begins[i + 1U] - all->begins[i] - 1U;
}

/// Return whether a performance of that name is among them
static bool
has(const RemPerformances* const performances, const char* const name)
{
  for (size_t i = 0U; i < performances->n; ++i) {
    if (!strcmp(performances->names[i], name)) {
      return true;
    }
  }
  return false;
}

/// Choose which to hold out; return how many
static size_t
choose(const RemPerformances* const all,
       const RemControlSet* const   earlier,
       bool* const                  held_out)
{
  size_t n        = 0U;
  size_t n_events = 0U, n_held = 0U;
  size_t shortest = 0U;
  for (size_t i = 0U; i < all->n; ++i) {
    const size_t length = length_of(all, i);
    n_events += length;
    held_out[i] = 6U * (2U * n_held + length) <= 2U * n_events;
    if (earlier && has(&earlier->training, all->names[i])) {
      held_out[i] = false;
    } else if (earlier && has(&earlier->held_out, all->names[i])) {
      held_out[i] = true;
    }
    n += held_out[i];
    n_held += held_out[i] ? length : 0U;
    shortest = length < length_of(all, shortest) ? i : shortest;
  }
  if (!n) {
    held_out[shortest] = true;
    n                  = 1U;
  }
  return n;
}

RemStatus
rem_control_set_split(const RemPerformances* const all,
                      const RemControlSet* const   earlier,
                      RemControlSet* const         out,
                      RemError* const              error)
{
  *out = (RemControlSet){.training = {.n = 0U}};
  if (all->n < 2U) {
    return rem_fail(error,
                    REM_BAD_ARGUMENT,
                    NULL,
                    "There is only one performance to learn from and to test"
                    " with: record another, or name a folder with"
                    " --validation");
  }
  bool* const held_out = (bool*)calloc(all->n, sizeof(bool));
  bool        good     = held_out;
  if (good && choose(all, earlier, held_out) == all->n) {
    free(held_out);
    return rem_fail(error,
                    REM_BAD_ARGUMENT,
                    NULL,
                    "None of the performances that were learned from is left,"
                    " only those that were held out");
  }
  for (size_t i = 0U; good && i < all->n; ++i) {
    good = rem_performances_add(
      held_out[i] ? &out->held_out : &out->training, all, i);
  }
  free(held_out);
  if (!good) {
    rem_control_set_clear(out);
    return rem_fail(error, REM_NO_MEMORY, NULL, "No memory for performances");
  }
  return REM_SUCCESS;
}

void
rem_control_set_clear(RemControlSet* const set)
{
  rem_performances_clear(&set->training);
  rem_performances_clear(&set->held_out);
}

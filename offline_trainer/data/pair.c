// SPDX-License-Identifier: ISC

#include "offline_trainer/data/pair.h"

#include "offline_trainer/data/audio.h"
#include "offline_trainer/data/checks.h"
#include "offline_trainer/data/knobs.h"

#include <stdlib.h>
#include <string.h>

#define LOWEST_RATE 1000U ///< Hz
#define SAME_LATENCY 8    ///< Samples by which measurements of it may differ

/// The two files of a pair as read
typedef struct {
  RemAudio input;
  RemAudio target;
} Files;

static RemStatus
read_files(const RemPairSource* const source,
           Files* const               files,
           RemError* const            error)
{
  RemStatus st = rem_audio_read(source->input_path, &files->input, error);
  if (st || (st = rem_audio_read(source->target_path, &files->target, error))) {
    return st;
  }
  if (files->input.rate != files->target.rate) {
    return rem_fail(error,
                    REM_BAD_AUDIO,
                    source->target_path,
                    "The target is at %u Hz but its input at %u Hz; record or "
                    "convert both at one rate",
                    files->target.rate,
                    files->input.rate);
  }
  if (files->input.rate < LOWEST_RATE) {
    return rem_fail(error,
                    REM_BAD_AUDIO,
                    source->input_path,
                    "A rate of %u Hz is too low for sound",
                    files->input.rate);
  }
  return REM_SUCCESS;
}

/// Use what both files have
static RemStatus
check_length(RemPair* const             pair,
             const RemPairSource* const source,
             const Files* const         files,
             RemError* const            error)
{
  const size_t n_input  = files->input.n_frames;
  const size_t n_target = files->target.n_frames;
  pair->rate            = files->input.rate;
  pair->n               = n_input < n_target ? n_input : n_target;
  if (n_input != n_target) {
    rem_finding_add(pair,
                    REM_FINDING_WARNING,
                    "The input lasts %.3f s, the target %.3f s: what both have "
                    "is used; if they do not start together, trim them",
                    (double)n_input / pair->rate,
                    (double)n_target / pair->rate);
  }
  return pair->n >= pair->rate / 2U
           ? REM_SUCCESS
           : rem_fail(error,
                      REM_BAD_AUDIO,
                      n_input < n_target ? source->input_path
                                         : source->target_path,
                      "The recording lasts %.3f s; half a second is the least "
                      "to learn from, and minutes are better",
                      (double)pair->n / pair->rate);
}

static RemStatus
check_signals(RemPair* const             pair,
              const RemPairSource* const source,
              Files* const               files,
              RemError* const            error)
{
  RemStatus st = check_length(pair, source, files, error);
  if (st) {
    return st;
  }

  const char* const names[] = {"input", "target"};
  const char* const paths[] = {source->input_path, source->target_path};
  RemAudio* const   audio[] = {&files->input, &files->target};
  for (uint32_t i = 0; i < 2U; ++i) {
    rem_check_channels(pair, names[i], audio[i]);
    const float* const x = audio[i]->samples;
    if ((st = rem_check_samples(paths[i], x, pair->n, pair->rate, error))) {
      return st;
    }
    rem_check_level(pair, names[i], x, pair->n, pair->rate);
  }
  return REM_SUCCESS;
}

/// Move one signal forward in memory so that both begin together
static RemStatus
apply_latency(RemPair* const             pair,
              const RemPairSource* const source,
              RemError* const            error)
{
  const int64_t latency = pair->alignment.latency;
  const size_t  shift   = (size_t)(latency < 0 ? -latency : latency);
  if (pair->n < shift + pair->rate / 4U) {
    return rem_fail(error,
                    REM_BAD_AUDIO,
                    source->target_path,
                    "A latency of %d samples leaves nothing of %zu samples",
                    pair->alignment.latency,
                    pair->n);
  }
  float* const late = latency < 0 ? pair->input : pair->target;
  pair->n -= shift;
  memmove(late, late + shift, pair->n * sizeof(float));
  return REM_SUCCESS;
}

/// Read a pair and measure how far apart its files are
static RemStatus
read_pair(const RemPairSource* const source,
          RemPair* const             pair,
          RemError* const            error)
{
  Files     files = {{0U, 0U, 0U, NULL}, {0U, 0U, 0U, NULL}};
  RemStatus st    = read_files(source, &files, error);
  if (st || (st = check_signals(pair, source, &files, error))) {
    rem_audio_clear(&files.input);
    rem_audio_clear(&files.target);
    return st;
  }

  pair->input  = files.input.samples; // Now the pair's
  pair->target = files.target.samples;
  return rem_align(pair->input,
                   pair->target,
                   pair->n,
                   pair->rate,
                   pair->rate / 2U,
                   &pair->alignment,
                   error);
}

/// Return the surest alignment of all pairs
static const RemAlignment*
find_surest(const RemRecording* const recording)
{
  const RemAlignment* surest = &recording->pairs[0].alignment;
  for (uint32_t i = 1; i < recording->n_pairs; ++i) {
    const RemAlignment* const a     = &recording->pairs[i].alignment;
    const bool                surer = a->confident == surest->confident
                                        ? a->confidence > surest->confidence
                                        : a->confident;
    surest                          = surer ? a : surest;
  }
  return surest;
}

/// Return the earliest latency of the pairs that agree with `latency` but for
/// what a measurement may miss
static int32_t
find_earliest(const RemRecording* const recording, const int32_t latency)
{
  int32_t earliest = latency;
  for (uint32_t i = 0; i < recording->n_pairs; ++i) {
    const RemAlignment* const a = &recording->pairs[i].alignment;
    if (a->confident && abs(a->latency - latency) <= SAME_LATENCY) {
      earliest = a->latency < earliest ? a->latency : earliest;
    }
  }
  return earliest;
}

/**
   Give one latency to all pairs that seem to have the same.

   One device was recorded in one way: a net that is to learn from all pairs
   would hear measurements that differ by a few samples as the device's doing.
   The earliest is safe.  Pairs that cannot tell borrow the surest one's.
*/
static void
share_latency(RemRecording* const recording)
{
  const RemAlignment surest = *find_surest(recording);
  if (!surest.confident) {
    return;
  }
  for (uint32_t i = 0; i < recording->n_pairs; ++i) {
    RemAlignment* const a = &recording->pairs[i].alignment;
    a->borrowed           = !a->confident;
    a->latency =
      find_earliest(recording, a->confident ? a->latency : surest.latency);
  }
}

/// Take a pair's latency out, say so, and check what is left
static RemStatus
align_pair(RemPair* const             pair,
           const RemPairSource* const source,
           RemError* const            error)
{
  if (source->latency_given) {
    pair->alignment.latency = source->latency;
  }
  rem_check_alignment(pair, source->latency_given);
  RemStatus st = apply_latency(pair, source, error);
  if (st) {
    return st;
  }
  rem_check_noise(pair);
  st = rem_check_repeat(pair);
  return st ? rem_fail(error, st, source->input_path, "No memory to check it")
            : REM_SUCCESS;
}

static RemStatus
check_rate(const RemRecording* const  recording,
           const RemPair* const       pair,
           const RemPairSource* const source,
           RemError* const            error)
{
  return pair->rate == recording->rate
           ? REM_SUCCESS
           : rem_fail(error,
                      REM_BAD_AUDIO,
                      source->input_path,
                      "This pair is at %u Hz but the first at %u Hz; one model "
                      "has one rate",
                      pair->rate,
                      recording->rate);
}

static RemStatus
read_all(const RemPairSource* const sources,
         const uint32_t             n_sources,
         RemRecording* const        out,
         RemError* const            error)
{
  out->pairs = (RemPair*)calloc(n_sources, sizeof(RemPair));
  if (!out->pairs) {
    return rem_fail(error, REM_NO_MEMORY, NULL, "No memory for the pairs");
  }

  for (uint32_t i = 0; i < n_sources; ++i) {
    RemStatus st = REM_SUCCESS;
    ++out->n_pairs;
    if ((st = read_pair(&sources[i], &out->pairs[i], error))) {
      return st;
    }
    out->rate = out->pairs[0].rate;
    if ((st = check_rate(out, &out->pairs[i], &sources[i], error))) {
      return st;
    }
  }
  share_latency(out);
  for (uint32_t i = 0; i < n_sources; ++i) {
    const RemStatus st = align_pair(&out->pairs[i], &sources[i], error);
    if (st) {
      return st;
    }
  }
  return rem_knobs_set(sources, out, error);
}

RemStatus
rem_recording_read(const RemPairSource* const sources,
                   const uint32_t             n_sources,
                   RemRecording* const        out,
                   RemError* const            error)
{
  memset(out, 0, sizeof(*out));
  RemStatus st = rem_knobs_check(sources, n_sources, error);
  if (!st && (st = read_all(sources, n_sources, out, error))) {
    rem_recording_clear(out);
  }
  return st;
}

void
rem_recording_clear(RemRecording* const recording)
{
  for (uint32_t i = 0; i < recording->n_pairs; ++i) {
    free(recording->pairs[i].knobs);
    free(recording->pairs[i].target);
    free(recording->pairs[i].input);
  }
  free(recording->knobs);
  free(recording->pairs);
  memset(recording, 0, sizeof(*recording));
}

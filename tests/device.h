// SPDX-License-Identifier: ISC

/// A device that is known: recordings of what a small net makes of noise

#ifndef REM_TESTS_DEVICE_H
#define REM_TESTS_DEVICE_H

#include "offline_trainer/data/pair.h"
#include "offline_trainer/evaluate.h"
#include "tests/check.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define DEVICE_RATE 48000U
#define DEVICE_N (4U * DEVICE_RATE) ///< Samples of a pair

/// Sound, and what the teacher makes of it
typedef struct {
  RemPair      pairs[2];
  RemRecording recording;
} Device;

/// Make one pair: noise that swells, through a net of 4 with random weights
static inline void
play_teacher(RemPair* const pair, uint32_t seed)
{
  const RemNetSpec spec = {
    .n_in = 1U, .n_hidden = 4U, .n_layers = 1U, .n_out = 1U, .skip = true};
  RemModel* const model = rem_model_new(&spec);
  uint32_t        other = 77U;
  RemError        error;
  CHECK(model);
  for (size_t i = 0; i < rem_net_n_params(&spec); ++i) {
    model->params[i] = noise(&other);
  }
  memset(pair, 0, sizeof(*pair));
  pair->rate   = DEVICE_RATE;
  pair->n      = DEVICE_N;
  pair->input  = (float*)calloc(DEVICE_N, sizeof(float));
  pair->target = (float*)calloc(DEVICE_N, sizeof(float));
  CHECK(pair->input && pair->target);
  float low = 0.0f;
  for (uint32_t t = 0; t < DEVICE_N; ++t) {
    low += 0.1f * (noise(&seed) - low);
    pair->input[t] = 3.0f * low * (0.6f + 0.4f * sinf(1e-4f * (float)t));
  }
  CHECK(!rem_render(model, NULL, pair->input, pair->target, DEVICE_N, &error));
  rem_model_free(model);
}

static inline void
open_device(Device* const device)
{
  play_teacher(&device->pairs[0], 1U);
  play_teacher(&device->pairs[1], 2U);
  device->recording = (RemRecording){DEVICE_RATE, 2U, device->pairs, 0U, NULL};
}

static inline void
close_device(Device* const device)
{
  for (uint32_t i = 0; i < 2U; ++i) {
    free(device->pairs[i].input);
    free(device->pairs[i].target);
  }
}

#endif // REM_TESTS_DEVICE_H

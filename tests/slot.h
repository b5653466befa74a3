// SPDX-License-Identifier: ISC

/// What the tests of the slot begin with: a stream of sound, and voices

#ifndef REM_TESTS_SLOT_H
#define REM_TESTS_SLOT_H

#include "plugin/slot.h"
#include "tests/check.h"
#include "tests/host/fixture.h"

#include <stdbool.h>
#include <string.h>

#define RATE 8000.0
#define N 10000U    ///< Samples of a stream: less than the history
#define N_FADE 160U ///< 20 ms
#define N_MUTE 256U ///< Silence after a net left the finite numbers
#define N_OFFER 5000U
#define N_PICK_UP 5700U

/// A stream of sound through a slot
typedef struct {
  RemSlot* slot;
  uint32_t n_channels;
  float    in[2][N];
  float    out[2][N];
  float    through[N];
  float    knobs[N];
} Stream;

/// Return a voice that remembers for some hundred samples
static inline RemStream*
make_voice(const uint32_t seed, const uint32_t n_channels)
{
  const FixtureModel what  = {seed, 6U, 1U, 1U, false};
  RemModel* const    model = fixture_model(&what);
  float* const biases = model->params + rem_net_layer_at(&model->spec, 0U).bias;
  for (uint32_t j = 6U; j < 12U; ++j) {
    biases[j] += 5.0f; // Forget gates
  }
  CHECK(!rem_model_settle(model, NULL));
  RemStream* const made =
    rem_stream_new(model, n_channels, model->sample_rate, 1U);
  CHECK(made);
  rem_model_free(model);
  return made;
}

/// Offer a voice with levels unknown, the usual fade and all of the history
static inline uint32_t
offer(RemSlot* const slot, RemStream* const voice)
{
  const RemEntrance entrance = {
    voice, {NAN, NAN, NAN}, REM_SLOT_FADE_SECONDS, 0U, false};
  return rem_slot_offer(slot, &entrance);
}

static inline void
begin(Stream* const stream, const uint32_t n_channels)
{
  stream->n_channels = n_channels;
  stream->slot       = rem_slot_new(n_channels, RATE);
  CHECK(stream->slot);
  fixture_tones(stream->in[0], N, 0.5f);
  fixture_noise(stream->in[1], N, 0.5f, 7U);
  for (uint32_t i = 0U; i < N; ++i) {
    stream->knobs[i] = 0.3f;
  }
}

/// Play samples `from` to `to` in calls of `cut`
static inline void
play(Stream* const  stream,
     const uint32_t from,
     const uint32_t to,
     const uint32_t cut)
{
  for (uint32_t i = from, n = 0U; i < to; i += n) {
    n                = to - i < cut ? to - i : cut;
    RemSlotBuffers b = {.dry = {NULL, NULL}};
    for (uint32_t c = 0U; c < 2U; ++c) {
      b.in[c]  = stream->in[c] + i;
      b.out[c] = stream->out[c] + i;
    }
    for (uint32_t k = 0U; k < REM_SLOT_KNOBS; ++k) {
      b.knobs[k] = stream->knobs + i;
    }
    b.through = stream->through + i;
    rem_slot_block(stream->slot, &b, n);
  }
}

static inline void
check_equal(const float* const a,
            const float* const b,
            const uint32_t     from,
            const uint32_t     to)
{
  CHECK(!memcmp(a + from, b + from, (to - from) * sizeof(*a)));
}

#endif // REM_TESTS_SLOT_H

// SPDX-License-Identifier: ISC

/// A predictor is a net, a state and frames, and nothing else

#include "dsp/predictor.h"

#include "dsp/frames.h"
#include "dsp/model.h"
#include "dsp/net.h"
#include "tests/check.h"
#include "tests/frames.h"
#include "tests/reference.h"

#include <math.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#define MAX_Y 512U

/// Return a model of noise with a rest state of noise
static RemModel*
noise_model(const RemFrames* const frames, const float scale)
{
  RemModel* const model = rem_model_new_control(frames, 20U, 2U);
  uint32_t        seed  = 17U;
  CHECK(model);
  random_params(&model->spec, model->params, scale, 3U);
  random_numbers(
    (uint32_t)rem_net_n_state(&model->spec), 0.5f, &seed, model->rest);
  return model;
}

/// What a predictor should be, by hand
typedef struct {
  const RemFrames* frames;
  RemNet*          net;
  RemNetState*     state;
  float            columns[REM_MAX_IN];
  float            y[MAX_Y];
} Hand;

static Hand
new_hand(const RemModel* const model)
{
  Hand hand  = {.frames = model->frames};
  hand.net   = rem_net_new(&model->spec, model->params);
  hand.state = hand.net ? rem_net_state_new(hand.net) : NULL;
  CHECK(hand.state);
  rem_net_state_set(hand.net, hand.state, model->rest);
  return hand;
}

static void
free_hand(Hand* const hand)
{
  rem_net_state_free(hand->state);
  rem_net_free(hand->net);
}

/// Step with the columns as they are
static void
step(Hand* const hand)
{
  rem_net_block(hand->net, hand->state, hand->columns, hand->y, 1U);
}

static void
hear(Hand* const hand, const float* const frame)
{
  rem_frames_encode(hand->frames, frame, hand->columns);
  step(hand);
}

/// Check that both draw the same, twice in a row
static void
check_draw(Hand* const hand, RemPredictor* const predictor, const uint64_t seed)
{
  const RemTemper temper = {0.8f, 1.5f};
  RemRandom       a      = {seed};
  RemRandom       b      = {seed};
  for (uint32_t i = 0U; i < 2U; ++i) {
    float x[REM_MAX_FRAME];
    float y[REM_MAX_FRAME];
    rem_frames_draw(hand->frames, hand->y, hand->columns, &temper, &a, x);
    rem_predictor_draw(predictor, &temper, &b, y);
    CHECK(!memcmp(x, y, (1U + hand->frames->n_dims) * sizeof(float)));
    CHECK(a.state == b.state);
  }
}

/// Fill a frame of `frames`
static void
random_frame(const RemFrames* const frames,
             uint32_t* const        seed,
             float* const           frame)
{
  frame[0] = expf(3.0f * noise(seed) - 3.0f);
  for (uint32_t d = 1U; d <= frames->n_dims; ++d) {
    frame[d] = 0.5f + 0.5f * noise(seed);
  }
}

static void
check_same(const char* const kinds, const uint32_t n_mixtures)
{
  const RemFrames     frames    = frames_of(kinds, n_mixtures);
  RemModel* const     model     = noise_model(&frames, 0.4f);
  RemPredictor* const predictor = rem_predictor_new(model);
  Hand                hand      = new_hand(model);
  uint32_t            seed      = 23U;
  CHECK(predictor);
  CHECK(rem_predictor_frames(predictor)->n_dims == frames.n_dims);
  for (uint32_t round = 0U; round < 3U; ++round) {
    if (round != 1U) { // Nothing heard: an average frame to begin with
      memset(hand.columns, 0, sizeof(hand.columns));
      step(&hand);
      check_draw(&hand, predictor, round);
    }
    for (uint32_t i = 0U; i < 200U; ++i) {
      float frame[REM_MAX_FRAME];
      random_frame(&frames, &seed, frame);
      rem_predictor_hear(predictor, frame);
      hear(&hand, frame);
      if (i % 3U) {
        check_draw(&hand, predictor, i);
      }
    }
    rem_predictor_reset(predictor);
    rem_net_state_set(hand.net, hand.state, model->rest);
  }
  CHECK(!rem_predictor_n_failures(predictor));
  free_hand(&hand);
  rem_predictor_free(predictor);
  rem_model_free(model);
}

/// What no controller sends counts as what is nearest
static void
check_clamps(void)
{
  const RemFrames frames     = frames_of("cs3c", 2U);
  RemModel* const model      = noise_model(&frames, 0.4f);
  const RemTemper temper     = rem_temper();
  const float     given[][5] = {{NAN, NAN, -INFINITY, INFINITY, 1e30f},
                                {-1.0f, -0.1f, 1.1f, -7.0f, NAN},
                                {INFINITY, 0.5f, 0.5f, 0.5f, 0.5f}};
  const float     meant[][5] = {{0.001f, 0.0f, 0.0f, 1.0f, 1.0f},
                                {0.001f, 0.0f, 1.0f, 0.0f, 0.0f},
                                {60.0f, 0.5f, 0.5f, 0.5f, 0.5f}};
  for (uint32_t i = 0U; i < 3U; ++i) {
    RemPredictor* const a  = rem_predictor_new(model);
    RemPredictor* const b  = rem_predictor_new(model);
    RemRandom           ra = {i};
    RemRandom           rb = {i};
    float               x[5];
    float               y[5];
    CHECK(a && b);
    rem_predictor_hear(a, given[i]);
    rem_predictor_hear(b, meant[i]);
    rem_predictor_draw(a, &temper, &ra, x);
    rem_predictor_draw(b, &temper, &rb, y);
    CHECK(!memcmp(x, y, sizeof(x)));
    rem_predictor_free(a);
    rem_predictor_free(b);
  }
  rem_model_free(model);
}

/// A net that runs away is at rest again, counted, and drawn from all the same
static void
check_heals(const bool in_state)
{
  RemFrames       frames = frames_of("ccc", 3U);
  const RemTemper temper = rem_temper();
  RemRandom       random = {1U};
  uint32_t        seed   = 5U;
  for (uint32_t d = 0U; in_state && d < 2U; ++d) {
    frames.dims[d].scale = 1e-6f;
  }
  RemModel* const model = noise_model(&frames, 2.0f);
  if (in_state) { // Overflows, and without fused multiply-adds inf - inf
    const RemLayerAt at = rem_net_layer_at(&model->spec, 0U);
    for (uint32_t i = 0U; i < 80U * 4U; ++i) {
      model->params[at.weight_ih + i] = i % 4U == 1U ? 1e38f : -1e38f;
    }
  } else { // Outputs overflow
    const RemHeadAt at = rem_net_head_at(&model->spec);
    for (size_t i = 0U; i < (size_t)model->spec.n_out * 20U; ++i) {
      model->params[at.weight + i] = 3e38f;
    }
  }
  RemPredictor* const predictor = rem_predictor_new(model);
  CHECK(predictor);
  for (uint32_t i = 0U; i < 100U; ++i) {
    float frame[4];
    random_frame(&frames, &seed, frame);
    rem_predictor_hear(predictor, frame);
    rem_predictor_draw(predictor, &temper, &random, frame);
    CHECK(frame[0] >= REM_MIN_DT && frame[0] <= frames.dt_maximum);
    for (uint32_t d = 1U; d < 4U; ++d) {
      CHECK(frame[d] >= 0.0f && frame[d] <= 1.0f);
    }
  }
  CHECK(in_state || rem_predictor_n_failures(predictor) > 20U);
  rem_predictor_free(predictor);
  rem_model_free(model);
}

/// Only models of control frames
static void
check_refusal(void)
{
  const RemNetSpec spec = {
    .n_in = 1, .n_hidden = 4, .n_layers = 1, .n_out = 1, .skip = true};
  RemModel* const model = rem_model_new(&spec);
  CHECK(model);
  CHECK(!rem_predictor_new(model));
  rem_predictor_free(NULL);
  rem_model_free(model);
}

int
main(void)
{
  check_same("cccccccc", 5U);
  check_same("cs5c", 3U);
  check_same("c2s", 0U);
  check_clamps();
  check_heals(false);
  check_heals(true);
  check_refusal();
  return 0;
}

// SPDX-License-Identifier: ISC

/// What a net has heard when it comes in, whatever happened while it was made
/// ready

#include "dsp/denormal.h"
#include "plugin/control/cast.h"
#include "tests/check.h"
#include "tests/host/gesture.h"

#include <string.h>

enum { MAX_FRAMES = 1000 };

static const GestureModel what = {1U, 3U, 12U, 0U, 0U, 0.05f};

/// A cast on its own
typedef struct {
  RemModel* model;
  RemDuet*  duet;
  RemCast   cast;
  float     frames[MAX_FRAMES][REM_MAX_FRAME]; ///< All that were remembered
  uint32_t  n_frames;
  uint32_t  first; ///< Of those that were not forgotten
} Scene;

static Scene*
open_scene(void)
{
  Scene* const scene = calloc(1, sizeof(Scene));
  CHECK(scene);
  scene->model = gesture_model(&what);
  scene->duet  = rem_duet_new(48000.0);
  CHECK(scene->duet && rem_cast_init(&scene->cast));
  return scene;
}

static void
close_scene(Scene* const scene)
{
  rem_duet_free(scene->duet);
  rem_cast_clear(&scene->cast);
  rem_model_free(scene->model);
  free(scene);
}

static void
remember(Scene* const scene, const uint32_t n)
{
  for (uint32_t i = 0U; i < n; ++i) {
    uint32_t     seed  = scene->n_frames + 1U;
    float* const frame = scene->frames[scene->n_frames++];
    CHECK(scene->n_frames < MAX_FRAMES);
    frame[0] = 0.05f;
    for (uint32_t d = 1U; d <= what.n_dims; ++d) {
      frame[d] = 0.5f + 0.5f * noise(&seed);
    }
    rem_cast_remember(&scene->cast, frame, 1U + what.n_dims);
  }
}

static void
forget(Scene* const scene)
{
  scene->first = scene->n_frames;
  rem_cast_forget(&scene->cast);
}

static uint32_t
offer(Scene* const scene)
{
  const RemComing how   = {0.02, 0U};
  void*           built = NULL;
  CHECK(!rem_control_stage.build(
    &scene->cast, scene->model, "here", 1U, &built, NULL));
  return rem_control_stage.offer(&scene->cast, built, scene->model, &how);
}

/// Check that what plays has heard the frames from `from` on and no others; the
/// very last one, which the duet tells, is told here
static void
check_heard(Scene* const scene, const uint32_t from)
{
  const RemTemper     temper    = {1.0f, 0.0f};
  RemRandom           random    = {1U};
  RemRandom           other     = {1U};
  float               x[4]      = {0.0f};
  float               y[4]      = {0.0f};
  RemPredictor* const playing   = rem_duet_predictor(scene->duet);
  RemPredictor* const reference = rem_predictor_new(scene->model);
  const bool          any       = scene->n_frames > scene->first;
  CHECK(playing && reference);
  for (uint32_t i = from; i < scene->n_frames; ++i) {
    rem_predictor_hear(reference, scene->frames[i]);
  }
  if (any) {
    rem_predictor_hear(playing, scene->frames[scene->n_frames - 1U]);
  }
  rem_predictor_draw(playing, &temper, &random, x);
  rem_predictor_draw(reference, &temper, &other, y);
  CHECK(!memcmp(x, y, sizeof(x)));
  rem_predictor_free(reference);
}

/// Remember, offer, remember, pick up
static void
play(const uint32_t before, const uint32_t between, const uint32_t from)
{
  Scene* const scene = open_scene();
  remember(scene, before);
  CHECK(offer(scene) == 1U);
  remember(scene, between);
  CHECK(rem_cast_pick_up(&scene->cast, scene->duet, 0U));
  CHECK(!rem_cast_pick_up(&scene->cast, scene->duet, 0U));
  CHECK(rem_mailbox_sounding(&scene->cast.mailbox) == 1U);
  check_heard(scene, from);
  close_scene(scene);
}

static void
test_heard(void)
{
  play(0U, 0U, 0U);
  play(1U, 0U, 0U);
  play(0U, 1U, 0U);
  play(7U, 5U, 0U);
  play(192U, 0U, 0U);
  play(500U, 0U, 500U - 192U); // What is remembered is bounded
  play(500U, 3U, 500U - 192U);
}

/// What it missed is bounded: of 100 frames it hears the last 64
static void
test_lag(void)
{
  play(0U, 100U, 36U);
}

/// What was forgotten is not heard, also by a net that was ready before
static void
test_forget(void)
{
  Scene* const scene = open_scene();
  remember(scene, 20U);
  (void)offer(scene);
  forget(scene);
  remember(scene, 4U);
  CHECK(rem_cast_pick_up(&scene->cast, scene->duet, 0U));
  check_heard(scene, 20U);
  close_scene(scene);
}

/// Nets that are replaced before they play are freed and known to be; one that
/// has played is freed by others
static void
test_replaced(void)
{
  Scene* const scene = open_scene();
  CHECK(offer(scene) == 1U);
  CHECK(offer(scene) == 2U);
  CHECK(rem_mailbox_was_replaced(&scene->cast.mailbox, 1U));
  CHECK(!rem_mailbox_was_replaced(&scene->cast.mailbox, 2U));
  CHECK(rem_cast_pick_up(&scene->cast, scene->duet, 0U));
  CHECK(offer(scene) == 3U);
  CHECK(rem_cast_pick_up(&scene->cast, scene->duet, 0U));
  CHECK(rem_mailbox_sounding(&scene->cast.mailbox) == 3U);
  CHECK(rem_mailbox_is_full(&scene->cast.mailbox));
  rem_mailbox_collect(&scene->cast.mailbox);
  CHECK(!rem_mailbox_is_full(&scene->cast.mailbox));
  close_scene(scene);
}

int
main(void)
{
  const RemFloatMode mode = rem_denormals_off();
  test_heard();
  test_lag();
  test_forget();
  test_replaced();
  rem_denormals_restore(mode);
  return 0;
}

// SPDX-License-Identifier: ISC

/// An ear hears what its parts do one after the other, however sound comes;
/// what cannot listen is refused

#include "dsp/ear.h"
#include "dsp/mel.h"
#include "tests/allocations.h"
#include "tests/check.h"
#include "tests/listener.h"

#include <string.h>

enum { N = 30000, N_FRAMES = N / 192, N_LABELS = 3 };

static float sound[N];

/// What mel frames and the net make of the sound
static void
render_slowly(const RemModel* const model, float* const y)
{
  RemMel* const      mel   = rem_mel_new(model->spectra);
  RemNet* const      net   = rem_net_new(&model->spec, model->params);
  RemNetState* const state = rem_net_state_new(net);
  bool               full  = false;
  uint32_t           at    = 0U;
  rem_net_state_set(net, state, model->rest);
  for (uint32_t k = 0U; k < N_FRAMES; ++k) {
    float frame[REM_MAX_MEL];
    for (full = false; !full;) {
      at += rem_mel_take(mel, sound + at, 50U, frame, &full);
    }
    rem_net_block(net, state, frame, y + (size_t)k * N_LABELS, 1U);
    for (uint32_t o = 0U; o < N_LABELS; ++o) {
      float* const z = y + (size_t)k * N_LABELS + o;
      *z             = 1.0f / (1.0f + expf(-*z));
    }
  }
  rem_net_state_free(state);
  rem_net_free(net);
  rem_mel_free(mel);
}

static void
test_cuts(const RemModel* const model)
{
  static float  want[N_FRAMES * N_LABELS];
  RemEar* const ear = rem_ear_new(model);
  render_slowly(model, want);
  for (uint32_t cut = 1U; cut < 2U * N; cut = 3U * cut + 1U) {
    uint32_t   n_frames = 0U;
    const long since    = n_calls;
    rem_ear_reset(ear);
    for (uint32_t t = 0U; t < N;) {
      const float*   y = NULL;
      const uint32_t n = cut < N - t ? cut : N - t;
      t += rem_ear_take(ear, sound + t, n, &y);
      CHECK(!y || !memcmp(y,
                          want + (size_t)N_LABELS * n_frames,
                          N_LABELS * sizeof(float)));
      n_frames += y != NULL;
    }
    CHECK(n_frames == N_FRAMES);
    CHECK(n_calls == since);
  }
  CHECK(!rem_ear_n_failures(ear));
  rem_ear_free(ear);
}

/// What is no number is silence, and a net that runs away begins anew
static void
test_not_finite(RemModel* const model)
{
  static float bad[N];
  RemEar*      ear = rem_ear_new(model);
  const float* y   = NULL;
  for (uint32_t t = 0U; t < N; ++t) {
    bad[t] = t % 3U ? NAN : INFINITY;
  }
  for (uint32_t t = 0U; t < N;) {
    t += rem_ear_take(ear, bad + t, N - t, &y);
    CHECK(!y || (y[0] > 0.0f && y[0] < 1.0f));
  }
  CHECK(!rem_ear_n_failures(ear));
  rem_ear_free(ear);

  const size_t at   = rem_net_head_at(&model->spec).weight;
  const float  kept = model->params[at];
  for (uint32_t h = 0U; h < model->spec.n_hidden; ++h) {
    model->params[at + h] = h % 2U ? 3e38f : -3e38f;
  }
  model->params[rem_net_head_at(&model->spec).bias] = 3e38f;
  ear                                               = rem_ear_new(model);
  for (uint32_t t = 0U; t < N;) {
    t += rem_ear_take(ear, sound + t, N - t, &y);
    CHECK(!y || isfinite(y[0]));
  }
  model->params[at] = kept;
  rem_ear_free(ear);
}

static void
refuse(RemModel* const model, const char* const words)
{
  RemError error = {REM_SUCCESS, "", ""};
  CHECK(rem_ear_check(model, "x", &error) == REM_UNSUPPORTED);
  CHECK(strstr(error.text, words));
}

static void
test_refusals(RemModel* const model)
{
  CHECK(!rem_ear_check(model, "x", NULL));
  model->kind = REM_FRAME_AUDIO;
  refuse(model, "a net for audio frames");
  model->kind      = REM_FRAME_SPECTRUM;
  model->spec.both = true;
  refuse(model, "both directions");
  model->spec.both  = false;
  model->spec.whole = true;
  refuse(model, "whole sequence");
  model->spec.whole = false;
}

static void
test_strengths(void)
{
  float y[] = {1000.0f, 1001.0f, 999.0f};
  rem_ear_strengths(REM_HEAD_SOFTMAX, y, 3U);
  CHECK(fabsf(y[1] - 0.66524096f) < 1e-6f);
  CHECK(fabsf(y[0] + y[1] + y[2] - 1.0f) < 1e-6f);
  float z[] = {-2.0f, 200.0f};
  rem_ear_strengths(REM_HEAD_LINEAR, z, 2U);
  CHECK(z[0] < -1.9f && z[1] > 199.0f);
  rem_ear_strengths(REM_HEAD_SIGMOID, z, 2U);
  CHECK(fabsf(z[0] - 0.11920292f) < 1e-6f && z[1] > 0.99f);
}

int
main(void)
{
  RemModel* const model = listener_model(N_LABELS, 5U, 24000.0);
  listener_sound(sound, N, 3U);
  test_cuts(model);
  test_not_finite(model);
  test_refusals(model);
  test_strengths();
  rem_ear_free(NULL);
  rem_model_free(model);
  return 0;
}

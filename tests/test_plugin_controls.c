// SPDX-License-Identifier: ISC

/// What the controls do, to the sample

#include "tests/check.h"
#include "tests/host/stage.h"

/// Off fades to the dry signal in 20 ms without a step; the net listens on
static void
test_enabled(Stage* const stage)
{
  const uint32_t off  = 2048U;
  const uint32_t on   = 6144U;
  Host* const    host = stage_host(stage, stage->plain);
  host_play(host, stage->in, stage->out, off, STAGE_BLOCK);
  host_set(host, "enabled", 0.0f);
  host_play(host, stage->in + off, stage->out + off, on - off, STAGE_BLOCK);
  host_set(host, "enabled", 1.0f);
  host_play(host, stage->in + on, stage->out + on, STAGE_N - on, STAGE_BLOCK);

  CHECK(fixture_equal(stage->wet, stage->out, off));
  CHECK(!fixture_equal(stage->in + off, stage->out + off, STAGE_FADE / 2U));
  CHECK(fixture_equal(stage->in + off + STAGE_FADE,
                      stage->out + off + STAGE_FADE,
                      on - off - STAGE_FADE));
  CHECK(fixture_equal(stage->wet + on + STAGE_FADE,
                      stage->out + on + STAGE_FADE,
                      STAGE_N - on - STAGE_FADE));

  // y = a w + (1 - a) x moves by at most max(|dw|, |dx|) + |da| |w - x|, and a
  // rounding error or two
  const float bound =
    fmaxf(fixture_largest_step(stage->wet, STAGE_N),
          fixture_largest_step(stage->in, STAGE_N)) +
    fixture_largest_difference(stage->wet, stage->in, STAGE_N) /
      (float)STAGE_FADE +
    1e-6f;
  CHECK(fixture_largest_step(stage->out, STAGE_N) <= bound);

  host_set(host, "enabled", 0.0f); // Before the start: dry from the first on
  host_activate(host);
  host_play(host, stage->in, stage->out, STAGE_N, STAGE_BLOCK);
  CHECK(fixture_equal(stage->in, stage->out, STAGE_N));
  host_close(host);
}

/// Check out = gain * (mix * net(level * in) + ...) from the first sample on
static void
check_levels(Stage* const stage,
             Host* const  host,
             const float  in_gain_db,
             const float  out_gain_db,
             const float  mix)
{
  RemModel* const model = fixture_model(&stage_plain);
  const float     level = (float)pow(10.0, 0.05 * (double)in_gain_db);
  const float     gain  = (float)pow(10.0, 0.05 * (double)out_gain_db);
  for (uint32_t t = 0U; t < STAGE_N; ++t) {
    stage->again[t] = level * stage->in[t];
  }
  fixture_render(model, 0.5f, stage->again, stage->again, STAGE_N);
  for (uint32_t t = 0U; t < STAGE_N; ++t) {
    stage->again[t] =
      mix * gain * stage->again[t] + (1.0f - mix) * stage->in[t];
  }
  host_set(host, "in_gain", in_gain_db);
  host_set(host, "out_gain", out_gain_db);
  host_set(host, "mix", mix);
  host_activate(host);
  host_play(host, stage->in, stage->out, STAGE_N, STAGE_BLOCK);
  // powf() in the plugin is off by an ulp or two (1.2e-7 each) of the level,
  // the net has a slope below 10, and the gain multiplies all of it
  const float bound = 1e-5f * fmaxf(1.0f, gain) * fmaxf(1.0f, level);
  CHECK(fixture_largest_difference(stage->again, stage->out, STAGE_N) <= bound);
  rem_model_free(model);
}

static void
test_levels(Stage* const stage)
{
  Host* const host = stage_host(stage, stage->plain);
  check_levels(stage, host, 6.0f, 0.0f, 1.0f);
  check_levels(stage, host, -12.5f, 0.0f, 1.0f);
  check_levels(stage, host, 0.0f, 9.0f, 1.0f);
  check_levels(stage, host, 0.0f, 0.0f, 0.25f);
  check_levels(stage, host, 3.0f, -7.0f, 0.75f);

  host_set(host, "mix", 0.0f);
  host_activate(host);
  host_play(host, stage->in, stage->out, STAGE_N, STAGE_BLOCK);
  CHECK(fixture_equal(stage->in, stage->out, STAGE_N));

  host_set(host, "mix", 1.0f); // On the way back everything settles exactly
  host_set(host, "in_gain", 0.0f);
  host_set(host, "out_gain", 0.0f);
  host_play(host, stage->in, stage->out, STAGE_N, STAGE_BLOCK);
  host_play(host, stage->in, stage->out, STAGE_N, STAGE_BLOCK);
  CHECK(fixture_equal(
    stage->wet + STAGE_N / 2U, stage->out + STAGE_N / 2U, STAGE_N / 2U));
  host_close(host);
}

/// Knobs reach the net as they are; those it lacks do nothing
static void
test_knobs(Stage* const stage)
{
  RemModel* const model = fixture_model(&stage_knobby);
  Host*           host  = stage_host(stage, stage->knobby);
  for (unsigned i = 0U; i < 2U; ++i) {
    const float knob = i ? 0.9f : 0.5f;
    host_set(host, "knob_1", knob);
    host_set(host, "knob_2", knob);
    host_set(host, "knob_3", 1.0f - knob);
    host_activate(host);
    host_play(host, stage->in, stage->out, STAGE_N, STAGE_BLOCK);
    fixture_render(model, knob, stage->in, stage->again, STAGE_N);
    CHECK(fixture_equal(stage->again, stage->out, STAGE_N));
  }
  rem_model_free(model);
  host_close(host);
}

/// Move a control where it would be heard most, and look for a step
static void
check_glide(Stage* const      stage,
            Host* const       host,
            const char* const symbol,
            const float       to)
{
  const float from = host_get(host, symbol);
  uint32_t    at   = 0U;
  host_activate(host);
  host_play(host, stage->in, stage->again, STAGE_N, STAGE_BLOCK);
  host_set(host, symbol, to);
  host_activate(host);
  host_play(host, stage->in, stage->out, STAGE_N, STAGE_BLOCK);
  const float step = fmaxf(fixture_largest_step(stage->out, STAGE_N),
                           fixture_largest_step(stage->again, STAGE_N));
  for (uint32_t t = 0U; t < STAGE_N - STAGE_FADE; ++t) {
    const float here = fabsf(stage->out[t] - stage->again[t]);
    at               = here > fabsf(stage->out[at] - stage->again[at]) ? t : at;
  }

  // In 20 ms from one to the other: a mean slope of D / 960, and no more than
  // four times that where the net or a gain in dB bends the line
  const float difference = fabsf(stage->out[at] - stage->again[at]);
  const float bound      = step + 4.0f * difference / (float)STAGE_FADE;
  CHECK(difference > 1.5f * bound); // A jump would show

  host_set(host, symbol, from);
  host_activate(host);
  host_play(host, stage->in, stage->out, at, STAGE_BLOCK);
  host_set(host, symbol, to);
  host_play(host, stage->in + at, stage->out + at, STAGE_N - at, STAGE_BLOCK);
  CHECK(fixture_largest_step(stage->out, STAGE_N) <= bound);
  host_set(host, symbol, from);
}

/// No control makes a step, however far it is turned at once
static void
test_glides(Stage* const stage)
{
  Host* const host = stage_host(stage, stage->knobby);
  check_glide(stage, host, "in_gain", 12.0f);
  check_glide(stage, host, "out_gain", -24.0f);
  check_glide(stage, host, "out_gain", 6.0f);
  check_glide(stage, host, "mix", 0.0f);
  check_glide(stage, host, "enabled", 0.0f);
  check_glide(stage, host, "knob_1", 0.0f);
  check_glide(stage, host, "knob_2", 1.0f);
  host_close(host);
}

/// Each channel is a stream of its own through the same net
static void
test_stereo(Stage* const stage)
{
  const HostSpec spec = {
    HOST_STEREO, 48000.0, HOST_FEATURE_ALL, HOST_WORK_LATER};
  Host* const     host  = host_open(stage->world, &spec);
  RemModel* const model = fixture_model(&stage_plain);
  float           right[STAGE_N];
  float           right_out[STAGE_N];
  const float*    in[]  = {stage->in, right};
  float*          out[] = {stage->out, right_out};

  CHECK(host);
  host_load(host, stage->plain);
  fixture_noise(right, STAGE_N, 0.4f, 77U);
  for (uint32_t at = 0U; at < STAGE_N; at += 1000U) {
    host_run(host, in, out, 1000U);
    for (unsigned c = 0U; c < 2U; ++c) {
      in[c] += 1000U;
      out[c] += 1000U;
    }
  }
  fixture_render(model, 0.5f, right, stage->again, STAGE_N);
  CHECK(fixture_equal(stage->wet, stage->out, STAGE_N));
  CHECK(fixture_equal(stage->again, right_out, STAGE_N));
  rem_model_free(model);
  host_close(host);
}

int
main(void)
{
  Stage* const stage = stage_open(BUILD_DIR "/lv2");
  test_enabled(stage);
  test_levels(stage);
  test_knobs(stage);
  test_glides(stage);
  test_stereo(stage);
  stage_close(stage);
  return 0;
}

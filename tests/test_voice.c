// SPDX-License-Identifier: ISC

/// Models in memory and the voices that play them

#include "dsp/denormal.h"
#include "dsp/model.h"
#include "dsp/net.h"
#include "dsp/voice.h"
#include "tests/check.h"
#include "tests/reference.h"

#include <string.h>

enum { N = 1500, N_CHANNELS = 2, N_KNOBS = 2 };

static RemModel*
make_model(const uint32_t n_knobs, const float scale)
{
  const RemNetSpec spec  = {.n_in     = 1U + n_knobs,
                            .n_hidden = 9,
                            .n_layers = 2,
                            .n_out    = 1,
                            .skip     = true};
  RemModel* const  model = rem_model_new(&spec);
  CHECK(model);
  random_params(&spec, model->params, scale, 4U);
  model->n_knobs = n_knobs;
  model->knobs   = (RemKnob*)calloc(n_knobs + 1U, sizeof(RemKnob));
  CHECK(model->knobs);
  for (uint32_t k = 0; k < n_knobs; ++k) {
    model->knobs[k] = (RemKnob){"Gain", 2.0f, 10.0f, 4.0f};
  }
  return model;
}

/// The rest state stays where it is under the idle input: that is its meaning
static void
test_settle(void)
{
  RemModel* const model = make_model(N_KNOBS, 0.5f);
  float           idle[1 + N_KNOBS], y, again[36];
  CHECK(!rem_model_settle(model, NULL));
  rem_model_idle_frame(model, idle);
  CHECK(idle[0] == 0.0f && idle[1] == 0.25f && idle[2] == 0.25f);

  RemNet* const      net   = rem_net_new(&model->spec, model->params);
  RemNetState* const state = rem_net_state_new(net);
  CHECK(state && rem_net_n_state(&model->spec) == 36);
  rem_net_state_set(net, state, model->rest);
  for (int t = 0; t < 5000; ++t) {
    rem_net_block(net, state, idle, &y, 1);
  }
  rem_net_state_get(net, state, again);
  float largest = 0.0f;
  for (int i = 0; i < 36; ++i) {
    largest = fmaxf(largest, fabsf(model->rest[i]));
    CHECK(fabsf(model->rest[i] - again[i]) < 1e-5f); // Settled to 1e-6 a step
  }
  CHECK(largest > 1e-3f); // It is not simply zero
  rem_net_state_free(state);
  rem_net_free(net);
  rem_model_free(model);
}

/// A made test vector is met; a changed weight, a changed vector are not
static void
test_check(void)
{
  RemModel* const model = make_model(1, 0.5f);
  RemError        error = {REM_SUCCESS, "", ""};
  CHECK(!rem_model_verify(model, &error)); // There is none yet
  CHECK(!rem_model_settle(model, &error));
  CHECK(!rem_model_make_check(model, &error));
  CHECK(!rem_model_make_check(model, &error)); // Replaces the older one
  CHECK(model->check.n_frames == 256 && !rem_model_verify(model, &error));

  model->check.output[200] += 2.0f * REM_CHECK_TOLERANCE;
  CHECK(rem_model_verify(model, &error) == REM_BAD_CHECK);
  CHECK(strstr(error.text, "frame 200"));
  model->check.output[200] -= 2.0f * REM_CHECK_TOLERANCE;
  model->params[0] += 1.0f;
  CHECK(rem_model_verify(model, &error) == REM_BAD_CHECK);
  model->params[0] = NAN;
  CHECK(rem_model_verify(model, &error) == REM_NOT_FINITE);
  CHECK(rem_model_settle(model, &error) == REM_NOT_FINITE);
  rem_model_free(model);
}

/// A net that noise drives into chaos: no two instruction sets meet at the end
/// of its test vector.  Every one takes the file of another, and still finds a
/// wrong number where numbers are certain.
static void
test_chaos(void)
{
  static const char* const isas[] = {"avx512", "avx2", "neon", "generic"};
  RemModel* const          model  = make_model(1, 12.0f);
  RemError                 error  = {REM_SUCCESS, "", ""};
  CHECK(!rem_model_settle(model, &error));
  for (size_t maker = 0; maker < 4; ++maker) {
    CHECK(!setenv("REMANENCE_ISA", isas[maker], 1));
    CHECK(!rem_model_make_check(model, &error));
    for (size_t taker = 0; taker < 4; ++taker) {
      CHECK(!setenv("REMANENCE_ISA", isas[taker], 1));
      CHECK(!rem_model_verify(model, &error));
      model->check.output[0] += 2.0f * REM_CHECK_TOLERANCE;
      CHECK(rem_model_verify(model, &error) == REM_BAD_CHECK);
      model->check.output[0] -= 2.0f * REM_CHECK_TOLERANCE;
    }
  }
  CHECK(!unsetenv("REMANENCE_ISA"));
  rem_model_free(model);
}

/// What a voice plays, said again with the plain loop: gains around the net,
/// knobs as columns, every channel a stream of its own
static void
test_block(void)
{
  RemModel* const model = make_model(N_KNOBS, 0.5f);
  uint32_t        seed  = 8U;
  float           in[N], knob[N], out[N_CHANNELS][N], parts[N], state[36];
  const float*    knobs[N_KNOBS] = {knob, NULL};

  model->in_gain_db  = 6.0f;
  model->out_gain_db = -3.0f;
  CHECK(!rem_model_settle(model, NULL));
  RemVoice* const voice = rem_voice_new(model, N_CHANNELS);
  CHECK(voice && rem_voice_n_knobs(voice) == N_KNOBS);
  CHECK(rem_voice_knob_default(voice, 1) == 0.25f);
  CHECK(rem_voice_rate(voice) == 48000.0);
  for (int t = 0; t < N; ++t) {
    in[t]   = noise(&seed);
    knob[t] = 0.5f + 0.5f * noise(&seed);
  }
  rem_voice_block(voice, 0, in, knobs, N_KNOBS, out[0], N);
  rem_voice_block(voice, 1, in, NULL, 0, out[1], N);

  memcpy(state, model->rest, sizeof(state));
  for (int t = 0; t < N; ++t) {
    const float x[3] = {in[t] * powf(10.0f, 0.3f), knob[t], 0.25f};
    float       y;
    rem_plain_step(&model->spec, model->params, state, x, &y);
    CHECK(fabsf(out[0][t] - y * powf(10.0f, -0.15f)) < 5e-6f);
  }
  CHECK(memcmp(out[0], out[1], sizeof(parts)) != 0);

  rem_voice_reset(voice, 0); // In place, cut anywhere, knobs beyond ignored
  memcpy(parts, in, sizeof(in));
  for (uint32_t at = 0, m = 1; at < N; at += m, m = m * 3 % 131 + 1) {
    const float* const here[3] = {knob + at, NULL, NULL};
    const uint32_t     n       = at + m < N ? m : N - at;
    rem_voice_block(voice, 0, parts + at, here, 3, parts + at, n);
  }
  CHECK(!memcmp(out[0], parts, sizeof(parts)));
  rem_voice_free(voice);
  rem_model_free(model);
}

/// Any two channels play as a pair what each plays alone, with its own knobs
static void
test_two(void)
{
  enum { N_STREAMS = 4, N_PIECE = 200 };
  RemModel* const model  = make_model(N_KNOBS, 0.5f);
  RemVoice* const single = rem_voice_new(model, N_STREAMS);
  RemVoice* const paired = rem_voice_new(model, N_STREAMS);
  uint32_t        seed   = 8U;
  float           in[2][N_PIECE], knob[N_PIECE], alone[N_PIECE];
  float           out[2][N_PIECE];
  CHECK(single && paired);
  for (int t = 0; t < N_PIECE; ++t) {
    in[0][t] = noise(&seed);
    in[1][t] = noise(&seed);
    knob[t]  = 0.5f + 0.5f * noise(&seed);
  }
  const uint32_t            channels[2] = {3, 1};
  const float* const        from[2]     = {in[0], in[1]};
  const float* const        first[2]    = {knob, NULL};
  const float* const        second[2]   = {NULL, knob};
  const float* const* const knobs[2]    = {first, second};
  float* const              to[2]       = {out[0], out[1]};
  rem_voice_block_two(paired, channels, from, knobs, N_KNOBS, to, N_PIECE);
  for (int i = 0; i < 2; ++i) {
    rem_voice_block(
      single, channels[i], in[i], knobs[i], N_KNOBS, alone, N_PIECE);
    CHECK(!memcmp(alone, out[i], sizeof(alone)));
  }
  rem_voice_free(single);
  rem_voice_free(paired);
  rem_model_free(model);
}

/// NaN in one channel stays there, and a reset heals it
static void
test_not_finite(void)
{
  RemModel* const model = make_model(0, 0.5f);
  RemVoice* const voice = rem_voice_new(model, N_CHANNELS);
  float           in[2] = {NAN, 0.5f}, first, out[2];
  CHECK(voice);
  rem_voice_block(voice, 0, in + 1, NULL, 0, &first, 1);
  rem_voice_block(voice, 0, in, NULL, 0, out, 2);
  CHECK(isnan(out[1]) && !rem_voice_is_finite(voice, 0));
  CHECK(rem_voice_is_finite(voice, 1));
  rem_voice_reset(voice, 0);
  CHECK(rem_voice_is_finite(voice, 0));
  rem_voice_block(voice, 0, in + 1, NULL, 0, out, 1);
  CHECK(out[0] == first);
  rem_voice_free(voice);

  model->spec.n_out = 2; // Not something that a mono channel can play
  CHECK(!rem_voice_new(model, 1));
  rem_model_free(model);
}

int
main(void)
{
  rem_denormals_off();
  test_settle();
  test_check();
  test_chaos();
  test_block();
  test_two();
  test_not_finite();
  return 0;
}

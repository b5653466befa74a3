// SPDX-License-Identifier: ISC

/// What nets say stays in range: logits of an answer are finite, ports and
/// controllers of a curve between 0 and 1

#include "dsp/denormal.h"
#include "dsp/mind.h"
#include "dsp/modelfile/modelfile.h"
#include "tests/check.h"
#include "tests/host/fixture.h"
#include "tests/host/host.h"
#include "tests/listener.h"
#include "tests/notes.h"

#include <stdlib.h>
#include <string.h>

enum { RATE = 24000, N_SOUND = RATE, BLOCK = 192 };

/// An answerer whose head overflows is counted, and says what is finite
static void
test_logits(void)
{
  RemModel* const model = notes_answerer(7U, 16U);
  const RemHeadAt head  = rem_net_head_at(&model->spec);
  for (size_t i = head.weight; i < head.bias; ++i) {
    model->params[i] = 3e38f;
  }
  RemMind* const mind = rem_mind_new(model);
  CHECK(mind);
  for (uint32_t i = 0U; i < 8U; ++i) {
    rem_mind_hear(mind, REM_TOKEN_ON + 60U + i);
  }
  rem_mind_begin(mind);
  for (uint32_t i = 0U; i < 64U; ++i) {
    for (uint32_t k = 0U; k < REM_N_TOKENS; ++k) {
      CHECK(isfinite(rem_mind_logits(mind)[k]));
    }
    rem_mind_say(mind, REM_TOKEN_ON + i);
  }
  CHECK(rem_mind_n_failures(mind) > 0U);
  rem_mind_free(mind);
  rem_model_free(model);
}

/// A curve that leaves its range is cut there, at the ports that promise it
static void
test_curve(HostWorld* const world, const char* const path)
{
  static float   sound[N_SOUND];
  static float   out[N_SOUND];
  const HostSpec spec = {
    HOST_LISTENER, RATE, HOST_FEATURE_ALL, HOST_WORK_LATER};
  RemModel* const model = listener_model(2U, 9U, RATE);
  const RemHeadAt head  = rem_net_head_at(&model->spec);
  model->spec.head      = REM_HEAD_LINEAR;
  model->params[head.bias] += 20.0f;
  model->params[head.bias + 1U] -= 20.0f;
  CHECK(!rem_model_write(model, REM_FORMAT_NATIVE, path, NULL));
  rem_model_free(model);

  Host* const host = host_open(world, &spec);
  CHECK(host);
  listener_sound(sound, N_SOUND, 11U);
  host_set(host, "midi", 2.0f);
  host_load(host, path);
  host_play(host, sound, out, N_SOUND, BLOCK);
  CHECK(host_get(host, "out_1") == 1.0f && host_get(host, "out_2") == 0.0f);
  CHECK(host->n_midi == 2U && host->midi[0].bytes[2] == 127U);
  host_close(host);
}

int
main(void)
{
  FixtureDir         dir   = fixture_begin();
  HostWorld* const   world = host_world_new(BUILD_DIR "/lv2");
  const RemFloatMode mode  = rem_denormals_off();
  char               path[FIXTURE_PATH];
  test_logits();
  rem_denormals_restore(mode);
  test_curve(world, fixture_path(&dir, "curve.safetensors", path));
  host_world_free(world);
  fixture_end(&dir);
  return 0;
}

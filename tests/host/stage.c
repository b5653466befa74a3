// SPDX-License-Identifier: ISC

#define _XOPEN_SOURCE 700 // setenv()

#include "tests/host/stage.h"

#include "tests/check.h"

const FixtureModel stage_plain  = {5U, 12U, 1U, 0U, false};
const FixtureModel stage_knobby = {6U, 9U, 2U, 2U, false};

Stage*
stage_open(const char* const lv2_path)
{
  Stage* const stage = calloc(1, sizeof(Stage));
  CHECK(stage);
  stage->dir   = fixture_begin();
  stage->world = host_world_new(lv2_path);
  fixture_write(&stage_plain,
                fixture_path(&stage->dir, "plain.safetensors", stage->plain));
  fixture_write(&stage_knobby,
                fixture_path(&stage->dir, "knobby.safetensors", stage->knobby));
  fixture_tones(stage->in, STAGE_N, 0.7f);
  RemModel* const model = fixture_model(&stage_plain);
  fixture_render(model, 0.5f, stage->in, stage->wet, STAGE_N);
  rem_model_free(model);
  return stage;
}

void
stage_close(Stage* const stage)
{
  host_world_free(stage->world);
  fixture_end(&stage->dir);
  free(stage);
}

Host*
stage_host(Stage* const stage, const char* const path)
{
  Host* const host = host_open_usual(stage->world, HOST_WORK_LATER);
  host_load(host, path);
  return host;
}

Host*
stage_host_from_environment(Stage* const          stage,
                            const char* const     path,
                            const HostSpec* const spec)
{
  CHECK(!setenv("REMANENCE_MODEL", path, 1));
  Host* const host = host_open(stage->world, spec);
  CHECK(!unsetenv("REMANENCE_MODEL"));
  CHECK(host);
  return host;
}

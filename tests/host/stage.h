// SPDX-License-Identifier: ISC

/// What most of the plugin's tests begin with: the bundle, two models on disk,
/// a signal, and what the first model makes of it

#ifndef REM_TESTS_HOST_STAGE_H
#define REM_TESTS_HOST_STAGE_H

#include "tests/host/fixture.h"
#include "tests/host/host.h"

enum {
  STAGE_N     = 12000, ///< Length of the signals, 250 ms
  STAGE_BLOCK = 256,
  STAGE_FADE  = 960 ///< 20 ms
};

extern const FixtureModel stage_plain;  ///< Without knobs
extern const FixtureModel stage_knobby; ///< With two

/// Everything that the tests of a program share
typedef struct {
  HostWorld* world;
  FixtureDir dir;
  char       plain[FIXTURE_PATH];  ///< Where `stage_plain` lies
  char       knobby[FIXTURE_PATH]; ///< Where `stage_knobby` lies
  float      in[STAGE_N];
  float      wet[STAGE_N]; ///< What `stage_plain` makes of `in`
  float      out[STAGE_N];
  float      again[STAGE_N];
} Stage;

/// Make it all; the test ends if that fails
Stage*
stage_open(const char* lv2_path);

/// Remove the files and free
void
stage_close(Stage* stage);

/// Open the mono plugin, its work done LATER, with a model in its rest state
Host*
stage_host(Stage* stage, const char* path);

/// Open a plugin while REMANENCE_MODEL names a model; not active yet
Host*
stage_host_from_environment(Stage*          stage,
                            const char*     path,
                            const HostSpec* spec);

#endif // REM_TESTS_HOST_STAGE_H

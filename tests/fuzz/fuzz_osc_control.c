// SPDX-License-Identifier: ISC

/// OSC for control plugins: bytes that a packet may bring, through liblo to an
/// instance with a net and one without.  Whatever comes, controls stay in their
/// ranges and what is played stays in 0..1.

#define _XOPEN_SOURCE 700 // mkdtemp(), setenv()

#include "dsp/modelfile/modelfile.h"
#include "plugin/control/control.h"
#include "plugin/osc/internal.h"
#include "tests/check.h"
#include "tests/fuzz/fuzz.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { N_INSTANCES = 2, BLOCK = 512, N_DIMS = 2, TEND_EVERY = 4 };

static RemControlPlugin* plugins[N_INSTANCES];
static float             ports[N_INSTANCES][REM_CONTROL_N_PORTS];
static RemServer*        server;
static char              root[64];
static char              path[128];

/// Write a net that plays some twenty times a second
static void
write_model(void)
{
  RemFrames frames;
  rem_frames_init(&frames, N_DIMS, 2U);
  frames.dims[1].kind   = REM_DIM_SWITCH;
  RemModel* const model = rem_model_new_control(&frames, 2U, 1U);
  CHECK(model);
  snprintf(root, sizeof(root), "/tmp/remanence-fuzz-XXXXXX");
  CHECK(mkdtemp(root));
  snprintf(path, sizeof(path), "%s/a.safetensors", root);
  CHECK(!rem_model_write(model, REM_FORMAT_NATIVE, path, NULL));
  rem_model_free(model);
}

/// Make an instance as a host without a worker does
static void
open_plugin(const uint32_t i)
{
  static const LV2_Feature* const none = NULL;
  const LV2_Handle                handle =
    rem_control.instantiate(&rem_control, 48000.0, "/nowhere", &none);
  CHECK(handle);
  plugins[i] = (RemControlPlugin*)handle;
  for (uint32_t p = REM_PORT_NOTIFY + 1U; p < REM_CONTROL_N_PORTS; ++p) {
    rem_control.connect_port(handle, p, &ports[i][p]);
  }
  for (uint32_t c = 0U; c < REM_CONTROL_N_CONTROLS; ++c) {
    ports[i][REM_CONTROL_FIRST + c] = rem_control_controls[c].normal;
  }
  rem_control.activate(handle);
}

/// Let an instance play a block and look at what comes of it
static void
play(const uint32_t i)
{
  rem_control.run(plugins[i], BLOCK);
  for (uint32_t d = 0U; d < REM_PORT_DIMS; ++d) {
    const float x = ports[i][REM_CONTROL_OUT_1 + d];
    CHECK(x >= 0.0f && x <= 1.0f);
  }
  const RemRemote* const remote = &plugins[i]->shell.remote;
  for (uint32_t c = 0U; c < REM_CONTROL_N_CONTROLS; ++c) {
    const float x = atomic_load(&remote->value[c]);
    CHECK(x >= rem_control_controls[c].minimum &&
          x <= rem_control_controls[c].maximum);
  }
}

static void
begin(void)
{
  RemError error = {REM_SUCCESS, "", ""};
  RemCue   cue   = rem_cue(true);
  write_model();
  CHECK(!setenv("REMANENCE_OSC_PORT", "0", 1)); // No thread, no port
  CHECK(!setenv("REMANENCE_MODEL_PATH", root, 1));
  CHECK(!unsetenv("HOME") && !unsetenv("XDG_DATA_HOME")); // No recording
  for (uint32_t i = 0U; i < N_INSTANCES; ++i) {
    open_plugin(i);
  }
  CHECK(!rem_loader_load(&plugins[0]->shell.loader, path, &cue, &error));
  play(0U);
  CHECK(atomic_load(&plugins[0]->n_dims) == N_DIMS);
  CHECK((server = rem_server_new_unbound()));
}

static void
end(void)
{
  for (uint32_t i = 0U; i < N_INSTANCES; ++i) {
    rem_control.cleanup(plugins[i]);
  }
  rem_server_stop(server);
  (void)remove(path);
  (void)remove(root);
}

int
LLVMFuzzerTestOneInput(const uint8_t* const data, const size_t size)
{
  static uint32_t n = 0U;
  if (!server) {
    begin();
    CHECK(!atexit(end));
  }

  uint8_t* const bytes = malloc(size ? size : 1U); // liblo writes into it
  CHECK(bytes);
  memcpy(bytes, data, size);
  rem_server_feed(server, bytes, size);
  free(bytes);
  if (++n % TEND_EVERY == 0U) {
    for (uint32_t i = 0U; i < N_INSTANCES; ++i) {
      play(i);
    }
    rem_server_tick(server);
  }
  return 0;
}

// SPDX-License-Identifier: ISC

/// OSC: bytes that a packet may bring, through liblo to two instances, one of
/// which plays.  Whatever comes, what waits stays within its bounds, controls
/// stay in their ranges and no file outside the model root is read.

#define _XOPEN_SOURCE 700 // mkdtemp(), setenv()

#include "dsp/denormal.h"
#include "dsp/modelfile/modelfile.h"
#include "plugin/audio/audio.h"
#include "plugin/audio/osc.h"
#include "plugin/osc/internal.h"
#include "tests/check.h"
#include "tests/fuzz/fuzz.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { N_INSTANCES = 2, BLOCK = 64, TEND_EVERY = 8 };

/// An instance without LV2 around it
typedef struct {
  RemInstance    instance;
  RemAudioStage  stage;
  RemLoader      loader;
  RemRemote      remote;
  LV2_Log_Log    log;
  LV2_Log_Logger logger;
} Fake;

static Fake       fakes[N_INSTANCES];
static RemServer* server;
static char       root[64];

static int
log_nothing(LV2_Log_Handle    handle,
            const LV2_URID    type,
            const char* const format,
            va_list           args)
{
  (void)handle;
  (void)type;
  (void)format;
  (void)args;
  return 0;
}

static void
write_model(const char* const name, const uint32_t n_knobs)
{
  char             path[128];
  const RemNetSpec spec  = {.cell     = REM_CELL_LSTM,
                            .head     = REM_HEAD_LINEAR,
                            .n_in     = 1U + n_knobs,
                            .n_hidden = 1U,
                            .n_layers = 1U,
                            .n_out    = 1U};
  RemModel* const  model = rem_model_new(&spec);
  CHECK(model);
  model->n_knobs = n_knobs;
  model->knobs   = n_knobs ? calloc(n_knobs, sizeof(RemKnob)) : NULL;
  for (uint32_t k = 0U; k < n_knobs; ++k) {
    model->knobs[k] = (RemKnob){"Gain", 0.0f, 10.0f, 5.0f};
  }
  snprintf(path, sizeof(path), "%s/%s", root, name);
  CHECK(!rem_model_write(model, REM_FORMAT_NATIVE, path, NULL));
  rem_model_free(model);
}

static void
open_fake(Fake* const fake)
{
  fake->log        = (LV2_Log_Log){NULL, NULL, log_nothing};
  fake->log.printf = NULL;
  fake->logger.log = &fake->log;
  rem_remote_init(&fake->remote,
                  (RemControlTable){rem_audio_controls, REM_AUDIO_N_CONTROLS});
  fake->stage = (RemAudioStage){rem_slot_new(1U, 48000.0), 1U, 48000.0};
  CHECK(fake->stage.slot);
  const RemStage stage = {
    &fake->stage, rem_slot_mailbox(fake->stage.slot), &rem_audio_stage};
  CHECK(rem_loader_init(&fake->loader, stage, &fake->logger, "/nowhere"));
  fake->instance.plugin = "urn:fuzz";
  fake->instance.family = "audio";
  fake->instance.kind   = &rem_osc_audio;
  fake->instance.loader = &fake->loader;
  fake->instance.remote = &fake->remote;
  fake->instance.rate   = 48000.0;
  CHECK(!rem_instance_join(&fake->instance)); // OSC is off: no thread, no port
}

static void
begin(void)
{
  RemError error = {REM_SUCCESS, "", ""};
  RemCue   cue   = rem_cue(true);
  char     path[128];
  snprintf(root, sizeof(root), "/tmp/remanence-fuzz-XXXXXX");
  CHECK(mkdtemp(root));
  CHECK(!setenv("REMANENCE_OSC_PORT", "0", 1));
  CHECK(!setenv("REMANENCE_MODEL_PATH", root, 1));
  CHECK(!setenv("HOME", root, 1) && !unsetenv("XDG_DATA_HOME"));
  write_model("a.safetensors", 0U);
  write_model("b.safetensors", 1U);
  for (uint32_t i = 0U; i < N_INSTANCES; ++i) {
    open_fake(&fakes[i]);
  }
  snprintf(path, sizeof(path), "%s/b.safetensors", root);
  CHECK(!rem_loader_load(&fakes[0].loader, path, &cue, &error));
  CHECK((server = rem_server_new_unbound()));
}

static void
end(void)
{
  char path[128];
  for (int name = 'a'; name <= 'b'; ++name) {
    snprintf(path, sizeof(path), "%s/%c.safetensors", root, name);
    (void)remove(path);
  }
  (void)remove(root);
}

/// Be the audio thread of an instance for one block
static void
play(Fake* const fake)
{
  static float       silence[BLOCK];
  static float       out[BLOCK];
  static float       through[BLOCK];
  const RemFloatMode mode = rem_denormals_off();
  RemSlotBuffers     b    = {{silence}, {NULL}, {out}, {NULL}, through};
  for (uint32_t k = 0U; k < REM_SLOT_KNOBS; ++k) {
    b.knobs[k] = silence;
  }
  atomic_fetch_add(&fake->remote.n_begun, 1U);
  for (uint32_t i = 0U; i < REM_AUDIO_N_CONTROLS; ++i) {
    const float wanted = atomic_exchange(&fake->remote.wanted[i], NAN);
    CHECK(isnan(wanted) || (wanted >= rem_audio_controls[i].minimum &&
                            wanted <= rem_audio_controls[i].maximum));
  }
  rem_slot_pick_up(fake->stage.slot);
  rem_slot_block(fake->stage.slot, &b, BLOCK);
  if (!rem_slot_is_fading(fake->stage.slot)) {
    rem_slot_reset(fake->stage.slot); // Little history is soon heard
  }
  atomic_fetch_add(&fake->remote.n_done, 1U);
  rem_denormals_restore(mode);
}

/// No model but those of the root has come to play
static void
check_confined(Fake* const fake)
{
  RemReport told;
  double    rate = 0.0;
  rem_loader_look(&fake->loader, &told, &rate);
  CHECK(!told.path[0] || !strncmp(told.path, root, strlen(root)));
  free(atomic_exchange(&fake->loader.news, NULL));
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
      play(&fakes[i]);
      check_confined(&fakes[i]);
      rem_mailbox_collect(rem_slot_mailbox(fakes[i].stage.slot));
    }
    rem_server_tick(server);
  }
  return 0;
}

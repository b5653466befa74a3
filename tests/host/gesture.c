// SPDX-License-Identifier: ISC

#include "tests/host/gesture.h"

#include "tests/check.h"

#include <lv2/atom/atom.h>
#include <lv2/time/time.h>

#include <string.h>

/// Give the frames their kinds
static void
describe(const GestureModel* const what, RemFrames* const frames)
{
  rem_frames_init(frames, what->n_dims, 3U);
  frames->dt_offset  = logf(what->dt);
  frames->dt_scale   = 0.5f;
  frames->dt_maximum = 8.0f * what->dt;
  frames->residual   = false;
  for (uint32_t i = 0U; i < what->n_choices; ++i) {
    RemDim* const dim = &frames->dims[what->n_dims - 1U - i];
    dim->kind         = REM_DIM_CHOICE;
    dim->n_choices    = 12U;
    for (uint32_t k = 0U; k < 12U; ++k) {
      dim->choices[k] = (float)(60U + k) / 127.0f;
    }
  }
  for (uint32_t i = 0U; i < what->n_switches; ++i) {
    frames->dims[what->n_dims - 1U - what->n_choices - i].kind = REM_DIM_SWITCH;
  }
}

RemModel*
gesture_model(const GestureModel* const what)
{
  RemFrames frames;
  describe(what, &frames);
  RemModel* const model = rem_model_new_control(&frames, what->n_hidden, 2U);
  CHECK(model);
  const size_t n    = rem_net_n_params(&model->spec);
  uint32_t     seed = what->seed * 2654435761U + 1U;
  for (size_t i = 0U; i < n; ++i) {
    model->params[i] = 0.5f * noise(&seed);
  }
  CHECK(!rem_model_make_check(model, NULL));
  return model;
}

void
gesture_write(const GestureModel* const what, const char* const path)
{
  RemModel* const model = gesture_model(what);
  RemError        error = {REM_SUCCESS, "", ""};
  if (rem_model_write(model, REM_FORMAT_NATIVE, path, &error)) {
    fprintf(stderr, "%s: %s\n", error.place, error.text);
    exit(1);
  }
  rem_model_free(model);
}

Host*
gesture_host(HostWorld* const  world,
             const char* const uri,
             const char* const path)
{
  const HostSpec spec = {uri, 48000.0, HOST_FEATURE_ALL, HOST_WORK_LATER};
  Host* const    host = host_open(world, &spec);
  CHECK(host);
  host_load(host, path);
  return host;
}

void
gesture_play(Host* const host, const uint64_t n, const uint32_t block)
{
  for (uint64_t at = 0U; at < n; at += block) {
    host_step(host, n - at < block ? (uint32_t)(n - at) : block);
  }
}

void
gesture_map(Host* const host, const char* const mapping)
{
  host_send_set(host,
                0U,
                HOST_MAPPING,
                LV2_ATOM__String,
                mapping,
                (uint32_t)strlen(mapping) + 1U);
  host_step(host, 0U);
  host_worker_drain(&host->worker);
  host_step(host, 0U);
  if (strcmp(host->heard.mapping, mapping) != 0) {
    fprintf(stderr, "the mapping is %s\n", host->heard.mapping);
    exit(1);
  }
}

void
gesture_transport(Host* const    host,
                  const uint32_t frame,
                  const double   beat,
                  const float    tempo,
                  const float    speed)
{
  LV2_Atom_Forge* const forge = &host->forge;
  LV2_Atom_Forge_Frame  object;
  CHECK(lv2_atom_forge_frame_time(forge, frame));
  CHECK(lv2_atom_forge_object(
    forge, &object, 0U, host_urid(host, LV2_TIME__Position)));
  lv2_atom_forge_key(forge, host_urid(host, LV2_TIME__speed));
  lv2_atom_forge_float(forge, speed);
  lv2_atom_forge_key(forge, host_urid(host, LV2_TIME__bar));
  lv2_atom_forge_long(forge, (int64_t)(beat / 4.0));
  lv2_atom_forge_key(forge, host_urid(host, LV2_TIME__barBeat));
  lv2_atom_forge_float(forge, (float)fmod(beat, 4.0));
  lv2_atom_forge_key(forge, host_urid(host, LV2_TIME__beatsPerBar));
  lv2_atom_forge_float(forge, 4.0f);
  lv2_atom_forge_key(forge, host_urid(host, LV2_TIME__beatUnit));
  lv2_atom_forge_int(forge, 4);
  lv2_atom_forge_key(forge, host_urid(host, LV2_TIME__beatsPerMinute));
  lv2_atom_forge_float(forge, tempo);
  lv2_atom_forge_pop(forge, &object);
}

uint32_t
gesture_sounding(const Host* const host)
{
  bool     sounds[16][128] = {{false}};
  uint32_t n               = 0U;
  for (uint32_t i = 0U; i < host->n_midi; ++i) {
    const uint8_t* const bytes = host->midi[i].bytes;
    bool* const          note  = &sounds[bytes[0] & 0x0FU][bytes[1]];
    const uint8_t        kind  = bytes[0] & 0xF0U;
    CHECK(kind != 0x90U || !*note || !bytes[2]);
    if (kind == 0x90U && bytes[2]) {
      *note = true;
      ++n;
    } else if ((kind == 0x80U || kind == 0x90U) && *note) {
      *note = false;
      --n;
    }
  }
  return n;
}

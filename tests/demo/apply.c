// SPDX-License-Identifier: ISC

/// Play a sound file through an LV2 effect:
///
///     apply URI IN.wav OUT.wav [SYMBOL=VALUE]...
///
/// As lv2apply does, but with whole blocks, of a length that the plugin is told
/// of: guitarix's amplifiers switch their tubes off without.

#include "offline_trainer/data/audio.h"

#include <lilv/lilv.h>
#include <lv2/atom/atom.h>
#include <lv2/buf-size/buf-size.h>
#include <lv2/options/options.h>
#include <lv2/urid/urid.h>

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define BLOCK 64U    ///< Frames
#define MAX_URIS 64U ///< A plugin maps a handful

/// URIs that have been given numbers: place + 1
typedef struct {
  char*  uris[MAX_URIS];
  size_t n;
} Uris;

/// A plugin at work on one channel, and what it is told of its host
typedef struct {
  const LilvPlugin*  plugin;
  LilvInstance*      instance;
  float*             controls; ///< [number of ports]
  float              in[BLOCK];
  float              out[BLOCK];
  int32_t            block;
  Uris               uris;
  LV2_URID_Map       map;
  LV2_Options_Option options[4];
} Effect;

static LV2_URID
map_uri(const LV2_URID_Map_Handle handle, const char* const uri)
{
  Uris* const uris = (Uris*)handle;
  for (size_t i = 0; i < uris->n; ++i) {
    if (!strcmp(uris->uris[i], uri)) {
      return (LV2_URID)i + 1U;
    }
  }
  if (uris->n == MAX_URIS || !(uris->uris[uris->n] = strdup(uri))) {
    return 0;
  }
  return (LV2_URID)++uris->n;
}

static void
free_uris(Uris* const uris)
{
  for (size_t i = 0; i < uris->n; ++i) {
    free(uris->uris[i]);
  }
}

static int
fail(const char* const what, const char* const which)
{
  fprintf(stderr, "apply: %s: %s\n", which, what);
  return 1;
}

/// Return whether `port` is of `type`, a URI of the LV2 core
static bool
is_a(LilvWorld* const        world,
     const LilvPlugin* const plugin,
     const LilvPort* const   port,
     const char* const       type)
{
  LilvNode* const node   = lilv_new_uri(world, type);
  const bool      answer = lilv_port_is_a(plugin, port, node);
  lilv_node_free(node);
  return answer;
}

/// Connect every port: one audio input, one output, and controls
static bool
connect_ports(LilvWorld* const world, Effect* const effect)
{
  const uint32_t n = lilv_plugin_get_num_ports(effect->plugin);
  effect->controls = (float*)calloc(n, sizeof(float));
  if (!effect->controls) {
    return false;
  }
  lilv_plugin_get_port_ranges_float(
    effect->plugin, NULL, NULL, effect->controls);
  uint32_t n_audio = 0;
  for (uint32_t i = 0; i < n; ++i) {
    const LilvPort* const port =
      lilv_plugin_get_port_by_index(effect->plugin, i);
    const bool input = is_a(world, effect->plugin, port, LILV_URI_INPUT_PORT);
    void*      data  = &effect->controls[i];
    if (is_a(world, effect->plugin, port, LILV_URI_AUDIO_PORT)) {
      data = input ? effect->in : effect->out;
      ++n_audio;
    } else if (!is_a(world, effect->plugin, port, LILV_URI_CONTROL_PORT)) {
      return false;
    }
    lilv_instance_connect_port(effect->instance, i, data);
  }
  return n_audio == 2;
}

/// Set the control named in "SYMBOL=VALUE"; return whether there is one
static bool
set_control(LilvWorld* const  world,
            Effect* const     effect,
            const char* const text)
{
  const char* const equals = strchr(text, '=');
  char              symbol[64];
  if (!equals || (size_t)(equals - text) >= sizeof(symbol)) {
    return false;
  }
  memcpy(symbol, text, (size_t)(equals - text));
  symbol[equals - text] = '\0';

  LilvNode* const       node = lilv_new_string(world, symbol);
  const LilvPort* const port =
    lilv_plugin_get_port_by_symbol(effect->plugin, node);
  lilv_node_free(node);
  char*       end   = NULL;
  const float value = strtof(equals + 1, &end);
  if (!port || end == equals + 1 || *end) {
    return false;
  }
  effect->controls[lilv_port_get_index(effect->plugin, port)] = value;
  return true;
}

/// Play `audio`, of one channel, in place; the last block is filled with zeros
static void
play(Effect* const effect, RemAudio* const audio)
{
  lilv_instance_activate(effect->instance);
  for (size_t i = 0; i < audio->n_frames; i += BLOCK) {
    const size_t left = audio->n_frames - i;
    const size_t n    = left < BLOCK ? left : BLOCK;
    memset(effect->in, 0, sizeof(effect->in));
    memcpy(effect->in, audio->samples + i, n * sizeof(float));
    lilv_instance_run(effect->instance, BLOCK);
    memcpy(audio->samples + i, effect->out, n * sizeof(float));
  }
  lilv_instance_deactivate(effect->instance);
}

/// Instantiate the plugin with what guitarix asks for
static void
instantiate(Effect* const effect, const double rate)
{
  const char* const lengths[] = {LV2_BUF_SIZE__minBlockLength,
                                 LV2_BUF_SIZE__nominalBlockLength,
                                 LV2_BUF_SIZE__maxBlockLength};
  effect->block               = (int32_t)BLOCK;
  for (size_t i = 0; i < 3; ++i) {
    LV2_Options_Option* const option = &effect->options[i];
    option->key                      = map_uri(&effect->uris, lengths[i]);
    option->size                     = sizeof(effect->block);
    option->type                     = map_uri(&effect->uris, LV2_ATOM__Int);
    option->value                    = &effect->block;
  }
  effect->map                      = (LV2_URID_Map){&effect->uris, map_uri};
  const LV2_Feature        map     = {LV2_URID__map, &effect->map};
  const LV2_Feature        options = {LV2_OPTIONS__options, effect->options};
  const LV2_Feature        bounded = {LV2_BUF_SIZE__boundedBlockLength, NULL};
  const LV2_Feature        fixed   = {LV2_BUF_SIZE__fixedBlockLength, NULL};
  const LV2_Feature* const list[]  = {&map, &options, &bounded, &fixed, NULL};
  effect->instance = lilv_plugin_instantiate(effect->plugin, rate, list);
}

/// Play `audio` through the plugin `argv` begins with, whose controls follow
static int
apply(LilvWorld* const world,
      Effect* const    effect,
      char** const     argv,
      RemAudio* const  audio)
{
  LilvNode* const uri = lilv_new_uri(world, argv[0]);
  effect->plugin =
    lilv_plugins_get_by_uri(lilv_world_get_all_plugins(world), uri);
  lilv_node_free(uri);
  if (!effect->plugin) {
    return fail("not installed", argv[0]);
  }
  instantiate(effect, audio->rate);
  if (!effect->instance || !connect_ports(world, effect)) {
    return fail("is not a mono effect that this host can run", argv[0]);
  }
  for (char** arg = argv + 3; *arg; ++arg) {
    if (!set_control(world, effect, *arg)) {
      return fail("is not SYMBOL=VALUE of this plugin", *arg);
    }
  }
  play(effect, audio);
  return 0;
}

/// Play `audio`, which came from argv[1], through the plugin argv[0]
static int
play_file(char** const argv, RemAudio* const audio)
{
  if (audio->n_channels != 1) {
    return fail("has more than one channel", argv[1]);
  }
  Effect           effect = {0};
  LilvWorld* const world  = lilv_world_new();
  lilv_world_load_all(world);
  const int status = apply(world, &effect, argv, audio);
  lilv_instance_free(effect.instance);
  lilv_world_free(world);
  free(effect.controls);
  free_uris(&effect.uris);
  return status;
}

int
main(const int argc, char** const argv)
{
  if (argc < 4) {
    fputs("Usage: apply URI IN.wav OUT.wav [SYMBOL=VALUE]...\n", stderr);
    return 2;
  }
  RemError error = {0};
  RemAudio audio = {0};
  if (rem_audio_read(argv[2], &audio, &error)) {
    return fail(error.text, error.place);
  }
  int status = play_file(argv + 1, &audio);
  if (!status && rem_audio_write(argv[3], &audio, &error)) {
    status = fail(error.text, error.place);
  }
  rem_audio_clear(&audio);
  return status;
}

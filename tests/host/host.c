// SPDX-License-Identifier: ISC

#include "tests/host/host.h"

#include "tests/check.h"
#include "tests/host/features.h"
#include "tests/host/patch.h"

#include <string.h>

HostWorld*
host_world_new(const char* const lv2_path)
{
  HostWorld* const world = calloc(1, sizeof(HostWorld));
  CHECK(world);
  CHECK((world->lilv = lilv_world_new()));
  LilvNode* const path = lilv_new_string(world->lilv, lv2_path);
  lilv_world_set_option(world->lilv, LILV_OPTION_LV2_PATH, path);
  lilv_node_free(path);
  lilv_world_load_all(world->lilv);
  CHECK(lilv_plugins_size(lilv_world_get_all_plugins(world->lilv)) == 6U);
  return world;
}

void
host_world_free(HostWorld* const world)
{
  lilv_world_free(world->lilv);
  free(world);
}

static bool
port_is(const Host* const host, const LilvPort* const port, const char* uri)
{
  LilvNode* const node = lilv_new_uri(host->world->lilv, uri);
  const bool      is   = lilv_port_is_a(host->plugin, port, node);
  lilv_node_free(node);
  return is;
}

static void
note_audio_port(Host* const host, const uint32_t index, const bool is_input)
{
  uint32_t* const n    = is_input ? &host->n_in : &host->n_out;
  uint32_t* const list = is_input ? host->audio_in : host->audio_out;
  CHECK(*n < HOST_MAX_CHANNELS);
  list[(*n)++] = index;
}

static void
connect_port(Host* const host, const uint32_t index)
{
  const LilvPort* const port =
    lilv_plugin_get_port_by_index(host->plugin, index);
  const bool is_input = port_is(host, port, LV2_CORE__InputPort);

  if (port_is(host, port, LV2_CORE__AudioPort)) {
    note_audio_port(host, index, is_input);
  } else if (port_is(host, port, LV2_ATOM__AtomPort)) {
    *(is_input ? &host->control_port : &host->notify_port) = index;
    lilv_instance_connect_port(
      host->instance, index, is_input ? host->sent : host->received);
  } else if (port_is(host, port, LV2_CORE__CVPort)) {
    CHECK((host->voltage[index] = calloc(HOST_MAX_BLOCK, sizeof(float))));
    lilv_instance_connect_port(host->instance, index, host->voltage[index]);
  } else {
    CHECK(port_is(host, port, LV2_CORE__ControlPort));
    lilv_instance_connect_port(host->instance, index, &host->controls[index]);
  }
}

static void
connect_ports(Host* const host)
{
  float defaults[HOST_MAX_PORTS];
  host->n_ports = lilv_plugin_get_num_ports(host->plugin);
  CHECK(host->n_ports <= HOST_MAX_PORTS);
  lilv_plugin_get_port_ranges_float(host->plugin, NULL, NULL, defaults);
  for (uint32_t i = 0; i < host->n_ports; ++i) {
    host->controls[i] = isnan(defaults[i]) ? 0.0f : defaults[i];
    connect_port(host, i);
  }
}

Host*
host_open(HostWorld* const world, const HostSpec* const spec)
{
  Host* const host = calloc(1, sizeof(Host));
  CHECK(host);
  CHECK((host->midi = calloc(HOST_MAX_MIDI, sizeof(HostMidi))));
  host->world = world;
  host->spec  = *spec;

  LilvNode* const uri = lilv_new_uri(world->lilv, spec->uri);
  host->plugin =
    lilv_plugins_get_by_uri(lilv_world_get_all_plugins(world->lilv), uri);
  lilv_node_free(uri);
  CHECK(host->plugin);

  host_features_init(host);
  host->instance =
    lilv_plugin_instantiate(host->plugin, spec->rate, host->feature_list);
  if (!host->instance) {
    host_features_clear(host);
    free(host->midi);
    free(host);
    return NULL;
  }
  host_worker_start(
    &host->worker,
    lilv_instance_get_extension_data(host->instance, LV2_WORKER__interface),
    lilv_instance_get_handle(host->instance));
  host_patch_init(host);
  connect_ports(host);
  return host;
}

Host*
host_open_usual(HostWorld* const world, const HostWork work)
{
  const HostSpec spec = {HOST_AUDIO, 48000.0, HOST_FEATURE_ALL, work};
  Host* const    host = host_open(world, &spec);
  CHECK(host);
  return host;
}

void
host_close(Host* const host)
{
  host_worker_stop(&host->worker);
  if (host->active) {
    lilv_instance_deactivate(host->instance);
  }
  lilv_instance_free(host->instance);
  host_features_clear(host);
  for (uint32_t i = 0U; i < host->n_ports; ++i) {
    free(host->voltage[i]);
  }
  free(host->midi);
  free(host);
}

void
host_activate(Host* const host)
{
  if (host->active) {
    lilv_instance_deactivate(host->instance);
  }
  lilv_instance_activate(host->instance);
  host->active = true;
  host->now    = 0U;
  host->n_midi = 0U;
}

uint32_t
host_port(const Host* const host, const char* const symbol)
{
  LilvNode* const       node = lilv_new_string(host->world->lilv, symbol);
  const LilvPort* const port =
    lilv_plugin_get_port_by_symbol(host->plugin, node);
  lilv_node_free(node);
  CHECK(port);
  return lilv_port_get_index(host->plugin, port);
}

void
host_set(Host* const host, const char* const symbol, const float value)
{
  host->controls[host_port(host, symbol)] = value;
}

float
host_get(const Host* const host, const char* const symbol)
{
  return host->controls[host_port(host, symbol)];
}

static void
run_realtime(Host* const host, const uint32_t n)
{
  host->worker.audio_hook = host->audio_hook;
  if (host->audio_hook) {
    host->audio_hook(true);
  }
  host_audio_section(true);
  lilv_instance_run(host->instance, n);
  host_audio_section(false);
  if (host->audio_hook) {
    host->audio_hook(false);
  }
}

void
host_run(Host* const               host,
         const float* const* const in,
         float* const* const       out,
         const uint32_t            n)
{
  CHECK(host->active);
  CHECK(host->n_in <= HOST_MAX_CHANNELS && host->n_out <= HOST_MAX_CHANNELS);
  for (uint32_t i = 0; i < host->n_in; ++i) {
    lilv_instance_connect_port(
      host->instance, host->audio_in[i], (void*)(uintptr_t)in[i]);
  }
  for (uint32_t i = 0; i < host->n_out; ++i) {
    lilv_instance_connect_port(host->instance, host->audio_out[i], out[i]);
  }
  host_patch_before_run(host);
  run_realtime(host, n);
  host_worker_deliver(&host->worker);
  host_patch_after_run(host, n);
  host->now += n;
}

void
host_step(Host* const host, const uint32_t n)
{
  CHECK(n <= HOST_MAX_BLOCK);
  host_run(host, NULL, NULL, n);
}

float*
host_voltage(Host* const host, const char* const symbol)
{
  float* const voltage = host->voltage[host_port(host, symbol)];
  CHECK(voltage);
  return voltage;
}

void
host_load(Host* const host, const char* const path)
{
  float        nothing[1]             = {0.0f};
  const float* in[HOST_MAX_CHANNELS]  = {nothing, nothing};
  float*       out[HOST_MAX_CHANNELS] = {nothing, nothing};
  host_activate(host);
  host_send_model(host, 0U, path);
  host_run(host, in, out, 0U);
  host_worker_drain(&host->worker);
  host_run(host, in, out, 0U);
  host_activate(host);
  host_run(host, in, out, 0U);
  CHECK(host_get(host, "status") == 1.0f);
}

static void
play_block(Host* const host, const float* in, float* const out, uint32_t n)
{
  float        rest[HOST_MAX_BLOCK];
  const float* ins[HOST_MAX_CHANNELS]  = {in, in};
  float*       outs[HOST_MAX_CHANNELS] = {out, rest};
  CHECK(n <= HOST_MAX_BLOCK);
  host_run(host, ins, outs, n);
}

void
host_play(Host* const        host,
          const float* const in,
          float* const       out,
          const uint32_t     n,
          const uint32_t     block)
{
  for (uint32_t at = 0U; at < n; at += block) {
    play_block(host, in + at, out + at, at + block < n ? block : n - at);
  }
}

void
host_play_cut(Host* const        host,
              const float* const in,
              float* const       out,
              const uint32_t     n,
              const uint32_t     longest,
              uint32_t           seed)
{
  for (uint32_t at = 0U, length = 0U; at < n; at += length) {
    const double fraction = 0.5 + 0.5 * (double)noise(&seed);
    length                = (uint32_t)(fraction * ((double)longest + 1.0));
    length                = at + length < n ? length : n - at;
    play_block(host, in + at, out + at, length);
  }
}

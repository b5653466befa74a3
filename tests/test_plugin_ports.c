// SPDX-License-Identifier: ISC

/// What hosts read of the plugins, against what the C code was built with

#include "plugin/control/control.h"
#include "remanence_ports.h"
#include "tests/check.h"
#include "tests/host/host.h"

#include <lv2/patch/patch.h>
#include <lv2/presets/presets.h>

#include <string.h>

/// A port as the C code sees it; where there is no range, all three are zero
typedef struct {
  const char* symbol;
  uint32_t    index;
  float       minimum;
  float       maximum;
  float       default_value;
} Port;

#define RANGE(name) \
  REM_AUDIO_##name##_MIN, REM_AUDIO_##name##_MAX, REM_AUDIO_##name##_DEF
#define MONO_CONTROL(name, symbol, minimum, normal, maximum) \
  {(symbol), REM_AUDIO_##name, (minimum), (maximum), (normal)},
#define STEREO_CONTROL(name, symbol, minimum, normal, maximum) \
  {(symbol), REM_AUDIO_STEREO_##name, (minimum), (maximum), (normal)},
#define OTHER_PORTS(P)                                 \
  {"control", P##_CONTROL, 0.0f, 0.0f, 0.0f},          \
    {"notify", P##_NOTIFY, 0.0f, 0.0f, 0.0f},          \
    {"status", P##_STATUS, RANGE(STATUS)},             \
    {"dsp_load", P##_DSP_LOAD, RANGE(DSP_LOAD)},       \
    {"non_finite", P##_NON_FINITE, RANGE(NON_FINITE)}, \
    {"latency", P##_LATENCY, RANGE(LATENCY)},          \
    {"in_peak", P##_IN_PEAK, RANGE(IN_PEAK)},          \
  {                                                    \
    "out_peak", P##_OUT_PEAK, RANGE(OUT_PEAK)          \
  }

// clang-format off
static const Port mono[] = {
  REM_AUDIO_CONTROLS(MONO_CONTROL)
  OTHER_PORTS(REM_AUDIO),
  {"in", REM_AUDIO_IN, 0.0f, 0.0f, 0.0f},
  {"out", REM_AUDIO_OUT, 0.0f, 0.0f, 0.0f}};

static const Port stereo[] = {
  REM_AUDIO_CONTROLS(STEREO_CONTROL)
  OTHER_PORTS(REM_AUDIO_STEREO),
  {"in_l", REM_AUDIO_STEREO_IN_L, 0.0f, 0.0f, 0.0f},
  {"in_r", REM_AUDIO_STEREO_IN_R, 0.0f, 0.0f, 0.0f},
  {"out_l", REM_AUDIO_STEREO_OUT_L, 0.0f, 0.0f, 0.0f},
  {"out_r", REM_AUDIO_STEREO_OUT_R, 0.0f, 0.0f, 0.0f}};
// clang-format on

static void
check_range(const Port* const port,
            const float       minimum,
            const float       maximum,
            const float       default_value)
{
  CHECK(isnan(minimum) ? port->minimum == 0.0f : minimum == port->minimum);
  CHECK(isnan(maximum) ? port->maximum == 0.0f : maximum == port->maximum);
  CHECK(isnan(default_value) ? port->default_value == 0.0f
                             : default_value == port->default_value);
}

static void
check_some_ports(Host* const host, const Port* const ports, const uint32_t n)
{
  float minima[HOST_MAX_PORTS];
  float maxima[HOST_MAX_PORTS];
  float defaults[HOST_MAX_PORTS];
  lilv_plugin_get_port_ranges_float(host->plugin, minima, maxima, defaults);
  for (uint32_t i = 0U; i < n; ++i) {
    const uint32_t index = host_port(host, ports[i].symbol);
    if (index != ports[i].index) {
      fprintf(stderr, "%s: %u in Turtle\n", ports[i].symbol, index);
    }
    CHECK(index == ports[i].index);
    check_range(&ports[i], minima[index], maxima[index], defaults[index]);
  }
}

static void
check_ports(Host* const host, const Port* const ports, const uint32_t n)
{
  CHECK(host->n_ports == n);
  check_some_ports(host, ports, n);
}

static LilvNode*
uri_node(Host* const host, const char* const uri)
{
  return lilv_new_uri(host->world->lilv, uri);
}

/// The designated port of each role is the one that hosts should find
static void
check_designation(Host* const       host,
                  const char* const type,
                  const char* const role,
                  const char* const symbol)
{
  LilvNode* const node  = uri_node(host, role);
  LilvNode* const class = uri_node(host, type);
  const LilvPort* const port =
    lilv_plugin_get_port_by_designation(host->plugin, class, node);
  CHECK(port);
  CHECK(lilv_port_get_index(host->plugin, port) == host_port(host, symbol));
  lilv_node_free(class);
  lilv_node_free(node);
}

static bool
says(Host* const host, const char* const predicate, const char* const object)
{
  LilvNode* const predicate_node = uri_node(host, predicate);
  LilvNode* const object_node    = uri_node(host, object);
  const bool      found          = lilv_world_ask(host->world->lilv,
                                    lilv_plugin_get_uri(host->plugin),
                                    predicate_node,
                                    object_node);
  lilv_node_free(object_node);
  lilv_node_free(predicate_node);
  return found;
}

static void
check_promises(Host* const host)
{
  CHECK(lilv_plugin_verify(host->plugin));
  CHECK(says(host, LV2_CORE__optionalFeature, LV2_CORE__hardRTCapable));
  CHECK(says(host, LV2_CORE__optionalFeature, LV2_WORKER__schedule));
  CHECK(says(host, LV2_CORE__optionalFeature, LV2_STATE__threadSafeRestore));
  CHECK(says(host, LV2_CORE__extensionData, LV2_STATE__interface));
  CHECK(says(host, LV2_CORE__extensionData, LV2_WORKER__interface));
  CHECK(!says(host, LV2_CORE__requiredFeature, LV2_WORKER__schedule));
  CHECK(says(host, LV2_PATCH__writable, HOST_MODEL));
  CHECK(says(host, LV2_PATCH__readable, HOST_MESSAGE));
  CHECK(lilv_instance_get_extension_data(host->instance, LV2_STATE__interface));
  CHECK(host->worker.interface);
  CHECK(!lilv_instance_get_extension_data(host->instance, "urn:other"));
}

/// The status reads as words, one for each number
static void
check_status_words(Host* const host)
{
  const LilvPort* const port =
    lilv_plugin_get_port_by_index(host->plugin, host_port(host, "status"));
  LilvScalePoints* const points =
    lilv_port_get_scale_points(host->plugin, port);
  unsigned seen = 0U;
  LILV_FOREACH(scale_points, i, points)
  {
    const LilvScalePoint* const point = lilv_scale_points_get(points, i);
    const float value = lilv_node_as_float(lilv_scale_point_get_value(point));
    seen |= 1U << (unsigned)value;
    CHECK(lilv_scale_point_get_label(point));
  }
  CHECK(lilv_scale_points_size(points) == 4U && seen == 15U);
  lilv_scale_points_free(points);
}

/// Every preset of the bundle loads, and the model it names plays
static void
check_presets(Host* const host)
{
  float sound[256]         = {0.5f};
  LilvNode* const class    = uri_node(host, LV2_PRESETS__Preset);
  LilvNodes* const presets = lilv_plugin_get_related(host->plugin, class);
  LILV_FOREACH(nodes, i, presets)
  {
    const LilvNode* const preset = lilv_nodes_get(presets, i);
    host_load_preset(host, lilv_node_as_uri(preset));
    host_activate(host);
    host_play(host, sound, sound, 256U, 64U);
    if (host_get(host, "status") != 1.0f) {
      fprintf(stderr, "%s: %s\n", lilv_node_as_uri(preset), host->log.text);
    }
    CHECK(host_get(host, "status") == 1.0f);
  }
  lilv_nodes_free(presets);
  lilv_node_free(class);
}

static void
check_plugin(HostWorld* const  world,
             const char* const uri,
             const Port* const ports,
             const uint32_t    n)
{
  const HostSpec spec = {uri, 48000.0, HOST_FEATURE_ALL, HOST_WORK_LATER};
  Host* const    host = host_open(world, &spec);
  CHECK(host);
  check_ports(host, ports, n);
  check_promises(host);
  check_status_words(host);
  check_presets(host);
  check_designation(
    host, LV2_CORE__InputPort, LV2_CORE_PREFIX "enabled", "enabled");
  check_designation(host, LV2_CORE__InputPort, LV2_CORE__control, "control");
  host_close(host);
}

/// The control plugins: the table of the code is what the Turtle says, and
/// ports that others look for are where they do
static void
check_control(HostWorld* const  world,
              const char* const uri,
              const uint32_t    n_ports,
              const uint32_t    first,
              const uint32_t    n)
{
  Port           ports[REM_MAX_CONTROLS];
  const HostSpec spec = {uri, 48000.0, HOST_FEATURE_ALL, HOST_WORK_LATER};
  Host* const    host = host_open(world, &spec);
  CHECK(host && host->n_ports == n_ports);
  for (uint32_t i = 0U; i < n; ++i) {
    const RemControl* const c = &rem_control_controls[i];
    ports[i] = (Port){c->symbol, first + i, c->minimum, c->maximum, c->normal};
  }
  check_some_ports(host, ports, n);
  CHECK(host->control_port == REM_CONTROL_CONTROL);
  CHECK(host->notify_port == REM_CONTROL_NOTIFY);
  CHECK(host_port(host, "in_1") == REM_CONTROL_IN_1);
  CHECK(host_port(host, "in_8") == REM_CONTROL_CV_IN_8);
  CHECK(host_port(host, "out_8") == REM_CONTROL_OUT_8);
  check_promises(host);
  check_status_words(host);
  check_presets(host);
  CHECK(says(host, LV2_PATCH__writable, HOST_MAPPING));
  CHECK(says(host, LV2_PATCH__writable, HOST_CLIENT));
  check_designation(
    host, LV2_CORE__InputPort, LV2_CORE_PREFIX "enabled", "enabled");
  check_designation(host, LV2_CORE__InputPort, LV2_CORE__control, "control");
  host_close(host);
}

int
main(void)
{
  HostWorld* const world = host_world_new(BUILD_DIR "/lv2");
  CHECK(!strcmp(HOST_AUDIO, REM_AUDIO_URI));
  CHECK(!strcmp(HOST_STEREO, REM_AUDIO_STEREO_URI));
  check_plugin(world, HOST_AUDIO, mono, REM_AUDIO_N_PORTS);
  check_plugin(world, HOST_STEREO, stereo, REM_AUDIO_STEREO_N_PORTS);
  CHECK(!strcmp(HOST_CONTROL, REM_CONTROL_URI));
  CHECK(!strcmp(HOST_CONTROL_CV, REM_CONTROL_CV_URI));
  check_control(world,
                HOST_CONTROL,
                REM_CONTROL_N_PORTS,
                REM_CONTROL_FIRST,
                REM_CONTROL_N_CONTROLS);
  check_control(world,
                HOST_CONTROL_CV,
                REM_CONTROL_CV_N_PORTS,
                REM_CONTROL_CV_FIRST,
                REM_CONTROL_CV_N_CONTROLS);
  host_world_free(world);
  return 0;
}

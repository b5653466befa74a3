// SPDX-License-Identifier: ISC

/// A host of the tests' own: loads the built bundle through lilv, offers what a
/// host may offer, and misbehaves on demand.  Every mistake that a host cannot
/// forgive (a call of the host from run() that is not realtime, a malformed
/// notification) ends the test at once.

#ifndef REM_TESTS_HOST_HOST_H
#define REM_TESTS_HOST_HOST_H

#include "tests/host/worker.h"

#include <lilv/lilv.h>
#include <lv2/atom/atom.h>
#include <lv2/atom/forge.h>
#include <lv2/log/log.h>
#include <lv2/options/options.h>
#include <lv2/state/state.h>
#include <lv2/urid/urid.h>
#include <lv2/worker/worker.h>

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define HOST_AUDIO "urn:remanence:audio"
#define HOST_STEREO "urn:remanence:audio-stereo"
#define HOST_CONTROL "urn:remanence:control"
#define HOST_CONTROL_CV "urn:remanence:control-cv"
#define HOST_LISTENER "urn:remanence:listener"
#define HOST_NOTES "urn:remanence:notes"
#define HOST_MODEL "urn:remanence:model"
#define HOST_MESSAGE "urn:remanence:message"
#define HOST_KNOBS "urn:remanence:knobs"
#define HOST_NAME "urn:remanence:name"
#define HOST_OSC_PORT "urn:remanence:osc-port"
#define HOST_MAPPING "urn:remanence:mapping"
#define HOST_CLIENT "urn:remanence:client"

#define HOST_MAX_BLOCK 8192U ///< Longest block that the options promise
#define HOST_MAX_PORTS 64U
#define HOST_MAX_CHANNELS 2U
#define HOST_ATOM_BYTES 16384U ///< Size of an atom port's buffer
#define HOST_TEXT_BYTES 32768U ///< Longest log
#define HOST_MAX_URIS 512U
#define HOST_MAX_FEATURES 16U
#define HOST_MAX_MIDI 65536U ///< Messages that are kept

/// Features besides the worker, which HostSpec.work chooses
enum {
  HOST_FEATURE_MAP     = 1U, ///< urid:map and urid:unmap
  HOST_FEATURE_OPTIONS = 2U, ///< options:options, buf-size:boundedBlockLength
  HOST_FEATURE_LOG     = 4U, ///< log:log
  HOST_FEATURE_PATHS   = 8U, ///< state:mapPath, makePath, freePath, loadDefault
  HOST_FEATURE_ALL     = 15U
};

/// The bundle as lilv reads it
typedef struct {
  LilvWorld* lilv;
} HostWorld;

/// How to open a plugin
typedef struct {
  const char* uri;
  double      rate;     ///< Hz
  unsigned    features; ///< HOST_FEATURE_*
  HostWork    work;
} HostSpec;

/// What the plugin said on its notify port, since it was opened
typedef struct {
  uint32_t n_model;       ///< How often it told its model
  uint32_t n_message;     ///< How often it gave a reason
  uint32_t n_changed;     ///< How often it said that its state has changed
  uint32_t n_other;       ///< Anything else
  int32_t  osc_port;      ///< The last port
  char     model[4096];   ///< The last model
  char     message[4096]; ///< The last reason
  char     knobs[4096];   ///< What the knobs are called
  char     name[4096];    ///< What OSC calls the instance
  char     mapping[4096]; ///< What dimensions are in MIDI
  char     client[4096];  ///< Who is sent OSC
} HostHeard;

/// A MIDI message that the plugin sent
typedef struct {
  uint64_t at; ///< Sample since activation
  uint8_t  bytes[3];
} HostMidi;

/// URIs to numbers and back, for all threads
typedef struct {
  pthread_mutex_t lock;
  uint32_t        n;
  char*           uris[HOST_MAX_URIS];
} HostUris;

/// What the plugin logged, for all threads
typedef struct {
  pthread_mutex_t lock;
  bool            typed; ///< The plugin can map the types of its messages
  char            text[HOST_TEXT_BYTES];
} HostLog;

/// A plugin and all that a host keeps for it; tests look in as they like
typedef struct {
  HostWorld*          world;
  const LilvPlugin*   plugin;
  LilvInstance*       instance;
  HostSpec            spec;
  bool                active;
  HostUris            uris;
  HostLog             log;
  HostWorker          worker;
  LV2_URID_Map        map; ///< Features must outlive the plugin
  LV2_URID_Unmap      unmap;
  LV2_Log_Log         logger;
  LV2_State_Map_Path  map_path;
  LV2_State_Make_Path make_path;
  LV2_State_Free_Path free_path;
  int32_t             block_lengths[3];
  LV2_Options_Option  options[4];
  LV2_Feature         features[HOST_MAX_FEATURES];
  const LV2_Feature*  feature_list[HOST_MAX_FEATURES + 1U];
  uint32_t            n_features;

  uint32_t n_ports;
  uint32_t n_in;  ///< Audio inputs
  uint32_t n_out; ///< Audio outputs
  uint32_t audio_in[HOST_MAX_CHANNELS];
  uint32_t audio_out[HOST_MAX_CHANNELS];
  uint32_t control_port; ///< Atom input
  uint32_t notify_port;  ///< Atom output
  float    controls[HOST_MAX_PORTS];

  LV2_Atom_Forge       forge; ///< Writes `sent`
  LV2_Atom_Forge_Frame frame;
  _Alignas(8) uint8_t sent[HOST_ATOM_BYTES];
  _Alignas(8) uint8_t received[HOST_ATOM_BYTES];
  uint32_t  notify_bytes; ///< How much of `received` is offered
  HostHeard heard;
  HostMidi* midi; ///< What was sent since activation, in order
  uint32_t  n_midi;
  uint64_t  now;                     ///< Samples played since activation
  float*    voltage[HOST_MAX_PORTS]; ///< [HOST_MAX_BLOCK] of CV ports, or NULL

  /// Told when the plugin's realtime code begins and ends, or NULL
  void (*audio_hook)(bool inside);
} Host;

/**
   Read the bundle below `lv2_path` and nothing else.

   @return A world to free with host_world_free(); the test ends if the bundle
   does not hold all plugins.
*/
HostWorld*
host_world_new(const char* lv2_path);

/// Free a world, after everything that was opened with it
void
host_world_free(HostWorld* world);

/// Instantiate a plugin, with every port connected and controls at their
/// defaults; NULL if the plugin declines.  Not activated yet.
Host*
host_open(HostWorld* world, const HostSpec* spec);

/// Open the mono plugin at 48 kHz with all features; the test ends if it fails
Host*
host_open_usual(HostWorld* world, HostWork work);

/// Deactivate, clean up and free; work that was never carried out is dropped
void
host_close(Host* host);

/// Call activate(); if active, deactivate() first
void
host_activate(Host* host);

/// Return the index of a port; the test ends if there is none of that symbol
uint32_t
host_port(const Host* host, const char* symbol);

/// Set a control input from the next block on
void
host_set(Host* host, const char* symbol, float value);

/// Return a control's present value
float
host_get(const Host* host, const char* symbol);

/**
   Run one block, then deliver the worker's answers, then listen.

   @param in  [n_in] pointers to [n]; `out` [n_out] likewise, may be `in`.
*/
void
host_run(Host* host, const float* const* in, float* const* out, uint32_t n);

/// Run one block of a plugin without audio ports, of at most #HOST_MAX_BLOCK
void
host_step(Host* host, uint32_t n);

/// Return the samples of a port of control voltage: what the next block gets,
/// or what the last one gave
float*
host_voltage(Host* host, const char* symbol);

/// Run consecutive blocks of `block` samples of one channel that is fed to all;
/// `out` receives the first channel
void
host_play(Host* host, const float* in, float* out, uint32_t n, uint32_t block);

/// As host_play() with blocks of 0 to `longest` samples, by `seed`
void
host_play_cut(Host*        host,
              const float* in,
              float*       out,
              uint32_t     n,
              uint32_t     longest,
              uint32_t     seed);

/// Send patch:Set of the model at `frame` of the next block; frames must rise
void
host_send_model(Host* host, uint32_t frame, const char* path);

/// Send a MIDI message of three bytes at `frame` of the next block
void
host_send_midi(Host*    host,
               uint32_t frame,
               uint8_t  status,
               uint8_t  number,
               uint8_t  value);

/// Have a model loaded, in blocks of no samples, and activate: it plays from
/// its rest state.  The test ends if it does not.  Only for work done LATER or
/// NOW.
void
host_load(Host* host, const char* path);

/// Send patch:Get at `frame` of the next block; of `property`, or all if NULL
void
host_send_get(Host* host, uint32_t frame, const char* property);

/// Send bytes of any type at `frame` of the next block
void
host_send_raw(Host*       host,
              uint32_t    frame,
              const char* type,
              const void* body,
              uint32_t    size);

/// Send patch:Set of any property with a value of any type
void
host_send_set(Host*       host,
              uint32_t    frame,
              const char* property,
              const char* type,
              const void* body,
              uint32_t    size);

/// Empty what was heard
void
host_forget(Host* host);

/// Return whether the log holds `text`
bool
host_logged(Host* host, const char* text);

/// Empty the log
void
host_log_clear(Host* host);

/// Map a URI.  Not in the audio thread.
LV2_URID
host_urid(Host* host, const char* uri);

/// Save the plugin's state to the folder `dir` (made if need be) as hosts do:
/// files of others are linked into it.  Return whether lilv wrote it.
bool
host_save(Host* host, const char* dir);

/// Restore what host_save() wrote, as hosts do while the sound goes on
void
host_restore(Host* host, const char* dir);

/// As host_restore(), but leave the controls alone: may be called while another
/// thread runs the plugin
void
host_restore_model(Host* host, const char* dir);

/// Load a preset by its URI; the test ends if there is none
void
host_load_preset(Host* host, const char* uri);

#endif // REM_TESTS_HOST_HOST_H

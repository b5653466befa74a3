// SPDX-License-Identifier: ISC

/// LV2 shell of the audio plugins: making and freeing an instance

#include "plugin/audio/audio.h"

#include "plugin/ticks.h"

#include <lv2/core/lv2_util.h>
#include <lv2/log/log.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define GLIDE_SECONDS 0.02
#define DC_HZ 7.0 ///< Where the DC blocker has lost 3 dB

/// Free an instance, also one that is half made
static void
cleanup(const LV2_Handle instance)
{
  RemAudio* const self = (RemAudio*)instance;

  rem_instance_leave(&self->instance);
  rem_loader_clear(&self->loader);
  rem_slot_free(self->slot);
  free(self->report);
  free(self);
}

/// Take what the host offers.  Nothing is required: without urid:map there are
/// no messages and no sessions, but sound.
static void
take_features(RemAudio* const                 self,
              const char* const               plugin_uri,
              const LV2_Feature* const* const features)
{
  // clang-format off
  (void)lv2_features_query(
    features,
    LV2_LOG__log,         &self->logger.log, false,
    LV2_URID__map,        &self->map,        false,
    LV2_WORKER__schedule, &self->schedule,   false,
    NULL);
  // clang-format on
  lv2_log_logger_set_map(&self->logger, self->map);
  if (self->map) {
    rem_uris_map(&self->uris, self->map, plugin_uri);
    lv2_atom_forge_init(&self->forge, self->map);
  }
}

static bool
make_parts(RemAudio* const self, const char* const bundle)
{
  self->slot  = rem_slot_new(self->n_channels, self->rate);
  self->stage = (RemAudioStage){self->slot, self->n_channels, self->rate};
  const RemStage stage = {&self->stage, &rem_audio_stage};
  return self->slot &&
         rem_loader_init(&self->loader, stage, &self->logger, bundle);
}

static void
work(void* const handle, const uint32_t size, const void* const data)
{
  (void)rem_audio_work((RemAudio*)handle, size, data);
}

/// Let OSC know the instance.  A host without a worker borrows its thread.
static void
join(RemAudio* const self, const char* const plugin_uri)
{
  RemInstance* const instance = &self->instance;
  instance->plugin            = plugin_uri;
  instance->loader            = &self->loader;
  instance->remote            = &self->remote;
  instance->rate              = self->rate;
  instance->work              = work;
  instance->work_handle       = self;
  instance->needs_worker      = !self->schedule;
  if (rem_instance_join(instance) && !self->schedule) {
    self->own_schedule.handle        = instance;
    self->own_schedule.schedule_work = rem_instance_schedule;
    self->schedule                   = &self->own_schedule;
  }
}

static LV2_Handle
instantiate(const LV2_Descriptor* const     descriptor,
            const double                    rate,
            const char* const               bundle_path,
            const LV2_Feature* const* const features)
{
  RemAudio* const self = (RemAudio*)calloc(1, sizeof(RemAudio));
  if (!self) {
    return NULL;
  }

  const RemControlTable controls = {rem_audio_controls, REM_AUDIO_N_CONTROLS};

  const bool stereo = !strcmp(descriptor->URI, REM_AUDIO_STEREO_URI);
  self->n_channels  = stereo ? 2U : 1U;
  self->rate        = rate;
  self->n_glide     = (uint32_t)fmax(1.0, round(GLIDE_SECONDS * rate));
  self->message     = "";
  self->quality     = 1U;
  self->dc_pole     = (float)exp(-6.283185307179586 * DC_HZ / rate);
  rem_remote_init(&self->remote, controls);
  take_features(self, descriptor->URI, features);
  if (!make_parts(self, bundle_path)) {
    cleanup(self);
    return NULL;
  }

  self->ticks_per_sample = rem_ticks_per_second() / rate;

  // NOLINTNEXTLINE(concurrency-mt-unsafe): hosts read their environment only
  const char* const model = getenv("REMANENCE_MODEL");
  if (model && model[0]) {
    RemCue   cue   = rem_cue(true);
    RemError error = {REM_SUCCESS, "", ""};
    (void)rem_loader_load(&self->loader, model, &cue, &error);
  }
  join(self, descriptor->URI);
  return self;
}

static const void*
extension_data(const char* const uri)
{
  if (!strcmp(uri, LV2_WORKER__interface)) {
    return &rem_audio_worker;
  }
  return strcmp(uri, LV2_STATE__interface) ? NULL : &rem_audio_state;
}

LV2_SYMBOL_EXPORT const LV2_Descriptor*
lv2_descriptor(const uint32_t index)
{
  static const LV2_Descriptor plugins[] = {{REM_AUDIO_URI,
                                            instantiate,
                                            rem_audio_connect_port,
                                            rem_audio_activate,
                                            rem_audio_run,
                                            NULL,
                                            cleanup,
                                            extension_data},
                                           {REM_AUDIO_STEREO_URI,
                                            instantiate,
                                            rem_audio_connect_port,
                                            rem_audio_activate,
                                            rem_audio_run,
                                            NULL,
                                            cleanup,
                                            extension_data}};

  return index < sizeof(plugins) / sizeof(*plugins) ? &plugins[index] : NULL;
}

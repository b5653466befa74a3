// SPDX-License-Identifier: ISC

/// LV2 shell of the audio plugins: making and freeing an instance

#include "plugin/audio/audio.h"

#include "plugin/audio/osc.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define GLIDE_SECONDS 0.02
#define DC_HZ 7.0 ///< Where the DC blocker has lost 3 dB

/// Carry out what only audio plugins ask of the worker
static bool
work(RemShell* const               shell,
     const RemNumberRequest* const request,
     const char* const             text)
{
  (void)text;
  if (request->kind != REM_WORK_QUALITY) {
    return false;
  }
  rem_loader_set_quality(&shell->loader, request->number);
  rem_instances_wake(); // Ready models are to be built anew
  return true;
}

static const RemPluginKind mono = {REM_AUDIO_URI,
                                   "audio",
                                   &rem_osc_audio,
                                   {rem_audio_controls, REM_AUDIO_N_CONTROLS},
                                   REM_AUDIO_FIRST,
                                   REM_AUDIO_N_PORTS,
                                   REM_TELL_SOUND,
                                   NULL,
                                   NULL,
                                   work};

static const RemPluginKind stereo = {REM_AUDIO_STEREO_URI,
                                     "audio",
                                     &rem_osc_audio,
                                     {rem_audio_controls, REM_AUDIO_N_CONTROLS},
                                     REM_AUDIO_STEREO_FIRST,
                                     REM_AUDIO_STEREO_N_PORTS,
                                     REM_TELL_SOUND,
                                     NULL,
                                     NULL,
                                     work};

/// Free an instance, also one that is half made
static void
cleanup(const LV2_Handle instance)
{
  RemAudio* const self = (RemAudio*)instance;

  rem_shell_leave(&self->shell);
  rem_shell_clear(&self->shell);
  rem_slot_free(self->slot);
  free(self);
}

/// Make the shell, once there is a slot
static bool
init_shell(RemAudio* const                 self,
           const double                    rate,
           const char* const               bundle_path,
           const LV2_Feature* const* const features)
{
  const RemStage stage = {
    &self->stage, rem_slot_mailbox(self->slot), &rem_audio_stage};
  return rem_shell_init(&self->shell,
                        self->n_channels == 2U ? &stereo : &mono,
                        rate,
                        bundle_path,
                        stage,
                        features);
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

  const bool is_stereo = !strcmp(descriptor->URI, REM_AUDIO_STEREO_URI);
  self->n_channels     = is_stereo ? 2U : 1U;
  self->n_glide        = (uint32_t)fmax(1.0, round(GLIDE_SECONDS * rate));
  self->quality        = 1U;
  self->dc_pole        = (float)exp(-6.283185307179586 * DC_HZ / rate);
  self->slot           = rem_slot_new(self->n_channels, rate);
  self->stage          = (RemAudioStage){self->slot, self->n_channels, rate};
  if (!self->slot || !init_shell(self, rate, bundle_path, features)) {
    cleanup(self);
    return NULL;
  }
  rem_shell_join(&self->shell);
  return self;
}

const LV2_Descriptor rem_audio_mono = {REM_AUDIO_URI,
                                       instantiate,
                                       rem_shell_connect_port,
                                       rem_audio_activate,
                                       rem_audio_run,
                                       NULL,
                                       cleanup,
                                       rem_shell_extension_data};

const LV2_Descriptor rem_audio_stereo = {REM_AUDIO_STEREO_URI,
                                         instantiate,
                                         rem_shell_connect_port,
                                         rem_audio_activate,
                                         rem_audio_run,
                                         NULL,
                                         cleanup,
                                         rem_shell_extension_data};

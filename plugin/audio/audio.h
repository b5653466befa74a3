// SPDX-License-Identifier: ISC

/// The audio plugins, mono and stereo.  audio.c makes and frees an instance;
/// run.c and control.c are the audio thread.

#ifndef REM_PLUGIN_AUDIO_H
#define REM_PLUGIN_AUDIO_H

#include "dsp/rt.h"
#include "plugin/audio/stage.h"
#include "plugin/ramp.h"
#include "plugin/shell.h"
#include "plugin/slot.h"
#include "remanence_ports.h" // Generated from ttl/

#include <lv2/atom/atom.h>
#include <lv2/core/lv2.h>

#include <stdbool.h>
#include <stdint.h>

/// Asked of the worker besides what every shell asks
enum {
  REM_WORK_QUALITY = REM_WORK_OWN ///< Then a number: 1, 2 or 4
};

/// Controls on their way
typedef struct {
  RemRamp enabled; ///< 1 plays, 0 passes the dry signal
  RemRamp in_gain; ///< Linear
  RemRamp out_gain;
  RemRamp mix;
  RemRamp dc_block; ///< Share of what went through the DC blocker
  RemRamp knobs[REM_SLOT_KNOBS];
} RemControls;

/// One piece of a block on its way through, and the controls at each sample
typedef struct {
  float dry[REM_SLOT_CHANNELS][REM_SLOT_CHUNK]; ///< As the host gave it
  float in[REM_SLOT_CHANNELS][REM_SLOT_CHUNK];  ///< As the net hears it
  float wet[REM_SLOT_CHANNELS][REM_SLOT_CHUNK];
  float knobs[REM_SLOT_KNOBS][REM_SLOT_CHUNK];
  float in_gain[REM_SLOT_CHUNK];
  float out_gain[REM_SLOT_CHUNK];
  float dc_block[REM_SLOT_CHUNK];
  float share[REM_SLOT_CHUNK];   ///< Of the wet signal: mix and bypass
  float through[REM_SLOT_CHUNK]; ///< Of the wet signal, that no net plays
  float scratch[REM_SLOT_CHUNK];
} RemPiece;

/// The last sample in and out of a DC blocker
typedef struct {
  float x;
  float y;
} RemDcBlocker;

/// One instance; the host never runs two of its REM_RT functions at once
typedef struct {
  RemShell      shell; ///< First
  uint32_t      n_channels;
  RemSlot*      slot;
  RemAudioStage stage;

  // Audio thread only
  uint32_t     quality; ///< That the loader was asked for last
  uint32_t     program; ///< That the control of that name asked for last
  RemControls  controls;
  bool         started;      ///< Controls glide from now on
  uint32_t     n_glide;      ///< Samples until a control arrives
  uint32_t     n_non_finite; ///< Samples replaced, but for those of nets
  float        in_peak;      ///< Linear, falling
  float        out_peak;     ///< Likewise
  float        dc_pole;      ///< Of the DC blocker
  RemDcBlocker dc[REM_SLOT_CHANNELS];
  RemPiece     piece;
} RemAudio;

/// Return a port of this plugin, given by its number in the mono plugin: the
/// stereo plugin has two audio ports more, and then the same
REM_RT static inline uint32_t
rem_audio_port(const RemAudio* const self, const uint32_t mono)
{
  const uint32_t more = REM_AUDIO_STEREO_ENABLED - REM_AUDIO_ENABLED;
  const bool     late = mono >= REM_AUDIO_ENABLED && self->n_channels == 2U;
  return late ? mono + more : mono;
}

/// The control inputs of both plugins
extern const RemControl rem_audio_controls[REM_AUDIO_N_CONTROLS];

/// The plugins
extern const LV2_Descriptor rem_audio_mono;
extern const LV2_Descriptor rem_audio_stereo;

/// LV2_Descriptor::activate
REM_RT void
rem_audio_activate(LV2_Handle instance);

/// LV2_Descriptor::run
REM_RT void
rem_audio_run(LV2_Handle instance, uint32_t n_samples);

/**
   Obey the MIDI events up to sample `at` of the block.

   @param event The first that was not looked at, or NULL.
   @param until Lowered to the sample of the next event, if that is below it.
   @return The first event after `at`, or NULL.

   Thread: audio.
*/
REM_RT const LV2_Atom_Event*
rem_audio_obey_midi(RemAudio*             self,
                    const LV2_Atom_Event* event,
                    uint32_t              at,
                    uint32_t*             until);

/// Take over what the host's ports and other threads say of the controls, and
/// ask for what they want.  Thread: audio.
REM_RT void
rem_audio_read_controls(RemAudio* self);

#endif // REM_PLUGIN_AUDIO_H

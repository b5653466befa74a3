// SPDX-License-Identifier: ISC

#include "plugin/uris.h"

#include <lv2/atom/atom.h>
#include <lv2/midi/midi.h>
#include <lv2/patch/patch.h>
#include <lv2/state/state.h>
#include <lv2/time/time.h>
#include <lv2/urid/urid.h>

void
rem_uris_map(RemUris* const      uris,
             LV2_URID_Map* const map,
             const char* const   plugin_uri)
{
  uris->atom_chunk            = map->map(map->handle, LV2_ATOM__Chunk);
  uris->atom_double           = map->map(map->handle, LV2_ATOM__Double);
  uris->atom_float            = map->map(map->handle, LV2_ATOM__Float);
  uris->atom_int              = map->map(map->handle, LV2_ATOM__Int);
  uris->atom_long             = map->map(map->handle, LV2_ATOM__Long);
  uris->atom_path             = map->map(map->handle, LV2_ATOM__Path);
  uris->atom_sequence         = map->map(map->handle, LV2_ATOM__Sequence);
  uris->atom_string           = map->map(map->handle, LV2_ATOM__String);
  uris->atom_urid             = map->map(map->handle, LV2_ATOM__URID);
  uris->midi_event            = map->map(map->handle, LV2_MIDI__MidiEvent);
  uris->patch_get             = map->map(map->handle, LV2_PATCH__Get);
  uris->patch_property        = map->map(map->handle, LV2_PATCH__property);
  uris->patch_set             = map->map(map->handle, LV2_PATCH__Set);
  uris->patch_subject         = map->map(map->handle, LV2_PATCH__subject);
  uris->patch_value           = map->map(map->handle, LV2_PATCH__value);
  uris->plugin                = map->map(map->handle, plugin_uri);
  uris->state_changed         = map->map(map->handle, LV2_STATE__StateChanged);
  uris->time_bar              = map->map(map->handle, LV2_TIME__bar);
  uris->time_bar_beat         = map->map(map->handle, LV2_TIME__barBeat);
  uris->time_beat             = map->map(map->handle, LV2_TIME__beat);
  uris->time_beat_unit        = map->map(map->handle, LV2_TIME__beatUnit);
  uris->time_beats_per_bar    = map->map(map->handle, LV2_TIME__beatsPerBar);
  uris->time_beats_per_minute = map->map(map->handle, LV2_TIME__beatsPerMinute);
  uris->time_position         = map->map(map->handle, LV2_TIME__Position);
  uris->time_speed            = map->map(map->handle, LV2_TIME__speed);
  uris->client                = map->map(map->handle, REM_URI_CLIENT);
  uris->controls              = map->map(map->handle, REM_URI_CONTROLS);
  uris->found_name            = map->map(map->handle, REM_URI_FOUND_NAME);
  uris->knobs                 = map->map(map->handle, REM_URI_KNOBS);
  uris->mapping               = map->map(map->handle, REM_URI_MAPPING);
  uris->message               = map->map(map->handle, REM_URI_MESSAGE);
  uris->model                 = map->map(map->handle, REM_URI_MODEL);
  uris->model_bytes           = map->map(map->handle, REM_URI_MODEL_BYTES);
  uris->model_name            = map->map(map->handle, REM_URI_MODEL_NAME);
  uris->model_sha256          = map->map(map->handle, REM_URI_MODEL_SHA256);
  uris->name                  = map->map(map->handle, REM_URI_NAME);
  uris->osc_port              = map->map(map->handle, REM_URI_OSC_PORT);
}

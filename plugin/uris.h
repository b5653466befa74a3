// SPDX-License-Identifier: ISC

/// Our own names, and the numbers that the host gives to all names we use

#ifndef REM_PLUGIN_URIS_H
#define REM_PLUGIN_URIS_H

#include <lv2/urid/urid.h>

#define REM_URI_MODEL "urn:remanence:model"     ///< The model file, atom:Path
#define REM_URI_MESSAGE "urn:remanence:message" ///< In words, atom:String
#define REM_URI_MODEL_BYTES "urn:remanence:model-bytes" ///< The file itself
#define REM_URI_CONTROLS "urn:remanence:controls"     ///< Turned by OSC or MIDI
#define REM_URI_NAME "urn:remanence:name"             ///< Of the instance
#define REM_URI_FOUND_NAME "urn:remanence:found-name" ///< Nobody gave it
#define REM_URI_KNOBS "urn:remanence:knobs"           ///< Names and ranges
#define REM_URI_OSC_PORT "urn:remanence:osc-port"     ///< atom:Int
#define REM_URI_MAPPING "urn:remanence:mapping"       ///< Of MIDI, atom:String
#define REM_URI_CLIENT "urn:remanence:client"         ///< Of OSC, atom:String
#define REM_URI_MODEL_NAME "urn:remanence:model-name" ///< File name
#define REM_URI_MODEL_SHA256 "urn:remanence:model-sha256" ///< Lower-case hex

/// Numbers of names, fixed for the life of an instance
typedef struct {
  LV2_URID atom_chunk;
  LV2_URID atom_double;
  LV2_URID atom_float;
  LV2_URID atom_int;
  LV2_URID atom_long;
  LV2_URID atom_path;
  LV2_URID atom_sequence;
  LV2_URID atom_string;
  LV2_URID atom_urid;
  LV2_URID midi_event;
  LV2_URID patch_get;
  LV2_URID patch_property;
  LV2_URID patch_set;
  LV2_URID patch_subject;
  LV2_URID patch_value;
  LV2_URID plugin;
  LV2_URID state_changed;
  LV2_URID time_bar;
  LV2_URID time_bar_beat;
  LV2_URID time_beat;
  LV2_URID time_beat_unit;
  LV2_URID time_beats_per_bar;
  LV2_URID time_beats_per_minute;
  LV2_URID time_position;
  LV2_URID time_speed;
  LV2_URID client;
  LV2_URID controls;
  LV2_URID found_name;
  LV2_URID knobs;
  LV2_URID mapping;
  LV2_URID message;
  LV2_URID model;
  LV2_URID model_bytes;
  LV2_URID model_name;
  LV2_URID model_sha256;
  LV2_URID name;
  LV2_URID osc_port;
} RemUris;

/// Map all names.  Thread: any but audio.
/// @param plugin_uri What patch messages to this instance have as subject.
void
rem_uris_map(RemUris* uris, LV2_URID_Map* map, const char* plugin_uri);

#endif // REM_PLUGIN_URIS_H

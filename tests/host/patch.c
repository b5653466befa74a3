// SPDX-License-Identifier: ISC

#include "tests/host/patch.h"

#include "tests/check.h"

#include <lv2/atom/util.h>
#include <lv2/midi/midi.h>
#include <lv2/patch/patch.h>

#include <string.h>

#define UNTOUCHED 0xA5U // What the plugin may not write to

static void
begin_sequence(Host* const host)
{
  lv2_atom_forge_set_buffer(&host->forge, host->sent, HOST_ATOM_BYTES);
  CHECK(lv2_atom_forge_sequence_head(&host->forge, &host->frame, 0U));
}

void
host_patch_init(Host* const host)
{
  lv2_atom_forge_init(&host->forge, &host->map);
  host->notify_bytes = HOST_ATOM_BYTES;
  begin_sequence(host);
}

void
host_patch_before_run(Host* const host)
{
  LV2_Atom* const received = (LV2_Atom*)(void*)host->received;
  memset(host->received, UNTOUCHED, HOST_ATOM_BYTES);
  received->type = host_urid(host, LV2_ATOM__Chunk);
  received->size = host->notify_bytes - (uint32_t)sizeof(LV2_Atom);
}

static void
copy_text(char* const to, const size_t size, const LV2_Atom* const atom)
{
  CHECK(atom->size > 0U && atom->size <= size);
  CHECK(((const char*)LV2_ATOM_BODY_CONST(atom))[atom->size - 1U] == '\0');
  memcpy(to, LV2_ATOM_BODY_CONST(atom), atom->size);
}

static void
hear_set(Host* const host, const LV2_Atom_Object* const object)
{
  HostHeard* const     heard    = &host->heard;
  const LV2_Atom_URID* property = NULL;
  const LV2_Atom*      value    = NULL;
  lv2_atom_object_get(object,
                      host_urid(host, LV2_PATCH__property),
                      &property,
                      host_urid(host, LV2_PATCH__value),
                      &value,
                      0);
  CHECK(property && property->atom.type == host_urid(host, LV2_ATOM__URID));
  CHECK(value);
  if (property->body == host_urid(host, HOST_MODEL)) {
    CHECK(value->type == host_urid(host, LV2_ATOM__Path));
    copy_text(heard->model, sizeof(heard->model), value);
    ++heard->n_model;
  } else if (property->body == host_urid(host, HOST_MESSAGE)) {
    CHECK(value->type == host_urid(host, LV2_ATOM__String));
    copy_text(heard->message, sizeof(heard->message), value);
    ++heard->n_message;
  } else if (property->body == host_urid(host, HOST_KNOBS)) {
    copy_text(heard->knobs, sizeof(heard->knobs), value);
  } else if (property->body == host_urid(host, HOST_NAME)) {
    copy_text(heard->name, sizeof(heard->name), value);
  } else if (property->body == host_urid(host, HOST_MAPPING)) {
    copy_text(heard->mapping, sizeof(heard->mapping), value);
  } else if (property->body == host_urid(host, HOST_CLIENT)) {
    copy_text(heard->client, sizeof(heard->client), value);
  } else if (property->body == host_urid(host, HOST_OSC_PORT)) {
    CHECK(value->type == host_urid(host, LV2_ATOM__Int));
    heard->osc_port = ((const LV2_Atom_Int*)value)->body;
  } else {
    ++heard->n_other;
  }
}

/// Keep a MIDI message; it comes within the block
static void
hear_midi(Host* const host, const LV2_Atom_Event* const event, const uint32_t n)
{
  CHECK(event->body.size == 3U && event->time.frames < (int64_t)(n ? n : 1U));
  CHECK(host->n_midi < HOST_MAX_MIDI);
  HostMidi* const midi = &host->midi[host->n_midi++];
  midi->at             = host->now + (uint64_t)event->time.frames;
  memcpy(midi->bytes, LV2_ATOM_BODY_CONST(&event->body), 3U);
}

static void
hear_event(Host* const host, const LV2_Atom_Event* const event)
{
  const LV2_Atom_Object* const object =
    (const LV2_Atom_Object*)(const void*)&event->body;
  if (event->body.type == host_urid(host, LV2_ATOM__Object) &&
      object->body.otype == host_urid(host, LV2_PATCH__Set)) {
    hear_set(host, object);
  } else if (event->body.type == host_urid(host, LV2_ATOM__Object) &&
             object->body.otype == host_urid(host, LV2_STATE__StateChanged)) {
    ++host->heard.n_changed;
  } else {
    ++host->heard.n_other;
  }
}

void
host_patch_after_run(Host* const host, const uint32_t n)
{
  const LV2_Atom_Sequence* const sequence =
    (const LV2_Atom_Sequence*)(const void*)host->received;
  int64_t last = 0;
  if (!(host->spec.features & HOST_FEATURE_MAP)) {
    return; // The plugin cannot know what a sequence is
  }
  CHECK(sequence->atom.type == host_urid(host, LV2_ATOM__Sequence));
  CHECK(sequence->atom.size <= host->notify_bytes - sizeof(LV2_Atom));
  for (uint32_t i = host->notify_bytes; i < HOST_ATOM_BYTES; ++i) {
    CHECK(host->received[i] == UNTOUCHED);
  }
  LV2_ATOM_SEQUENCE_FOREACH (sequence, event) {
    CHECK(event->time.frames >= last);
    CHECK(event->time.frames <= (int64_t)n);
    last = event->time.frames;
    if (event->body.type == host_urid(host, LV2_MIDI__MidiEvent)) {
      hear_midi(host, event, n);
    } else {
      hear_event(host, event);
    }
  }
  lv2_atom_forge_pop(&host->forge, &host->frame);
  begin_sequence(host);
}

void
host_forget(Host* const host)
{
  host->heard = (HostHeard){.n_model = 0U};
}

void
host_send_set(Host* const       host,
              const uint32_t    frame,
              const char* const property,
              const char* const type,
              const void* const body,
              const uint32_t    size)
{
  LV2_Atom_Forge* const forge = &host->forge;
  LV2_Atom_Forge_Frame  object;
  CHECK(lv2_atom_forge_frame_time(forge, frame));
  CHECK(
    lv2_atom_forge_object(forge, &object, 0U, host_urid(host, LV2_PATCH__Set)));
  if (property) {
    lv2_atom_forge_key(forge, host_urid(host, LV2_PATCH__property));
    lv2_atom_forge_urid(forge, host_urid(host, property));
  }
  if (type) {
    lv2_atom_forge_key(forge, host_urid(host, LV2_PATCH__value));
    lv2_atom_forge_atom(forge, size, host_urid(host, type));
    CHECK(lv2_atom_forge_write(forge, body, size));
  }
  lv2_atom_forge_pop(forge, &object);
}

void
host_send_model(Host* const host, const uint32_t frame, const char* const path)
{
  host_send_set(
    host, frame, HOST_MODEL, LV2_ATOM__Path, path, (uint32_t)strlen(path) + 1U);
}

void
host_send_get(Host* const       host,
              const uint32_t    frame,
              const char* const property)
{
  LV2_Atom_Forge* const forge = &host->forge;
  LV2_Atom_Forge_Frame  object;
  CHECK(lv2_atom_forge_frame_time(forge, frame));
  CHECK(
    lv2_atom_forge_object(forge, &object, 0U, host_urid(host, LV2_PATCH__Get)));
  if (property) {
    lv2_atom_forge_key(forge, host_urid(host, LV2_PATCH__property));
    lv2_atom_forge_urid(forge, host_urid(host, property));
  }
  lv2_atom_forge_pop(forge, &object);
}

void
host_send_raw(Host* const       host,
              const uint32_t    frame,
              const char* const type,
              const void* const body,
              const uint32_t    size)
{
  LV2_Atom_Forge* const forge = &host->forge;
  CHECK(lv2_atom_forge_frame_time(forge, frame));
  CHECK(lv2_atom_forge_atom(forge, size, host_urid(host, type)));
  CHECK(lv2_atom_forge_write(forge, body, size));
}

void
host_send_midi(Host* const    host,
               const uint32_t frame,
               const uint8_t  status,
               const uint8_t  number,
               const uint8_t  value)
{
  const uint8_t bytes[3] = {status, number, value};
  host_send_raw(host, frame, LV2_MIDI__MidiEvent, bytes, 3U);
}

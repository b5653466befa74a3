// SPDX-License-Identifier: ISC

/// What the audio thread says to the host and the worker, and hears from them

#include "plugin/audio/audio.h"

#include <lv2/atom/util.h>

#include <stddef.h>
#include <string.h>

/// More than the frame around the text of a patch:Set takes
#define SET_SIZE 128U

/// Refuse a request, with reason, without having asked the worker
REM_RT static void
refuse(RemAudio* const self, const char* const reason)
{
  self->failed       = true;
  self->message      = reason;
  self->tell_model   = true;
  self->tell_message = true;
}

/// Note a request for another model; the last one in a block counts
REM_RT static void
request(RemAudio* const self, const LV2_Atom* const value)
{
  const char* const path = (const char*)LV2_ATOM_BODY_CONST(value);
  const char* const end  = (const char*)memchr(path, '\0', value->size);
  const size_t      n    = end ? (size_t)(end - path) : value->size;
  if (value->type != self->uris.atom_path &&
      value->type != self->uris.atom_string) {
    refuse(self, "The model was not given as a path, but as something else");
  } else if (n == 0U || n >= REM_PATH_SIZE) {
    refuse(self, "The path of the model is empty or longer than 4095 bytes");
  } else if (!self->schedule) {
    refuse(self,
           "This host has no worker thread to load a model in: name it in the "
           "environment as REMANENCE_MODEL, or by a preset or session");
  } else {
    memcpy(self->request.path, path, n);
    self->request.path[n] = '\0';
    self->request.kind    = REM_WORK_LOAD;
    self->request_size    = (uint32_t)(offsetof(RemRequest, path) + n + 1U);
  }
}

/// Return the name that an atom holds, or 0
REM_RT static LV2_URID
urid_in(const RemAudio* const self, const LV2_Atom* const atom)
{
  return atom && atom->type == self->uris.atom_urid &&
             atom->size >= sizeof(LV2_URID)
           ? ((const LV2_Atom_URID*)atom)->body
           : 0U;
}

REM_RT static void
receive_object(RemAudio* const self, const LV2_Atom_Object* const object)
{
  const RemUris* const uris     = &self->uris;
  const LV2_Atom*      subject  = NULL;
  const LV2_Atom*      property = NULL;
  const LV2_Atom*      value    = NULL;
  lv2_atom_object_get(object,
                      uris->patch_subject,
                      &subject,
                      uris->patch_property,
                      &property,
                      uris->patch_value,
                      &value,
                      0);
  const LV2_URID which = urid_in(self, property);
  if (subject && urid_in(self, subject) != uris->plugin) {
    return;
  }

  if (object->body.otype == uris->patch_get) {
    self->tell_model = self->tell_model || !property || which == uris->model;
    self->tell_message =
      self->tell_message || !property || which == uris->message;
  } else if (object->body.otype == uris->patch_set && which == uris->model &&
             value) {
    request(self, value);
  }
}

REM_RT static void
receive_events(RemAudio* const self)
{
  const LV2_Atom_Sequence* const control =
    (const LV2_Atom_Sequence*)rem_audio_port(self, REM_AUDIO_CONTROL);
  if (!control || !self->map ||
      control->atom.type != self->uris.atom_sequence ||
      control->atom.size < sizeof(LV2_Atom_Sequence_Body)) {
    return;
  }
  LV2_ATOM_SEQUENCE_FOREACH (control, event) {
    if (lv2_atom_forge_is_object_type(&self->forge, event->body.type) &&
        event->body.size >= sizeof(LV2_Atom_Object_Body)) {
      receive_object(self, (const LV2_Atom_Object*)&event->body);
    }
  }
}

/// Send what is to be sent.  If the host refuses, ask again next block.
REM_RT static void
ask_worker(RemAudio* const self)
{
  const LV2_Worker_Schedule* const s = self->schedule;
  if (!s) {
    return;
  }

  // A freewheeling host works before schedule_work() returns, so mark it first
  const uint32_t size = self->request_size;
  self->request_size  = 0U;
  if (size && s->schedule_work(s->handle, size, &self->request)) {
    self->request_size = size;
  }

  const bool full =
    rem_slot_has_retired(self->slot) || rem_bin_is_full(&self->loader.old);
  const bool     ask     = full && !self->collecting;
  const uint32_t collect = REM_WORK_COLLECT;
  self->collecting       = full;
  if (ask && s->schedule_work(s->handle, sizeof(collect), &collect)) {
    self->collecting = false;
  }
}

REM_RT static void
receive_news(RemAudio* const self)
{
  RemReport* const news = rem_loader_news(&self->loader);
  if (!news) {
    return;
  }

  if (self->report) {
    rem_bin_put(&self->loader.old, &self->report->node);
  }
  self->report       = news;
  self->failed       = news->failed;
  self->message      = news->message;
  self->tell_model   = true;
  self->tell_message = true;
}

REM_RT void
rem_audio_receive(RemAudio* const self)
{
  receive_events(self);
  ask_worker(self);
  receive_news(self);
}

/// Write patch:Set of `property`; returns whether there was room
REM_RT static bool
tell(RemAudio* const   self,
     const LV2_URID    property,
     const LV2_URID    type,
     const char* const text)
{
  LV2_Atom_Forge* const forge = &self->forge;
  LV2_Atom_Forge_Frame  frame;
  const uint32_t        n = (uint32_t)strlen(text);
  if (forge->size - forge->offset < n + SET_SIZE) {
    return false;
  }

  lv2_atom_forge_frame_time(forge, 0);
  lv2_atom_forge_object(forge, &frame, 0, self->uris.patch_set);
  lv2_atom_forge_key(forge, self->uris.patch_property);
  lv2_atom_forge_urid(forge, property);
  lv2_atom_forge_key(forge, self->uris.patch_value);
  lv2_atom_forge_typed_string(forge, type, text, n);
  lv2_atom_forge_pop(forge, &frame);
  return true;
}

REM_RT void
rem_audio_notify(RemAudio* const self)
{
  LV2_Atom_Sequence* const notify =
    (LV2_Atom_Sequence*)rem_audio_port(self, REM_AUDIO_NOTIFY);
  if (!notify || !self->map || notify->atom.size < sizeof(LV2_Atom_Sequence)) {
    return;
  }

  const RemUris* const uris = &self->uris;
  LV2_Atom_Forge_Frame frame;
  lv2_atom_forge_set_buffer(&self->forge, (uint8_t*)notify, notify->atom.size);
  lv2_atom_forge_sequence_head(&self->forge, &frame, 0);
  if (self->tell_model) {
    const char* const path = self->report ? self->report->path : "";
    self->tell_model       = !tell(self, uris->model, uris->atom_path, path);
  }
  if (self->tell_message) {
    self->tell_message =
      !tell(self, uris->message, uris->atom_string, self->message);
  }
  lv2_atom_forge_pop(&self->forge, &frame);
}

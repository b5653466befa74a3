// SPDX-License-Identifier: ISC

/// What the audio thread says to the host and the worker, and hears from them

#include "plugin/shell.h"

#include <lv2/atom/util.h>

#include <stddef.h>
#include <string.h>

/// More than the frame around the text of a patch:Set takes
#define SET_SIZE 128U

/// Refuse a request, with reason, without having asked the worker
REM_RT static void
refuse(RemShell* const self, const char* const reason)
{
  self->failed  = true;
  self->message = reason;
  self->tell |= REM_TELL_MODEL | REM_TELL_MESSAGE;
}

/// Note a request in words of `n` bytes; the last one of its kind in a block
/// counts
REM_RT static uint32_t
note(RemRequest* const request,
     const uint32_t    kind,
     const char* const text,
     const size_t      n)
{
  memcpy(request->text, text, n);
  request->text[n]  = '\0';
  request->kind     = kind;
  const size_t size = offsetof(RemRequest, text) + n + 1U;
  return (uint32_t)(size < sizeof(RemNumberRequest) ? sizeof(RemNumberRequest)
                                                    : size);
}

static const char no_worker[] =
  "Nobody can load a model here: this host has no worker thread and OSC is off."
  " Name it in the environment as REMANENCE_MODEL, or by a preset or session";

/// Note a request for another model
REM_RT static void
request(RemShell* const self, const LV2_Atom* const value)
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
    refuse(self, no_worker);
  } else {
    self->request.serial = atomic_fetch_add(&self->newest, 1U) + 1U;
    self->request_size   = note(&self->request, REM_WORK_LOAD, path, n);
  }
}

/// What can be set in words, besides the model
typedef struct {
  LV2_URID property;
  uint32_t work; ///< REM_WORK_*
  uint32_t tell; ///< REM_TELL_*
  size_t   least;
  size_t   room; ///< With its zero
} Text;

/// Note a request for another text of that kind
REM_RT static void
request_text(RemShell* const       self,
             const uint32_t        i,
             const Text* const     text,
             const LV2_Atom* const value)
{
  const char* const words = (const char*)LV2_ATOM_BODY_CONST(value);
  const char* const end   = (const char*)memchr(words, '\0', value->size);
  const size_t      n     = end ? (size_t)(end - words) : value->size;
  if (self->schedule && value->type == self->uris.atom_string &&
      n >= text->least && n < text->room) {
    self->text_sizes[i] = note(&self->texts[i], text->work, words, n);
  } else {
    self->tell |= text->tell; // As it was
  }
}

REM_RT static void
request_texts(RemShell* const       self,
              const LV2_URID        property,
              const LV2_Atom* const value)
{
  const RemUris* const uris = &self->uris;
  const Text           name = {
              uris->name, REM_WORK_NAME, REM_TELL_NAME, 1U, REM_NAME_SIZE};
  const Text mapping = {
    uris->mapping, REM_WORK_MAPPING, REM_TELL_MAPPING, 0U, REM_MESSAGE_SIZE};
  const Text client = {
    uris->client, REM_WORK_CLIENT, REM_TELL_CLIENT, 0U, REM_CLIENT_SIZE};
  const Text* const texts[REM_N_TEXTS] = {&name, &mapping, &client};
  for (uint32_t i = 0U; i < REM_N_TEXTS; ++i) {
    if (texts[i]->property == property &&
        (self->kind->tells & texts[i]->tell)) {
      request_text(self, i, texts[i], value);
    }
  }
}

REM_RT bool
rem_shell_select(RemShell* const self, const uint32_t index)
{
  const uint32_t         serial = atomic_fetch_add(&self->newest, 1U) + 1U;
  const RemNumberRequest select = {REM_WORK_SELECT, serial, index};
  if (!self->schedule) {
    refuse(self, no_worker);
    return false;
  }
  memcpy(&self->request, &select, sizeof(select));
  self->request_size = sizeof(select);
  return true;
}

/// Return the name that an atom holds, or 0
REM_RT static LV2_URID
urid_in(const RemShell* const self, const LV2_Atom* const atom)
{
  return atom && atom->type == self->uris.atom_urid &&
             atom->size >= sizeof(LV2_URID)
           ? ((const LV2_Atom_URID*)atom)->body
           : 0U;
}

/// Return what to tell of a property, or 0 if we have none of that name
REM_RT static uint32_t
tell_of(const RemShell* const self, const LV2_URID property)
{
  const RemUris* const uris = &self->uris;
  const struct {
    LV2_URID property;
    uint32_t tell;
  } table[]     = {{uris->model, REM_TELL_MODEL},
                   {uris->message, REM_TELL_MESSAGE},
                   {uris->knobs, REM_TELL_KNOBS},
                   {uris->name, REM_TELL_NAME},
                   {uris->mapping, REM_TELL_MAPPING},
                   {uris->client, REM_TELL_CLIENT},
                   {uris->osc_port, REM_TELL_PORT}};
  uint32_t tell = 0U;
  for (uint32_t i = 0U; i < sizeof(table) / sizeof(*table); ++i) {
    tell |= table[i].property == property ? table[i].tell : 0U;
  }
  return tell & self->kind->tells;
}

REM_RT static void
receive_set(RemShell* const       self,
            const LV2_URID        property,
            const LV2_Atom* const value)
{
  if (value && property == self->uris.model) {
    request(self, value);
  } else if (value) {
    request_texts(self, property, value);
  }
}

REM_RT static void
receive_object(RemShell* const self, const LV2_Atom_Object* const object)
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
    self->tell |= property ? tell_of(self, which) : self->kind->tells;
  } else if (object->body.otype == uris->patch_set) {
    receive_set(self, which, value);
  }
}

REM_RT static void
receive_events(RemShell* const self)
{
  const LV2_Atom_Sequence* const control =
    (const LV2_Atom_Sequence*)self->ports[REM_PORT_CONTROL];
  if (!rem_shell_first_event(self)) {
    return;
  }
  LV2_ATOM_SEQUENCE_FOREACH (control, event) {
    if (lv2_atom_forge_is_object_type(&self->forge, event->body.type) &&
        event->body.size >= sizeof(LV2_Atom_Object_Body)) {
      receive_object(self, (const LV2_Atom_Object*)&event->body);
    }
  }
}

/// Send a request and return how much of it is left to send: all if the host
/// refuses.  A freewheeling host works before schedule_work() returns, so
/// `size` is 0 meanwhile.
REM_RT static void
ask(const RemShell* const self, const RemRequest* const what, uint32_t* size)
{
  const LV2_Worker_Schedule* const s = self->schedule;
  const uint32_t                   n = *size;
  *size                              = 0U;
  if (n && s->schedule_work(s->handle, n, what)) {
    *size = n;
  }
}

REM_RT bool
rem_shell_ask_number(const RemShell* const self,
                     const uint32_t        kind,
                     const uint32_t        number)
{
  const RemNumberRequest           request = {kind, 0U, number};
  const LV2_Worker_Schedule* const s       = self->schedule;
  return s && !s->schedule_work(s->handle, sizeof(request), &request);
}

/// Send what is to be sent.  If the host refuses, ask again next block.
REM_RT static void
ask_worker(RemShell* const self)
{
  if (!self->schedule) {
    return;
  }

  ask(self, &self->request, &self->request_size);
  for (uint32_t i = 0U; i < REM_N_TEXTS; ++i) {
    ask(self, &self->texts[i], &self->text_sizes[i]);
  }

  const bool full = rem_mailbox_is_full(self->loader.stage.mailbox) ||
                    rem_bin_is_full(&self->loader.old);
  const bool wanted = full && !self->collecting;
  self->collecting  = full;
  if (wanted && !rem_shell_ask_number(self, REM_WORK_COLLECT, 0U)) {
    self->collecting = false;
  }
}

REM_RT static void
receive_news(RemShell* const self)
{
  RemReport* const news = rem_loader_news(&self->loader);
  if (!news) {
    return;
  }

  if (self->report) {
    rem_bin_put(&self->loader.old, &self->report->node);
  }
  self->report  = news;
  self->failed  = news->failed;
  self->message = news->message;
  self->tell |= self->kind->tells | (news->unsaved ? REM_TELL_UNSAVED : 0U);
}

REM_RT void
rem_shell_receive(RemShell* const self)
{
  receive_events(self);
  ask_worker(self);
  receive_news(self);
}

/// Begin patch:Set of `property` with a value of `size` bytes; returns whether
/// there is room
REM_RT static bool
begin_set(RemShell* const             self,
          LV2_Atom_Forge_Frame* const frame,
          const LV2_URID              property,
          const uint32_t              size)
{
  LV2_Atom_Forge* const forge = &self->forge;
  if (forge->size - forge->offset < size + SET_SIZE) {
    return false;
  }
  lv2_atom_forge_frame_time(forge, 0);
  lv2_atom_forge_object(forge, frame, 0, self->uris.patch_set);
  lv2_atom_forge_key(forge, self->uris.patch_property);
  lv2_atom_forge_urid(forge, property);
  lv2_atom_forge_key(forge, self->uris.patch_value);
  return true;
}

/// Write patch:Set of a text, if that is what is to be told, and there is room
REM_RT static void
tell_text(RemShell* const   self,
          const uint32_t    what,
          const LV2_URID    property,
          const LV2_URID    type,
          const char* const text)
{
  LV2_Atom_Forge_Frame frame;
  const uint32_t       n = (uint32_t)strlen(text);
  if ((self->tell & what) && begin_set(self, &frame, property, n)) {
    lv2_atom_forge_typed_string(&self->forge, type, text, n);
    lv2_atom_forge_pop(&self->forge, &frame);
    self->tell &= ~what;
  }
}

REM_RT static void
tell_port(RemShell* const self, const uint32_t port)
{
  LV2_Atom_Forge_Frame frame;
  if ((self->tell & REM_TELL_PORT) &&
      begin_set(self, &frame, self->uris.osc_port, sizeof(int32_t))) {
    lv2_atom_forge_int(&self->forge, (int32_t)port);
    lv2_atom_forge_pop(&self->forge, &frame);
    self->tell &= ~(uint32_t)REM_TELL_PORT;
  }
}

/// Tell the host that a session would be saved otherwise now
REM_RT static void
tell_unsaved(RemShell* const self)
{
  LV2_Atom_Forge* const forge = &self->forge;
  LV2_Atom_Forge_Frame  frame;
  if ((self->tell & REM_TELL_UNSAVED) &&
      forge->size - forge->offset >= SET_SIZE) {
    lv2_atom_forge_frame_time(forge, 0);
    lv2_atom_forge_object(forge, &frame, 0, self->uris.state_changed);
    lv2_atom_forge_pop(forge, &frame);
    self->tell &= ~(uint32_t)REM_TELL_UNSAVED;
  }
}

/// Tell the host at most once a second that controls were turned
REM_RT static void
note_turned(RemShell* const self, const uint32_t n)
{
  if (self->unsaved && !self->n_quiet) {
    self->unsaved = false;
    self->n_quiet = (uint32_t)self->rate;
    self->tell |= REM_TELL_UNSAVED;
  }
  self->n_quiet -= self->n_quiet < n ? self->n_quiet : n;
}

REM_RT bool
rem_shell_begin_notify(RemShell* const self, const uint32_t n)
{
  note_turned(self, n);
  LV2_Atom_Sequence* const notify =
    (LV2_Atom_Sequence*)self->ports[REM_PORT_NOTIFY];
  if (!notify || !self->map || notify->atom.size < sizeof(LV2_Atom_Sequence)) {
    return false;
  }

  const RemUris* const   uris   = &self->uris;
  const RemReport* const report = self->report;
  const LV2_URID         string = uris->atom_string;
  lv2_atom_forge_set_buffer(&self->forge, (uint8_t*)notify, notify->atom.size);
  lv2_atom_forge_sequence_head(&self->forge, &self->sequence, 0);
  tell_text(self,
            REM_TELL_MODEL,
            uris->model,
            uris->atom_path,
            report ? report->path : "");
  tell_text(self, REM_TELL_MESSAGE, uris->message, string, self->message);
  tell_text(
    self, REM_TELL_KNOBS, uris->knobs, string, report ? report->knobs : "");
  tell_text(
    self, REM_TELL_NAME, uris->name, string, report ? report->name : "");
  tell_text(self,
            REM_TELL_MAPPING,
            uris->mapping,
            string,
            report ? report->mapping : "");
  tell_text(
    self, REM_TELL_CLIENT, uris->client, string, report ? report->client : "");
  tell_port(self, report ? report->osc_port : 0U);
  tell_unsaved(self);
  return true;
}

REM_RT void
rem_shell_end_notify(RemShell* const self)
{
  lv2_atom_forge_pop(&self->forge, &self->sequence);
}

// SPDX-License-Identifier: ISC

/// Controls: the host's ports, and what MIDI and OSC make of them.  Whoever
/// moved a control last has it.

#include "plugin/shell.h"

#include <lv2/atom/util.h>

#include <math.h>
#include <stddef.h>

REM_RT static void
put(RemShell* const self,
    const uint32_t  control,
    const float     value,
    const bool      turned)
{
  self->unsaved |= turned && value != self->value[control];
  self->value[control] = value;
  atomic_store(&self->remote.value[control], value);
  atomic_store(&self->remote.turned[control], turned);
}

REM_RT void
rem_shell_turn(RemShell* const self, const uint32_t control, const float value)
{
  put(self, control, value, true);
}

/// Return what the host's port says, within its range; its default if the host
/// gives nothing that is a number
REM_RT static float
port_value(const RemShell* const self, const uint32_t control)
{
  const RemControl* const c = &self->kind->controls.items[control];
  const float* const x = (const float*)self->ports[self->kind->first + control];
  return x && !isnan(*x) ? fminf(fmaxf(*x, c->minimum), c->maximum) : c->normal;
}

/// Take what other threads want of a control
REM_RT static void
take_wanted(RemShell* const self, const uint32_t control)
{
  _Atomic float* const mailbox = &self->remote.wanted[control];
  if (isnan(atomic_load(mailbox))) {
    return;
  }
  const float wanted = atomic_exchange(mailbox, NAN);
  if (isfinite(wanted)) {
    put(self, control, wanted, true);
  } else if (wanted < 0.0f) { // REM_FOLLOW_PORT
    put(self, control, self->seen[control], false);
  }
}

/// Return whether the host has moved its port since the last block.  A move
/// that a session announced is none: what it has turned stays turned.
REM_RT static bool
has_moved(RemShell* const self, const uint32_t control, const float x)
{
  RemRemote* const remote = &self->remote;
  const float      before = self->seen[control];
  if (x != before || !self->ran) {
    self->seen[control] = x;
    atomic_store(&remote->port[control], x);
  }
  if (!self->ran) {
    return !atomic_load(&remote->turned[control]);
  }
  if (x == before) {
    return false;
  }
  return atomic_exchange(&remote->expected[control], NAN) != x;
}

REM_RT void
rem_shell_read_controls(RemShell* const self)
{
  for (uint32_t i = 0U; i < self->kind->controls.n; ++i) {
    const float x = port_value(self, i);
    if (has_moved(self, i, x)) {
      put(self, i, x, false);
    }
    take_wanted(self, i);
  }
  self->ran = true;
}

REM_RT const LV2_Atom_Event*
rem_shell_first_event(const RemShell* const self)
{
  const LV2_Atom_Sequence* const control =
    (const LV2_Atom_Sequence*)self->ports[REM_PORT_CONTROL];
  const bool good = control && self->map &&
                    control->atom.type == self->uris.atom_sequence &&
                    control->atom.size > sizeof(LV2_Atom_Sequence_Body);
  const LV2_Atom_Event* const first =
    good ? lv2_atom_sequence_begin(&control->body) : NULL;
  return first && !lv2_atom_sequence_is_end(
                    &control->body, control->atom.size, first)
           ? first
           : NULL;
}

REM_RT const LV2_Atom_Event*
rem_shell_next_event(const RemShell* const       self,
                     const LV2_Atom_Event* const event)
{
  const LV2_Atom_Sequence* const control =
    (const LV2_Atom_Sequence*)self->ports[REM_PORT_CONTROL];
  const LV2_Atom_Event* const next = lv2_atom_sequence_next(event);
  return lv2_atom_sequence_is_end(&control->body, control->atom.size, next)
           ? NULL
           : next;
}

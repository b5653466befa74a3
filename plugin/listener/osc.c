// SPDX-License-Identifier: ISC

/// OSC of the listener: what is heard goes to a client.  All of it in the
/// server's thread.

#include "plugin/listener/osc.h"

#include "plugin/listener/listener.h"
#include "plugin/osc/internal.h"

#include <math.h>
#include <stddef.h>
#include <string.h>

#define LOOK_SECONDS 0.002 ///< Between looks at what was heard
#define MAX_BURST 64U      ///< Events sent between looks at what is due

static RemListener*
listener_of(const RemInstance* const instance)
{
  return (RemListener*)instance->work_handle;
}

static bool
obey(const RemCommand* const command)
{
  if (strcmp(command->verb, "client") != 0) {
    return false;
  }
  rem_client_obey(command, &listener_of(command->instance)->shell);
  return true;
}

/// Return an event, or a point of a curve, as a message
static lo_message
message_of(const RemHeardEvent* const event)
{
  const lo_message message = lo_message_new();
  if (message) {
    (void)lo_message_add_string(message, event->name);
    (void)lo_message_add_float(message, event->strength);
    (void)lo_message_add_int32(message, (int32_t)event->output);
  }
  return message;
}

static double
tend(RemServer* const server, RemInstance* const instance)
{
  RemListener* const self = listener_of(instance);
  RemHeardEvent      event;
  rem_client_follow(&self->client, &self->shell);
  for (uint32_t n = 0U; n < MAX_BURST && rem_ring_pop(&self->heard, &event);
       ++n) {
    rem_client_send(&self->client,
                    server,
                    &self->shell,
                    event.curve ? "/curve" : "/heard",
                    message_of(&event));
  }
  return self->client.address ? LOOK_SECONDS : HUGE_VAL;
}

static const RemFigure figures[] = {
  {"status/dsp_load", offsetof(RemRemote, load), true},
  {"status/non_finite", offsetof(RemRemote, n_non_finite), false},
  {"status/latency", offsetof(RemRemote, latency), false}};

const RemOscKind rem_osc_listener_kind = {figures,
                                          sizeof(figures) / sizeof(*figures),
                                          obey,
                                          NULL,
                                          tend};

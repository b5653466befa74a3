// SPDX-License-Identifier: ISC

/// Telling how an instance is, once or over and over

#include "plugin/osc/internal.h"
#include "plugin/path.h"
#include "plugin/ticks.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MIN_HZ 0.1
#define MAX_HZ 60.0
#define SUBSCRIPTION_SECONDS 60.0

/// A bundle that is being written for an instance
typedef struct {
  lo_bundle          bundle;
  const RemInstance* instance;
} Status;

/// Add a message, which the bundle then owns, at `path` below the instance
static void
add(const Status* const status, const char* const path, const lo_message m)
{
  char address[REM_OSC_ADDRESS_SIZE];
  (void)snprintf(
    address, sizeof(address), "/remanence/%s/%s", status->instance->name, path);
  if (m) {
    (void)lo_bundle_add_message(status->bundle, address, m);
  }
}

static void
add_text(const Status* const status, const char* path, const char* const text)
{
  add(status, path, rem_osc_text(text));
}

static void
add_float(const Status* const status, const char* const path, const double x)
{
  const lo_message m = lo_message_new();
  (void)lo_message_add_float(m, (float)x);
  add(status, path, m);
}

static void
add_int(const Status* const status, const char* const path, const uint32_t x)
{
  const lo_message m = lo_message_new();
  (void)lo_message_add_int32(m, (int32_t)x);
  add(status, path, m);
}

static void
add_model(const Status* const status)
{
  static const char* const states[] = {
    "no model", "playing", "fading", "last load failed"};
  const RemRemote* const remote = status->instance->remote;
  RemReport              told;
  double                 rate = 0.0;
  rem_loader_look(status->instance->loader, &told, &rate);

  add_text(status, "status/state", states[atomic_load(&remote->status) & 3U]);
  add_text(status, "status/model", rem_path_name(told.path));
  add_text(status, "status/path", told.path);
  add_text(status, "status/message", told.message);
  add_float(status, "status/model_rate", rate);
  add_float(status, "status/rate", status->instance->rate);
}

static void
add_figure(const Status* const status, const RemFigure* const figure)
{
  const char* const at = (const char*)status->instance->remote + figure->at;
  if (figure->real) {
    const _Atomic float* const x = (const _Atomic float*)(const void*)at;
    add_float(status, figure->path, (double)atomic_load(x));
  } else {
    const _Atomic(uint32_t)* const x =
      (const _Atomic(uint32_t)*)(const void*)at;
    add_int(status, figure->path, atomic_load(x));
  }
}

static void
add_figures(const Status* const status, const uint32_t port)
{
  const RemRemote* const  remote = status->instance->remote;
  const RemOscKind* const kind   = status->instance->kind;
  for (uint32_t i = 0U; i < kind->n_figures; ++i) {
    add_figure(status, &kind->figures[i]);
  }
  add_int(status, "status/port", port);
  for (uint32_t i = 0U; i < remote->controls.n; ++i) {
    add_float(status,
              remote->controls.items[i].symbol,
              (double)atomic_load(&remote->value[i]));
  }
}

static void
send_status(const RemServer* const   server,
            const RemInstance* const instance,
            const lo_address         to)
{
  const Status status = {lo_bundle_new(LO_TT_IMMEDIATE), instance};
  if (status.bundle) {
    add_model(&status);
    add_figures(&status, server->port);
    if (to && server->port) {
      (void)lo_send_bundle_from(to, server->lo, status.bundle);
    }
    lo_bundle_free_recursive(status.bundle);
  }
}

void
rem_osc_get(const RemCommand* const command)
{
  send_status(command->server, command->instance, command->from);
  rem_osc_ok(command, NULL);
}

void
rem_osc_drop_subscriber(RemSubscriber* const subscriber)
{
  if (subscriber->to) {
    lo_address_free(subscriber->to);
  }
  memset(subscriber, 0, sizeof(*subscriber));
}

/// Return whether a subscriber is the one at this address
static bool
is_at(const RemSubscriber* const s,
      const RemInstance* const   instance,
      const lo_address           to)
{
  return s->instance == instance && s->to &&
         !strcmp(lo_address_get_port(s->to), lo_address_get_port(to)) &&
         !strcmp(lo_address_get_hostname(s->to), lo_address_get_hostname(to));
}

/// Return the place of who subscribes again, or an empty one, or NULL
static RemSubscriber*
place_for(RemServer* const         server,
          const RemInstance* const instance,
          const lo_address         to)
{
  RemSubscriber* place = NULL;
  for (uint32_t i = 0U; i < REM_OSC_MAX_SUBSCRIBERS; ++i) {
    RemSubscriber* const s = &server->subscribers[i];
    if (is_at(s, instance, to)) {
      return s;
    }
    place = s->instance || place ? place : s;
  }
  return place;
}

/// Put `to`, which goes over to it, into the list for a minute
static void
subscribe(const RemCommand* const command, const lo_address to, const double hz)
{
  RemSubscriber* const place =
    place_for(command->server, command->instance, to);
  if (!place) {
    rem_osc_error(command, REM_OSC_TOO_MUCH, "too many subscribers");
    lo_address_free(to);
    return;
  }

  const double now = rem_seconds();
  rem_osc_drop_subscriber(place);
  if (hz > 0.0) {
    place->instance           = command->instance;
    command->instance->n_told = rem_loader_sounding(command->instance->loader);
    place->to                 = to;
    place->period             = 1.0 / fmin(fmax(hz, MIN_HZ), MAX_HZ);
    place->next               = now;
    place->end                = now + SUBSCRIPTION_SECONDS;
  }
  const lo_message brings = lo_message_new();
  (void)lo_message_add_int32(
    brings, (int32_t)strtol(lo_address_get_port(to), NULL, 10));
  (void)lo_message_add_float(brings,
                             hz > 0.0 ? (float)(1.0 / place->period) : 0.0f);
  rem_osc_ok(command, brings);
  if (hz <= 0.0) {
    lo_address_free(to);
  }
}

void
rem_osc_subscribe(const RemCommand* const command)
{
  char   port[8] = "";
  double number  = 0.0;
  double hz      = 0.0;
  if (!rem_osc_number(command, 0, &number) || number < 1.0 ||
      number > 65535.0 || !rem_osc_number(command, 1, &hz)) {
    rem_osc_error(command,
                  REM_OSC_BAD_ARGUMENTS,
                  "expected i and f, a port of your machine and how often a "
                  "second");
    return;
  }
  (void)snprintf(port, sizeof(port), "%d", (int)number);
  const char* const host =
    command->from ? lo_address_get_hostname(command->from) : NULL;
  const lo_address to = host ? lo_address_new(host, port) : NULL;
  if (to) {
    subscribe(command, to, hz);
  }
}

/// Tell every subscriber of an instance that another model sounds
static void
tell_loaded(const RemServer* const server, RemInstance* const instance)
{
  const uint32_t number = rem_loader_sounding(instance->loader);
  RemReport      told;
  double         rate = 0.0;
  if (number == instance->n_told) {
    return;
  }
  instance->n_told = number;
  if (!rem_loader_is_new(instance->loader, number)) {
    return;
  }
  rem_loader_look(instance->loader, &told, &rate);
  for (uint32_t i = 0U; i < REM_OSC_MAX_SUBSCRIBERS; ++i) {
    if (server->subscribers[i].instance == instance) {
      rem_osc_send_loaded(
        server, server->subscribers[i].to, instance, told.path);
    }
  }
}

double
rem_osc_tend_subscribers(RemServer* const server)
{
  const double now  = rem_seconds();
  double       wait = HUGE_VAL;
  for (uint32_t i = 0U; i < REM_OSC_MAX_SUBSCRIBERS; ++i) {
    RemSubscriber* const s = &server->subscribers[i];
    if (s->instance && now >= s->end) {
      rem_osc_drop_subscriber(s);
    }
    if (!s->instance) {
      continue;
    }
    tell_loaded(server, s->instance);
    if (now >= s->next) {
      send_status(server, s->instance, s->to);
      s->next = fmax(s->next + s->period, now);
    }
    wait = fmin(wait, s->next - now);
  }
  return wait;
}

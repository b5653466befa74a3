// SPDX-License-Identifier: ISC

/// Reading arguments and sending answers

#include "plugin/osc/internal.h"
#include "plugin/ticks.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

lo_address
rem_osc_copy_address(const lo_address address)
{
  const char* const host = lo_address_get_hostname(address);
  const char* const port = lo_address_get_port(address);
  return host && port ? lo_address_new(host, port) : NULL;
}

void
rem_osc_send(const RemServer* const server,
             const lo_address       to,
             const char* const      address,
             const char* const      ending,
             lo_message             message)
{
  char whole[REM_OSC_ADDRESS_SIZE + 64U];
  if (!message) {
    message = lo_message_new();
  }
  const int n = snprintf(whole, sizeof(whole), "%s%s", address, ending);
  if (to && message && server->port && n > 0 && (size_t)n < sizeof(whole)) {
    (void)lo_send_message_from(to, server->lo, whole, message);
  }
  if (message) {
    lo_message_free(message);
  }
}

void
rem_osc_ok(const RemCommand* const command, const lo_message brings)
{
  rem_osc_send(command->server, command->from, command->address, "/ok", brings);
}

/// Return what an error brings, or NULL without memory
static lo_message
error_message(const int code, const char* const words)
{
  const lo_message message = lo_message_new();
  if (message) {
    (void)lo_message_add_int32(message, code);
    (void)lo_message_add_string(message, words);
  }
  return message;
}

void
rem_osc_error(const RemCommand* const command,
              const int               code,
              const char* const       words)
{
  rem_osc_send(command->server,
               command->from,
               command->address,
               "/error",
               error_message(code, words));
}

void
rem_osc_fail(const RemCommand* const command, const RemError* const error)
{
  char words[sizeof(error->place) + sizeof(error->text) + 4U];
  (void)snprintf(words,
                 sizeof(words),
                 "%s%s%s",
                 error->place,
                 error->place[0] ? ": " : "",
                 error->text[0] ? error->text : rem_strerror(error->status));
  const int code = error->status == REM_BAD_ARGUMENT
                     ? REM_OSC_FORBIDDEN
                     : (error->status == REM_NO_FILE ? REM_OSC_NOTHING_THERE
                                                     : REM_OSC_BAD_MODEL);
  rem_osc_error(command, code, words);
}

lo_message
rem_osc_text(const char* const text)
{
  const lo_message message = lo_message_new();
  if (message) {
    (void)lo_message_add_string(message, text);
  }
  return message;
}

bool
rem_osc_number(const RemCommand* const command, const int i, double* const x)
{
  if (i >= command->argc) {
    return false;
  }
  const lo_type type = (lo_type)command->types[i];
  if (type == LO_TRUE || type == LO_FALSE) {
    *x = type == LO_TRUE ? 1.0 : 0.0;
    return true;
  }
  if (type != LO_INT32 && type != LO_FLOAT && type != LO_DOUBLE &&
      type != LO_INT64) {
    return false;
  }
  *x = (double)lo_hires_val(type, command->argv[i]);
  return isfinite(*x);
}

const char*
rem_osc_string(const RemCommand* const command, const int i)
{
  const bool is_text = i < command->argc && (command->types[i] == LO_STRING ||
                                             command->types[i] == LO_SYMBOL);
  return is_text ? (const char*)command->argv[i] : NULL;
}

void
rem_osc_drop_pending(RemPending* const pending)
{
  if (pending->to) {
    lo_address_free(pending->to);
  }
  if (pending->ok) {
    lo_message_free(pending->ok);
  }
  memset(pending, 0, sizeof(*pending));
}

static RemPending*
empty_place(RemServer* const server)
{
  for (uint32_t i = 0U; i < REM_OSC_MAX_PENDING; ++i) {
    if (!server->pending[i].instance) {
      return &server->pending[i];
    }
  }
  return NULL;
}

#define PATIENCE 2.0 ///< Seconds without a block until we say so

void
rem_osc_ok_when_heard(const RemCommand* const command,
                      const uint32_t          number,
                      const lo_message        brings)
{
  const RemRemote* const remote  = command->instance->remote;
  RemPending* const      pending = empty_place(command->server);
  if (!pending) { // It is done all the same
    rem_osc_error(
      command,
      REM_OSC_TOO_MUCH,
      "carried out, but too many answers are due: this is one less");
    lo_message_free(brings);
    return;
  }
  (void)snprintf(
    pending->address, sizeof(pending->address), "%s", command->address);
  pending->instance = command->instance;
  pending->to       = rem_osc_copy_address(command->from);
  pending->ok       = brings;
  pending->number   = number;
  pending->n_done   = atomic_load(&remote->n_begun) + 1U;
  pending->n_seen   = atomic_load(&remote->n_done);
  pending->deadline = rem_seconds() + PATIENCE;
}

/// Return whether a count that wraps has come to `goal`
static bool
has_come_to(const uint32_t count, const uint32_t goal)
{
  return (int32_t)(count - goal) >= 0;
}

static bool
is_heard(const RemPending* const pending, const uint32_t n_done)
{
  return pending->number
           ? has_come_to(rem_loader_sounding(pending->instance->loader),
                         pending->number)
           : has_come_to(n_done, pending->n_done);
}

void
rem_osc_send_loaded(const RemServer* const   server,
                    const lo_address         to,
                    const RemInstance* const instance,
                    const char* const        path)
{
  char address[REM_OSC_ADDRESS_SIZE];
  (void)snprintf(address, sizeof(address), "/remanence/%s", instance->name);
  rem_osc_send(server, to, address, "/loaded", rem_osc_text(path));
}

static void
settle(const RemServer* const server, RemPending* const pending)
{
  lo_arg** const argv = lo_message_get_argv(pending->ok);
  const int      n    = lo_message_get_argc(pending->ok);
  if (pending->number && n) { // Its last argument is the path
    rem_osc_send_loaded(
      server, pending->to, pending->instance, (const char*)argv[n - 1]);
  }
  rem_osc_send(server, pending->to, pending->address, "/ok", pending->ok);
  pending->ok = NULL;
  rem_osc_drop_pending(pending);
}

void
rem_osc_give_up(const RemServer* const server,
                RemPending* const      pending,
                const int              code,
                const char* const      words)
{
  rem_osc_send(server,
               pending->to,
               pending->address,
               "/error",
               error_message(code, words));
  rem_osc_drop_pending(pending);
}

/// Answer if there is something to answer
static void
tend(const RemServer* const server, RemPending* const pending)
{
  const uint32_t n_done = atomic_load(&pending->instance->remote->n_done);
  if (pending->number &&
      rem_loader_was_replaced(pending->instance->loader, pending->number)) {
    rem_osc_give_up(server,
                    pending,
                    REM_OSC_REPLACED,
                    "another model was asked for before this one sounded");
  } else if (is_heard(pending, n_done)) {
    settle(server, pending);
  } else if (n_done != pending->n_seen) {
    pending->n_seen   = n_done;
    pending->deadline = rem_seconds() + PATIENCE;
  } else if (rem_seconds() > pending->deadline) {
    rem_osc_give_up(
      server,
      pending,
      REM_OSC_NOT_RUNNING,
      "the host does not run the plugin: it will be heard when it does");
  }
}

double
rem_osc_tend_pending(RemServer* const server)
{
  double wait = HUGE_VAL;
  for (uint32_t i = 0U; i < REM_OSC_MAX_PENDING; ++i) {
    RemPending* const pending = &server->pending[i];
    if (pending->instance) {
      tend(server, pending);
      wait = 0.002;
    }
  }
  return wait;
}

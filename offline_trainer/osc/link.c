// SPDX-License-Identifier: ISC

#include "offline_trainer/osc/link_internal.h"

#include "offline_trainer/command.h"
#include "offline_trainer/progress.h"

#include <stdlib.h>
#include <string.h>

#define DEFAULT_PORT "9770"
#define SCHEME "osc.udp://"
#define AGAIN_SECONDS 1.0 ///< Between two tries of a command
#define LISTEN_MS 50      ///< Longest wait; an interrupt is seen after it

/// Split `where` into host and port; return whether it is an address
static bool
split_address(const char* const where,
              char* const       host,
              const size_t      size,
              char* const       port,
              const size_t      port_size)
{
  const char* rest = osc_after(where, SCHEME);
  rest             = rest ? rest : where;
  if (!strcmp(rest, "-")) {
    rest = "";
  }
  const size_t n      = strcspn(rest, ":/");
  const bool   ported = rest[n] == ':';
  const size_t m      = ported ? strcspn(rest + n + 1, "/") : 0U;
  const char*  end    = rest + n + (ported ? m + 1U : 0U);
  long         number = 0;
  (void)snprintf(host, size, "%.*s", n ? (int)n : 9, n ? rest : "localhost");
  (void)snprintf(port,
                 port_size,
                 "%.*s",
                 ported ? (int)m : 4,
                 ported ? rest + n + 1 : DEFAULT_PORT);
  return n < size && m < port_size && (!*end || !strcmp(end, "/")) &&
         command_integer(port, 1, 65535, &number);
}

/// Make the parts of a link; return whether there are all
static bool
open_socket(OscLink* const    link,
            const char* const host,
            const char* const port,
            RemError* const   error)
{
  link->server = lo_server_new(NULL, NULL);
  link->to     = lo_address_new(host, port);
  if (!link->server || !link->to ||
      !lo_server_add_method(link->server, NULL, NULL, osc_hear, link)) {
    (void)rem_fail(
      error, REM_NO_MEMORY, link->url, "Cannot open a socket to speak OSC");
    return false;
  }
  (void)lo_server_enable_queue(link->server, 0, 1);
  return true;
}

OscLink*
osc_open(const char* const where, const double timeout, RemError* const error)
{
  char           host[256] = "", port[8] = "";
  OscLink* const link = (OscLink*)calloc(1, sizeof(OscLink));
  if (!link) {
    (void)rem_fail(error, REM_NO_MEMORY, NULL, "Out of memory");
    return NULL;
  }
  link->timeout = timeout;
  if (!split_address(where, host, sizeof(host), port, sizeof(port))) {
    (void)rem_fail(error,
                   REM_BAD_ARGUMENT,
                   where,
                   "No address: expected osc.udp://HOST:PORT/, HOST:PORT, "
                   ":PORT, or - for localhost:" DEFAULT_PORT);
    osc_close(link);
    return NULL;
  }
  (void)snprintf(link->url, sizeof(link->url), SCHEME "%s:%s/", host, port);
  if (!open_socket(link, host, port, error)) {
    osc_close(link);
    return NULL;
  }
  return link;
}

void
osc_close(OscLink* const link)
{
  if (link) {
    if (link->server) {
      lo_server_free(link->server);
    }
    if (link->to) {
      lo_address_free(link->to);
    }
    osc_rows_clear(&link->answer);
    osc_rows_clear(&link->entries);
    free(link);
  }
}

/// Return a message with the arguments of a command, or NULL
static lo_message
make_message(const OscCommand* const command)
{
  lo_message message = lo_message_new();
  for (size_t i = 0; message && i < 2U; ++i) {
    const OscArgument* const a = command->arguments + i;
    if (a->type == 'i') {
      (void)lo_message_add_int32(message, (int32_t)a->number);
    } else if (a->type == 'f') {
      (void)lo_message_add_float(message, (float)a->number);
    } else if (a->type == 's') {
      (void)lo_message_add_string(message, a->text);
    }
  }
  return message;
}

bool
osc_send(OscLink* const          link,
         const OscCommand* const command,
         RemError* const         error)
{
  lo_message message = make_message(command);
  const int  sent =
    message
       ? lo_send_message_from(link->to, link->server, command->address, message)
       : -1;
  lo_message_free(message);
  if (sent < 0) {
    const char* const why = message ? lo_address_errstr(link->to) : NULL;
    (void)rem_fail(error,
                   REM_NO_FILE,
                   link->url,
                   "Cannot send there: %s",
                   why ? why : "Out of memory");
  }
  return sent >= 0;
}

void
osc_listen(OscLink* const link)
{
  const int got  = lo_server_recv_noblock(link->server, LISTEN_MS);
  link->nonsense = link->nonsense || got < 0;
}

/// Return whether all of an answer has come
static bool
answered(const OscLink* const link)
{
  const OscCommand* const command = &link->command;
  if (link->refused || !link->answer.n) {
    return link->refused;
  }
  return (!command->entries ||
          (double)link->entries.n >= strtod(osc_answer(link, 0U), NULL)) &&
         (!command->status || link->n_status);
}

/// Say why there is no answer
static bool
fail_silent(const OscLink* const link, RemError* const error)
{
  const char* const last = strrchr(link->command.address, '/') + 1;
  if (link->answer.n) {
    (void)rem_fail(error,
                   REM_NO_FILE,
                   link->url,
                   "Part of the answer to %s was lost on the way; try again",
                   last);
  } else if (link->heard && !link->nonsense) {
    (void)rem_fail(error,
                   REM_NO_FILE,
                   link->url,
                   "No answer to %s within %g s, though the plugin speaks: it "
                   "may still do it (--timeout waits longer)",
                   last,
                   link->timeout);
  } else if (link->heard || link->nonsense) {
    (void)rem_fail(error,
                   REM_NO_FILE,
                   link->url,
                   "What answers there makes no sense to this version of "
                   "remanence: is it the plugin's port?");
  } else {
    (void)rem_fail(error,
                   REM_NO_FILE,
                   link->url,
                   "Nobody answered within %g s: is a host with the plugin "
                   "running there, and is this the port that the plugin shows "
                   "as OSC port and the host's log names? From another "
                   "machine, the host needs REMANENCE_OSC_BIND=0.0.0.0",
                   link->timeout);
  }
  return false;
}

bool
osc_ask(OscLink* const          link,
        const OscCommand* const command,
        RemError* const         error)
{
  const double start = progress_clock();
  double       next  = start;
  link->command      = *command;
  link->refused      = false;
  link->n_status     = 0U;
  osc_rows_clear(&link->answer);
  osc_rows_clear(&link->entries);
  while (!answered(link)) {
    const double now = progress_clock();
    if (command_interrupted()) {
      (void)rem_fail(error, REM_INTERRUPTED, NULL, "Stopped before an answer");
      return false;
    }
    if (now >= start + link->timeout) {
      return fail_silent(link, error);
    }
    if (now >= next && (next == start || command->again)) {
      if (!osc_send(link, command, error)) {
        return false;
      }
      next = now + AGAIN_SECONDS;
    }
    osc_listen(link);
  }
  return !osc_refused(link, error);
}

void
osc_follow(OscLink* const link, const char* const name)
{
  link->follow = name;
}

unsigned
osc_n_status(const OscLink* const link)
{
  return link->n_status;
}

bool
osc_refused(const OscLink* const link, RemError* const error)
{
  if (link->refused) {
    (void)rem_fail(error, REM_BAD_ARGUMENT, link->url, "%s", link->words);
  }
  return link->refused;
}

const char*
osc_answer(const OscLink* const link, const size_t i)
{
  return osc_rows_get(&link->answer, "ok", i + 1U);
}

const OscRows*
osc_entries(const OscLink* const link)
{
  return &link->entries;
}

int
osc_port(const OscLink* const link)
{
  return lo_server_get_port(link->server);
}

// SPDX-License-Identifier: ISC

#include "plugin/client.h"

#include "plugin/ticks.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define RETRY_SECONDS 1.0 ///< Until a client that failed is tried again

/// Check that a client's address is HOST:PORT, or nothing
static RemStatus
check(const char* const text, RemError* const error)
{
  const char* const colon = strrchr(text, ':');
  char*             end   = NULL;
  const long        port  = colon ? strtol(colon + 1, &end, 10) : 0L;
  const bool        good =
    !text[0] || (colon && colon > text && !*end && port > 0L && port < 65536L &&
                 strlen(text) < REM_CLIENT_SIZE);
  return good ? REM_SUCCESS
              : rem_fail(error,
                         REM_BAD_ARGUMENT,
                         NULL,
                         "%.60s is no OSC client; expected HOST:PORT, or "
                         "nothing for none",
                         text);
}

RemStatus
rem_client_set(RemClient* const  client,
               RemShell* const   shell,
               const char* const text,
               const bool        unsaved,
               RemError* const   error)
{
  char before[REM_MESSAGE_SIZE] = "";
  rem_loader_text(&shell->loader, REM_TEXT_CLIENT, before);
  const RemStatus st = check(text, error);
  rem_loader_set_text(
    &shell->loader, REM_TEXT_CLIENT, st ? before : text, unsaved && !st);
  atomic_fetch_add(&client->n_set, 1U);
  rem_instances_wake();
  return st;
}

void
rem_client_set_text(const RemCommand* const command,
                    RemShell* const         shell,
                    const RemText           which,
                    const char* const       text)
{
  RemError error                    = {REM_SUCCESS, "", ""};
  char     became[REM_MESSAGE_SIZE] = "";
  if (text && shell->kind->set_text(shell, which, text, true, &error)) {
    rem_osc_error(command, REM_OSC_BAD_ARGUMENTS, error.text);
    return;
  }
  rem_loader_text(&shell->loader, which, became);
  rem_osc_ok(command, rem_osc_text(became));
}

void
rem_client_obey(const RemCommand* const command, RemShell* const shell)
{
  char              text[REM_MESSAGE_SIZE] = "";
  double            port                   = 0.0;
  const char* const host                   = rem_osc_string(command, 0);
  if (command->argc && !host) {
    rem_osc_error(
      command, REM_OSC_BAD_ARGUMENTS, "expected s and i, a host and a port");
  } else if (command->argc > 1 && rem_osc_number(command, 1, &port)) {
    (void)snprintf(text, sizeof(text), "%s:%.0f", host, port);
    rem_client_set_text(command, shell, REM_TEXT_CLIENT, text);
  } else {
    rem_client_set_text(command, shell, REM_TEXT_CLIENT, host);
  }
}

void
rem_client_follow(RemClient* const client, RemShell* const shell)
{
  const uint32_t n                      = atomic_load(&client->n_set);
  char           text[REM_MESSAGE_SIZE] = "";
  if (n == client->n_obeyed) {
    return;
  }
  client->n_obeyed = n;
  rem_loader_text(&shell->loader, REM_TEXT_CLIENT, text);
  rem_client_clear(client);
  char* const colon = strrchr(text, ':');
  if (colon) {
    *colon          = '\0';
    client->address = lo_address_new(text, colon + 1);
  }
  atomic_store(&client->watched, client->address != NULL);
}

void
rem_client_send(RemClient* const       client,
                const RemServer* const server,
                RemShell* const        shell,
                const char* const      address,
                const lo_message       message)
{
  const double begun = rem_seconds();
  const bool   lost  = client->retry_at > 0.0;
  if (message && client->address && begun >= client->retry_at) {
    const bool sent =
      server->port &&
      lo_send_message_from(
        (lo_address)client->address, server->lo, address, message) >= 0;
    const double now = rem_seconds();
    client->retry_at = sent ? 0.0 : now + RETRY_SECONDS + 9.0 * (now - begun);
    if (!sent && !lost) {
      (void)lv2_log_warning(&shell->logger,
                            "Remanence: the OSC client cannot be reached; it "
                            "is tried again\n");
    }
  }
  if (message) {
    lo_message_free(message);
  }
}

void
rem_client_clear(RemClient* const client)
{
  atomic_store(&client->watched, false);
  if (client->address) {
    lo_address_free((lo_address)client->address);
    client->address = NULL;
  }
  client->retry_at = 0.0;
}

// SPDX-License-Identifier: ISC

/// An OSC client of the tests' own, and a host that plays on while it waits

#ifndef REM_TESTS_HOST_CLIENT_H
#define REM_TESTS_HOST_CLIENT_H

#include "tests/host/host.h"

#include <lo/lo.h>

#include <stdbool.h>
#include <stdint.h>

#define CLIENT_MAX_REPLIES 512U
#define CLIENT_TEXT 512U

/// One message that came back
typedef struct {
  char   address[CLIENT_TEXT];
  char   types[16];
  double numbers[16];            ///< Arguments that are numbers
  char   texts[16][CLIENT_TEXT]; ///< Arguments that are words
} ClientReply;

/// A client, and whom it talks to
typedef struct {
  lo_server   lo;
  lo_address  to;
  Host**      hosts; ///< That play on while we wait
  uint32_t    n_hosts;
  uint32_t    n_replies;
  ClientReply replies[CLIENT_MAX_REPLIES];
} Client;

/// Return a client of the server at `port` of this machine
Client*
client_new(int32_t port, Host** hosts, uint32_t n_hosts);

/// Free a client
void
client_free(Client* client);

/// Forget all replies and send a message; `message` is freed
void
client_send(Client* client, const char* address, lo_message message);

/// Send a message with a text, a number or nothing in it
void
client_send_text(Client* client, const char* address, const char* text);
void
client_send_number(Client* client, const char* address, double x);
void
client_send_nothing(Client* client, const char* address);

/// Let every host play a block of silence, and take what has come
void
client_play(Client* client);

/// Wait for a reply while the hosts play; the test ends after some seconds
const ClientReply*
client_wait(Client* client, const char* address);

/// Return a reply that has come, or NULL
const ClientReply*
client_find(const Client* client, const char* address);

/// Wait for the error to a command and check its code
void
client_expect_error(Client* client, const char* address, int code);

/// Wait for the port that a host's instance is told, playing on
int32_t
client_port_of(Host* host);

#endif // REM_TESTS_HOST_CLIENT_H

// SPDX-License-Identifier: ISC

#include "tests/host/client.h"

#include "tests/check.h"
#include "tests/host/fixture.h"
#include "tests/host/sockets.h"

#include <string.h>

enum { BLOCK = 64, PATIENCE = 12000 };

static void
on_error(const int number, const char* const words, const char* const where)
{
  fprintf(stderr, "liblo: %d, %s, %s\n", number, words, where);
}

static int
on_reply(const char* const address,
         const char* const types,
         lo_arg** const    argv,
         const int         argc,
         const lo_message  message,
         void* const       data)
{
  (void)message;

  Client* const client = data;
  if (client->n_replies == CLIENT_MAX_REPLIES) { // Forget the older half
    client->n_replies /= 2U;
    memmove(client->replies,
            client->replies + client->n_replies,
            client->n_replies * sizeof(ClientReply));
  }
  ClientReply* const reply = &client->replies[client->n_replies++];
  memset(reply, 0, sizeof(*reply));
  snprintf(reply->address, CLIENT_TEXT, "%s", address);
  snprintf(reply->types, sizeof(reply->types), "%s", types);
  for (int i = 0; i < argc && i < 16; ++i) {
    if (types[i] == 's') {
      snprintf(reply->texts[i], CLIENT_TEXT, "%s", (const char*)argv[i]);
    } else {
      reply->numbers[i] = (double)lo_hires_val((lo_type)types[i], argv[i]);
    }
  }
  return 0;
}

Client*
client_new(const int32_t port, Host** const hosts, const uint32_t n_hosts)
{
  char          name[16];
  char          own[16];
  Client* const client = calloc(1, sizeof(Client));
  CHECK(client);
  snprintf(name, sizeof(name), "%d", port);
  client->hosts   = hosts;
  client->n_hosts = n_hosts;
  snprintf(own, sizeof(own), "%d", socket_free_port());
  client->lo = lo_server_new_with_proto(own, LO_UDP, on_error);
  client->to = lo_address_new("127.0.0.1", name);
  CHECK(client->lo && client->to);
  CHECK(lo_server_add_method(client->lo, NULL, NULL, on_reply, client));
  return client;
}

void
client_free(Client* const client)
{
  lo_address_free(client->to);
  lo_server_free(client->lo);
  free(client);
}

void
client_send(Client* const     client,
            const char* const address,
            const lo_message  message)
{
  client->n_replies = 0U;
  CHECK(lo_send_message_from(client->to, client->lo, address, message) > 0);
  lo_message_free(message);
}

void
client_send_text(Client* const     client,
                 const char* const address,
                 const char* const text)
{
  const lo_message message = lo_message_new();
  CHECK(!lo_message_add_string(message, text));
  client_send(client, address, message);
}

void
client_send_number(Client* const     client,
                   const char* const address,
                   const double      x)
{
  const lo_message message = lo_message_new();
  CHECK(!lo_message_add_float(message, (float)x));
  client_send(client, address, message);
}

void
client_send_nothing(Client* const client, const char* const address)
{
  client_send(client, address, lo_message_new());
}

void
client_play(Client* const client)
{
  static const float silence[BLOCK];
  for (uint32_t i = 0U; i < client->n_hosts; ++i) {
    float out[BLOCK];
    host_play(client->hosts[i], silence, out, BLOCK, BLOCK);
  }
  while (lo_server_recv_noblock(client->lo, 0) > 0) {
  }
}

const ClientReply*
client_find(const Client* const client, const char* const address)
{
  for (uint32_t i = 0U; i < client->n_replies; ++i) {
    if (!strcmp(client->replies[i].address, address)) {
      return &client->replies[i];
    }
  }
  return NULL;
}

const ClientReply*
client_wait(Client* const client, const char* const address)
{
  const ClientReply* reply = client_find(client, address);
  for (int i = 0; !reply; ++i) {
    if (i == PATIENCE) {
      fprintf(stderr, "no %s; there are:\n", address);
      for (uint32_t k = 0U; k < client->n_replies; ++k) {
        fprintf(stderr,
                "  %s %s\n",
                client->replies[k].address,
                client->replies[k].texts[1]);
      }
    }
    CHECK(i < PATIENCE);
    client_play(client);
    fixture_pause();
    reply = client_find(client, address);
  }
  return reply;
}

void
client_expect_error(Client* const     client,
                    const char* const address,
                    const int         code)
{
  char error[CLIENT_TEXT];
  snprintf(error, sizeof(error), "%s/error", address);
  const ClientReply* const reply = client_wait(client, error);
  if ((int)reply->numbers[0] != code) {
    fprintf(stderr, "%s: %s\n", error, reply->texts[1]);
  }
  CHECK(!strcmp(reply->types, "is"));
  CHECK((int)reply->numbers[0] == code);
  CHECK(strlen(reply->texts[1]) > 5U);
}

int32_t
client_port_of(Host* const host)
{
  static const float silence[BLOCK];
  float              out[BLOCK];
  for (int i = 0; !host->heard.osc_port; ++i) {
    CHECK(i < PATIENCE);
    host_send_get(host, 0U, HOST_OSC_PORT);
    host_play(host, silence, out, BLOCK, BLOCK);
    fixture_pause();
  }
  return host->heard.osc_port;
}

// SPDX-License-Identifier: ISC

/// A client of OSC that cannot be reached for a while, as when somebody trips
/// over a network cable, is sent to again when it can

#define _DEFAULT_SOURCE // syscall()

#include "tests/check.h"
#include "tests/host/client.h"
#include "tests/host/gesture.h"
#include "tests/host/host.h"

#include <errno.h>
#include <stdatomic.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

static const GestureModel model = {1U, 2U, 16U, 0U, 0U, 0.02f};

static atomic_bool unplugged;
static atomic_uint n_refused;

/// What liblo calls in place of the system's own
__attribute__((visibility("default"))) ssize_t
sendto(const int                    fd,
       const void* const            buf,
       const size_t                 n,
       const int                    flags,
       const struct sockaddr* const addr,
       const socklen_t              addr_len)
{
  if (atomic_load(&unplugged)) {
    (void)atomic_fetch_add(&n_refused, 1U);
    errno = ENETUNREACH;
    return -1;
  }
  return (ssize_t)syscall(SYS_sendto, fd, buf, n, flags, addr, addr_len);
}

int
main(void)
{
  char             path[FIXTURE_PATH];
  char             to[64];
  const FixtureDir dir   = fixture_begin();
  HostWorld* const world = host_world_new(BUILD_DIR "/lv2");
  gesture_write(&model, fixture_path(&dir, "a.safetensors", path));
  Host* host = gesture_host(world, HOST_CONTROL, path);
  host_set(host, "mode", 2.0f);
  Client* const client = client_new(client_port_of(host), &host, 1U);
  snprintf(to, sizeof(to), "127.0.0.1:%d", lo_server_get_port(client->lo));
  client_send_text(client, "/remanence/control-1/client", to);
  (void)client_wait(client, "/impsy");

  atomic_store(&unplugged, true);
  for (uint32_t i = 0U; !atomic_load(&n_refused); ++i) {
    CHECK(i < 5000U);
    client_play(client);
    fixture_pause();
  }
  for (uint32_t i = 0U; i < 200U; ++i) {
    client_play(client);
    fixture_pause();
  }
  CHECK(atomic_load(&n_refused) == 1U); // It is not asked for at every event
  CHECK(host_logged(host, "cannot be reached"));
  atomic_store(&unplugged, false);
  client->n_replies = 0U;
  (void)client_wait(client, "/impsy");

  client_free(client);
  host_close(host);
  host_world_free(world);
  fixture_end(&dir);
  return 0;
}

// SPDX-License-Identifier: ISC

/// The OSC server binds where it is told to, and by default lets nobody in from
/// other machines

#define _XOPEN_SOURCE 700 // setenv()

#include "tests/check.h"
#include "tests/host/sockets.h"
#include "tests/host/stage.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <string.h>
#include <unistd.h>

/// Open an instance with the environment as it is, and let it say its port
static Host*
open_one(Stage* const stage)
{
  float       silence[64] = {0.0f};
  Host* const host        = host_open_usual(stage->world, HOST_WORK_LATER);
  host_activate(host);
  host_send_get(host, 0U, HOST_OSC_PORT);
  for (uint32_t i = 0U; i < 20U; ++i) {
    host_play(host, silence, silence, 64U, 64U);
  }
  return host;
}

/// Bind a socket to a port of which the next one is free too
static int
occupy_one_of_two(int* const port)
{
  for (*port = 21000; *port < 40000; *port += 7) {
    const int next = socket_bind(*port + 1);
    const int fd   = next < 0 ? -1 : socket_bind(*port);
    if (next >= 0) {
      CHECK(!close(next));
    }
    if (fd >= 0) {
      return fd;
    }
  }
  return -1;
}

/// Any port, on this machine alone
static void
test_usual_place(Stage* const stage)
{
  UdpSocket   s[4];
  Host* const host = open_one(stage);
  CHECK(sockets_list(s, 4U) == 1U);
  CHECK(s[0].address == htonl(INADDR_LOOPBACK));
  CHECK((int32_t)s[0].port == host->heard.osc_port);
  CHECK(s[0].port >= 9770U && s[0].port < 9870U);
  host_close(host);
  CHECK(sockets_list(s, 4U) == 0U);
}

static void
test_off(Stage* const stage)
{
  UdpSocket s[4];
  CHECK(!setenv("REMANENCE_OSC_PORT", "0", 1));
  Host* const host = open_one(stage);
  CHECK(sockets_list(s, 4U) == 0U && !host->heard.osc_port);
  host_close(host);
}

static void
test_wanted_port(Stage* const stage)
{
  char      text[16];
  int       port = 0;
  UdpSocket s[4];
  const int fd = occupy_one_of_two(&port);
  CHECK(fd >= 0);
  snprintf(text, sizeof(text), "%d", port);
  CHECK(!setenv("REMANENCE_OSC_PORT", text, 1));
  Host* host = open_one(stage);
  CHECK(host->heard.osc_port == port + 1);
  host_close(host);

  CHECK(!close(fd));
  CHECK(!setenv("REMANENCE_OSC_BIND", "0.0.0.0", 1));
  host = open_one(stage);
  CHECK(host->heard.osc_port == port);
  CHECK(sockets_list(s, 4U) == 1U && s[0].address == 0U);
  host_close(host);
}

/// An interface that is none: a warning, and all else works
static void
test_nonsense(Stage* const stage)
{
  static const char* const nonsense[] = {"everywhere", "203.0.113.77"};
  for (uint32_t i = 0U; i < 2U; ++i) {
    UdpSocket s[4];
    CHECK(!setenv("REMANENCE_OSC_BIND", nonsense[i], 1));
    Host* const host = open_one(stage);
    CHECK(sockets_list(s, 4U) == 0U && !host->heard.osc_port);
    if (!host_logged(host, "OSC")) {
      fprintf(stderr, "%s: the log says \"%s\"\n", nonsense[i], host->log.text);
    }
    CHECK(host_logged(host, "OSC"));
    host_load(host, stage->plain);
    host_close(host);
  }
  CHECK(!unsetenv("REMANENCE_OSC_BIND"));
  CHECK(!unsetenv("REMANENCE_OSC_PORT"));
}

int
main(void)
{
  Stage* const stage = stage_open(BUILD_DIR "/lv2");
  test_usual_place(stage);
  test_off(stage);
  test_wanted_port(stage);
  test_nonsense(stage);
  stage_close(stage);
  return 0;
}

// SPDX-License-Identifier: ISC

/// The socket and the thread

#include "plugin/osc/server.h"

#include "plugin/osc/internal.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <math.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define USUAL_PORT 9770U
#define N_PORTS 100U         ///< Ports that are tried
#define ERRAND_SECONDS 0.005 ///< Between looks at hosts without a worker
#define MAX_BURST 64U        ///< Packets between looks at what is due

// The environment of a host is read and never written
// NOLINTBEGIN(concurrency-mt-unsafe)

/// Return the port to begin with; 0 for no OSC
static uint32_t
wanted_port(void)
{
  const char* const text = getenv("REMANENCE_OSC_PORT");
  char*             end  = NULL;
  const long        port = text && text[0] ? strtol(text, &end, 10) : -1L;
  return end && !*end && port >= 0L && port <= 65535L ? (uint32_t)port
                                                      : USUAL_PORT;
}

bool
rem_server_is_wanted(void)
{
  return wanted_port() != 0U;
}

/// Set `address` to the interface that is wanted
static bool
wanted_interface(struct sockaddr_in* const address, RemError* const error)
{
  const char* const text = getenv("REMANENCE_OSC_BIND");
  const char* const name = text && text[0] ? text : "127.0.0.1";
  memset(address, 0, sizeof(*address));
  address->sin_family = AF_INET;
  if (inet_pton(AF_INET, name, &address->sin_addr) != 1) {
    (void)rem_fail(error,
                   REM_BAD_ARGUMENT,
                   NULL,
                   "REMANENCE_OSC_BIND is %s; expected the IPv4 address of an "
                   "interface, like 127.0.0.1 or 0.0.0.0",
                   name);
    return false;
  }
  return true;
}

// NOLINTEND(concurrency-mt-unsafe)

/// Return a socket that is bound to the first free port from `first` on and
/// closed in programs that the host starts; or -1
static int
bind_socket(struct sockaddr_in* const address,
            const uint32_t            first,
            uint32_t* const           port)
{
  const int fd = socket(AF_INET, SOCK_DGRAM, 0);
  if (fd < 0) {
    return -1;
  }
  (void)fcntl(fd, F_SETFD, FD_CLOEXEC);
  (void)fcntl(fd, F_SETFL, O_NONBLOCK);
  for (uint32_t p = first; p < first + N_PORTS && p <= 65535U; ++p) {
    address->sin_port = htons((uint16_t)p);
    if (!bind(fd, (const struct sockaddr*)address, sizeof(*address))) {
      *port = p;
      return fd;
    }
  }
  (void)close(fd);
  return -1;
}

/// liblo prints errors to nobody: bad packets change nothing
static void
ignore_error(const int number, const char* const words, const char* const where)
{
  (void)number;
  (void)words;
  (void)where;
}

/// Make liblo's server.  It binds to every interface, at a port of its own, so
/// its socket is replaced by `fd`, which goes over, before anyone reads it. Its
/// port is the kernel's choice: liblo's own leaves a socket open if it is
/// taken.
static lo_server
make_lo(RemServer* const server, const int fd)
{
  const lo_server lo = lo_server_new_with_proto("0", LO_UDP, ignore_error);
  if (lo) {
    const int own = lo_server_get_socket_fd(lo);
    if (fd >= 0) {
      (void)dup2(fd, own);
      (void)fcntl(own, F_SETFD, FD_CLOEXEC);
    }
    (void)lo_server_enable_queue(lo, 0, 0); // Ours has bounds
    (void)lo_server_enable_coercion(lo, 0);
    (void)lo_server_add_method(lo, NULL, NULL, rem_osc_handle, server);
  }
  if (fd >= 0) {
    (void)close(fd);
  }
  return lo;
}

static void
open_socket(RemServer* const server, RemError* const error)
{
  struct sockaddr_in address;
  const uint32_t     first = wanted_port();
  if (!first || !wanted_interface(&address, error)) {
    return;
  }
  const int fd = bind_socket(&address, first, &server->port);
  if (fd >= 0) {
    server->lo = make_lo(server, fd);
  }
  if (!server->lo) {
    server->port = 0U;
    (void)rem_fail(error,
                   REM_NO_FILE,
                   NULL,
                   "no UDP port from %u to %u can be had: there is no OSC",
                   first,
                   first + N_PORTS - 1U);
  }
}

/// Look after all that waits; return after how many seconds to look again
static double
tend(RemServer* const server)
{
  double wait = rem_osc_tend_timed(server);
  wait        = fmin(wait, rem_osc_tend_pending(server));
  wait        = fmin(wait, rem_osc_tend_subscribers(server));
  for (RemInstance* i = rem_instances_lock(); i; i = i->next) {
    rem_loader_refill(i->loader);
    if (i->kind->tend) {
      wait = fmin(wait, i->kind->tend(server, i));
    }
    if (i->needs_worker) {
      (void)rem_instance_run_errand(i);
      wait = fmin(wait, ERRAND_SECONDS);
    }
  }
  rem_instances_unlock();
  return wait;
}

/// Wait for packets, or to be woken, at most `seconds`; returns false when it
/// is time to end
static bool
wait_for_packets(const RemServer* const server, const double seconds)
{
  struct pollfd fds[2] = {{server->wake[0], POLLIN, 0}, {-1, POLLIN, 0}};
  if (server->lo) {
    fds[1].fd = lo_server_get_socket_fd(server->lo);
  }
  const double ms = fmin(ceil(1000.0 * fmax(seconds, 0.0)), 60000.0);
  char         woken[16];
  (void)poll(fds, 2U, (int)ms);
  if (fds[0].revents) {
    (void)!read(server->wake[0], woken, sizeof(woken));
  }
  return !atomic_load(&server->ending);
}

/// Treat the packets that have come, up to a number.  Others may have the list
/// between two.
static void
receive(RemServer* const server)
{
  bool more = server->lo != NULL;
  for (uint32_t n = 0U; more && n < MAX_BURST; ++n) {
    (void)rem_instances_lock();
    more = lo_server_recv_noblock(server->lo, 0) > 0;
    rem_instances_unlock();
  }
}

static void*
serve(void* const data)
{
  RemServer* const server = (RemServer*)data;
  double           wait   = 0.0;
  while (wait_for_packets(server, wait)) {
    receive(server);
    (void)rem_instances_lock();
    wait = tend(server);
    rem_instances_unlock();
  }
  return NULL;
}

/// Start the thread, with the host's signals left to the host's threads
static bool
start_thread(RemServer* const server)
{
  sigset_t all;
  sigset_t before;
  (void)sigfillset(&all);
  (void)pthread_sigmask(SIG_SETMASK, &all, &before);
  server->threaded = !pthread_create(&server->thread, NULL, serve, server);
  (void)pthread_sigmask(SIG_SETMASK, &before, NULL);
  return server->threaded;
}

RemServer*
rem_server_start(RemError* const error)
{
  RemServer* const server = (RemServer*)calloc(1U, sizeof(RemServer));
  if (!server || pipe(server->wake)) {
    free(server);
    return NULL;
  }
  (void)fcntl(server->wake[0], F_SETFD, FD_CLOEXEC);
  (void)fcntl(server->wake[1], F_SETFD, FD_CLOEXEC);
  open_socket(server, error);
  if (!start_thread(server)) {
    rem_server_stop(server);
    return NULL;
  }
  return server;
}

void
rem_server_wake(const RemServer* const server)
{
  const char byte = 0;
  (void)!write(server->wake[1], &byte, 1U);
}

RemServer*
rem_server_new_unbound(void)
{
  RemServer* const server = (RemServer*)calloc(1U, sizeof(RemServer));
  if (server) {
    server->wake[0] = -1;
    server->wake[1] = -1;
    server->lo      = make_lo(server, -1);
  }
  return server;
}

void
rem_server_stop(RemServer* const server)
{
  if (!server) {
    return;
  }
  if (server->threaded) {
    atomic_store(&server->ending, true);
    rem_server_wake(server);
    (void)pthread_join(server->thread, NULL);
  }
  (void)rem_instances_lock();
  rem_server_forget(server, NULL);
  rem_instances_unlock();
  if (server->lo) {
    lo_server_free(server->lo);
  }
  (void)close(server->wake[0]);
  (void)close(server->wake[1]);
  free(server);
}

uint32_t
rem_server_port(const RemServer* const server)
{
  return server->port;
}

void
rem_server_forget(RemServer* const server, const RemInstance* const instance)
{
  for (uint32_t i = 0U; i < REM_OSC_MAX_PENDING; ++i) {
    if (server->pending[i].instance &&
        (!instance || server->pending[i].instance == instance)) {
      rem_osc_give_up(server,
                      &server->pending[i],
                      REM_OSC_NO_INSTANCE,
                      "the instance was closed before it was heard");
    }
  }
  for (uint32_t i = 0U; i < REM_OSC_MAX_SUBSCRIBERS; ++i) {
    if (!instance || server->subscribers[i].instance == instance) {
      rem_osc_drop_subscriber(&server->subscribers[i]);
    }
  }
  for (uint32_t i = 0U; !instance && i < REM_OSC_MAX_TIMED; ++i) {
    rem_osc_drop_timed(&server->timed[i]);
  }
}

void
rem_server_feed(RemServer* const server, void* const bytes, const size_t size)
{
  (void)rem_instances_lock();
  (void)lo_server_dispatch_data(server->lo, bytes, size);
  rem_instances_unlock();
}

void
rem_server_tick(RemServer* const server)
{
  (void)rem_instances_lock();
  (void)tend(server);
  rem_instances_unlock();
}

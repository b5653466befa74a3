// SPDX-License-Identifier: ISC

#include "offline_trainer/osc/udp.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/// Fill the address of an interface; return whether it is one
static bool
make_address(const char* const         interface,
             const long                port,
             struct sockaddr_in* const address)
{
  memset(address, 0, sizeof(*address));
  address->sin_family = AF_INET;
  address->sin_port   = htons((uint16_t)port);
  return inet_pton(AF_INET, interface, &address->sin_addr) == 1;
}

/// Return a socket bound to an address, or -1
static int
bind_socket(const struct sockaddr_in* const address)
{
  const int fd = socket(AF_INET, SOCK_DGRAM, 0);
  if (fd >= 0 && bind(fd, (const struct sockaddr*)address, sizeof(*address))) {
    const int code = errno;
    (void)close(fd);
    errno = code;
    return -1;
  }
  return fd;
}

/// liblo prints errors to nobody: bad packets change nothing
static void
ignore_error(const int number, const char* const words, const char* const where)
{
  (void)number;
  (void)words;
  (void)where;
}

RemStatus
osc_udp_open(const char* const       interface,
             const long              port,
             const lo_method_handler handler,
             void* const             data,
             lo_server* const        out,
             RemError* const         error)
{
  struct sockaddr_in address;
  *out = NULL;
  if (!make_address(interface, port, &address)) {
    return rem_fail(error,
                    REM_BAD_ARGUMENT,
                    interface,
                    "Expected the IPv4 address of an interface, like 127.0.0.1 "
                    "or 0.0.0.0");
  }
  const int fd = bind_socket(&address);
  if (fd < 0) {
    char reason[128] = "";
    (void)strerror_r(errno, reason, sizeof(reason));
    return rem_fail(error,
                    REM_NO_FILE,
                    NULL,
                    "Cannot listen on %s:%ld: %s",
                    interface,
                    port,
                    reason);
  }
  // liblo binds to every interface, at a port of its own, so its socket is
  // replaced before anyone reads it
  const lo_server lo = lo_server_new_with_proto("0", LO_UDP, ignore_error);
  if (lo) {
    (void)dup2(fd, lo_server_get_socket_fd(lo));
    (void)fcntl(lo_server_get_socket_fd(lo), F_SETFD, FD_CLOEXEC);
    (void)lo_server_enable_queue(lo, 0, 0);
    (void)lo_server_enable_coercion(lo, 0);
    (void)lo_server_add_method(lo, NULL, NULL, handler, data);
  }
  (void)close(fd);
  *out = lo;
  return lo ? REM_SUCCESS
            : rem_fail(error, REM_NO_MEMORY, NULL, "No memory to speak OSC");
}

RemStatus
osc_udp_find(const char* const host,
             const char* const port,
             lo_address* const out,
             RemError* const   error)
{
  struct addrinfo  hints;
  struct addrinfo* found = NULL;
  char             text[64];
  memset(&hints, 0, sizeof(hints));
  hints.ai_family   = AF_INET;
  hints.ai_socktype = SOCK_DGRAM;
  *out              = NULL;
  int code          = getaddrinfo(host, port, &hints, &found);
  if (!code) {
    code = getnameinfo(found->ai_addr,
                       found->ai_addrlen,
                       text,
                       sizeof(text),
                       NULL,
                       0,
                       NI_NUMERICHOST);
    freeaddrinfo(found);
  }
  if (code) {
    return rem_fail(error,
                    REM_BAD_ARGUMENT,
                    host,
                    "There is no such place to play to: %s",
                    gai_strerror(code));
  }
  *out = lo_address_new(text, port);
  return *out ? REM_SUCCESS
              : rem_fail(error, REM_NO_MEMORY, NULL, "No memory to speak OSC");
}

long
osc_udp_port(const lo_server server)
{
  struct sockaddr_in address;
  socklen_t          size = sizeof(address);
  memset(&address, 0, sizeof(address));
  (void)getsockname(
    lo_server_get_socket_fd(server), (struct sockaddr*)&address, &size);
  return (long)ntohs(address.sin_port);
}

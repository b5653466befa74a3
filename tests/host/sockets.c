// SPDX-License-Identifier: ISC

#define _XOPEN_SOURCE 700 // readlink()

#include "tests/host/sockets.h"

#include "tests/check.h"

#include <arpa/inet.h>
#include <dirent.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/// Return whether a file of this process is the socket `inode`
static bool
is_ours(const unsigned long inode)
{
  char wanted[64];
  char path[320];
  char link[64];
  bool found = false;
  snprintf(wanted, sizeof(wanted), "socket:[%lu]", inode);
  DIR* const dir = opendir("/proc/self/fd");
  CHECK(dir);
  for (struct dirent* entry = readdir(dir); entry; entry = readdir(dir)) {
    snprintf(path, sizeof(path), "/proc/self/fd/%s", entry->d_name);
    const ssize_t n     = readlink(path, link, sizeof(link) - 1U);
    link[n < 0 ? 0 : n] = '\0';
    found               = found || !strcmp(link, wanted);
  }
  CHECK(!closedir(dir));
  return found;
}

uint32_t
sockets_list(UdpSocket* const sockets, const uint32_t most)
{
  char        line[512];
  uint32_t    n    = 0U;
  FILE* const file = fopen("/proc/net/udp", "r");
  CHECK(file);
  while (fgets(line, sizeof(line), file)) {
    UdpSocket     s     = {0U, 0U, 0U};
    unsigned long inode = 0UL;
    // NOLINTNEXTLINE(cert-err34-c): the kernel's own numbers
    if (sscanf(line,
               "%*s %x:%x %*s %*s %*s %*s %*s %*s %*s %lu %*s %*s %u",
               &s.address,
               &s.port,
               &inode,
               &s.n_dropped) == 4 &&
        is_ours(inode) && n < most) {
      sockets[n++] = s;
    }
  }
  CHECK(!fclose(file));
  return n;
}

int
socket_bind(const int port)
{
  struct sockaddr_in address = {.sin_family = AF_INET};
  address.sin_port           = htons((uint16_t)port);
  address.sin_addr.s_addr    = htonl(INADDR_LOOPBACK);
  const int fd               = socket(AF_INET, SOCK_DGRAM, 0);
  CHECK(fd >= 0);
  if (!bind(fd, (const struct sockaddr*)&address, sizeof(address))) {
    return fd;
  }
  CHECK(!close(fd));
  return -1;
}

int
socket_free_port(void)
{
  struct sockaddr_in address = {.sin_family = AF_INET};
  socklen_t          size    = sizeof(address);
  const int          fd      = socket(AF_INET, SOCK_DGRAM, 0);
  CHECK(fd >= 0);
  CHECK(!bind(fd, (const struct sockaddr*)&address, size));
  CHECK(!getsockname(fd, (struct sockaddr*)&address, &size));
  CHECK(!close(fd));
  return ntohs(address.sin_port);
}

int
socket_connect(const int port)
{
  struct sockaddr_in to    = {.sin_family = AF_INET};
  const int          bytes = 1 << 22;
  const int          fd    = socket(AF_INET, SOCK_DGRAM, 0);
  to.sin_port              = htons((uint16_t)port);
  to.sin_addr.s_addr       = htonl(INADDR_LOOPBACK);
  CHECK(fd >= 0);
  (void)setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &bytes, sizeof(bytes));
  CHECK(!connect(fd, (const struct sockaddr*)&to, sizeof(to)));
  return fd;
}

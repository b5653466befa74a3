// SPDX-License-Identifier: ISC

/// The UDP sockets of this process, as the kernel tells

#ifndef REM_TESTS_HOST_SOCKETS_H
#define REM_TESTS_HOST_SOCKETS_H

#include <stdint.h>

/// A UDP socket of this process
typedef struct {
  unsigned address; ///< As the kernel has it
  unsigned port;
  unsigned n_dropped; ///< Packets that there was no room for
} UdpSocket;

/// Return how many UDP sockets this process has, but no more than `most`; they
/// are in `sockets`
uint32_t
sockets_list(UdpSocket* sockets, uint32_t most);

/// Return a UDP socket bound to `port` of loopback, to close(), or -1
int
socket_bind(int port);

/// Return a UDP port that nobody has.  liblo draws one itself if it is given
/// none, but leaves a socket open where that is taken.
int
socket_free_port(void);

/// Return a UDP socket connected to `port` of this machine, with much room for
/// what comes back, to close(); the test ends if that fails
int
socket_connect(int port);

#endif // REM_TESTS_HOST_SOCKETS_H

// SPDX-License-Identifier: ISC

/// A UDP socket that hears OSC on one interface, and liblo around it

#ifndef REM_OFFLINE_TRAINER_OSC_UDP_H
#define REM_OFFLINE_TRAINER_OSC_UDP_H

#include "dsp/status.h"

#include <lo/lo.h>

/**
   Open a server that hears every message at once, whatever its time tag.

   @param interface IPv4 address of an interface: 127.0.0.1 lets nobody in from
                    other machines, 0.0.0.0 everybody.
   @param port      0 to 65535; 0 is any that is free.
   @param handler   Called by lo_server_recv_noblock() for every message.
   @param data      What it is called with.
   @param out       On success to be freed by lo_server_free(), else NULL.
   @return #REM_BAD_ARGUMENT, #REM_NO_FILE if the port is taken, #REM_NO_MEMORY
   or #REM_SUCCESS.
*/
RemStatus
osc_udp_open(const char*       interface,
             long              port,
             lo_method_handler handler,
             void*             data,
             lo_server*        out,
             RemError*         error);

/**
   Look a place up once, so that sending to it never waits for a name.

   @param host IPv4 address or name.
   @param port 1 to 65535, in digits.
   @param out  On success to be freed by lo_address_free(), else NULL.
   @return #REM_BAD_ARGUMENT for no such place, #REM_NO_MEMORY or #REM_SUCCESS.
*/
RemStatus
osc_udp_find(const char* host,
             const char* port,
             lo_address* out,
             RemError*   error);

/// Return the port that a server hears
long
osc_udp_port(lo_server server);

#endif // REM_OFFLINE_TRAINER_OSC_UDP_H

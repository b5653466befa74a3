// SPDX-License-Identifier: ISC

/// What a link is made of, for link.c and hear.c alone

#ifndef REM_OFFLINE_TRAINER_OSC_LINK_INTERNAL_H
#define REM_OFFLINE_TRAINER_OSC_LINK_INTERNAL_H

#include "offline_trainer/osc/link.h"

#include <lo/lo.h>

struct OscLinkImpl {
  lo_server   server;
  lo_address  to;
  char        url[300];
  double      timeout;
  const char* follow;   ///< Instance whose status is kept, or NULL
  OscCommand  command;  ///< Sent last
  OscRows     answer;   ///< One row, "ok" and what it brought; or none
  OscRows     entries;  ///< What came besides
  unsigned    n_status; ///< Status bundles so far
  bool        heard;    ///< Anything that makes sense
  bool        nonsense; ///< Anything that does not
  bool        refused;  ///< By the server, in `words`
  char        words[512];
};

/// Return what follows `prefix` in `text`, or NULL
const char*
osc_after(const char* text, const char* prefix);

/// liblo's handler of every message; `data` is the OscLink
int
osc_hear(const char* path,
         const char* types,
         lo_arg**    argv,
         int         argc,
         lo_message  message,
         void*       data);

#endif // REM_OFFLINE_TRAINER_OSC_LINK_INTERNAL_H

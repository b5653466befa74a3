// SPDX-License-Identifier: ISC

#include "plugin/remote.h"

#include <string.h>

#define SILENT_DB (-100.0f)

void
rem_remote_init(RemRemote* const remote, const RemControlTable controls)
{
  remote->controls = controls;
  for (uint32_t i = 0U; i < controls.n; ++i) {
    atomic_init(&remote->wanted[i], NAN);
    atomic_init(&remote->expected[i], NAN);
    atomic_init(&remote->port[i], controls.items[i].normal);
    atomic_init(&remote->value[i], controls.items[i].normal);
  }
  atomic_init(&remote->in_peak, SILENT_DB);
  atomic_init(&remote->out_peak, SILENT_DB);
}

int
rem_remote_find(const RemRemote* const remote, const char* const symbol)
{
  for (uint32_t i = 0U; i < remote->controls.n; ++i) {
    if (!strcmp(symbol, remote->controls.items[i].symbol)) {
      return (int)i;
    }
  }
  return -1;
}

float
rem_remote_value(const RemRemote* const remote,
                 const char* const      symbol,
                 const float            otherwise)
{
  const int i = rem_remote_find(remote, symbol);
  return i < 0 ? otherwise : atomic_load(&remote->value[i]);
}

float
rem_remote_turn(RemRemote* const remote,
                const uint32_t   control,
                const float      value)
{
  const RemControl* const c = &remote->controls.items[control];
  const float             x = fminf(fmaxf(value, c->minimum), c->maximum);
  atomic_store(&remote->wanted[control], x);
  return x;
}

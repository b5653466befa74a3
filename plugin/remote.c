// SPDX-License-Identifier: ISC

#include "plugin/remote.h"

#include <string.h>

#define CONTROL(i, name, symbol, minimum, normal, maximum) \
  [i] = {(symbol), (minimum), (normal), (maximum)},

const RemControl rem_controls[REM_N_CONTROLS] = {REM_CONTROLS(CONTROL)};

void
rem_remote_init(RemRemote* const remote)
{
  for (uint32_t i = 0U; i < REM_N_CONTROLS; ++i) {
    atomic_init(&remote->wanted[i], NAN);
    atomic_init(&remote->expected[i], NAN);
    atomic_init(&remote->port[i], rem_controls[i].normal);
    atomic_init(&remote->value[i], rem_controls[i].normal);
  }
  atomic_init(&remote->in_peak, REM_IN_PEAK_MIN);
  atomic_init(&remote->out_peak, REM_OUT_PEAK_MIN);
}

int
rem_control_find(const char* const symbol)
{
  for (int i = 0; i < REM_N_CONTROLS; ++i) {
    if (!strcmp(symbol, rem_controls[i].symbol)) {
      return i;
    }
  }
  return -1;
}

float
rem_remote_turn(RemRemote* const remote,
                const uint32_t   control,
                const float      value)
{
  const RemControl* const c = &rem_controls[control];
  const float             x = fminf(fmaxf(value, c->minimum), c->maximum);
  atomic_store(&remote->wanted[control], x);
  return x;
}

// SPDX-License-Identifier: ISC

/// Ports and the time that blocks take

#include "plugin/shell.h"

#include "plugin/ticks.h"

#define LOAD_SECONDS 0.3 ///< Over which the DSP load is smoothed

REM_RT void
rem_shell_connect_port(const LV2_Handle instance,
                       const uint32_t   port,
                       void* const      data)
{
  RemShell* const self = (RemShell*)instance;
  if (port < self->kind->n_ports) {
    self->ports[port] = data;
  }
}

REM_RT uint64_t
rem_shell_begin(RemShell* const self)
{
  atomic_fetch_add(&self->remote.n_begun, 1U);
  return rem_ticks();
}

/// Follow the share of a block's time that went by since `start`
REM_RT static void
measure(RemShell* const self, const uint64_t start, const uint32_t n)
{
  const double most = (double)n * self->ticks_per_sample;
  if (most > 0.0) {
    const float now    = (float)((double)(rem_ticks() - start) / most);
    const float weight = (float)(n / (n + LOAD_SECONDS * self->rate));
    self->load += weight * (now - self->load);
  }
}

REM_RT void
rem_shell_end(RemShell* const self, const uint64_t begun, const uint32_t n)
{
  measure(self, begun, n);
}

REM_RT void
rem_shell_show(const RemShell* const self, const uint32_t port, const float x)
{
  float* const to = (float*)self->ports[port];
  if (to) {
    *to = x;
  }
}

REM_RT uint32_t
rem_shell_status(const RemShell* const self, const bool has_net)
{
  const uint32_t status = has_net ? REM_PLAYING : REM_NO_MODEL;
  return self->failed ? REM_LAST_LOAD_FAILED : status;
}

// SPDX-License-Identifier: ISC

#include "plugin/audio/osc.h"

#include "plugin/osc/internal.h"

#include <stddef.h>

static const RemFigure figures[] = {
  {"status/latency", offsetof(RemRemote, latency), false},
  {"status/dsp_load", offsetof(RemRemote, load), true},
  {"status/in_peak", offsetof(RemRemote, in_peak), true},
  {"status/out_peak", offsetof(RemRemote, out_peak), true},
  {"status/non_finite", offsetof(RemRemote, n_non_finite), false},
  {"status/late_swaps", offsetof(RemRemote, n_late), false}};

const RemOscKind rem_osc_audio = {figures,
                                  sizeof(figures) / sizeof(*figures),
                                  NULL,
                                  NULL,
                                  NULL};

// SPDX-License-Identifier: ISC

#ifndef REM_PLUGIN_LISTENER_OSC_H
#define REM_PLUGIN_LISTENER_OSC_H

#include "plugin/osc/instance.h"

/// What OSC can do with the listener
extern const RemOscKind rem_osc_listener_kind;

#endif // REM_PLUGIN_LISTENER_OSC_H

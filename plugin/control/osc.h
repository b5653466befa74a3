// SPDX-License-Identifier: ISC

#ifndef REM_PLUGIN_CONTROL_OSC_H
#define REM_PLUGIN_CONTROL_OSC_H

#include "plugin/control/control.h"
#include "plugin/osc/instance.h"

/// What OSC can do with the control plugins
extern const RemOscKind rem_osc_control_kind;

#endif // REM_PLUGIN_CONTROL_OSC_H

// SPDX-License-Identifier: ISC

#ifndef REM_PLUGIN_CONTROL_OSC_H
#define REM_PLUGIN_CONTROL_OSC_H

#include "plugin/control/control.h"
#include "plugin/osc/instance.h"

/// What OSC can do with the control plugins
extern const RemOscKind rem_osc_control_kind;

/// Free what OSC keeps of an instance that has left.  Thread: any but audio.
void
rem_control_osc_clear(RemControlPlugin* self);

#endif // REM_PLUGIN_CONTROL_OSC_H

// SPDX-License-Identifier: ISC

#ifndef REM_PLUGIN_SHELL_WORK_H
#define REM_PLUGIN_SHELL_WORK_H

#include "plugin/shell.h"

/// Carry out a message to the worker.  Thread: any but audio.
LV2_Worker_Status
rem_shell_work(RemShell* self, uint32_t size, const void* data);

/// LV2_Worker_Interface, for hosts that have a worker
extern const LV2_Worker_Interface rem_shell_worker;

/// LV2_State_Interface
extern const LV2_State_Interface rem_shell_state;

#endif // REM_PLUGIN_SHELL_WORK_H

// SPDX-License-Identifier: ISC

#ifndef REM_TESTS_HOST_PATCH_H
#define REM_TESTS_HOST_PATCH_H

#include "tests/host/host.h"

/// Prepare the forge and begin the first sequence to send
void
host_patch_init(Host* host);

/// Finish what is to be sent and make room for what will be received
void
host_patch_before_run(Host* host);

/// Read what was received, check its form, and begin the next sequence
void
host_patch_after_run(Host* host, uint32_t n);

#endif // REM_TESTS_HOST_PATCH_H

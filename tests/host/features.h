// SPDX-License-Identifier: ISC

#ifndef REM_TESTS_HOST_FEATURES_H
#define REM_TESTS_HOST_FEATURES_H

#include "tests/host/host.h"

/// Fill `host->feature_list` as `host->spec` says
void
host_features_init(Host* host);

/// Free what the features own
void
host_features_clear(Host* host);

#endif // REM_TESTS_HOST_FEATURES_H

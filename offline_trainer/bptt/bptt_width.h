// SPDX-License-Identifier: ISC

/// All that is written for vectors of WIDTH floats

#include "offline_trainer/bptt/bptt_cell.h"
#include "offline_trainer/bptt/bptt_tile.h"

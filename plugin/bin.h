// SPDX-License-Identifier: ISC

/// Where the audio thread puts what it no longer needs, for others to free.
/// It never fills up and never waits, so a host that forgets to run the worker
/// delays a free() and nothing else.

#ifndef REM_PLUGIN_BIN_H
#define REM_PLUGIN_BIN_H

#include "dsp/rt.h"

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>

/// First member of everything that can be put into a bin
typedef struct RemNode RemNode;

struct RemNode {
  RemNode* next; ///< In the bin, the one put there before
};

/// A bin; all zero is empty
typedef struct {
  _Atomic(RemNode*) first;
} RemBin;

/// Put `node` into `bin`.  Thread: audio, and no other; wait-free.
REM_RT static inline void
rem_bin_put(RemBin* const bin, RemNode* const node)
{
  node->next = atomic_exchange(&bin->first, NULL);
  atomic_store(&bin->first, node); // Others only ever put NULL here
}

/// Return whether there is something to take.  Thread: any, audio included.
REM_RT static inline bool
rem_bin_is_full(RemBin* const bin)
{
  return atomic_load(&bin->first) != NULL;
}

/// Take everything out of `bin`, linked by `next`.  Thread: any.
static inline RemNode*
rem_bin_take(RemBin* const bin)
{
  return atomic_exchange(&bin->first, NULL);
}

#endif // REM_PLUGIN_BIN_H

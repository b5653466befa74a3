// SPDX-License-Identifier: ISC

/// Items of one size from one thread to one other, in order.  Neither side
/// waits: a full ring refuses, an empty one says so.

#ifndef REM_PLUGIN_CONTROL_RING_H
#define REM_PLUGIN_CONTROL_RING_H

#include "dsp/rt.h"

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

/// A ring; all zero is one that is full and empty
typedef struct {
  _Atomic(uint32_t) n_pushed; ///< Wrapping
  _Atomic(uint32_t) n_popped; ///< Wrapping
  uint32_t          n;        ///< Room in items, a power of two
  size_t            size;     ///< Of one, bytes
  unsigned char*    bytes;    ///< [n * size]
} RemRing;

/// Make room for `n` items, a power of two, in a ring that is all zero; returns
/// whether there was memory.  Thread: any but audio.
bool
rem_ring_init(RemRing* ring, uint32_t n, size_t size);

/// Free what rem_ring_init() allocated.  Thread: any but audio.
void
rem_ring_clear(RemRing* ring);

/// Append a copy of `item`; false if there is no room.  Thread: one, audio or
/// other.
REM_RT static inline bool
rem_ring_push(RemRing* const ring, const void* const item)
{
  const uint32_t w =
    atomic_load_explicit(&ring->n_pushed, memory_order_relaxed);
  const uint32_t r =
    atomic_load_explicit(&ring->n_popped, memory_order_acquire);
  if (w - r == ring->n) {
    return false;
  }
  memcpy(ring->bytes + (w & (ring->n - 1U)) * ring->size, item, ring->size);
  atomic_store_explicit(&ring->n_pushed, w + 1U, memory_order_release);
  return true;
}

/// Take the oldest item into `item`; false if there is none.  Thread: one,
/// audio or other.
REM_RT static inline bool
rem_ring_pop(RemRing* const ring, void* const item)
{
  const uint32_t r =
    atomic_load_explicit(&ring->n_popped, memory_order_relaxed);
  const uint32_t w =
    atomic_load_explicit(&ring->n_pushed, memory_order_acquire);
  if (w == r) {
    return false;
  }
  memcpy(item, ring->bytes + (r & (ring->n - 1U)) * ring->size, ring->size);
  atomic_store_explicit(&ring->n_popped, r + 1U, memory_order_release);
  return true;
}

#endif // REM_PLUGIN_CONTROL_RING_H

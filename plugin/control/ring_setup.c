// SPDX-License-Identifier: ISC

#include "plugin/control/ring.h"

#include <stdlib.h>

bool
rem_ring_init(RemRing* const ring, const uint32_t n, const size_t size)
{
  ring->n     = n;
  ring->size  = size;
  ring->bytes = (unsigned char*)calloc(n, size);
  return ring->bytes != NULL;
}

void
rem_ring_clear(RemRing* const ring)
{
  free(ring->bytes);
  ring->bytes = NULL;
}

// SPDX-License-Identifier: ISC

/// The audio thread's half of a worker for hosts without one

#include "plugin/osc/instance.h"

#include <string.h>

REM_RT LV2_Worker_Status
rem_instance_schedule(const LV2_Worker_Schedule_Handle handle,
                      const uint32_t                   size,
                      const void* const                data)
{
  RemInstance* const instance = (RemInstance*)handle;
  if (size > REM_ERRAND_SIZE || atomic_load(&instance->errand_size)) {
    return LV2_WORKER_ERR_NO_SPACE;
  }
  memcpy(instance->errand, data, size);
  atomic_store(&instance->errand_size, size);
  return LV2_WORKER_SUCCESS;
}

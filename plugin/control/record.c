// SPDX-License-Identifier: ISC

/// What the audio thread does with a recorder

#include "plugin/control/record.h"

#include "plugin/control/record_internal.h"

#include <string.h>

REM_RT void
rem_recorder_arm(RemRecorder* const recorder, const bool armed)
{
  uint32_t take = atomic_load(&recorder->take);
  while ((take & 1U) != armed &&
         !atomic_compare_exchange_weak(&recorder->take, &take, take + 1U)) {
  }
}

REM_RT void
rem_recorder_split(RemRecorder* const recorder)
{
  uint32_t take = atomic_load(&recorder->take);
  while ((take & 1U) &&
         !atomic_compare_exchange_weak(&recorder->take, &take, take + 2U)) {
  }
}

REM_RT bool
rem_recorder_is_armed(const RemRecorder* const recorder)
{
  return atomic_load(&recorder->take) & 1U;
}

REM_RT RemRecordState
rem_recorder_state(const RemRecorder* const recorder)
{
  const uint32_t take = atomic_load(&recorder->take);
  if (!(take & 1U)) {
    return REM_RECORD_OFF;
  }
  if (atomic_load(&recorder->failed) == take) {
    return REM_RECORD_FAILED;
  }
  return atomic_load(&recorder->open) == take ? REM_RECORD_ON
                                              : REM_RECORD_ARMED;
}

REM_RT uint32_t
rem_recorder_n_told(const RemRecorder* const recorder)
{
  return atomic_load(&recorder->n_told);
}

REM_RT void
rem_recorder_tick(RemRecorder* const recorder, const uint64_t now)
{
  atomic_store(&recorder->now, now);
}

REM_RT void
rem_recorder_add(RemRecorder* const recorder,
                 const uint64_t     at,
                 const RemLogSource source,
                 const float* const x,
                 const uint32_t     n)
{
  RemRecordRow row;
  row.take = atomic_load(&recorder->take);
  if (!(row.take & 1U) || !n || n > REM_MAX_DIMS) {
    return;
  }
  row.at     = at;
  row.source = (uint8_t)source;
  row.n      = (uint8_t)n;
  memset(row.x, 0, sizeof(row.x));
  memcpy(row.x, x, n * sizeof(*x));
  if (!rem_ring_push(&recorder->ring, &row)) {
    (void)atomic_fetch_add(&recorder->n_lost, 1U);
  }
}

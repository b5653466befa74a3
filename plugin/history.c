// SPDX-License-Identifier: ISC

/// A sequence lock over a ring.  `n_begun` rises before a frame is touched and
/// every value is released and acquired, so a reader that sees one value of a
/// later round also sees that its frame was given up.

#include "plugin/history.h"

#include <stddef.h>

REM_RT void
rem_history_restart(RemHistory* const history)
{
  atomic_store(&history->first, atomic_load(&history->n_written));
}

REM_RT void
rem_history_write(RemHistory* const         history,
                  const float* const* const columns,
                  const uint32_t            n)
{
  const uint64_t at   = atomic_load(&history->n_written);
  const uint32_t mask = history->n_frames - 1U;

  atomic_store(&history->n_begun, at + n);
  for (uint32_t c = 0U; c < history->n_columns; ++c) {
    _Atomic float* const to = history->values + (size_t)c * history->n_frames;
    for (uint32_t i = 0U; i < n; ++i) {
      atomic_store_explicit(
        &to[(at + i) & mask], columns[c][i], memory_order_release);
    }
  }
  atomic_store(&history->n_written, at + n);
}

REM_RT uint64_t
rem_history_end(const RemHistory* const history)
{
  return atomic_load(&history->n_written);
}

REM_RT uint64_t
rem_history_begin(const RemHistory* const history)
{
  const uint64_t first = atomic_load(&history->first);
  const uint64_t end   = rem_history_end(history);
  const uint32_t reach = history->n_frames / 4U * 3U;

  return end - first > reach ? end - reach : first;
}

REM_RT bool
rem_history_read(const RemHistory* const history,
                 const uint64_t          at,
                 float* const* const     columns,
                 const uint32_t          n)
{
  const uint32_t mask = history->n_frames - 1U;

  for (uint32_t c = 0U; c < history->n_columns; ++c) {
    const _Atomic float* const from =
      history->values + (size_t)c * history->n_frames;
    for (uint32_t i = 0U; columns[c] && i < n; ++i) {
      columns[c][i] =
        atomic_load_explicit(&from[(at + i) & mask], memory_order_acquire);
    }
  }
  return atomic_load(&history->n_begun) - at <= history->n_frames;
}

// SPDX-License-Identifier: ISC

/// Threads that share out numbered tasks and meet when all are done

#ifndef REM_OFFLINE_TRAINER_POOL_H
#define REM_OFFLINE_TRAINER_POOL_H

#include <stdint.h>

#define REM_MAX_THREADS 1024U ///< More is a slip

typedef struct RemPool RemPool;

/// One task; called with denormals off, in any thread, in any order.  `thread`
/// counts the pool's threads from 0: no two tasks with the same one ever run at
/// the same time.
typedef void (*RemTask)(void* handle, uint32_t index, uint32_t thread);

/// Return the number of processors that are there
uint32_t
rem_pool_n_processors(void);

/**
   Start threads that sleep until there is work.

   @param n_threads 1..#REM_MAX_THREADS, the caller's own included.
   @return A pool to free with rem_pool_free(), or NULL without memory or if
   the system refuses a thread.
*/
RemPool*
rem_pool_new(uint32_t n_threads);

/// End the threads and free the pool; NULL is allowed.  Never while it runs.
void
rem_pool_free(RemPool* pool);

/**
   Run task(handle, 0, ...) to task(handle, n_tasks - 1, ...) and wait for the
   last.

   What tasks wrote is visible to the caller afterwards, and what the caller
   wrote before is visible to the tasks.

   Thread: the one that made the pool, which takes its share of tasks.
*/
void
rem_pool_run(RemPool* pool, uint32_t n_tasks, RemTask task, void* handle);

#endif // REM_OFFLINE_TRAINER_POOL_H

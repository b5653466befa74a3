// SPDX-License-Identifier: ISC

#include "offline_trainer/pool.h"

#include "dsp/denormal.h"

#include <assert.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>
#include <unistd.h>

struct RemPool {
  pthread_mutex_t lock; ///< Of everything below
  pthread_cond_t  work; ///< There are tasks, or it is time to quit
  pthread_cond_t  done; ///< No task is left or running
  RemTask         task;
  void*           handle;
  uint32_t        n_tasks;
  uint32_t        next;    ///< First task that nobody has taken
  uint32_t        n_left;  ///< Tasks that are not finished
  uint32_t        n_begun; ///< Threads that have begun to work
  bool            quit;
  uint32_t        n_threads; ///< In `threads`: all but the caller's
  pthread_t*      threads;
};

uint32_t
rem_pool_n_processors(void)
{
  const long n = sysconf(_SC_NPROCESSORS_ONLN);
  return n < 1 ? 1U : n > (long)REM_MAX_THREADS ? REM_MAX_THREADS : (uint32_t)n;
}

/// Run one task in thread `thread`, if there is one; called and left with the
/// lock held
static bool
run_next(RemPool* const pool, const uint32_t thread)
{
  if (pool->next == pool->n_tasks) {
    return false;
  }
  const uint32_t index  = pool->next++;
  const RemTask  task   = pool->task;
  void* const    handle = pool->handle;

  (void)pthread_mutex_unlock(&pool->lock);
  task(handle, index, thread);
  (void)pthread_mutex_lock(&pool->lock);
  if (!--pool->n_left) {
    (void)pthread_cond_signal(&pool->done);
  }
  return true;
}

/// What a thread does all its life
static void*
work(void* const handle)
{
  RemPool* const pool = (RemPool*)handle;
  (void)rem_denormals_off(); // For good: the thread is ours
  (void)pthread_mutex_lock(&pool->lock);
  const uint32_t self = ++pool->n_begun; // 0 is the caller
  while (!pool->quit) {
    if (!run_next(pool, self)) {
      (void)pthread_cond_wait(&pool->work, &pool->lock);
    }
  }
  (void)pthread_mutex_unlock(&pool->lock);
  return NULL;
}

RemPool*
rem_pool_new(const uint32_t n_threads)
{
  assert(n_threads > 0U && n_threads <= REM_MAX_THREADS);
  RemPool* const pool = (RemPool*)calloc(1, sizeof(RemPool));
  if (!pool) {
    return NULL;
  }
  (void)pthread_mutex_init(&pool->lock, NULL);
  (void)pthread_cond_init(&pool->work, NULL);
  (void)pthread_cond_init(&pool->done, NULL);

  const uint32_t n_more = n_threads - 1U;
  pool->threads         = (pthread_t*)calloc(n_threads, sizeof(pthread_t));
  while (pool->threads && pool->n_threads < n_more &&
         !pthread_create(&pool->threads[pool->n_threads], NULL, work, pool)) {
    ++pool->n_threads;
  }
  if (!pool->threads || pool->n_threads < n_more) {
    rem_pool_free(pool);
    return NULL;
  }
  return pool;
}

void
rem_pool_free(RemPool* const pool)
{
  if (pool) {
    (void)pthread_mutex_lock(&pool->lock);
    pool->quit = true;
    (void)pthread_cond_broadcast(&pool->work);
    (void)pthread_mutex_unlock(&pool->lock);
    for (uint32_t i = 0; i < pool->n_threads; ++i) {
      (void)pthread_join(pool->threads[i], NULL);
    }
    (void)pthread_cond_destroy(&pool->done);
    (void)pthread_cond_destroy(&pool->work);
    (void)pthread_mutex_destroy(&pool->lock);
    free(pool->threads);
    free(pool);
  }
}

void
rem_pool_run(RemPool* const pool,
             const uint32_t n_tasks,
             const RemTask  task,
             void* const    handle)
{
  const RemFloatMode mode = rem_denormals_off();
  (void)pthread_mutex_lock(&pool->lock);
  pool->task    = task;
  pool->handle  = handle;
  pool->n_tasks = n_tasks;
  pool->next    = 0U;
  pool->n_left  = n_tasks;
  (void)pthread_cond_broadcast(&pool->work);
  while (run_next(pool, 0U)) {
  }
  while (pool->n_left) {
    (void)pthread_cond_wait(&pool->done, &pool->lock);
  }
  (void)pthread_mutex_unlock(&pool->lock);
  rem_denormals_restore(mode);
}

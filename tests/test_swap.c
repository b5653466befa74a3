// SPDX-License-Identifier: ISC

/// A thousand swaps while the sound goes on: no step louder than the signal's
/// own, the last one wins, and nothing is left behind

#include "tests/check.h"
#include "tests/host/swap.h"

#include <malloc.h>
#include <pthread.h>
#include <stdatomic.h>

enum {
#if defined(__SANITIZE_THREAD__)
  N_SWAPS = 50, ///< Thirty times as slow
#elif defined(__SANITIZE_ADDRESS__)
  N_SWAPS = 200, ///< Five times as slow
#else
  N_SWAPS = 1000,
#endif
  SLACK = 16384 ///< What malloc() keeps at hand; an instance has 1.7 MB
};

static size_t
bytes_in_use(void)
{
  return mallinfo2().uordblks;
}

static void
play_and_close(Swap* const swap)
{
  Player player = player_open(swap, HOST_WORK_THREAD);
  (void)player_swap(&player, 4U);
  player_settle(&player);
  host_close(player.host);
}

static void
test_thousand_swaps(Swap* const swap)
{
  play_and_close(swap); // What libraries keep for ever they have from here on
  const size_t at_start = bytes_in_use();
  Player       player   = player_open(swap, HOST_WORK_THREAD);
  (void)player_swap(&player, 4U);
  player_settle(&player);

  const size_t   after_few = bytes_in_use();
  const uint32_t m         = player_swap(&player, N_SWAPS);
  player_settle(&player);
  player_check(&player, m);
  const size_t after_many = bytes_in_use();

  printf("%u loads, largest step %.4f of %.4f, bytes %zu, %zu, %zu\n",
         player.host->heard.n_model,
         (double)player.largest,
         (double)swap->bound,
         at_start,
         after_few,
         after_many);
  CHECK(player.largest <= swap->bound);
  CHECK(player.host->heard.n_model > N_SWAPS / 4U);
  CHECK(after_many < after_few + 65536U); // Two models' worth, not a thousand
  host_close(player.host);
  CHECK(bytes_in_use() < at_start + SLACK);
}

/// The worker may answer before schedule_work() returns
static void
test_work_now(Swap* const swap)
{
  Player player = player_open(swap, HOST_WORK_NOW);
  for (uint32_t i = 0U; i < N_SWAPS / 10U; ++i) {
    const uint32_t m = i % SWAP_MODELS;
    host_send_model(player.host, 0U, swap->paths[m]);
    for (uint32_t k = swap_below(&player.seed, 12U); k > 0U; --k) {
      player_block(&player, swap_below(&player.seed, SWAP_MAX_BLOCK));
    }
  }
  host_send_model(player.host, 0U, swap->paths[1]);
  player_settle(&player);
  player_check(&player, 1U);
  CHECK(player.largest <= swap->bound);
  host_close(player.host);
}

/// Hosts that lose requests or answers, and ends in the middle of things
static void
test_ends(Swap* const swap)
{
  static const HostWork works[] = {HOST_WORK_THREAD,
                                   HOST_WORK_LATER,
                                   HOST_WORK_REFUSE,
                                   HOST_WORK_DROP,
                                   HOST_WORK_MUTE,
                                   HOST_WORK_NOW};
  const size_t          before  = bytes_in_use();
  for (uint32_t i = 0U; i < 60U; ++i) {
    Player player = player_open(swap, works[i % 6U]);
    for (uint32_t k = 0U; k < i % 7U; ++k) {
      host_send_model(player.host, 0U, swap->paths[k % SWAP_MODELS]);
      (void)player_go_on(&player);
      if (works[i % 6U] == HOST_WORK_LATER && i % 4U == 0U) {
        host_worker_drain(&player.host->worker);
      }
    }
    host_close(player.host);
  }
  CHECK(bytes_in_use() < before + SLACK);
}

/// Another thread that restores sessions
typedef struct {
  Host*       host;
  const char* sessions[2];
  atomic_bool done;
} Restorer;

static void*
restore_thread(void* const data)
{
  Restorer* const restorer = (Restorer*)data;
  for (uint32_t i = 0U; i < 10U; ++i) {
    host_restore_model(restorer->host, restorer->sessions[i % 2U]);
  }
  atomic_store(&restorer->done, true);
  return NULL;
}

static void
save_session(Swap* const swap, const uint32_t m, const char* const session)
{
  Host* const host = host_open_usual(swap->world, HOST_WORK_LATER);
  host_load(host, swap->paths[m]);
  CHECK(host_save(host, session));
  host_close(host);
}

/// state:threadSafeRestore: from any thread, while blocks and loads go on
static void
test_restores(Swap* const swap)
{
  char      sessions[2][FIXTURE_PATH];
  pthread_t thread;
  save_session(swap, 0U, fixture_path(&swap->dir, "session0", sessions[0]));
  save_session(swap, 3U, fixture_path(&swap->dir, "session1", sessions[1]));

  Player   player   = player_open(swap, HOST_WORK_THREAD);
  Restorer restorer = {player.host, {sessions[0], sessions[1]}, false};
  CHECK(!pthread_create(&thread, NULL, restore_thread, &restorer));
  while (!atomic_load(&restorer.done)) {
    (void)player_swap(&player, 1U);
    fixture_pause();
  }
  CHECK(!pthread_join(thread, NULL));
  player_settle(&player);
  host_send_model(player.host, 0U, swap->paths[2]);
  player_settle(&player);
  player_check(&player, 2U);
  CHECK(player.largest <= swap->bound);
  host_close(player.host);
}

int
main(void)
{
  Swap* const swap = swap_open(BUILD_DIR "/lv2");
  test_thousand_swaps(swap);
  test_work_now(swap);
  test_ends(swap);
  test_restores(swap);
  swap_close(swap);
  return 0;
}

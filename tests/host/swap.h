// SPDX-License-Identifier: ISC

/// Models that are swapped under audio, and how large a step may be heard

#ifndef REM_TESTS_HOST_SWAP_H
#define REM_TESTS_HOST_SWAP_H

#include "tests/host/stage.h"

#include <stdbool.h>
#include <stdint.h>

enum {
  SWAP_SECOND    = 48000,
  SWAP_MODELS    = 4,
  SWAP_MAX_BLOCK = 300,
  SWAP_MAX_AHEAD = 4096, ///< Samples that sound while one model is loaded
  SWAP_N = 2 * SWAP_SECOND + SWAP_MAX_BLOCK ///< A block may begin at the end
};

/// What everything is compared with
typedef struct {
  HostWorld* world;
  FixtureDir dir;
  char       paths[SWAP_MODELS][FIXTURE_PATH];
  float      in[SWAP_N];               ///< Repeats every second without a seam
  float      wet[SWAP_MODELS][SWAP_N]; ///< Of each model alone
  float      bound;                    ///< Largest step allowed
} Swap;

/// A plugin under audio, and what came out of it
typedef struct {
  Swap*    swap;
  Host*    host;
  uint32_t seed;
  uint32_t now;     ///< Place in the second
  uint32_t ahead;   ///< Samples since the worker was last idle
  float    last;    ///< Output sample
  float    largest; ///< Largest step so far
  bool     started;
} Player;

/// Make models and references, and derive the bound; `lv2_path` as for
/// host_world_new()
Swap*
swap_open(const char* lv2_path);

/// Remove the files and free
void
swap_close(Swap* swap);

/// Return a random whole number below `n`
uint32_t
swap_below(uint32_t* seed, uint32_t n);

/// Open the mono plugin, active and without a model; its host is to be closed
/// with host_close()
Player
player_open(Swap* swap, HostWork work);

/// Play one block of `n` samples and look at every step in it
void
player_block(Player* player, uint32_t n);

/// Play on; while the worker works, slowly, so that loads and fades overlap.
/// Return false if nothing was played because the worker is far behind.
bool
player_go_on(Player* player);

/// Ask for models `n_swaps` times, at random, and return the last one
uint32_t
player_swap(Player* player, uint32_t n_swaps);

/// Play until nothing is asked, loaded, faded or freed any more
void
player_settle(Player* player);

/// Check that exactly model `m` is heard
void
player_check(Player* player, uint32_t m);

#endif // REM_TESTS_HOST_SWAP_H

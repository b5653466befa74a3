// SPDX-License-Identifier: ISC

/// A plugin that everything happens to under audio, while run() is watched: it
/// may not allocate, free, lock, sleep, read a clock or make a system call

#ifndef REM_TESTS_HOST_WATCHED_H
#define REM_TESTS_HOST_WATCHED_H

#include "tests/host/chatter.h"
#include "tests/host/client.h"
#include "tests/host/fixture.h"
#include "tests/host/host.h"

#include <stdint.h>

enum { WATCHED_MODELS = 3, WATCHED_WORKS = 6 };

/// Workers that behave in every way
extern const HostWork watched_works[WATCHED_WORKS];

/// Bundles, and a folder that OSC may load models from
typedef struct {
  HostWorld* world;
  FixtureDir dir;
  char       paths[WATCHED_MODELS + 1][FIXTURE_PATH]; ///< The last one is bad
} Watched;

/// What happens
typedef struct {
  void*              handle;
  const char* const* names; ///< Of instances that OSC commands are for
  uint32_t           n_names;
  const char* const* paths; ///< Of models that OSC asks for
  uint32_t           n_paths;
  uint32_t           least; ///< The host must be told of more models than that

  /// Ask for something, turn something, and play a block; `seed` is advanced
  void (*play)(void* handle, Host* host, Client* client, uint32_t* seed);
} WatchedSpec;

/// Return a number below `n`; `seed` is advanced
uint32_t
watched_below(uint32_t* seed, uint32_t n);

/// End the test, with a word, if a call was seen since the last check
void
watched_check(void);

/// Begin to watch plugins of the folder `bundles`; NULL, with a word, where a
/// sanitizer stands in the way.
/// Models are yet to be written to `paths`.
Watched*
watched_open(const char* bundles);

/// Free it
void
watched_close(Watched* watched);

/// Play `n_blocks` to a plugin while another thread sends OSC commands of every
/// kind
void
watched_run(const Watched*     watched,
            const HostSpec*    host,
            const WatchedSpec* spec,
            uint32_t           n_blocks);

#endif // REM_TESTS_HOST_WATCHED_H

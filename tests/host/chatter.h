// SPDX-License-Identifier: ISC

/// Another thread that sends OSC commands of every kind while a test plays on

#ifndef REM_TESTS_HOST_CHATTER_H
#define REM_TESTS_HOST_CHATTER_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

typedef struct Chatter Chatter;

/// What the thread is to send, all borrowed
typedef struct {
  int32_t            port;  ///< Of the server
  const char* const* names; ///< Of instances
  uint32_t           n_names;
  const char* const* paths; ///< Of models and of what is none
  uint32_t           n_paths;
  uint32_t           pause_us; ///< Between commands
  uint32_t           seed;
} ChatterSpec;

/// Start the thread; the test ends if that fails
Chatter*
chatter_start(const ChatterSpec* spec);

/// Return how many answers have come, `/ok` and `/error` alike
uint32_t
chatter_n_answers(const Chatter* chatter);

/// End the thread and free; return how many commands were sent
uint32_t
chatter_stop(Chatter* chatter);

#endif // REM_TESTS_HOST_CHATTER_H

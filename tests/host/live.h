// SPDX-License-Identifier: ISC

/// `remanence play` as a process, what it sends and what it writes down

#ifndef REM_TESTS_HOST_LIVE_H
#define REM_TESTS_HOST_LIVE_H

#include "dsp/duet.h"
#include "tests/host/fixture.h"
#include "tests/host/performance.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/types.h>

#define LIVE_SEED 11

/// A frame and when it was
typedef struct {
  int64_t us; ///< Since 1970
  bool    net;
  float   x[PERFORMANCE_DIMS];
} LiveRow;

/// Frames in order
typedef struct {
  LiveRow* rows; ///< [n]
  size_t   n;
  size_t   capacity;
} LiveRows;

/// A running `remanence play`
typedef struct {
  RemDuetMode mode;
  pid_t       pid;
  int         port;   ///< Where it listens
  int         socket; ///< Ours, that it plays to
  FILE*       says;   ///< Its stderr
  char        folder[FIXTURE_PATH];
  size_t      n_answered; ///< Commands
  LiveRows    arrived;
} LiveSession;

/// Start `program play` in useronly, to play in `session->mode` when it is told
/// to; it logs to `session->folder`
void
live_open(LiveSession* session,
          const char*  program,
          const char*  model,
          float        threshold);

/// End it; the test ends unless it exits with 0
void
live_close(LiveSession* session);

/// Tell it which mode to play in
void
live_send_mode(const LiveSession* session, RemDuetMode mode);

/// Send it a frame
void
live_send_frame(const LiveSession* session, const float x[PERFORMANCE_DIMS]);

/// Take in what `n` sessions send, until a moment in microseconds since 1970
void
live_listen(LiveSession* sessions, uint32_t n, int64_t us);

/// Return the frames of the one log of a folder; `rows` is to be freed.  Its
/// moments are local time.
LiveRows
live_read_log(const char* folder);

#endif // REM_TESTS_HOST_LIVE_H

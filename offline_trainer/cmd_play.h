// SPDX-License-Identifier: ISC

/// What the files of `remanence play` share; nothing for others

#ifndef REM_OFFLINE_TRAINER_CMD_PLAY_H
#define REM_OFFLINE_TRAINER_CMD_PLAY_H

#include "dsp/duet.h"
#include "dsp/logfile/log.h"
#include "dsp/model.h"
#include "dsp/predictor.h"
#include "dsp/status.h"
#include "offline_trainer/progress.h"

#include <lo/lo.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define LIVE_RATE 1e6 ///< Samples a second: times are whole microseconds

/// A command line, and the duet that goes on on its behalf
typedef struct {
  const char*     program;
  const char*     model_path;
  const char*     interface; ///< IPv4 address of what hears OSC
  long            port;      ///< Heard there
  char            host[256]; ///< That events go to, or "" for stdout
  char            to_port[8];
  const char*     log_folder; ///< Or NULL
  RemDuetSettings settings;
  uint64_t        seed;

  RemModel*     model; ///< Owned, like all below
  RemPredictor* predictor;
  RemDuet*      duet;
  lo_server     server;
  lo_address    to;  ///< Or NULL
  RemLogFile*   log; ///< Or NULL

  double   begin;    ///< Of the duet, by progress_clock()
  int64_t  begin_us; ///< Of the duet, by the clock on the wall
  uint64_t told_to;  ///< Sample up to which events were taken out
  uint64_t flush_at; ///< Sample at which the log is due
  uint64_t n_in;     ///< Frames of the player
  uint64_t n_out;    ///< Events of the net
  bool     warned;   ///< Of an address that nothing can be sent to
  bool     broken;   ///< Nothing can be written to stdout
} LivePlay;

/// Play until the user wants to stop, or stdout is broken
RemStatus
cmd_play_run(LivePlay* play, RemError* error);

/// Return the sample that it is now
uint64_t
cmd_play_now(const LivePlay* play);

/// Let everything happen that is due before sample `until`.  A log that cannot
/// be written is warned of, and the duet goes on.
void
cmd_play_tell(LivePlay* play, uint64_t until);

/// liblo's handler of every message; `data` is the LivePlay
int
cmd_play_hear(const char* path,
              const char* types,
              lo_arg**    argv,
              int         argc,
              lo_message  body,
              void*       data);

#endif // REM_OFFLINE_TRAINER_CMD_PLAY_H

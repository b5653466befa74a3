// SPDX-License-Identifier: ISC

/// Shared by the files of the recorder

#ifndef REM_PLUGIN_CONTROL_RECORD_INTERNAL_H
#define REM_PLUGIN_CONTROL_RECORD_INTERNAL_H

#include "dsp/frames.h"
#include "dsp/logfile/log.h"
#include "plugin/control/record.h"
#include "plugin/control/ring.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#define REM_RECORD_RING 4096U ///< Rows that wait: seconds of any playing

/// A row on its way
typedef struct {
  uint64_t at;
  uint32_t take;
  uint8_t  source; ///< RemLogSource
  uint8_t  n;
  float    x[REM_MAX_DIMS];
} RemRecordRow;

struct RemRecorder {
  // Between threads.  `take` counts up whenever a file is to end or may begin;
  // odd numbers are armed.
  RemRing           ring; ///< RemRecordRow
  _Atomic(uint32_t) take;
  _Atomic(uint32_t) open;   ///< Take that a file is open for; else an even one
  _Atomic(uint32_t) failed; ///< Take that is given up; else an even one
  _Atomic(uint32_t) n_told;
  _Atomic(uint32_t) n_lost;
  _Atomic(uint64_t) now; ///< Samples

  // The recorder's thread only
  double      rate;
  char*       folder;  ///< NULL without a home
  RemLogFile* file;    ///< NULL if none is open
  uint32_t    closed;  ///< Take that ended: what still comes of it is dropped
  uint32_t    n;       ///< Of the file's rows
  uint64_t    first;   ///< Sample of its first row
  uint64_t    last;    ///< And of its last
  int64_t     us;      ///< When the first one was
  double      flushed; ///< When the file was last brought to the disk, seconds
  uint32_t    n_lost_told;

  pthread_t       thread;
  pthread_mutex_t lock; ///< Of what follows
  pthread_cond_t  wake;
  pthread_cond_t  done;
  bool            ending;
  uint32_t        n_asked; ///< Of rem_recorder_sync()
  uint32_t        n_done;
  RemRecordReport report; ///< All but the state and `n_lost`
};

/// Write what is in the ring and end files that are to end.
/// @param sync Whether what is written has to be on the disk.
/// Thread: the recorder's.
void
rem_recorder_drain(RemRecorder* recorder, bool sync);

/// End the file, if one is open.  Thread: the recorder's.
void
rem_recorder_finish(RemRecorder* recorder);

#endif // REM_PLUGIN_CONTROL_RECORD_INTERNAL_H

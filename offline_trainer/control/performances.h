// SPDX-License-Identifier: ISC

/// Performances: what was played on a controller, one log file each

#ifndef REM_OFFLINE_TRAINER_CONTROL_PERFORMANCES_H
#define REM_OFFLINE_TRAINER_CONTROL_PERFORMANCES_H

#include "dsp/status.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/// Performances of the same dimensions, one after the other
typedef struct {
  uint32_t n_dims; ///< n; 0 if there are no performances
  size_t   n;
  char**   names;  ///< [n] of files, without folders; owned
  size_t*  begins; ///< [n + 1] first frame of each; owned
  float*   frames; ///< [begins[n], 1 + n_dims] dt in s, then 0..1; owned.
                   ///< The dt of a first frame says nothing.
  size_t n_range;  ///< Values that were put to the end of 0 to 1
  size_t n_back;   ///< Times that a clock went back
  size_t n_others; ///< Files .log that were left out: no performance logs
  size_t n_unlike; ///< Logs that were left out: of other dimensions
  size_t n_short;  ///< Logs that were left out: fewer than two frames
} RemPerformances;

/// Which of the performances are learned from, and which only tested with
typedef struct {
  RemPerformances training;
  RemPerformances held_out;
} RemControlSet;

/// Return the number of events: every frame but a performance's first
size_t
rem_performances_n_events(const RemPerformances* performances);

/**
   Read every log of a folder (dsp/logfile/log.h), by name.

   @param all_rows Take what a net played (rows "rnn") as well.
   @param n_dims   Of the logs to read; 0 if all have to have the same.
   @param settled  Seconds for which nothing has been written to a log, so that
                   it is a whole performance; 0 takes what there is.
   @param out      On success to be cleared with rem_performances_clear().
   @return What rem_logs_read() returns, #REM_NO_FILE if nothing is left, or
   #REM_NO_MEMORY.
*/
RemStatus
rem_performances_read(const char*      folder,
                      bool             all_rows,
                      uint32_t         n_dims,
                      double           settled,
                      RemPerformances* out,
                      RemError*        error);

/// Append performance `i` of `from`; false without memory.  `to` may be empty.
bool
rem_performances_add(RemPerformances*       to,
                     const RemPerformances* from,
                     size_t                 i);

/// Free what performances own and empty them
void
rem_performances_clear(RemPerformances* performances);

/**
   Hold out about a sixth of the events, in whole performances.

   They are taken in their order, and one is held out if that brings what is
   held out nearer to a sixth of what there is so far.  So performances that
   come later change nothing for those that were there.  Where this holds out
   none, the shortest one is.

   @param earlier A set whose performances stay where they are, told by their
                  names; NULL for none.
   @param out On success to be cleared with rem_control_set_clear().
   @return #REM_BAD_ARGUMENT if there are fewer than two performances, or none
   to learn from because those of `earlier` are gone, #REM_NO_MEMORY or
   #REM_SUCCESS.
*/
RemStatus
rem_control_set_split(const RemPerformances* all,
                      const RemControlSet*   earlier,
                      RemControlSet*         out,
                      RemError*              error);

/// Free what a set owns and empty it
void
rem_control_set_clear(RemControlSet* set);

#endif // REM_OFFLINE_TRAINER_CONTROL_PERFORMANCES_H

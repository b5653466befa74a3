// SPDX-License-Identifier: ISC

/// What other threads ask of an instance's controls, and see of it.  Numbers
/// only, each on its own, so that nobody ever waits.

#ifndef REM_PLUGIN_REMOTE_H
#define REM_PLUGIN_REMOTE_H

#include "dsp/rt.h"
#include "remanence_ports.h" // Generated from ttl/

#include <math.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

/// Places of the control inputs in every table of them
enum {
#define REM_CONTROL_PLACE(i, name, ...) REM_CONTROL_##name = (i),
  REM_CONTROLS(REM_CONTROL_PLACE)
#undef REM_CONTROL_PLACE
};

/// A control input, as the Turtle says
typedef struct {
  const char* symbol;
  float       minimum;
  float       normal; ///< Its default
  float       maximum;
} RemControl;

/// All control inputs
extern const RemControl rem_controls[REM_N_CONTROLS];

/// What `status` says, as the port of that name
enum { REM_NO_MODEL, REM_PLAYING, REM_FADING, REM_LAST_LOAD_FAILED };

/// Asked of a control: to follow the host's port again
#define REM_FOLLOW_PORT (-INFINITY)

typedef struct {
  // From others to the audio thread
  _Atomic float wanted[REM_N_CONTROLS]; ///< NaN for nothing

  /// What the host's port will come to without a hand on it; or NaN
  _Atomic float expected[REM_N_CONTROLS];

  /// Program that is no wish, for whoever set it brings its model; or 0
  _Atomic(uint32_t) program;

  // From the audio thread to others
  _Atomic float     value[REM_N_CONTROLS];  ///< In effect
  _Atomic float     port[REM_N_CONTROLS];   ///< What the host says
  atomic_bool       turned[REM_N_CONTROLS]; ///< By others than the host's port
  _Atomic(uint32_t) status;
  _Atomic(uint32_t) latency; ///< Samples
  _Atomic(uint32_t) n_non_finite;
  _Atomic(uint32_t) n_late;
  _Atomic float     load;     ///< Percent
  _Atomic float     in_peak;  ///< dBFS
  _Atomic float     out_peak; ///< dBFS
  _Atomic(uint32_t) n_begun;  ///< Calls of run(), wrapping
  _Atomic(uint32_t) n_done;
} RemRemote;

/// Nothing asked, every control at its default
void
rem_remote_init(RemRemote* remote);

/// Return the place of a control, or -1
int
rem_control_find(const char* symbol);

/// Ask for a value of a control, which is put into its range; return that
float
rem_remote_turn(RemRemote* remote, uint32_t control, float value);

#endif // REM_PLUGIN_REMOTE_H

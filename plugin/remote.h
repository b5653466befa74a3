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

/// A control input, as the Turtle says
typedef struct {
  const char* symbol;
  float       minimum;
  float       normal; ///< Its default
  float       maximum;
} RemControl;

/// The control inputs of a plugin, in the order of its ports
typedef struct {
  const RemControl* items; ///< [n]
  uint32_t          n;     ///< At most #REM_MAX_CONTROLS
} RemControlTable;

/// Spell an item of a table, for what ttl/ports.py calls X
#define REM_CONTROL_ITEM(name, symbol, minimum, normal, maximum) \
  {(symbol), (minimum), (normal), (maximum)},

/// What `status` says, as the port of that name
enum { REM_NO_MODEL, REM_PLAYING, REM_FADING, REM_LAST_LOAD_FAILED };

/// Asked of a control: to follow the host's port again
#define REM_FOLLOW_PORT (-INFINITY)

typedef struct {
  RemControlTable controls; ///< Set before anybody looks; the rest is by place

  // From others to the audio thread
  _Atomic float wanted[REM_MAX_CONTROLS]; ///< NaN for nothing

  /// What the host's port will come to without a hand on it; or NaN
  _Atomic float expected[REM_MAX_CONTROLS];

  /// Program that is no wish, for whoever set it brings its model; or 0
  _Atomic(uint32_t) program;

  // From the audio thread to others
  _Atomic float value[REM_MAX_CONTROLS];  ///< In effect
  _Atomic float port[REM_MAX_CONTROLS];   ///< What the host says
  atomic_bool   turned[REM_MAX_CONTROLS]; ///< By others than the host's port
  _Atomic(uint32_t) status;
  _Atomic(uint32_t) latency; ///< Samples
  _Atomic(uint32_t) n_non_finite;
  _Atomic(uint32_t) n_late;
  _Atomic float     load;     ///< Percent
  _Atomic float     in_peak;  ///< dBFS
  _Atomic float     out_peak; ///< dBFS
  _Atomic(uint32_t) turn;     ///< RemDuetTurn, of control plugins
  _Atomic(uint32_t) n_begun;  ///< Calls of run(), wrapping
  _Atomic(uint32_t) n_done;
} RemRemote;

/// Let others see a number of the audio thread's.  Every one stands for itself,
/// so they may be seen in any order.
#define rem_publish(to, x) \
  atomic_store_explicit((to), (x), memory_order_relaxed)

/// Nothing asked, every control of the table at its default
void
rem_remote_init(RemRemote* remote, RemControlTable controls);

/// Return the place of a control, or -1
int
rem_remote_find(const RemRemote* remote, const char* symbol);

/// Return what a control is set to, or `otherwise` if there is none of that
/// symbol
float
rem_remote_value(const RemRemote* remote, const char* symbol, float otherwise);

/// Ask for a value of a control, which is put into its range; return that
float
rem_remote_turn(RemRemote* remote, uint32_t control, float value);

#endif // REM_PLUGIN_REMOTE_H

// SPDX-License-Identifier: ISC

/// A button that others press as well, while a port says whether the host's is
/// down

#ifndef REM_PLUGIN_BUTTON_H
#define REM_PLUGIN_BUTTON_H

#include "dsp/rt.h"

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

/// A button; all zero is up
typedef struct {
  _Atomic(uint32_t) n_pressed; ///< By others, wrapping

  // Audio thread only
  uint32_t n_obeyed; ///< Of those
  bool     down;     ///< The host's is
} RemButton;

/// Press and let go.  Thread: any.
static inline void
rem_button_press(RemButton* const button)
{
  atomic_fetch_add(&button->n_pressed, 1U);
}

/// Return whether somebody has pressed it since the last call.
/// @param port What the host's port says.
/// Thread: audio.
REM_RT static inline bool
rem_button_take(RemButton* const button, const float port)
{
  const bool     down      = port > 0.5f;
  const bool     by_host   = down && !button->down;
  const uint32_t n_pressed = atomic_load(&button->n_pressed);
  const bool     by_others = n_pressed != button->n_obeyed;
  button->down             = down;
  button->n_obeyed         = n_pressed;
  return by_others || by_host;
}

#endif // REM_PLUGIN_BUTTON_H

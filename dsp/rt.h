// SPDX-License-Identifier: ISC

#ifndef REM_DSP_RT_H
#define REM_DSP_RT_H

/// Marks a function that may run in the audio thread: it never allocates,
/// locks, blocks, does I/O or fails, and its time is bounded by its arguments.
#if defined(__clang__) && __clang_major__ >= 20
#  define REM_RT __attribute__((nonblocking)) // checked by -Wfunction-effects
#else
#  define REM_RT
#endif

#endif // REM_DSP_RT_H

// SPDX-License-Identifier: ISC

/// What is learned, as far as training has to know it: where windows come from
/// and how good outputs are.  One kind learns sound, one learns control frames.

#ifndef REM_OFFLINE_TRAINER_LESSON_H
#define REM_OFFLINE_TRAINER_LESSON_H

#include "dsp/random.h"
#include "offline_trainer/pool.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/// Streams `first` to `first + n` that one thread works on
typedef struct {
  uint32_t first;
  uint32_t n;
} RemStreamRange;

/// A lesson: numbers that training reads, and what it calls, always with
/// `handle`.  All tensors are [T, S, I] as in bptt.h.
typedef struct {
  void*       handle;
  const char* figure;      ///< Name of what validation gives; lower is better
  uint32_t    n_threads;   ///< That may call fill() and compare() at once
  uint32_t    n_windows;   ///< Of an epoch; draw() may change it
  size_t      n_learned;   ///< Samples or events of all streams in a window
  size_t      n_validated; ///< Samples or events of a validation

  /// Free `handle`
  void (*free)(void* handle);

  /// Better the parameters that a net begins with
  void (*prepare)(void* handle, float* params);

  /// Choose streams for an epoch; `random` is advanced
  void (*draw)(void* handle, RemRandom* random);

  /// Write down what draw() chose: [n_streams, 2]
  void (*get_places)(void* handle, uint64_t* places);

  /// Go back to what get_places() wrote; false if it cannot be that
  bool (*set_places)(void* handle, const uint64_t* places);

  /// Set to zero the states [n, L, 2, H] of streams in which something begins
  /// at sample `at`; NULL if nothing ever does
  void (*rest)(void* handle, RemStreamRange range, int64_t at, float* state);

  /// Fill the input of `n` samples, the first of which is `at`, counted from
  /// where streams begin: below 0 is what a stream hears before it learns
  void (*fill)(void*          handle,
               RemStreamRange range,
               int64_t        at,
               uint32_t       n,
               float*         input);

  /// Compare the output `y` of a window with what it should be, set the
  /// gradient `dy` of the batch's loss, and return the streams' share of that
  double (*compare)(void*          handle,
                    uint32_t       thread,
                    RemStreamRange range,
                    uint32_t       window,
                    const float*   y,
                    float*         dy);

  /// Return the figure of `params` on what is held out, infinity if the net
  /// runs away on it
  double (*validate)(void* handle, RemPool* pool, const float* params);

  /// Return whether a figure is so far from the best that training has left
  /// its neighbourhood
  bool (*is_far)(double figure, double best);
} RemLesson;

#endif // REM_OFFLINE_TRAINER_LESSON_H

// SPDX-License-Identifier: ISC

/// What is learned, as far as training has to know it: where windows or whole
/// sequences come from, and how good outputs are.

#ifndef REM_OFFLINE_TRAINER_LESSON_H
#define REM_OFFLINE_TRAINER_LESSON_H

#include "dsp/random.h"
#include "offline_trainer/pool.h"
#include "offline_trainer/sequence/sequence.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/// Streams `first` to `first + n` that one thread works on
typedef struct {
  uint32_t first;
  uint32_t n;
} RemStreamRange;

/// A lesson: numbers that training reads, and what it calls, always with
/// `handle`.  All tensors are [T, S, I] as in bptt.h and sequence.h.  A lesson
/// of windows has fill(), one of whole sequences has fill_batch(); a window is
/// then a batch, and its streams are the sequences of it.
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

  uint32_t max_steps;         ///< Of a sequence
  uint32_t max_encoder_steps; ///< Of what an encoder reads

  /// Fill the sequences of `range` of batch `window`, all but batch->n; NULL of
  /// a lesson of windows
  void (*fill_batch)(void*             handle,
                     uint32_t          thread,
                     RemStreamRange    range,
                     uint32_t          window,
                     RemSequenceBatch* batch);

  /// After fill_batch(): set `out` to what feeds these sequences their own
  /// outputs, or return false if nothing does; may be NULL
  bool (*feedback)(void*                handle,
                   uint32_t             thread,
                   RemStreamRange       range,
                   uint32_t             window,
                   RemSequenceFeedback* out);

  /// Compare the output `y` of a window or a batch, T its longest sequence,
  /// with what it should be, set the gradient `dy` of the batch's loss (that of
  /// padding is not seen), and return the streams' share of that
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

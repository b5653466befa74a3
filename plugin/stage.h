// SPDX-License-Identifier: ISC

/// Where a loader's models go to play: all that a loader need not know of the
/// kind of plugin it loads for

#ifndef REM_PLUGIN_STAGE_H
#define REM_PLUGIN_STAGE_H

#include "dsp/model.h"
#include "dsp/status.h"
#include "plugin/mailbox.h"
#include "plugin/say.h"

#include <stdbool.h>
#include <stdint.h>

/// How something that was built comes in
typedef struct {
  double   fade_seconds;
  uint32_t n_warm; ///< Most frames to warm it on, and the fade starts at once;
                   ///< 0 for all that were heard
} RemComing;

/// What a stage can do; `handle` is that of its RemStage.  Every function may
/// be called in any thread but the audio thread, by one at a time.
typedef struct {
  /**
     Build what plays a model, in its rest state.

     @param place   What errors call the model.
     @param quality Times the model's rate, where that makes sense.
     @param built   On success what offer() or discard() gets, else untouched.
     @return #REM_UNSUPPORTED for a model of another kind, #REM_NO_MEMORY.
  */
  RemStatus (*build)(const void*     handle,
                     const RemModel* model,
                     const char*     place,
                     uint32_t        quality,
                     void**          built,
                     RemError*       error);

  /// Free what was built; NULL is allowed
  void (*discard)(void* built);

  /// Return how many frames can be played to it in no time, from 1 up
  uint32_t (*speed)(const void* handle, void* built);

  /**
     Warm what was built of `model` on what was heard last and hand it to the
     audio thread, instead of what was offered before and not yet picked up.

     @param built Goes over, also on failure.
     @return The number of the entrance, from 1 up and ever rising; 0 without
     memory.
  */
  uint32_t (*offer)(void*            handle,
                    void*            built,
                    const RemModel*  model,
                    const RemComing* how);

  /// Append what a person should know about a model here: "; made for ..."
  void (*describe)(const void*     handle,
                   const RemModel* model,
                   char            message[REM_MESSAGE_SIZE]);
} RemStageCalls;

/// A stage
typedef struct {
  void*                handle;  ///< Borrowed
  RemMailbox*          mailbox; ///< Where offer() puts things; borrowed
  const RemStageCalls* calls;
} RemStage;

#endif // REM_PLUGIN_STAGE_H

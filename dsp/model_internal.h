// SPDX-License-Identifier: ISC

/// Shared by model_settle.c and model_check.c; no one else

#ifndef REM_DSP_MODEL_INTERNAL_H
#define REM_DSP_MODEL_INTERNAL_H

#include "dsp/model.h"
#include "dsp/net.h"
#include "dsp/status.h"

/// A model's net with one stream, in its rest state
typedef struct {
  RemNet*      net;
  RemNetState* state;
} RemModelPlayer;

/// Pack a model's net, with an output for every frame whatever it is, and set a
/// stream to its rest state
RemStatus
rem_model_open(RemModelPlayer* player, const RemModel* model, RemError* error);

/// Free what rem_model_open() made
void
rem_model_close(RemModelPlayer* player);

#endif // REM_DSP_MODEL_INTERNAL_H

// SPDX-License-Identifier: ISC

/// Which tensors of a PyTorch state_dict are the net

#ifndef REM_DSP_MODELFILE_STATE_DICT_H
#define REM_DSP_MODELFILE_STATE_DICT_H

#include "dsp/modelfile/safetensors.h"
#include "dsp/net.h"
#include "dsp/status.h"

/// The net in a file
typedef struct {
  char       rnn[128];  ///< What stands before "weight_ih_l0"
  char       head[128]; ///< What stands before "weight"
  RemNetSpec spec;      ///< As the shapes say; without skip connection
} RemLayout;

/**
   Find one nn.LSTM, nn.GRU or nn.RNN (of tanh), in one direction or both, and
   the one nn.Linear behind it.

   Their names may begin as they like, but no tensor may be left over, because
   the net that it belonged to would sound different without it.

   @return #REM_UNSUPPORTED naming what the file holds instead: a projection,
   several nets...
*/
RemStatus
rem_state_dict_layout(const RemTensors* tensors, RemLayout* out);

#endif // REM_DSP_MODELFILE_STATE_DICT_H

// SPDX-License-Identifier: ISC

/// The tensors that a net's parameters are in files: those of nn.LSTM, nn.GRU,
/// nn.RNN and nn.Linear, by PyTorch's names

#ifndef REM_DSP_MODELFILE_NET_TENSORS_H
#define REM_DSP_MODELFILE_NET_TENSORS_H

#include "dsp/modelfile/safetensors.h"
#include "dsp/net.h"
#include "dsp/status.h"

#include <stddef.h>

/// Most tensors of a net and its rest state: of every layer and direction four
/// and two, of the head and the initial state two each
#define REM_NET_TENSORS (6U * REM_MAX_LAYERS * REM_MAX_DIRECTIONS + 4U)

/// What the names of a net's tensors begin with
typedef struct {
  const char* rnn;     ///< Before "weight_ih_l0"
  const char* head;    ///< Before "weight"
  const char* initial; ///< Likewise
} RemNetNames;

/**
   Add a net's tensors to its parameters.  Biases may lack.

   @param params [rem_net_n_params()]
   @return As rem_tensor_add().
*/
RemStatus
rem_net_tensors_read(const RemTensors*  tensors,
                     const RemNetNames* names,
                     const RemNetSpec*  spec,
                     float*             params);

/**
   Add what a stream remembers before its first frame, from tensors `rest.h_l0`,
   `rest.c_l0`...; leave it alone where there is no first one.

   @param rest [rem_net_n_state()]
*/
RemStatus
rem_rest_tensors_read(const RemTensors* tensors,
                      const RemNetSpec* spec,
                      float*            rest);

/// Put a tensor into a list [*n]
void
rem_tensors_put(RemTensorOut* list,
                size_t*       n,
                const char*   prefix,
                const char*   name,
                size_t        rows,
                size_t        columns,
                const float*  values);

/// Put a net's layers into a list, names and values borrowed
void
rem_net_tensors_list(const RemNetNames* names,
                     const RemNetSpec*  spec,
                     const float*       params,
                     RemTensorOut*      list,
                     size_t*            n);

/// Put a rest state into a list, values borrowed
void
rem_rest_tensors_list(const RemNetSpec* spec,
                      const float*      rest,
                      RemTensorOut*     list,
                      size_t*           n);

#endif // REM_DSP_MODELFILE_NET_TENSORS_H

// SPDX-License-Identifier: ISC

/// What the native format says of an encoder: the object `encoder` of its
/// config, a net's shape (dsp/modelfile/spec.h) with "n_attention" and
/// "symbols", and tensors `encoder.weight_ih_l0`..., `attention.query`,
/// `attention.key`, `attention.energy`

#ifndef REM_DSP_MODELFILE_ENCODER_H
#define REM_DSP_MODELFILE_ENCODER_H

#include "dsp/encoder.h"
#include "dsp/modelfile/net_tensors.h"
#include "dsp/modelfile/safetensors.h"
#include "dsp/net.h"
#include "dsp/status.h"

#include <jansson.h>
#include <stddef.h>

/// Most tensors of an encoder and its attention
#define REM_ENCODER_TENSORS (REM_NET_TENSORS + 3U)

/**
   Read an encoder.

   @param at      Where the object stands.
   @param tensors Of the whole file.
   @param decoder The model's own net: what begins from this encoder.
   @param out     On success to free with rem_encoder_free(), else NULL.
   @return #REM_BAD_SHAPE if the decoder is not made for it, or as
   rem_spec_read(), rem_symbols_read_json() and rem_tensor_add().
*/
RemStatus
rem_encoder_read(const RemJson*    at,
                 const RemTensors* tensors,
                 const RemNetSpec* decoder,
                 RemEncoder**      out);

/// Return the object, or NULL without memory
json_t*
rem_encoder_write(const RemEncoder* encoder);

/// Put an encoder's tensors into a list, values borrowed
void
rem_encoder_list(const RemEncoder* encoder, RemTensorOut* list, size_t* n);

#endif // REM_DSP_MODELFILE_ENCODER_H

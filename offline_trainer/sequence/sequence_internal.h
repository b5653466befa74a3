// SPDX-License-Identifier: ISC

/// Shared by net.c (weights and memory) and pass.c (forward and back); no one
/// else

#ifndef REM_OFFLINE_TRAINER_SEQUENCE_SEQUENCE_INTERNAL_H
#define REM_OFFLINE_TRAINER_SEQUENCE_SEQUENCE_INTERNAL_H

#include "offline_trainer/sequence/attention.h"
#include "offline_trainer/sequence/sequence.h"
#include "offline_trainer/sequence/stack.h"

#include <stdbool.h>
#include <stddef.h>

/// Packed gradients are the net's, the encoder's, attention's
struct RemSequenceNet {
  RemSequenceSpec spec;
  bool            has_encoder;
  bool            looks; ///< There is attention
  RemStack        net;
  RemStack        encoder;
  RemAttention    attention;
  size_t          encoder_at;   ///< In a packed gradient
  size_t          attention_at; ///< Likewise
  size_t          n_gradient;
};

struct RemSequenceRun {
  const RemSequenceNet* net;
  RemSequenceBatch      batch;
  float* own; ///< [T, S, I] frames without attention's columns, or NULL if
              ///< they are the decoder's as they stand
  RemStackRun     decoder;
  RemStackRun     encoder;
  RemAttentionRun attention;
};

#endif // REM_OFFLINE_TRAINER_SEQUENCE_SEQUENCE_INTERNAL_H

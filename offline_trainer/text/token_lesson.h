// SPDX-License-Identifier: ISC

/// Learning what symbol comes next, by windows

#ifndef REM_OFFLINE_TRAINER_TEXT_TOKEN_LESSON_H
#define REM_OFFLINE_TRAINER_TEXT_TOKEN_LESSON_H

#include "dsp/model.h"
#include "offline_trainer/pool.h"
#include "offline_trainer/text/tokens.h"
#include "offline_trainer/train.h"

#include <stdint.h>

/// Return what works best for characters of a text: LSTM of 128, windows of 50;
/// rem_token_net() sets what the vocabulary says
RemTrainSpec
rem_token_train_default(void);

/// Set what a net for a vocabulary reads and gives: symbols in, logits out
void
rem_token_net(const RemSymbols* symbols, RemNetSpec* net);

/**
   Open a lesson for rem_trainer_new(): what symbol comes next, in nats.

   Streams begin at even distances over all pieces, one behind the other, from a
   random place on, and go round.  A net hears one piece after the other; what
   begins a piece is not to be foretold, and pieces that begin with a start
   symbol tell the net that they do.

   @param spec     Its net is that of rem_token_net().
   @param training Learned from; must outlive the lesson, as `held_out`, of the
                   same symbols.
   @param out      To clear with rem_lesson_clear(); empty on failure.
   @return #REM_BAD_ARGUMENT, also for tokens too few for a window;
   #REM_NO_MEMORY or #REM_SUCCESS.
*/
RemStatus
rem_token_lesson_open(const RemTrainSpec* spec,
                      const RemTokens*    training,
                      const RemTokens*    held_out,
                      uint32_t            n_threads,
                      RemLesson*          out,
                      RemError*           error);

/**
   Return how many nats a net needs for a symbol that comes next; infinity if
   it runs away, NaN without memory.

   Long pieces are played in parts, side by side, each after some of what comes
   before it: the figure is that of one long breath to about 1e-4.

   @param net    The shape, #REM_HEAD_SOFTMAX.
   @param params The net's.
   @param rest   [rem_net_n_state()] from which pieces begin, or NULL.
*/
double
rem_token_nats(const RemNetSpec* net,
               const float*      params,
               const float*      rest,
               const RemTokens*  tokens,
               RemPool*          pool);

#endif // REM_OFFLINE_TRAINER_TEXT_TOKEN_LESSON_H

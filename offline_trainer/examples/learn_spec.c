// SPDX-License-Identifier: ISC

#include "offline_trainer/examples/learn.h"
#include "offline_trainer/pool.h"

RemLearn
rem_learn_default(const RemExampleTask task)
{
  const RemLearn learn = {.spec = {.net = {.n_hidden = 128U, .n_layers = 1U},
                                   .n_streams = 32U,
                                   .n_steps   = 1U,
                                   .memory    = 20.0,
                                   .rate      = 0.005,
                                   .clip      = 1.0,
                                   .keep      = 0.99,
                                   .seed      = 1U},
                          .n_threads = rem_pool_n_processors()};
  (void)task;
  return learn;
}

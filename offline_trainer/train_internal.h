// SPDX-License-Identifier: ISC

/// What the files train*.c share, and no one else

#ifndef REM_OFFLINE_TRAINER_TRAIN_INTERNAL_H
#define REM_OFFLINE_TRAINER_TRAIN_INTERNAL_H

#include "dsp/random.h"
#include "offline_trainer/learner.h"
#include "offline_trainer/optim.h"
#include "offline_trainer/pool.h"
#include "offline_trainer/train.h"

/// Counters that go to a checkpoint as they stand, 64 bits each
typedef struct {
  RemRandom random;    ///< Of streams' beginnings
  uint64_t  n_updates; ///< In all
  uint64_t  epoch;     ///< Complete epochs
  uint64_t  window;    ///< Next window of this epoch; 0 is before the draw
  uint64_t  n_unseen;  ///< Samples learned from since the last validation
  uint64_t  n_failures;
  uint64_t  n_far_off;    ///< Validations far from the best, in a row
  uint64_t  best_epoch;   ///< Of the best model
  uint64_t  n_seen;       ///< Updates since the parameters were last set
  uint64_t  n_adam_steps; ///< As in `adam`; only for the checkpoint
} RemTrainCounters;

/// Numbers that go to a checkpoint as they stand
typedef struct {
  double seconds;  ///< Of training, those before a resumption included
  double loss_sum; ///< Over updates of this epoch
  double loss;     ///< Mean of the last complete epoch
  double figure;
  double best;
  double rate_scale; ///< Halved when numbers run away
} RemTrainFigures;

struct RemTrainer {
  RemTrainSpec     spec;
  RemLesson*       lesson;
  RemPool*         pool;
  RemLearner       learner;
  double*          shares;   ///< [n_groups] of the batch's loss
  float*           packed;   ///< [n_groups, n_packed]
  size_t           n_params; ///< The learner's
  float*           params;
  float*           average;
  float*           gradient;
  float*           best;
  RemAdam          adam;
  RemTrainCounters counters;
  RemTrainFigures  figures;
  uint64_t         n_measured; ///< Updates of this run
  uint64_t         n_clipped;  ///< Those whose gradient was too long
  size_t           n_history;
  size_t           max_history;
  RemHistoryPoint* history; ///< [max_history]
};

/**
   Learn from the next window of every stream; the first of an epoch draws
   streams and warms them up.

   @return The batch's loss, or NaN if a number ran away: the parameters are
   as before then.
*/
double
rem_trainer_update(RemTrainer* trainer, double rate);

/// Take `params` [n_params] as the net's, with an optimiser that has seen
/// nothing, at the beginning of an epoch
void
rem_trainer_set_params(RemTrainer* trainer, const float* params);

/// Append to the history; returns false without memory
bool
rem_trainer_note(RemTrainer* trainer, const RemHistoryPoint* point);

#endif // REM_OFFLINE_TRAINER_TRAIN_INTERNAL_H

// SPDX-License-Identifier: ISC

/// From recordings with labels to a model that listens, by the one trainer

#ifndef REM_OFFLINE_TRAINER_SPECTRA_LEARN_H
#define REM_OFFLINE_TRAINER_SPECTRA_LEARN_H

#include "dsp/model.h"
#include "dsp/status.h"
#include "offline_trainer/spectra/clips.h"
#include "offline_trainer/spectra/score.h"
#include "offline_trainer/train.h"

#include <stdint.h>

/// How well a model hears what is held out
typedef struct {
  RemScore score;    ///< Of all labels, each by itself; of a curve nothing
  double   error;    ///< Mean squared error of a curve
  double   variance; ///< Of that curve: the error of its mean
} RemListenProof;

/**
   Make a model of what was learned.

   Biases of the head are moved so that for every label the threshold that does
   best on what is held out is #REM_HEAR_THRESHOLD.

   @param params   [rem_net_n_params()]
   @param held_out Its frames are in its offsets and scales, which the model
                   gets.
   @param out      To free with rem_model_free(), NULL on failure.  It has no
                   name, metadata and provenance.
   @return #REM_NOT_FINITE, #REM_NO_MEMORY or #REM_SUCCESS.
*/
RemStatus
rem_listen_model(const RemNetSpec* spec,
                 const float*      params,
                 const RemClips*   held_out,
                 RemModel**        out,
                 RemError*         error);

/**
   Train from beginning to end, as recipes do.

   @param spec     rem_listen_train_default() of the clips, or like it.
   @param training,held_out As rem_clips_read() and rem_clips_split() give them;
                            rem_clips_normalise() was done.
   @param watch    `better` and `keep` are not called; may be NULL.
   @param out      As rem_listen_model().
   @return What rem_train() returns; being stopped is #REM_INTERRUPTED where
   there is no model by then.
*/
RemStatus
rem_listen_learn(const RemTrainSpec*   spec,
                 const RemTrainLimits* limits,
                 const RemClips*       training,
                 const RemClips*       held_out,
                 uint32_t              n_threads,
                 const RemTrainWatch*  watch,
                 RemModel**            out,
                 RemError*             error);

/**
   Measure a model on clips whose frames are in its offsets and scales.

   @param threshold,apart As rem_hear_rule().
*/
RemStatus
rem_listen_prove(const RemModel* model,
                 const RemClips* clips,
                 double          threshold,
                 double          apart,
                 RemListenProof* out,
                 RemError*       error);

#endif // REM_OFFLINE_TRAINER_SPECTRA_LEARN_H

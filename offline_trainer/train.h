// SPDX-License-Identifier: ISC

/// Training: truncated BPTT with carried state over parallel streams, or BPTT
/// through batches of whole sequences, as the lesson is

#ifndef REM_OFFLINE_TRAINER_TRAIN_H
#define REM_OFFLINE_TRAINER_TRAIN_H

#include "dsp/net.h"
#include "dsp/status.h"
#include "offline_trainer/initialise.h"
#include "offline_trainer/lesson.h"
#include "offline_trainer/report/report.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/// What decides the result, to the last bit, together with the lesson and, of
/// the limits, the number of epochs
typedef struct {
  RemNetSpec net;
  RemNetSpec encoder;     ///< Of whole sequences; n_hidden is 0 without one
  uint32_t   n_attention; ///< As in RemSequenceSpec
  uint32_t   n_streams;   ///< Batch, 1..#REM_MAX_STREAMS
  uint32_t   n_steps;     ///< Truncation length: samples of a window; of whole
                          ///< sequences not used
  uint32_t n_warm_up;     ///< Samples that a stream plays before it learns
  double   memory;        ///< Samples that the slowest cells keep at first
  double   rate;          ///< Highest learning rate
  double   decay;         ///< Of weights, as rem_adam_step()
  double   clip;          ///< Longest gradient
  double   keep;          ///< Of the averaged weights, as rem_average_step()
  uint64_t seed;
  double   shift;   ///< Control frames: as rem_row_streams_open()
  RemInit  init;    ///< How weights begin
  double   forget;  ///< As in RemBeginning
  double   dropout; ///< Share of its features that the head does not see
} RemTrainSpec;

/// Return what works best for amplifiers and pedals: LSTM 32 with skip
RemTrainSpec
rem_train_default(void);

/// Refuse a net that cannot be, an encoder that does not fit it, and batch,
/// window or rate of nothing
RemStatus
rem_train_spec_check(const RemTrainSpec* spec, RemError* error);

/// When to stop: whichever comes first.  0 is no limit.
typedef struct {
  double   seconds;  ///< Of training and validation
  uint32_t epochs;   ///< All together, those before a resumption included
  uint32_t patience; ///< Epochs without a better model
} RemTrainLimits;

/// Why training ended
typedef enum {
  REM_END_LIMIT,       ///< Seconds or epochs are over
  REM_END_PATIENCE,    ///< No better model for a while
  REM_END_INTERRUPTED, ///< Asked to
} RemTrainEnd;

/// How far training is
typedef struct {
  uint32_t epoch;              ///< Complete epochs
  double   loss;               ///< Mean of the last epoch, or so far, or NaN
  double   figure;             ///< At the last validation, or infinity
  double   best;               ///< Lowest of all validations, or infinity
  double   samples_per_second; ///< Learned from since this run began
  double   seconds;            ///< Of training in all
  double   done;               ///< Part of the limits that is used up, 0 to 1
  uint32_t n_failures;         ///< Times that training ran away
  double   clipped; ///< Share of this run's updates whose gradient was too long
} RemTrainNews;

/// Who is told, and what of; `handle` goes to each
typedef struct {
  void* handle;
  /// After every update; returns whether to go on
  bool (*go_on)(void* handle, const RemTrainNews* news);
  /// There is a better model: rem_trainer_best()
  void (*better)(void* handle, const RemTrainNews* news);
  /// This is the moment to write a checkpoint: the end of an epoch, or of all
  void (*keep)(void* handle, bool last);
} RemTrainWatch;

/// Return the part of `spec` that says what learns whole sequences
RemSequenceSpec
rem_train_sequence_spec(const RemTrainSpec* spec);

/// Free what a lesson owns and empty it; an empty one is allowed
void
rem_lesson_clear(RemLesson* lesson);

/// A net in training
typedef struct RemTrainer RemTrainer;

/**
   Prepare training of a new net.

   @param lesson What to learn; opened for this very `spec`.  It must outlive
                 the trainer.
   @param out    On success to be freed with rem_trainer_free(), else NULL.
   @return #REM_BAD_SHAPE, #REM_BAD_ARGUMENT, #REM_NO_MEMORY or #REM_SUCCESS.
*/
RemStatus
rem_trainer_new(const RemTrainSpec* spec,
                RemLesson*          lesson,
                RemTrainer**        out,
                RemError*           error);

/// Free a trainer; NULL is allowed
void
rem_trainer_free(RemTrainer* trainer);

/**
   Train until a limit is reached or `watch` says no.

   The learning rate rises to `rate` and falls to nearly nothing along a cosine
   whose end is the limit of epochs or seconds, whichever is nearer.  Weights
   that validate best are kept.  When training has been far off them for some
   time it goes back to them, at a lower rate; so it does, at half the rate,
   when numbers run away.

   @param watch What to tell; any of its functions may be NULL.
   @param end   Why it ended, on success.
   @return #REM_NOT_FINITE after too many failures; the best weights stand.
*/
RemStatus
rem_train(RemTrainer*           trainer,
          const RemTrainLimits* limits,
          const RemTrainWatch*  watch,
          RemTrainEnd*          end,
          RemError*             error);

/// Return the parameters that validated best, NULL if none ever did:
/// [rem_net_n_params()], or of whole sequences [rem_sequence_n_params()]
const float*
rem_trainer_best(const RemTrainer* trainer);

/// Measure the best parameters anew, after the lesson has changed: between
/// epochs alone
void
rem_trainer_remeasure(RemTrainer* trainer);

/**
   From the next update on, add to `squares` how far back the loss at the last
   step of a window, or of each sequence, is heard: the mean over streams of
   |dL/dh|^2, h of the last layer (that reads forward).

   @param squares [n_steps], or the lesson's [max_steps]: index 0 is the last
                  step, d the one d steps before; NULL to stop.
   @return false if what is trained cannot be probed.
*/
bool
rem_trainer_probe(RemTrainer* trainer, double* squares);

/// Return every validation so far, `n` of them
const RemHistoryPoint*
rem_trainer_history(const RemTrainer* trainer, size_t* n);

/**
   Write all that rem_trainer_restore() needs to go on as if never stopped.

   @param about Text that tells this run from others: options and data.
*/
RemStatus
rem_trainer_save(const RemTrainer* trainer,
                 const char*       path,
                 const char*       about,
                 RemError*         error);

/**
   Set a new trainer to where another one was saved.

   @param about As given to rem_trainer_save(): the first of its lines that
                differs is told.
   @return #REM_BAD_ARGUMENT if `about` differs, what rem_checkpoint_read()
   returns, or #REM_SUCCESS.  The trainer is as before on failure.
*/
RemStatus
rem_trainer_restore(RemTrainer* trainer,
                    const char* path,
                    const char* about,
                    RemError*   error);

#endif // REM_OFFLINE_TRAINER_TRAIN_H

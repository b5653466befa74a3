// SPDX-License-Identifier: ISC

/// What the files cmd_train*.c share, and no one else

#ifndef REM_OFFLINE_TRAINER_CMD_TRAIN_H
#define REM_OFFLINE_TRAINER_CMD_TRAIN_H

#include "dsp/model.h"
#include "dsp/modelfile/modelfile.h"
#include "dsp/status.h"
#include "offline_trainer/command.h"
#include "offline_trainer/control/baseline.h"
#include "offline_trainer/control/learn_frames.h"
#include "offline_trainer/control/performances.h"
#include "offline_trainer/data/pair.h"
#include "offline_trainer/evaluate.h"
#include "offline_trainer/examples/examples.h"
#include "offline_trainer/loss.h"
#include "offline_trainer/progress.h"
#include "offline_trainer/split.h"
#include "offline_trainer/train.h"

#include <jansson.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

/// A pair as given: --input, --target, and the --knob that follow
typedef struct {
  const char*    input_path;
  const char*    target_path;
  bool           held_out; ///< Given as --valid-input, --valid-target
  uint32_t       n_knobs;
  RemKnobSetting knobs[REM_MAX_KNOBS];
} TrainPair;

/// What the command line says of training on control frames
typedef struct {
  const char* folder; ///< Of performances; NULL for training on sound
  uint32_t    n_dims; ///< Of the logs to read; 0 if all have the same
  bool        linear; ///< Head
  uint32_t    n_mixtures;
  double      longest;  ///< Seconds that the net waits at most; 0: as learned
  bool        all_rows; ///< Learn from what a net played, too
  RemKindWish wishes[REM_MAX_DIMS];
  bool        watch; ///< Go on as performances are added
} TrainControl;

/// What the command line says of training on text or examples
typedef struct {
  uint32_t     n_paths;
  const char** paths;    ///< [n_paths] texts, songs and folders of those, or
                         ///< one file of examples; owned
  RemSymbolKind  tokens; ///< What goes in, and what comes out
  RemSymbolKind  labels; ///< What comes out of examples
  uint32_t       vocabulary; ///< Symbols that are kept, 0 for all
  RemExampleTask task;
  bool           both;      ///< Layers, or those of the encoder, read both ways
  uint32_t       encoder;   ///< Hidden size of the encoder, 0: as the decoder
  uint32_t       attention; ///< 0 for none
  double         own;       ///< As RemLearn
  bool           beside;    ///< Vector at every step, as RemLearn
  bool           transpose; ///< Songs in all keys
  double         phrase;    ///< Seconds of a call, or of an answer, in songs
  uint32_t       given;     ///< Bit i: OPTION_TEXT + i was on the command line
} TrainSymbols;

/// What the command line says of learning to hear; `symbols.both` as well
typedef struct {
  const char* folder; ///< Of recordings with labels
  bool        curve;  ///< Labels are heights of a curve
} TrainListen;

/// What a run learns from, and so which options mean something
typedef enum {
  TRAIN_SOUND,    ///< Recordings of a device
  TRAIN_CONTROL,  ///< Performances
  TRAIN_TEXT,     ///< What symbol of a text comes next
  TRAIN_EXAMPLES, ///< What should come out, for what goes in
  TRAIN_LISTEN,   ///< What is where in recordings
  TRAIN_MIDI,     ///< What event of a song comes next
} TrainMode;

/// What the command line says
typedef struct {
  TrainMode      mode;
  const char*    validation; ///< File or folder to test with, or NULL
  TrainControl   control;
  TrainSymbols   symbols;
  TrainListen    listen;
  uint32_t       n_pairs;
  TrainPair*     pairs; ///< [n_pairs] owned
  bool           latency_given;
  int32_t        latency;        ///< Samples
  double         valid_fraction; ///< 0 if not given
  RemTrainSpec   spec;
  RemLossSpec    loss;
  RemTrainLimits limits;
  uint32_t       n_threads;
  const char*    output_path;
  RemFormat      format; ///< Of the output
  const char*    report_dir;
  const char*    gradients_dir; ///< Or NULL
  const char*    osc;           ///< Where a plugin listens, or NULL
  const char*    instance;      ///< Which of its instances, or NULL
  const char*    name;
  const char*    author;
  const char*    notes;
  bool           skip_given;
  bool           resume;
  bool           quiet;
  bool           help; ///< Nothing but --help
} TrainOptions;

/**
   Read the command line.

   @param out To be cleared with train_options_clear() either way.
   @return #REM_EXIT_DONE, or complains and returns #REM_EXIT_USAGE.
*/
int
train_options_read(int argc, char** argv, TrainOptions* out);

/// Free what options own
void
train_options_clear(TrainOptions* options);

/// Return what people call a cell
const char*
train_cell_title(RemCell cell);

/// Write the cell as an option, unless it is the LSTM
void
train_print_cell(FILE* out, const RemNetSpec* net);

/// Print what `remanence train --help` says
void
train_help(void);

/// What is known about a run when its model is written
typedef struct TrainFactsImpl TrainFacts;

/// What differs by what a run learns from
typedef struct {
  const char* unit;  ///< Of progress: symbols
  double      scale; ///< Of how many of them pass a second: 1e-6 for millions

  /// Return a model of `params`, without names and words, or NULL without
  /// memory
  RemModel* (*make)(const TrainFacts* facts, const float* params);

  /// Add to `all` what a model was made of; false without memory
  bool (*list_data)(const TrainFacts* facts, json_t* all);

  /// Say in a model how well it fits, as `news` of training has it; false
  /// without memory
  bool (*set_metrics)(RemModel*           model,
                      const TrainFacts*   facts,
                      const RemTrainNews* news);

  /// Say how it went and what to do next; not of sound
  void (*print_summary)(const TrainFacts*   facts,
                        const RemModel*     model,
                        const RemTrainNews* news,
                        bool                interrupted);
  bool settles; ///< There is silence that a net comes to rest in
  bool checked; ///< Models carry a test vector
} TrainKind;

struct TrainFactsImpl {
  const TrainKind*     kind;
  const void*          data; ///< What the functions of `kind` know beside
  const TrainOptions*  options;
  const RemRecording*  recording; ///< NULL for control frames
  const RemSplit*      split;     ///< Likewise
  const RemControlSet* set;       ///< NULL for sound
  const RemFrames*     frames;    ///< Likewise
  const RemBaselines*  baselines; ///< Likewise
  char*                about;     ///< Options and data, a line each; owned
};

/// The kinds
extern const TrainKind train_kind_sound;
extern const TrainKind train_kind_control;

/**
   Write down what tells this run from others: every option that changes the
   result, and a digest of the sound.

   @return A text to free(), or NULL without memory.
*/
char*
train_about(const TrainOptions* options,
            const RemRecording* recording,
            const RemSplit*     split);

/// As train_about(), of control frames: those of `facts`
char*
train_control_about(const TrainFacts* facts);

/// Return what `print` writes, to free(), or NULL without memory
char*
train_text_of(const TrainFacts* facts,
              void (*print)(FILE* out, const TrainFacts* facts));

/// Write the SHA-256 of bytes [size] as hex digits, and end the line
void
train_print_digest(FILE* out, const void* bytes, size_t size);

/// Return what is behind the last slash: a model does not tell folders
const char*
train_base_name(const char* path);

/// Put a number into an object of JSON if it is one
void
train_add_real(json_t* all, const char* name, double value);

/// Set a model's metrics to `all`, which is released; false without memory
bool
train_take_metrics(RemModel* model, json_t* all);

/// Write the shape of a net as options
void
train_print_net(FILE* out, const RemNetSpec* net);

/// Write every option of `spec` that changes the result, a line each
void
train_print_spec(FILE* out, const RemTrainSpec* spec);

/**
   Make a model of `params`, complete but for how well it fits.

   @param rest  [rem_net_n_state()] near the rest state: where to look for it
                from; NULL for zeros.
   @return #REM_NO_MEMORY, #REM_NOT_FINITE or #REM_SUCCESS.
*/
RemStatus
train_make_model(const TrainFacts* facts,
                 const float*      params,
                 const float*      rest,
                 RemModel**        out,
                 RemError*         error);

/// Say in a model how well it fits; `figures` may be NULL.  False without
/// memory.
bool
train_set_metrics(RemModel*           model,
                  const RemTrainNews* news,
                  const RemFigures*   figures);

/// All held-out stretches, one after the other, and what a model makes of them
typedef struct {
  size_t     n;
  float*     input;      ///< [n] owned
  float*     target;     ///< [n] owned
  float*     prediction; ///< [n] owned
  double     load;       ///< Seconds of computing per second of sound
  RemFigures figures;
} TrainProof;

/**
   Play every held-out stretch in one go and compare.

   @param out To be cleared with train_proof_clear() either way.
*/
RemStatus
train_prove(const RemModel* model,
            const RemSplit* split,
            TrainProof*     out,
            RemError*       error);

/// Free what a proof owns and empty it
void
train_proof_clear(TrainProof* proof);

/// Return "the output's name" with `ending` behind it, to free(), or NULL
char*
train_path_with(const char* path, const char* ending);

/// Performances that come and plugins that listen while training goes on
typedef struct TrainLiveImpl TrainLive;

/// How far back losses are heard, as training goes on
typedef struct TrainGradientsImpl TrainGradients;

/// See cmd_train_control.h
typedef struct ControlDataImpl ControlData;

/// A run and its files
typedef struct {
  TrainFacts      facts;
  RemLesson       lesson;      ///< Owned
  RemTrainer*     trainer;     ///< Owned
  RemModel*       model;       ///< Best so far, as written; owned
  char*           resume_path; ///< Of the checkpoint; owned
  RemTrainNews    news;        ///< Latest
  Progress        progress;
  bool            old_kept;    ///< What was there before has been put aside
  bool            complained;  ///< About a file that cannot be written
  bool            interrupted; ///< The user asked to stop
  uint32_t        n_failures;  ///< Of training, told
  double          last_keep;   ///< When the last checkpoint was written
  TrainLive*      live;        ///< What goes on meanwhile, or NULL
  TrainGradients* gradients;   ///< Likewise
} TrainRun;

/**
   Train with everything in place: until a limit, or an interrupt.

   @param run `lesson` is open.
   @return What rem_train() returns; a best model there is all the same if
   rem_trainer_best() says so.
*/
RemStatus
train_run(TrainRun* run, RemError* error);

/**
   Prepare what goes on while a run trains: folders are watched and models sent
   as its options say.

   @param data Of control frames, changed as performances come; NULL for sound.
   @return NULL with `error` filled if the address is none, or without memory.
*/
TrainLive*
train_live_new(const TrainOptions* options, ControlData* data, RemError* error);

/// Free it; NULL is allowed
void
train_live_free(TrainLive* live);

/// A better model is on disk: tell the plugin
void
train_live_better(TrainRun* run);

/// An epoch is over: take in performances that have come
void
train_live_epoch(TrainRun* run);

/**
   Train and write the best model for good, as it is with all kinds but sound.

   @param run Everything is in place, the lesson too.
*/
RemStatus
train_and_conclude(TrainRun* run, RemError* error);

/// Train on recordings with labels: all of the command but its options
RemStatus
train_listen(TrainRun* run, TrainOptions* options, RemError* error);

/// Refuse now, not after minutes, to write where nobody can
RemStatus
train_check_folder(const char* path, RemError* error);

/// Train on control frames: all of the command but its options
RemStatus
train_control(TrainRun* run, TrainOptions* options, RemError* error);

/// Train on text: all of the command but its options
RemStatus
train_text(TrainRun* run, TrainOptions* options, RemError* error);

/// Train on examples: all of the command but its options
RemStatus
train_examples(TrainRun* run, TrainOptions* options, RemError* error);

/// Return who listens to rem_train(): progress line, files, interrupts
RemTrainWatch
train_watch(TrainRun* run);

/// Set `run->model` to a model of the best weights so far, which there must be
RemStatus
train_take_best(TrainRun* run, RemError* error);

/// Write the best model; what was there before a run is put aside first
RemStatus
train_write_model(TrainRun* run, RemError* error);

#endif // REM_OFFLINE_TRAINER_CMD_TRAIN_H

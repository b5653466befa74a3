// SPDX-License-Identifier: ISC

#include "offline_trainer/cmd_train_options.h"
#include "offline_trainer/control/control_lesson.h"
#include "offline_trainer/examples/learn.h"
#include "offline_trainer/pool.h"
#include "offline_trainer/spectra/listen_lesson.h"
#include "offline_trainer/text/token_lesson.h"

#include <string.h>

#define DEFAULT_SECONDS 120.0 ///< Without --time, --epochs and --patience
#define DEFAULT_FRACTION 0.1  ///< Held out
#define STFT_WINDOW 2048U     ///< With --stft: it holds the longest frame
#define DEFAULT_DC 0.25       ///< Weight; the rest is the main loss's
#define DEFAULT_MIXTURES 5U
#define DEFAULT_PHRASE 4.0 ///< Seconds
#define NOT_GIVEN UINT32_MAX

/// Set the window and what comes before it
static void
complete_window(const TrainOptions* const o, RemTrainSpec* const spec)
{
  if (o->mode == TRAIN_CONTROL) { // Whole windows, one if nothing is said
    const uint32_t wanted =
      spec->n_warm_up == NOT_GIVEN ? spec->n_steps : spec->n_warm_up;
    spec->n_warm_up =
      (wanted + spec->n_steps - 1U) / spec->n_steps * spec->n_steps;
  }
  if (spec->n_steps == NOT_GIVEN) {
    spec->n_steps =
      o->loss.stft_weight > 0.0f ? STFT_WINDOW : rem_train_default().n_steps;
  }
}

void
train_complete(TrainOptions* const o)
{
  RemLossSpec* const loss = &o->loss;
  const float        main = 1.0f - loss->dc_weight;
  loss->esr_weight *= main;
  loss->mse_weight *= main;
  complete_window(o, &o->spec);
  if (o->valid_fraction <= 0.0) {
    o->valid_fraction = DEFAULT_FRACTION;
  }
  if (o->limits.seconds <= 0.0 && !o->limits.epochs && !o->limits.patience &&
      o->mode != TRAIN_CONTROL) { // A count of updates else, once it is known
    o->limits.seconds = DEFAULT_SECONDS;
  }
}

/// Return how a net trains if nothing else is said
static RemTrainSpec
default_spec(const TrainMode mode)
{
  switch (mode) {
  case TRAIN_CONTROL:
    return rem_control_train_default();
  case TRAIN_TEXT:
  case TRAIN_MIDI:
    return rem_token_train_default();
  case TRAIN_EXAMPLES:
    return rem_learn_default(REM_TASK_TAG).spec;
  case TRAIN_LISTEN:
    return rem_listen_train_default(&(RemClips){.curve = true}, false);
  default:
    return rem_train_default();
  }
}

void
train_set_defaults(TrainOptions* const out, const TrainMode mode)
{
  memset(out, 0, sizeof(*out));
  out->mode               = mode;
  out->n_threads          = rem_pool_n_processors();
  out->control.n_mixtures = DEFAULT_MIXTURES;
  out->symbols.tokens =
    mode == TRAIN_MIDI ? REM_SYMBOLS_MIDI : REM_SYMBOLS_CHARACTERS;
  out->symbols.phrase  = DEFAULT_PHRASE;
  out->loss            = rem_loss_default();
  out->loss.esr_weight = 1.0f;
  out->loss.dc_weight  = (float)DEFAULT_DC;
  out->spec            = default_spec(mode);
  if (mode == TRAIN_SOUND) {
    out->spec.n_steps = NOT_GIVEN;
  } else if (mode == TRAIN_CONTROL) {
    out->spec.n_warm_up = NOT_GIVEN;
  }
}

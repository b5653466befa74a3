// SPDX-License-Identifier: ISC

#include "offline_trainer/cmd_train_options.h"
#include "offline_trainer/pool.h"
#include "offline_trainer/streams.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define COMMAND "train" ///< As whose complaints these are

/// What an option's value is stored as
typedef enum { KIND_U32, KIND_I32, KIND_U64, KIND_F32, KIND_F64 } Kind;

/// An option that is a number in a range
typedef struct {
  int    letter;
  Kind   kind;
  size_t at; ///< In TrainOptions
  double low;
  double high;
} Number;

static const Number numbers[] = {
  {OPTION_VALID_FRACTION,
   KIND_F64,
   offsetof(TrainOptions, valid_fraction),
   0.001,
   0.5},
  {OPTION_DIMENSIONS,
   KIND_U32,
   offsetof(TrainOptions, control.n_dims),
   1.0,
   REM_MAX_DIMS},
  {OPTION_MIXTURES,
   KIND_U32,
   offsetof(TrainOptions, control.n_mixtures),
   1.0,
   REM_MAX_MIXTURES},
  {OPTION_SHIFT, KIND_F64, offsetof(TrainOptions, spec.shift), 0.0, 100.0},
  {OPTION_LONGEST,
   KIND_F64,
   offsetof(TrainOptions, control.longest),
   0.001,
   86400.0},
  {OPTION_VOCABULARY,
   KIND_U32,
   offsetof(TrainOptions, symbols.vocabulary),
   1.0,
   REM_MAX_SYMBOLS - 3.0},
  {OPTION_PHRASE,
   KIND_F64,
   offsetof(TrainOptions, symbols.phrase),
   0.1,
   3600.0},
  {OPTION_OWN, KIND_F64, offsetof(TrainOptions, symbols.own), 0.0, 1.0},
  {OPTION_ENCODER,
   KIND_U32,
   offsetof(TrainOptions, symbols.encoder),
   1.0,
   REM_MAX_HIDDEN},
  {OPTION_ATTENTION,
   KIND_U32,
   offsetof(TrainOptions, symbols.attention),
   1.0,
   REM_MAX_ATTENTION},
  {OPTION_LATENCY, KIND_I32, offsetof(TrainOptions, latency), -1e7, 1e7},
  {OPTION_HIDDEN,
   KIND_U32,
   offsetof(TrainOptions, spec.net.n_hidden),
   1.0,
   REM_MAX_HIDDEN},
  {OPTION_LAYERS,
   KIND_U32,
   offsetof(TrainOptions, spec.net.n_layers),
   1.0,
   REM_MAX_LAYERS},
  {OPTION_FORGET_BIAS,
   KIND_F64,
   offsetof(TrainOptions, spec.forget),
   -20.0,
   20.0},
  {OPTION_DC, KIND_F32, offsetof(TrainOptions, loss.dc_weight), 0.0, 0.99},
  {OPTION_STFT,
   KIND_F32,
   offsetof(TrainOptions, loss.stft_weight),
   0.0,
   1000.0},
  {OPTION_BATCH,
   KIND_U32,
   offsetof(TrainOptions, spec.n_streams),
   1.0,
   REM_MAX_STREAMS},
  {OPTION_WINDOW, KIND_U32, offsetof(TrainOptions, spec.n_steps), 16.0, 1e6},
  {OPTION_WARM_UP, KIND_U32, offsetof(TrainOptions, spec.n_warm_up), 0.0, 1e6},
  {OPTION_MEMORY, KIND_F64, offsetof(TrainOptions, spec.memory), 1.0, 1e6},
  {OPTION_RATE, KIND_F64, offsetof(TrainOptions, spec.rate), 1e-9, 1.0},
  {OPTION_DECAY, KIND_F64, offsetof(TrainOptions, spec.decay), 0.0, 1.0},
  {OPTION_CLIP, KIND_F64, offsetof(TrainOptions, spec.clip), 1e-6, 1e9},
  {OPTION_AVERAGE, KIND_F64, offsetof(TrainOptions, spec.keep), 0.0, 0.99999},
  {OPTION_SEED, KIND_U64, offsetof(TrainOptions, spec.seed), 0.0, 1e15},
  {OPTION_THREADS,
   KIND_U32,
   offsetof(TrainOptions, n_threads),
   1.0,
   REM_MAX_THREADS},
  {OPTION_EPOCHS, KIND_U32, offsetof(TrainOptions, limits.epochs), 1.0, 1e9},
  {OPTION_PATIENCE,
   KIND_U32,
   offsetof(TrainOptions, limits.patience),
   1.0,
   1e9},
};

/// Return the entry of `letter` in a table, or NULL
static const Number*
find_number(const int letter)
{
  for (size_t i = 0; i < sizeof(numbers) / sizeof(*numbers); ++i) {
    if (numbers[i].letter == letter) {
      return &numbers[i];
    }
  }
  return NULL;
}

/// Store `value`, which is in range, as `kind`
static void
store(void* const to, const Kind kind, const double value)
{
  switch (kind) {
  case KIND_U32:
    *(uint32_t*)to = (uint32_t)value;
    break;
  case KIND_I32:
    *(int32_t*)to = (int32_t)value;
    break;
  case KIND_U64:
    *(uint64_t*)to = (uint64_t)value;
    break;
  case KIND_F32:
    *(float*)to = (float)value;
    break;
  case KIND_F64:
    *(double*)to = value;
    break;
  }
}

bool
train_is_number(const int letter)
{
  return find_number(letter);
}

int
train_read_number(TrainOptions* const o,
                  const int           letter,
                  const char* const   name,
                  const char* const   text)
{
  const Number* const n     = find_number(letter);
  const bool          whole = n->kind <= KIND_U64;
  double              value = 0.0;
  if (!command_number(text, n->low, n->high, &value) ||
      (whole && value != floor(value))) {
    return command_usage(COMMAND,
                         "--%s wants a %snumber from %.10g to %.10g, not `%s`",
                         name,
                         whole ? "whole " : "",
                         n->low,
                         n->high,
                         text);
  }
  store((char*)o + n->at, n->kind, value);
  o->latency_given = o->latency_given || n->letter == OPTION_LATENCY;
  return REM_EXIT_DONE;
}

int
train_read_time(TrainOptions* const o, const char* const text)
{
  static const struct {
    const char* unit;
    double      seconds;
  } units[] = {
    {"", 1.0}, {"s", 1.0}, {"m", 60.0}, {"min", 60.0}, {"h", 3600.0}};
  char*        unit  = NULL;
  const double value = strtod(text, &unit);
  for (size_t i = 0; i < sizeof(units) / sizeof(*units); ++i) {
    if (unit != text && !strcmp(unit, units[i].unit) && value > 0.0 &&
        value < 1e6) {
      o->limits.seconds = value * units[i].seconds;
      return REM_EXIT_DONE;
    }
  }
  return command_usage(
    COMMAND,
    "--time wants something like 90, 120s, 2m or 1.5h, not `%s`",
    text);
}

int
train_read_taps(TrainOptions* const o, const char* const text)
{
  RemLossSpec* const loss = &o->loss;
  const char*        at   = text;
  loss->n_taps            = 0U;
  for (char* end = NULL; loss->n_taps < REM_MAX_TAPS; at = end + 1) {
    const double tap = strtod(at, &end);
    if (end == at || !isfinite(tap) || (*end && *end != ',')) {
      break;
    }
    loss->taps[loss->n_taps++] = (float)tap;
    if (!*end) {
      if (loss->n_taps == 1U) {
        loss->taps[1] = -loss->taps[0];
        loss->taps[0] = 1.0f;
        loss->n_taps  = loss->taps[1] != 0.0f ? 2U : 1U;
      }
      return REM_EXIT_DONE;
    }
  }
  return command_usage(COMMAND,
                       "--pre-emphasis wants one coefficient (0.85) or up to"
                       " %u of an FIR filter (1,-0.85), not `%s`",
                       REM_MAX_TAPS,
                       text);
}

int
train_read_loss(TrainOptions* const o, const char* const text)
{
  const bool mse = !strcmp(text, "mse");
  if (!mse && strcmp(text, "esr") != 0) {
    return command_usage(COMMAND, "--loss is esr or mse, not `%s`", text);
  }
  o->loss.esr_weight = mse ? 0.0f : 1.0f;
  o->loss.mse_weight = mse ? 1.0f : 0.0f;
  return REM_EXIT_DONE;
}

int
train_read_cell(TrainOptions* const o, const char* const text)
{
  if (!rem_cell_find(text, &o->spec.net.cell)) {
    return command_usage(
      COMMAND, "--cell is lstm, gru, rnn or rnn-sigmoid, not `%s`", text);
  }
  if (o->spec.net.cell == REM_CELL_RNN_THRESHOLD) {
    return command_usage(COMMAND,
                         "--cell rnn-threshold cannot be trained: what a"
                         " threshold gives is flat, and no gradient says which"
                         " way is better; rnn-sigmoid is its smooth brother");
  }
  return REM_EXIT_DONE;
}

int
train_read_init(TrainOptions* const o, const char* const text)
{
  const bool orthogonal = !strcmp(text, "orthogonal");
  o->spec.init          = orthogonal ? REM_INIT_ORTHOGONAL : REM_INIT_DEFAULT;
  if (!orthogonal && strcmp(text, "default") != 0) {
    return command_usage(
      COMMAND, "--init is default or orthogonal, not `%s`", text);
  }
  return REM_EXIT_DONE;
}

const char*
train_cell_title(const RemCell cell)
{
  return cell == REM_CELL_LSTM          ? "LSTM"
         : cell == REM_CELL_GRU         ? "GRU"
         : cell == REM_CELL_RNN_TANH    ? "RNN"
         : cell == REM_CELL_RNN_SIGMOID ? "RNN of sigmoids"
         : cell == REM_CELL_RNN_LINEAR  ? "linear RNN"
                                        : "net without memory";
}

// SPDX-License-Identifier: ISC

#include "offline_trainer/cmd_train_options.h"

#define COMMAND "train" ///< As whose complaints these are

enum {
  SOUND    = 1U << TRAIN_SOUND,
  CONTROL  = 1U << TRAIN_CONTROL,
  TEXT     = 1U << TRAIN_TEXT,
  EXAMPLES = 1U << TRAIN_EXAMPLES,
  LISTEN   = 1U << TRAIN_LISTEN,
  MIDI     = 1U << TRAIN_MIDI,
  SYMBOLS  = TEXT | EXAMPLES,
};

/// Options that do not mean something to every kind of training
static const struct {
  int      letter;
  unsigned modes;
} table[] = {
  {'i', SOUND},
  {'t', SOUND},
  {OPTION_VALID_INPUT, SOUND},
  {OPTION_VALID_TARGET, SOUND},
  {OPTION_VALID_FRACTION, SOUND | SYMBOLS | MIDI},
  {OPTION_KNOB, SOUND},
  {OPTION_LATENCY, SOUND},
  {OPTION_SKIP, SOUND},
  {OPTION_NO_SKIP, SOUND},
  {OPTION_LOSS, SOUND},
  {OPTION_PRE_EMPHASIS, SOUND},
  {OPTION_DC, SOUND},
  {OPTION_STFT, SOUND},
  {OPTION_REPORT, SOUND},
  {OPTION_OSC, SOUND | CONTROL},
  {OPTION_INSTANCE, SOUND | CONTROL},
  {OPTION_WINDOW, SOUND | CONTROL | TEXT | LISTEN | MIDI},
  {OPTION_WARM_UP, SOUND | CONTROL | TEXT | LISTEN | MIDI},
  {OPTION_CONTROL, CONTROL},
  {OPTION_VALIDATION, CONTROL | SYMBOLS | LISTEN | MIDI},
  {OPTION_DIMENSIONS, CONTROL},
  {OPTION_MIXTURES, CONTROL},
  {OPTION_HEAD, CONTROL},
  {OPTION_SHIFT, CONTROL},
  {OPTION_LONGEST, CONTROL},
  {OPTION_RNN_ROWS, CONTROL},
  {OPTION_SWITCH, CONTROL},
  {OPTION_CHOICE, CONTROL},
  {OPTION_CONTINUOUS, CONTROL},
  {OPTION_WATCH, CONTROL},
  {OPTION_TEXT, TEXT},
  {OPTION_MIDI, MIDI},
  {OPTION_TRANSPOSE, MIDI | EXAMPLES},
  {OPTION_CALLS, EXAMPLES},
  {OPTION_PHRASE, EXAMPLES},
  {OPTION_TOKENS, SYMBOLS},
  {OPTION_VOCABULARY, SYMBOLS},
  {OPTION_EXAMPLES, EXAMPLES},
  {OPTION_TASK, EXAMPLES},
  {OPTION_LABELS, EXAMPLES},
  {OPTION_BOTH, EXAMPLES | LISTEN},
  {OPTION_ENCODER, EXAMPLES},
  {OPTION_ATTENTION, EXAMPLES},
  {OPTION_OWN, EXAMPLES},
  {OPTION_BESIDE, EXAMPLES},
  {OPTION_LISTEN, LISTEN},
  {OPTION_CURVE, LISTEN},
};

/// How messages call what a run learns from, and the option that says so
static const struct {
  const char* name;
  const char* option;
} modes[] = {[TRAIN_SOUND]    = {"sound", "--input and --target"},
             [TRAIN_CONTROL]  = {"control frames", "--control FOLDER"},
             [TRAIN_TEXT]     = {"text", "--text FILE"},
             [TRAIN_EXAMPLES] = {"examples", "--examples FILE"},
             [TRAIN_LISTEN]   = {"recordings with labels", "--listen FOLDER"},
             [TRAIN_MIDI]     = {"songs", "--midi FOLDER"}};

enum { N_MODES = sizeof(modes) / sizeof(*modes) };

/// Return the modes of an option, as bits
static unsigned
modes_of(const int letter)
{
  for (size_t i = 0; i < sizeof(table) / sizeof(*table); ++i) {
    if (letter == table[i].letter) {
      return table[i].modes;
    }
  }
  return SOUND | CONTROL | SYMBOLS | LISTEN | MIDI;
}

bool
train_is_of(const int letter, const TrainMode mode)
{
  return modes_of(letter) & 1U << (unsigned)mode;
}

/// Return the option that says what an option is for
static const char*
source_of(const int letter, const unsigned mode)
{
  switch (letter) {
  case OPTION_PHRASE:
    return "--calls FOLDER";
  case OPTION_TRANSPOSE:
    return "--midi FOLDER or --calls FOLDER";
  default:
    return modes[mode].option;
  }
}

int
train_refuse(const int letter, const TrainMode mode, const char* const name)
{
  unsigned wanted =
    letter == OPTION_PHRASE || letter == OPTION_TRANSPOSE ? TRAIN_MIDI : 0U;
  while (wanted + 1U < N_MODES && !train_is_of(letter, (TrainMode)wanted)) {
    ++wanted;
  }
  return command_usage(COMMAND,
                       "--%s is for training on %s, with %s; this is training"
                       " on %s",
                       name,
                       modes[wanted].name,
                       source_of(letter, wanted),
                       modes[mode].name);
}

TrainMode
train_mode_of(const int letter, const TrainMode otherwise)
{
  switch (letter) {
  case OPTION_CONTROL:
    return TRAIN_CONTROL;
  case OPTION_TEXT:
    return TRAIN_TEXT;
  case OPTION_MIDI:
    return TRAIN_MIDI;
  case OPTION_EXAMPLES:
  case OPTION_CALLS:
    return TRAIN_EXAMPLES;
  case OPTION_LISTEN:
    return TRAIN_LISTEN;
  default:
    return otherwise;
  }
}

// SPDX-License-Identifier: ISC

#include "offline_trainer/cmd_train_options.h"

#include <stdlib.h>
#include <string.h>

#define SHORT "i:t:o:qh"

static const struct option long_options[] = {
  {"input", required_argument, NULL, 'i'},
  {"target", required_argument, NULL, 't'},
  {"valid-input", required_argument, NULL, OPTION_VALID_INPUT},
  {"valid-target", required_argument, NULL, OPTION_VALID_TARGET},
  {"valid-fraction", required_argument, NULL, OPTION_VALID_FRACTION},
  {"knob", required_argument, NULL, OPTION_KNOB},
  {"latency", required_argument, NULL, OPTION_LATENCY},
  {"output", required_argument, NULL, 'o'},
  {"hidden", required_argument, NULL, OPTION_HIDDEN},
  {"layers", required_argument, NULL, OPTION_LAYERS},
  {"cell", required_argument, NULL, OPTION_CELL},
  {"init", required_argument, NULL, OPTION_INIT},
  {"forget-bias", required_argument, NULL, OPTION_FORGET_BIAS},
  {"gradients", required_argument, NULL, OPTION_GRADIENTS},
  {"skip", no_argument, NULL, OPTION_SKIP},
  {"no-skip", no_argument, NULL, OPTION_NO_SKIP},
  {"loss", required_argument, NULL, OPTION_LOSS},
  {"pre-emphasis", required_argument, NULL, OPTION_PRE_EMPHASIS},
  {"dc", required_argument, NULL, OPTION_DC},
  {"stft", required_argument, NULL, OPTION_STFT},
  {"batch", required_argument, NULL, OPTION_BATCH},
  {"window", required_argument, NULL, OPTION_WINDOW},
  {"warm-up", required_argument, NULL, OPTION_WARM_UP},
  {"memory", required_argument, NULL, OPTION_MEMORY},
  {"learning-rate", required_argument, NULL, OPTION_RATE},
  {"decay", required_argument, NULL, OPTION_DECAY},
  {"clip", required_argument, NULL, OPTION_CLIP},
  {"average", required_argument, NULL, OPTION_AVERAGE},
  {"seed", required_argument, NULL, OPTION_SEED},
  {"threads", required_argument, NULL, OPTION_THREADS},
  {"time", required_argument, NULL, OPTION_TIME},
  {"epochs", required_argument, NULL, OPTION_EPOCHS},
  {"patience", required_argument, NULL, OPTION_PATIENCE},
  {"resume", no_argument, NULL, OPTION_RESUME},
  {"report", required_argument, NULL, OPTION_REPORT},
  {"name", required_argument, NULL, OPTION_NAME},
  {"author", required_argument, NULL, OPTION_AUTHOR},
  {"notes", required_argument, NULL, OPTION_NOTES},
  {"osc", required_argument, NULL, OPTION_OSC},
  {"instance", required_argument, NULL, OPTION_INSTANCE},
  {"quiet", no_argument, NULL, 'q'},
  {"control", required_argument, NULL, OPTION_CONTROL},
  {"validation", required_argument, NULL, OPTION_VALIDATION},
  {"dimensions", required_argument, NULL, OPTION_DIMENSIONS},
  {"mixtures", required_argument, NULL, OPTION_MIXTURES},
  {"head", required_argument, NULL, OPTION_HEAD},
  {"shift", required_argument, NULL, OPTION_SHIFT},
  {"longest", required_argument, NULL, OPTION_LONGEST},
  {"rnn-rows", no_argument, NULL, OPTION_RNN_ROWS},
  {"switch", required_argument, NULL, OPTION_SWITCH},
  {"choice", required_argument, NULL, OPTION_CHOICE},
  {"continuous", required_argument, NULL, OPTION_CONTINUOUS},
  {"watch", no_argument, NULL, OPTION_WATCH},
  {"text", required_argument, NULL, OPTION_TEXT},
  {"midi", required_argument, NULL, OPTION_MIDI},
  {"transpose", no_argument, NULL, OPTION_TRANSPOSE},
  {"calls", required_argument, NULL, OPTION_CALLS},
  {"phrase", required_argument, NULL, OPTION_PHRASE},
  {"examples", required_argument, NULL, OPTION_EXAMPLES},
  {"task", required_argument, NULL, OPTION_TASK},
  {"tokens", required_argument, NULL, OPTION_TOKENS},
  {"labels", required_argument, NULL, OPTION_LABELS},
  {"vocabulary", required_argument, NULL, OPTION_VOCABULARY},
  {"both", no_argument, NULL, OPTION_BOTH},
  {"encoder", required_argument, NULL, OPTION_ENCODER},
  {"attention", required_argument, NULL, OPTION_ATTENTION},
  {"own-outputs", required_argument, NULL, OPTION_OWN},
  {"beside", no_argument, NULL, OPTION_BESIDE},
  {"listen", required_argument, NULL, OPTION_LISTEN},
  {"curve", no_argument, NULL, OPTION_CURVE},
  {"help", no_argument, NULL, 'h'},
  {NULL, 0, NULL, 0}};

/// Return the long name of `letter`
static const char*
name_of(const int letter)
{
  const struct option* o = long_options;
  while (o->val != letter) {
    ++o;
  }
  return o->name;
}

/// Note a file of a pair: an input opens one, a target completes the last
static int
read_file(TrainOptions* const o,
          const char* const   command,
          const bool          target,
          const bool          held_out)
{
  TrainPair* const last = o->n_pairs ? &o->pairs[o->n_pairs - 1U] : NULL;
  if (target) {
    if (!last || last->target_path || last->held_out != held_out) {
      return command_usage(command,
                           "--%starget %s must follow the --%sinput that it"
                           " belongs to",
                           held_out ? "valid-" : "",
                           optarg,
                           held_out ? "valid-" : "");
    }
    last->target_path = optarg;
    return REM_EXIT_DONE;
  }
  TrainPair* const pairs = (TrainPair*)realloc(
    o->pairs, (o->n_pairs + (size_t)1U) * sizeof(TrainPair));
  if (!pairs) {
    return command_usage(command, "no memory for so many pairs");
  }
  o->pairs = pairs;
  memset(&pairs[o->n_pairs], 0, sizeof(TrainPair));
  pairs[o->n_pairs].input_path = optarg;
  pairs[o->n_pairs].held_out   = held_out;
  ++o->n_pairs;
  return REM_EXIT_DONE;
}

/// Note where a knob stood while the last pair was recorded
static int
read_knob(TrainOptions* const o, const char* const command)
{
  TrainPair* const last = o->n_pairs ? &o->pairs[o->n_pairs - 1U] : NULL;
  if (!last) {
    return command_usage(
      command, "--knob %s must follow the pair that it belongs to", optarg);
  }
  if (last->n_knobs == REM_MAX_KNOBS) {
    return command_usage(command, "a pair has at most %u knobs", REM_MAX_KNOBS);
  }
  if (!command_knob(optarg, &last->knobs[last->n_knobs])) {
    return command_usage(
      command, "--knob wants Name=value, like Gain=0.3, not `%s`", optarg);
  }
  ++last->n_knobs;
  return REM_EXIT_DONE;
}

/// Read an option that is a word
static int
read_word(TrainOptions* const o, const int letter)
{
  switch (letter) {
  case 'o':
    o->output_path = optarg;
    break;
  case OPTION_SKIP:
  case OPTION_NO_SKIP:
    o->spec.net.skip = letter == OPTION_SKIP;
    o->skip_given    = true;
    break;
  case OPTION_RESUME:
    o->resume = true;
    break;
  case OPTION_VALIDATION:
    o->validation = optarg;
    break;
  case OPTION_REPORT:
    o->report_dir = optarg;
    break;
  case OPTION_OSC:
    o->osc = optarg;
    break;
  case OPTION_INSTANCE:
    o->instance = optarg;
    break;
  case OPTION_NAME:
    o->name = optarg;
    break;
  case OPTION_AUTHOR:
    o->author = optarg;
    break;
  case OPTION_NOTES:
    o->notes = optarg;
    break;
  case 'q':
    o->quiet = true;
    break;
  case OPTION_GRADIENTS:
    o->gradients_dir = optarg;
    break;
  case OPTION_CELL:
    return train_read_cell(o, optarg);
  case OPTION_INIT:
    return train_read_init(o, optarg);
  case OPTION_TIME:
    return train_read_time(o, optarg);
  case OPTION_PRE_EMPHASIS:
    return train_read_taps(o, optarg);
  default:
    return train_read_loss(o, optarg);
  }
  return REM_EXIT_DONE;
}

static int
read_option(TrainOptions* const o, const char* const command, const int letter)
{
  if (!train_is_of(letter, o->mode)) {
    return train_refuse(letter, o->mode, name_of(letter));
  }
  if (train_is_of_symbols(letter)) {
    o->symbols.given |= 1U << (unsigned)(letter - OPTION_TEXT);
  }
  if (train_is_number(letter)) {
    return train_read_number(o, letter, name_of(letter), optarg);
  }
  switch (letter) {
  case 'i':
  case 't':
    return read_file(o, command, letter == 't', false);
  case OPTION_VALID_INPUT:
  case OPTION_VALID_TARGET:
    return read_file(o, command, letter == OPTION_VALID_TARGET, true);
  case OPTION_KNOB:
    return read_knob(o, command);
  default:
    return train_is_of_symbols(letter)
             ? train_read_symbols(o, letter, name_of(letter), optarg)
           : train_is_of_control(letter)
             ? train_read_control(o, letter, name_of(letter), optarg)
           : train_is_of_listen(letter) ? train_read_listen(o, letter, optarg)
                                        : read_word(o, letter);
  }
}

/// Refuse a command line without pairs, or with half ones
static int
check_pairs(const TrainOptions* const o, const char* const command)
{
  uint32_t n_training = 0U, n_held_out = 0U;
  for (uint32_t i = 0; i < o->n_pairs; ++i) {
    if (!o->pairs[i].target_path) {
      return command_usage(command,
                           "--%sinput %s lacks its --%starget",
                           o->pairs[i].held_out ? "valid-" : "",
                           o->pairs[i].input_path,
                           o->pairs[i].held_out ? "valid-" : "");
    }
    n_training += !o->pairs[i].held_out;
    n_held_out += o->pairs[i].held_out;
  }
  if (!n_training) {
    return command_usage(command,
                         "wants --input, what went into the device, and"
                         " --target, what came out");
  }
  if (n_held_out && o->valid_fraction > 0.0) {
    return command_usage(command,
                         "--valid-fraction and --valid-input exclude each"
                         " other");
  }
  return REM_EXIT_DONE;
}

static int
check_output(TrainOptions* const o, const char* const command)
{
  if (o->instance && !o->osc) {
    return command_usage(command,
                         "--instance says which plugin is meant, but not where"
                         " it runs: it wants --osc, too");
  }
  if (!o->output_path) {
    return command_usage(command,
                         "wants -o, the model file to write, for example"
                         " -o amp.safetensors");
  }
  o->format = rem_format_of_path(o->output_path);
  if (o->format == REM_FORMAT_UNKNOWN || o->format == REM_FORMAT_GUITARML) {
    return command_usage(command,
                         "the ending of %s says no format that can be"
                         " written: .safetensors, .json, .aidax or .nam",
                         o->output_path);
  }
  if (o->mode != TRAIN_SOUND && o->format != REM_FORMAT_NATIVE) {
    return command_usage(command,
                         "models for anything but sound are .safetensors files,"
                         " not %s",
                         o->output_path);
  }
  if (o->format == REM_FORMAT_NAM && !o->skip_given) {
    o->spec.net.skip = false; // The format knows none
  }
  return REM_EXIT_DONE;
}

/// Return what a run learns from, which decides what all options mean
static TrainMode
find_mode(const int argc, char** const argv)
{
  TrainMode mode   = TRAIN_SOUND;
  int       letter = 0;
  while ((letter = command_option(argc, argv, SHORT, long_options)) != -1) {
    mode = train_mode_of(letter, mode);
  }
  optind = 1;
  return mode;
}

/// Take what is left of the command line: more files of --text
static int
read_rest(TrainOptions* const o, const int argc, char** const argv)
{
  int status = REM_EXIT_DONE;
  if (optind < argc && o->mode != TRAIN_TEXT && o->mode != TRAIN_MIDI) {
    return command_usage(argv[0], "`%s` belongs to no option", argv[optind]);
  }
  for (; !status && optind < argc; ++optind) {
    status = train_read_path(o, argv[optind]);
  }
  return status;
}

int
train_options_read(const int argc, char** const argv, TrainOptions* const out)
{
  int letter = 0;
  train_set_defaults(out, find_mode(argc, argv));
  while ((letter = command_option(argc, argv, SHORT, long_options)) != -1) {
    if (letter == 'h') {
      out->help = true;
      return REM_EXIT_DONE;
    }
    const int status = letter == '?' ? command_bad_option(argv, long_options)
                                     : read_option(out, argv[0], letter);
    if (status) {
      return status;
    }
  }
  int status = read_rest(out, argc, argv);
  if (!status && out->mode == TRAIN_SOUND) {
    status = check_pairs(out, argv[0]);
  } else if (!status && out->mode != TRAIN_CONTROL &&
             out->mode != TRAIN_LISTEN) {
    status = train_check_symbols(out);
  }
  if (status) {
    return status;
  }
  train_complete(out);
  return check_output(out, argv[0]);
}

void
train_options_clear(TrainOptions* const options)
{
  free(options->pairs);
  free((void*)options->symbols.paths);
  *options = (TrainOptions){.n_pairs = 0U};
}

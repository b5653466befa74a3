// SPDX-License-Identifier: ISC

#include "offline_trainer/command.h"
#include "offline_trainer/describe.h"

#include "dsp/modelfile/modelfile.h"

#include <stdio.h>

static const char help_text[] =
  "Usage: remanence info [OPTION]... FILE...\n"
  "Say what is in model files, of any format that Remanence reads:\n"
  "\n"
  "  safetensors   its own, or a PyTorch state_dict of nn.LSTM, nn.GRU or\n"
  "                nn.RNN, and nn.Linear\n"
  "  AIDA-X JSON   .json and .aidax, with LSTM or GRU layers\n"
  "  NAM           .nam of architecture LSTM\n"
  "  GuitarML JSON as Proteus and Automated-GuitarAmpModelling write it\n"
  "\n"
  "Every file is checked as the plugin checks it: sizes, finite numbers, and\n"
  "the test vector that it may hold. What is printed beside `cost` is "
  "measured\n"
  "on this machine, on one core.\n"
  "\n"
  "      --json  print one JSON object a line, one for each file\n"
  "  -h, --help  show this\n"
  "\n"
  "The exit status is 1 if a file could not be read; the others are still\n"
  "described.\n"
  "\n"
  "  remanence info amp.safetensors other/*.nam\n"
  "  remanence info --json amp.safetensors | jq .metrics.val_esr\n";

static const struct option options[] = {{"json", no_argument, NULL, 'j'},
                                        {"help", no_argument, NULL, 'h'},
                                        {NULL, 0, NULL, 0}};

/// Describe one file; return the exit status
static int
describe(const char* const command, const char* const path, const bool json)
{
  RemModel* model  = NULL;
  RemFormat format = REM_FORMAT_UNKNOWN;
  RemError  error  = {REM_SUCCESS, "", ""};
  if (rem_model_read(path, &model, &format, &error)) {
    (void)fflush(stdout); // What was said before comes first in a log, too
    return command_failed(command, &error);
  }
  const double cost = describe_cost(model);
  if (json) {
    json_t* const facts  = describe_json(path, format, model, cost);
    const int     failed = !facts || json_dumpf(facts, stdout, JSON_COMPACT);
    putchar('\n');
    json_decref(facts);
    if (failed) {
      (void)rem_fail(&error, REM_NO_MEMORY, path, "Out of memory");
    }
  } else {
    describe_text(path, format, model, cost);
  }
  rem_model_free(model);
  return error.status ? command_failed(command, &error) : REM_EXIT_DONE;
}

int
cmd_info(const int argc, char** const argv)
{
  bool json   = false;
  int  letter = 0;
  int  status = REM_EXIT_DONE;
  while ((letter = command_option(argc, argv, "h", options)) != -1) {
    if (letter == 'h') {
      fputs(help_text, stdout);
      return REM_EXIT_DONE;
    }
    if (letter == '?') {
      return command_bad_option(argv, options);
    }
    json = true;
  }
  if (optind == argc) {
    return command_usage(argv[0], "which model file?");
  }
  for (int i = optind; i < argc; ++i) {
    status |= describe(argv[0], argv[i], json);
  }
  return status;
}

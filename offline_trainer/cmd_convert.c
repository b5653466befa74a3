// SPDX-License-Identifier: ISC

#include "offline_trainer/command.h"

#include "dsp/modelfile/file.h"
#include "dsp/modelfile/modelfile.h"
#include "offline_trainer/compare.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char help_text[] =
  "Usage: remanence convert [OPTION]... FROM TO\n"
  "Write the model FROM, in any format that Remanence reads, to TO.\n"
  "\n"
  "  -f, --format FORMAT  safetensors, aidax or nam; by default the ending of\n"
  "                       TO says it: .safetensors, .json or .aidax, .nam\n"
  "      --force          write TO even if something gets lost\n"
  "  -h, --help           show this\n"
  "\n"
  "Weights come out as they went in, to the last bit. Before TO is written it\n"
  "is read back and compared; if anything would differ, that is said and TO "
  "is\n"
  "left alone. What a format has no word for cannot be forced either:\n"
  "\n"
  "  safetensors  holds everything\n"
  "  aidax        at most two knobs, one output\n"
  "  nam          no knobs, no skip connection, no gains, one output\n"
  "\n"
  "Other programs play fewer shapes than these formats can hold: AIDA-X one\n"
  "layer of 8, 12, 16, 20, 24, 32, 40, 64 or 80 units.\n"
  "\n"
  "  remanence convert amp.safetensors amp.nam\n"
  "  remanence convert --format aidax proteus.json amp.aidax\n";

static const struct option options[] = {
  {"format", required_argument, NULL, 'f'},
  {"force", no_argument, NULL, 'F'},
  {"help", no_argument, NULL, 'h'},
  {NULL, 0, NULL, 0}};

/// What is asked
typedef struct {
  const char* command;
  const char* from;
  const char* to;
  RemFormat   format; ///< Of `to`
  bool        force;
} Conversion;

/// Say what other programs will make of the file
static void
warn_of_others(const Conversion* const c, const RemModel* const model)
{
  static const uint32_t   sizes[] = {8, 12, 16, 20, 24, 32, 40, 64, 80};
  const RemNetSpec* const spec    = &model->spec;
  bool                    known   = spec->n_layers == 1U;
  bool                    found   = false;
  for (size_t i = 0; i < sizeof(sizes) / sizeof(*sizes); ++i) {
    found |= sizes[i] == spec->n_hidden;
  }
  known &= found;
  if (c->format == REM_FORMAT_AIDAX && !known) {
    command_warn(c->command,
                 "AIDA-X itself plays one layer of 8, 12, 16, 20, 24, 32, 40, "
                 "64 or 80 units; this model has %u of %u",
                 spec->n_layers,
                 spec->n_hidden);
  }
  if (c->format == REM_FORMAT_AIDAX && model->n_knobs) {
    command_warn(c->command,
                 "only Remanence reads the knobs' names and ranges back; to "
                 "others they are PARAM1 and PARAM2, 0 to 1");
  }
}

/// Read what was encoded, and say what differs; fail if it does, unless forced
static RemStatus
check_losses(const Conversion* const c,
             const RemModel* const   model,
             const void* const       bytes,
             const size_t            size,
             RemError* const         error)
{
  const char*     losses[COMPARE_MAX_DIFFERENCES];
  RemModel*       back = NULL;
  const RemStatus st = rem_model_decode(bytes, size, c->to, &back, NULL, error);
  if (st) {
    return st;
  }
  const size_t n = compare_models(model, back, losses);
  rem_model_free(back);
  for (size_t i = 0; i < n; ++i) {
    command_warn(c->command,
                 "%s cannot hold %s of this model: it would be lost",
                 rem_format_name(c->format),
                 losses[i]);
  }
  return n && !c->force
           ? rem_fail(error,
                      REM_UNSUPPORTED,
                      c->to,
                      "Not written, because something would be lost; --force "
                      "writes it")
           : REM_SUCCESS;
}

/// Write the file and look whether it is there
static RemStatus
write_bytes(const Conversion* const c,
            const void* const       bytes,
            const size_t            size,
            RemError* const         error)
{
  void*     again   = NULL;
  size_t    n_again = 0;
  RemStatus st      = rem_file_write(c->to, bytes, size, error);
  if (st || (st = rem_file_read(c->to, size, &again, &n_again, error))) {
    return st;
  }
  const bool same = n_again == size && !memcmp(again, bytes, size);
  free(again);
  return same ? REM_SUCCESS
              : rem_fail(error,
                         REM_CANNOT_WRITE,
                         c->to,
                         "The file does not hold what was written to it");
}

static RemStatus
convert(const Conversion* const c,
        const RemModel* const   model,
        RemError* const         error)
{
  void*     bytes = NULL;
  size_t    size  = 0;
  RemStatus st    = rem_model_encode(model, c->format, &bytes, &size, error);
  if (st) {
    (void)snprintf(error->place, sizeof(error->place), "%s", c->to);
    return st;
  }
  if (!(st = check_losses(c, model, bytes, size, error))) {
    warn_of_others(c, model);
    st = write_bytes(c, bytes, size, error);
  }
  free(bytes);
  return st;
}

/// Set the format that a word asks for; return whether there is one
static bool
read_format(const char* const word, RemFormat* const out)
{
  *out = !strcmp(word, "safetensors") ? REM_FORMAT_NATIVE
         : !strcmp(word, "aidax")     ? REM_FORMAT_AIDAX
         : !strcmp(word, "nam")       ? REM_FORMAT_NAM
                                      : REM_FORMAT_UNKNOWN;
  return *out != REM_FORMAT_UNKNOWN;
}

/// Convert; return the exit status
static int
run(const Conversion* const c)
{
  RemModel* model = NULL;
  RemFormat from  = REM_FORMAT_UNKNOWN;
  RemError  error = {REM_SUCCESS, "", ""};
  RemStatus st    = rem_model_read(c->from, &model, &from, &error);
  st              = st ? st : convert(c, model, &error);
  rem_model_free(model);
  if (st) {
    return command_failed(c->command, &error);
  }
  printf("%s (%s) -> %s (%s)\n",
         c->from,
         rem_format_name(from),
         c->to,
         rem_format_name(c->format));
  return REM_EXIT_DONE;
}

int
cmd_convert(const int argc, char** const argv)
{
  Conversion c      = {argv[0], NULL, NULL, REM_FORMAT_UNKNOWN, false};
  int        letter = 0;
  while ((letter = command_option(argc, argv, "hf:", options)) != -1) {
    if (letter == 'h') {
      fputs(help_text, stdout);
      return REM_EXIT_DONE;
    }
    if (letter == '?') {
      return command_bad_option(argv, options);
    }
    if (letter == 'f' && !read_format(optarg, &c.format)) {
      return command_usage(argv[0],
                           "there is no format %s to write; there are "
                           "safetensors, aidax and nam",
                           optarg);
    }
    c.force |= letter == 'F';
  }
  if (argc - optind != 2) {
    return command_usage(argv[0], "wants two files: FROM TO");
  }
  c.from   = argv[optind];
  c.to     = argv[optind + 1];
  c.format = c.format ? c.format : rem_format_of_path(c.to);
  if (!c.format) {
    return command_usage(argv[0],
                         "which format? %s ends in none of .safetensors, "
                         ".json, .aidax and .nam; say --format",
                         c.to);
  }
  command_hold_interrupts();
  return run(&c);
}

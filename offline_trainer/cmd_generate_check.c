// SPDX-License-Identifier: ISC

#include "offline_trainer/cmd_generate_check.h"

#include <string.h>

/// What a model does, as bits
enum { PLAY = 1U, WRITE = 2U, ANSWER = 4U, SONG = 8U };

/// Options that do not mean something to every model
static const struct {
  const char* name;
  unsigned    uses;
} table[] = {{"seconds", PLAY | SONG},
             {"prime", PLAY | WRITE | SONG},
             {"pitemp", PLAY},
             {"sigmatemp", PLAY},
             {"timescale", PLAY},
             {"start", PLAY},
             {"picture", PLAY},
             {"beside", PLAY},
             {"input", ANSWER},
             {"length", WRITE | ANSWER},
             {"temperature", WRITE | SONG},
             {"top-k", WRITE | SONG}};

static unsigned
use_of(const RemModel* const model, const bool answers)
{
  if (model->kind != REM_FRAME_SYMBOL) {
    return PLAY;
  }
  return model->symbols && model->symbols->kind == REM_SYMBOLS_MIDI ? SONG
         : answers                                                  ? ANSWER
                                                                    : WRITE;
}

static const char*
words_of(const unsigned use)
{
  return use == PLAY     ? "plays controllers"
         : use == SONG   ? "plays MIDI"
         : use == ANSWER ? "answers --input with what is likeliest"
                         : "goes on with a text";
}

/// Return what models an option is for, as bits
static unsigned
uses_of(const char* const name)
{
  for (size_t i = 0U; i < sizeof(table) / sizeof(*table); ++i) {
    if (!strcmp(table[i].name, name)) {
      return table[i].uses;
    }
  }
  return PLAY | WRITE | ANSWER | SONG;
}

RemStatus
generate_check(const RemModel* const    model,
               const bool               answers,
               const char* const* const given,
               const size_t             n,
               RemError* const          error)
{
  const unsigned use = use_of(model, answers);
  if (model->kind == REM_FRAME_SPECTRUM) {
    return rem_fail(error,
                    REM_UNSUPPORTED,
                    NULL,
                    "This is a model that listens%s; `remanence tag` lets it",
                    model->spec.both ? ", in both directions" : "");
  }
  for (size_t i = 0U; i < n; ++i) {
    if (!(uses_of(given[i]) & use)) {
      return rem_fail(error,
                      REM_BAD_ARGUMENT,
                      NULL,
                      "--%s means nothing to this model, which %s",
                      given[i],
                      words_of(use));
    }
  }
  return REM_SUCCESS;
}

// SPDX-License-Identifier: ISC

/// `remanence generate` of a model that reads symbols.  For cmd_generate*.c
/// only.

#ifndef REM_OFFLINE_TRAINER_CMD_GENERATE_SYMBOLS_H
#define REM_OFFLINE_TRAINER_CMD_GENERATE_SYMBOLS_H

#include "dsp/model.h"
#include "offline_trainer/text/continue.h"

/// What the command line says
typedef struct {
  const char* prime; ///< Text to go on with, or NULL
  const char* input; ///< Text, or numbers of a caption, to answer; or NULL
  RemContinue how;
} GenerateSymbols;

/**
   Go on with a text, or answer one.

   @param out To free(): text without a last line end; NULL on failure.
*/
RemStatus
generate_symbols(const RemModel*        model,
                 const GenerateSymbols* asked,
                 char**                 out,
                 RemError*              error);

#endif // REM_OFFLINE_TRAINER_CMD_GENERATE_SYMBOLS_H

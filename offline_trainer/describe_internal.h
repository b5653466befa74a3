// SPDX-License-Identifier: ISC

/// What describe.c and describe_net.c share, and no one else

#ifndef REM_OFFLINE_TRAINER_DESCRIBE_INTERNAL_H
#define REM_OFFLINE_TRAINER_DESCRIBE_INTERNAL_H

#include "offline_trainer/describe.h"

#include <stddef.h>

/// Print text that may come from a file: no control character reaches the
/// terminal
void
describe_safely(const char* text);

/// Print a label
void
describe_label(const char* name);

/// Return the multiply-adds of one frame; a symbol is looked up, not multiplied
size_t
describe_multiply_adds(const RemNetSpec* spec);

/// Print the shapes of the net and its encoder
void
describe_net(const RemModel* model);

/// Print what symbols a model reads, and what it chooses from
void
describe_symbols(const RemModel* model);

/// Print how sound becomes frames, and what is heard in them
void
describe_spectra(const RemModel* model);

#endif // REM_OFFLINE_TRAINER_DESCRIBE_INTERNAL_H

// SPDX-License-Identifier: ISC

#ifndef REM_TESTS_FUZZ_SETTLE_H
#define REM_TESTS_FUZZ_SETTLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/// Choose by an input, which thus always has the same fate, whether models are
/// settled until the next call: one input in 16384.  All are before the first
/// call, and where there is no libFuzzer.  Return the choice: what else takes
/// long goes with it.
bool
choose_settling(const uint8_t* bytes, size_t size);

#endif // REM_TESTS_FUZZ_SETTLE_H

// SPDX-License-Identifier: ISC

/// What a program fuzz_*.c defines, and what libFuzzer or replay.c calls.  To
/// add one: write the file and put a few small inputs into corpus/NAME/.

#ifndef REM_TESTS_FUZZ_FUZZ_H
#define REM_TESTS_FUZZ_FUZZ_H

#include <stddef.h>
#include <stdint.h>

/// Do what is tested with bytes that may be anything, and end the process if
/// the outcome is wrong.  Return 0.
int
LLVMFuzzerTestOneInput(const uint8_t* data, size_t size);

/// Optional: change `data` [max_size] in place, by `seed`; return its new size
size_t
LLVMFuzzerCustomMutator(uint8_t* data,
                        size_t   size,
                        size_t   max_size,
                        uint32_t seed);

#endif // REM_TESTS_FUZZ_FUZZ_H

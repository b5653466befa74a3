// SPDX-License-Identifier: ISC

/// Mutators that know how a model file is built: a change of bytes alone seldom
/// gets past the parser

#ifndef REM_TESTS_FUZZ_MUTATE_H
#define REM_TESTS_FUZZ_MUTATE_H

#include <stddef.h>
#include <stdint.h>

/// One of libFuzzer's: a main program of another kind has its own
size_t
LLVMFuzzerMutate(uint8_t* data, size_t size, size_t max_size);

/**
   Change one value of a JSON object, or its bytes.

   @param data     [max_size] changed in place.
   @param max_size Bytes that may be used, at least `size`.
   @param seed     Chooses what happens.
   @return The new size.
*/
size_t
mutate_json(uint8_t* data, size_t size, size_t max_size, uint32_t seed);

/// Change the header, the tensors or the bytes of a safetensors file, likewise.
/// Offsets and sizes mostly fit the changed header.
size_t
mutate_safetensors(uint8_t* data, size_t size, size_t max_size, uint32_t seed);

#endif // REM_TESTS_FUZZ_MUTATE_H

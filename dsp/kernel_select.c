// SPDX-License-Identifier: ISC

#include "dsp/kernel/kernel.h"
#include "dsp/kernel/kernel_table.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

const RemKernel*
rem_kernel_find(const char* const isa)
{
#if defined(__x86_64__)
  if (!strcmp(isa, "avx512") && __builtin_cpu_supports("avx512f") &&
      __builtin_cpu_supports("avx512vl") &&
      __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("fma")) {
    return &rem_kernel_avx512;
  }
  if (!strcmp(isa, "avx2") && __builtin_cpu_supports("avx2") &&
      __builtin_cpu_supports("fma")) {
    return &rem_kernel_avx2;
  }
#elif defined(__aarch64__)
  if (!strcmp(isa, "neon")) {
    return &rem_kernel_neon;
  }
#endif
  return strcmp(isa, "generic") ? NULL : &rem_kernel_generic;
}

const RemKernel*
rem_kernel_select(void)
{
  static const char* const best_first[] = {"avx512", "avx2", "neon", "generic"};

  // NOLINTNEXTLINE(concurrency-mt-unsafe): no one here changes the environment
  const char* const asked = getenv("REMANENCE_ISA");
  const RemKernel*  found = asked ? rem_kernel_find(asked) : NULL;
  for (size_t i = 0; !found; ++i) { // The last one is always there
    found = rem_kernel_find(best_first[i]);
  }
  return found;
}

// SPDX-License-Identifier: ISC

/// Benchmarks of two days, side by side

#ifndef REM_OFFLINE_TRAINER_BENCH_COMPARE_H
#define REM_OFFLINE_TRAINER_BENCH_COMPARE_H

#include <jansson.h>

/**
   Return the times in a report by their names, an object of numbers to
   json_decref(), or NULL without memory.

   A report is an object of sections: objects and arrays of objects, one within
   another.  In each, words and the conditions of a measurement (layers, hidden,
   streams, steps, threads, frames, rate: whole numbers) are part of the names
   of its figures: "engine avx2 layers 1 hidden 8 ns_per_sample".  A figure is a
   time if its name or its object's ends in _ns, _us or _ms or begins with
   ns_per_, us_per_ or ms_per_, and it is none of those that vary from run to
   run (worst, p99..., clock).  What else there is does not matter, nor do the
   sections "machine", "floor", "pytorch" and "pytorch_chars", which are not
   this program's doing.
*/
json_t*
rem_bench_times(const json_t* report);

#endif // REM_OFFLINE_TRAINER_BENCH_COMPARE_H

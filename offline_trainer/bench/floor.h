// SPDX-License-Identifier: ISC

/// What this processor can do at most: the yardstick of engine and trainer,
/// measured in the same run

#ifndef REM_OFFLINE_TRAINER_BENCH_FLOOR_H
#define REM_OFFLINE_TRAINER_BENCH_FLOOR_H

#include "dsp/net.h"
#include "dsp/status.h"
#include "offline_trainer/bench/timing.h"

#include <stdint.h>

/// What one core does with one instruction set
typedef struct {
  double fma_gflops;  ///< Peak of FMAs on registers, an FMA being two
  double l1_gb_per_s; ///< Loads from 16 KiB
  double l2_gb_per_s; ///< Loads from 192 KiB
} RemMachine;

/**
   Measure one core.

   @param isa     As rem_net_isa(); one that this processor has.
   @param seconds About how long to measure.
*/
RemStatus
rem_bench_machine(const char* isa,
                  double      seconds,
                  RemMachine* out,
                  RemError*   error);

/**
   Return the peak of FMAs on `n_threads` cores at once in GFLOP/s, or 0 without
   memory or threads.

   @param isa     As rem_net_isa(); one that this processor has.
   @param seconds About how long to measure.
*/
double
rem_bench_peak(const char* isa, uint32_t n_threads, double seconds);

/**
   The floor of one frame of a net: its weights once through FMAs with an
   operand in memory, plus the chain gates -> c -> tanh(c) -> h -> gates, of a
   GRU r -> n -> h, of an RNN tanh, which cannot begin before the product ends.

   Of both, what is measured is the best case, with vectors of the instruction
   set's width or half of it.  The weights, G H(I + H + 1) floats a layer
   without padding, flow around their block or, where they leave the cache, to
   and fro, with the accumulators in registers all the time.  The chain is that
   of all units, in whole vectors and perhaps half a one that run beside each
   other, with the arithmetic of dsp/kernel/kernel_cell.h and h handed over
   through memory.

   It is a yardstick, not a bound: the o gate may overlap the chain, and the
   layers of a net each other.
*/
typedef struct RemFloor RemFloor;

#define REM_FLOOR_TASKS 6U ///< Most that a floor adds to rem_bench_time()

/// Return the floor of `spec`, or NULL without memory.
/// @param isa As rem_net_isa(); one that this processor has.
RemFloor*
rem_floor_new(const RemNetSpec* spec, const char* isa);

/// Free a floor; NULL is allowed
void
rem_floor_free(RemFloor* floor);

/// Fill tasks [#REM_FLOOR_TASKS], which borrow `floor`, for rem_bench_time();
/// return how many
uint32_t
rem_floor_tasks(RemFloor* floor, RemBenchTask* tasks);

/// From the times of its tasks, set `stream` to that of the weights and `chain`
/// to that of the chain
void
rem_floor_result(const RemFloor*  floor,
                 const RemTiming* times,
                 double*          stream,
                 double*          chain);

#endif // REM_OFFLINE_TRAINER_BENCH_FLOOR_H

// SPDX-License-Identifier: ISC

/// What test_torch_sequence.py asks: nets and a batch in, outputs and gradients
/// out

#ifndef REM_TESTS_SEQUENCE_ANSWER_H
#define REM_TESTS_SEQUENCE_ANSWER_H

#include "offline_trainer/sequence/sequence.h"
#include "tests/check.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/// Read all, or fail
static inline void
take(void* const data, const size_t size, FILE* const file)
{
  CHECK(fread(data, 1U, size, file) == size);
}

/// Write all, or fail
static inline void
give(const void* const data, const size_t size, FILE* const file)
{
  CHECK(fwrite(data, 1U, size, file) == size);
}

static inline RemNetSpec
read_spec(FILE* const file)
{
  uint32_t n[12];
  take(n, sizeof(n), file);
  return (RemNetSpec){.cell        = (RemCell)n[0],
                      .head        = (RemHead)n[1],
                      .n_in        = n[2],
                      .n_hidden    = n[3],
                      .n_layers    = n[4],
                      .n_out       = n[5],
                      .n_symbols   = n[6],
                      .take        = (RemTake)n[7],
                      .both        = n[8],
                      .whole       = n[9],
                      .initial     = (RemInitial)n[10],
                      .n_condition = n[11]};
}

/// Fill a batch of `n` sequences of `n_own` numbers a frame
static inline void
read_batch(FILE* const             from,
           const RemSequenceSpec*  spec,
           RemSequenceBatch* const batch)
{
  const uint32_t n = batch->n;
  const uint32_t n_own =
    spec->net.n_in -
    (spec->n_attention ? rem_net_n_features(&spec->encoder) : 0U);
  take(batch->lengths, n * sizeof(uint32_t), from);
  take(batch->x, (size_t)n * batch->n_steps * n_own * sizeof(float), from);
  if (batch->n_encoder_steps) {
    const size_t rows = (size_t)n * batch->n_encoder_steps;
    take(batch->encoder_lengths, n * sizeof(uint32_t), from);
    take(batch->encoder_x, rows * spec->encoder.n_in * sizeof(float), from);
  }
}

static inline int
compare_doubles(const void* const a, const void* const b)
{
  const double x = *(const double*)a;
  const double y = *(const double*)b;
  return (x > y) - (x < y);
}

/// What is timed: new weights, forward, back, the gradient in their order
static inline double
time_pass(RemSequenceNet* const net,
          RemSequenceRun* const run,
          const float* const    params,
          float* const          packed,
          float* const          grad)
{
  struct timespec begin, end;
  (void)clock_gettime(CLOCK_THREAD_CPUTIME_ID, &begin);
  rem_sequence_net_set(net, params);
  memset(packed, 0, rem_sequence_net_n_gradient(net) * sizeof(float));
  rem_sequence_forward(run, NULL);
  rem_sequence_backward(run, packed);
  rem_sequence_net_unpack(net, packed, grad);
  (void)clock_gettime(CLOCK_THREAD_CPUTIME_ID, &end);
  return (double)(end.tv_sec - begin.tv_sec) +
         1e-9 * (double)(end.tv_nsec - begin.tv_nsec);
}

/// Print the median of seconds
static inline void
print_median(double* const seconds, const uint32_t n)
{
  qsort(seconds, n, sizeof(double), compare_doubles);
  printf("%.9f\n", seconds[n / 2U]);
}

/// Read nets and a batch, write outputs and the gradient of their sum times
/// what else was read; do it `n_times`, up to 1000, and print the median time
static inline int
answer(const char* const in, const char* const out, const uint32_t n_times)
{
  double          seconds[1000];
  FILE* const     from = fopen(in, "rb");
  FILE* const     to   = fopen(out, "wb");
  RemSequenceSpec spec;
  uint32_t        n[4]; // A, S, T, T'
  CHECK(from && to);
  spec.net     = read_spec(from);
  spec.encoder = read_spec(from);
  take(n, sizeof(n), from);
  spec.n_attention         = n[0];
  const size_t      size   = rem_sequence_n_params(&spec) * sizeof(float);
  const size_t      rows   = spec.net.whole ? n[1] : (size_t)n[1] * n[2];
  const size_t      size_y = rows * spec.net.n_out * sizeof(float);
  float* const      params = (float*)malloc(size);
  float* const      grad   = (float*)malloc(size);
  RemSequenceNet*   net    = rem_sequence_net_new(&spec);
  RemSequenceRun*   run    = rem_sequence_run_new(net, n[1], n[2], n[3]);
  RemSequenceBatch* batch  = rem_sequence_batch(run);
  float* const      packed =
    (float*)calloc(rem_sequence_net_n_gradient(net), sizeof(float));
  CHECK(params && grad && packed);
  batch->n               = n[1];
  batch->n_steps         = n[2];
  batch->n_encoder_steps = n[3];
  take(params, size, from);
  read_batch(from, &spec, batch);
  take(rem_sequence_output_gradient(run), size_y, from);
  for (uint32_t i = 0; i < n_times && i < 1000U; ++i) {
    seconds[i] = time_pass(net, run, params, packed, grad);
  }
  print_median(seconds, n_times);
  give(rem_sequence_output(run), size_y, to);
  give(grad, size, to);
  CHECK(!fclose(from) && !fclose(to));
  rem_sequence_run_free(run);
  rem_sequence_net_free(net);
  free(params);
  free(grad);
  free(packed);
  return 0;
}

#endif // REM_TESTS_SEQUENCE_ANSWER_H

// SPDX-License-Identifier: ISC

#include "offline_trainer/examples/examples.h"

#include <stdlib.h>
#include <string.h>

static const char* const tasks[] = {[REM_TASK_TAG]       = "tag",
                                    [REM_TASK_CLASSIFY]  = "classify",
                                    [REM_TASK_TRANSLATE] = "translate",
                                    [REM_TASK_COMPLETE]  = "complete",
                                    [REM_TASK_CAPTION]   = "caption"};

enum { N_TASKS = sizeof(tasks) / sizeof(*tasks) };

const char*
rem_task_name(const RemExampleTask task)
{
  return tasks[task];
}

bool
rem_task_find(const char* const name, RemExampleTask* const task)
{
  for (int k = 0; k < N_TASKS; ++k) {
    if (!strcmp(name, tasks[k])) {
      *task = (RemExampleTask)k;
      return true;
    }
  }
  return false;
}

/// Return whether what comes out ends with the end symbol
static bool
has_end(const RemExampleTask task)
{
  return task == REM_TASK_TRANSLATE || task == REM_TASK_COMPLETE ||
         task == REM_TASK_CAPTION;
}

RemExamples*
rem_examples_new(const RemExampleTask    task,
                 const RemSymbols* const symbols,
                 const RemSymbols* const labels,
                 const uint32_t          n_vector,
                 const size_t            n)
{
  RemExamples* const out = (RemExamples*)calloc(1U, sizeof(RemExamples));
  const bool one = task == REM_TASK_COMPLETE || task == REM_TASK_CAPTION;
  if (!out) {
    return NULL;
  }
  out->task     = task;
  out->n_vector = n_vector;
  out->symbols  = rem_symbols_copy(one ? labels : symbols);
  out->labels   = rem_symbols_copy(labels);
  out->examples = (RemExample*)calloc(n ? n : 1U, sizeof(RemExample));
  if (!out->symbols || !out->labels || !out->examples) {
    rem_examples_free(out);
    return NULL;
  }
  return out;
}

/// Free what an example owns
static void
clear(RemExample* const example)
{
  free(example->in);
  free(example->out);
  free(example->vector);
}

/// Return a copy of `size` bytes with room for `more`, or NULL without memory
static void*
copy(const void* const from, const size_t size, const size_t more)
{
  void* const to = malloc(size + more + 1U);
  if (to && size) {
    memcpy(to, from, size);
  }
  return to;
}

bool
rem_examples_add(RemExamples* const examples, const RemExample* const example)
{
  const bool   end      = has_end(examples->task);
  RemExample*  to       = &examples->examples[examples->n];
  const size_t n_in     = example->n_in * sizeof(uint32_t);
  const size_t n_out    = example->n_out * sizeof(uint32_t);
  const size_t n_vector = examples->n_vector * sizeof(float);
  *to =
    (RemExample){.n_in  = example->n_in,
                 .in    = (uint32_t*)copy(example->in, n_in, 0U),
                 .n_out = example->n_out + end,
                 .out = (uint32_t*)copy(example->out, n_out, sizeof(uint32_t)),
                 .vector = (float*)copy(example->vector, n_vector, 0U)};
  if (!to->in || !to->out || !to->vector) {
    clear(to);
    return false;
  }
  if (end) {
    to->out[example->n_out] = examples->labels->end;
  }
  ++examples->n;
  return true;
}

void
rem_examples_free(RemExamples* const examples)
{
  if (examples) {
    for (size_t i = 0U; i < examples->n; ++i) {
      clear(&examples->examples[i]);
    }
    free(examples->examples);
    rem_symbols_free(examples->symbols);
    rem_symbols_free(examples->labels);
    free(examples);
  }
}

RemExamples*
rem_examples_hold_out(RemExamples* const examples, const double share)
{
  const size_t step = (size_t)(1.0 / share + 0.5);
  RemExamples* out  = rem_examples_new(examples->task,
                                      examples->symbols,
                                      examples->labels,
                                      examples->n_vector,
                                      examples->n);
  if (!out || examples->n < 2U) {
    rem_examples_free(out);
    return NULL;
  }
  size_t left = 0U;
  for (size_t i = 0U; i < examples->n; ++i) {
    const bool last = i + 1U == examples->n && !out->n;
    if (last || i % step == step - 1U) {
      out->examples[out->n++] = examples->examples[i];
    } else {
      examples->examples[left++] = examples->examples[i];
    }
  }
  examples->n = left;
  return out;
}

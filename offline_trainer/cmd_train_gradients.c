// SPDX-License-Identifier: ISC

/// --gradients: how far back losses are heard as training goes on

#include "offline_trainer/cmd_train_gradients.h"
#include "offline_trainer/cmd_train.h"
#include "offline_trainer/folder.h"
#include "offline_trainer/report/gradients.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define N_UPDATES 8U ///< That a record is a mean of

/// When records begin, as parts of the training
static const double moments[] = {0.0, 0.03, 0.1, 0.3, 0.6, 0.95};

enum { N_MOMENTS = sizeof(moments) / sizeof(*moments) };

/// What was heard at one moment
typedef struct {
  char     name[64];
  uint32_t n_updates;
  double*  squares; ///< [n_steps] sums over updates; owned
} Record;

struct TrainGradientsImpl {
  const char* folder;
  uint32_t    n_steps;
  uint32_t    n_records;
  bool        open; ///< The last record goes on
  Record      records[N_MOMENTS];
};

void
train_gradients_free(TrainGradients* const g)
{
  for (uint32_t i = 0; g && i < N_MOMENTS; ++i) {
    free(g->records[i].squares);
  }
  free(g);
}

/// Make room for sums of windows or sequences of `n_steps`
static bool
make_records(TrainGradients* const g, const uint32_t n_steps)
{
  bool made  = true;
  g->n_steps = n_steps;
  for (uint32_t i = 0; i < N_MOMENTS; ++i) {
    g->records[i].squares = (double*)calloc(n_steps, sizeof(double));
    made                  = g->records[i].squares && made;
  }
  return made;
}

TrainGradients*
train_gradients_new(const TrainOptions* const options,
                    const RemLesson* const    lesson,
                    RemError* const           error)
{
  const uint32_t n_steps =
    lesson->fill_batch ? lesson->max_steps : options->spec.n_steps;
  TrainGradients* const g = (TrainGradients*)calloc(1, sizeof(TrainGradients));
  if (!g || !make_records(g, n_steps)) {
    (void)rem_fail(error, REM_NO_MEMORY, NULL, "No memory for gradients");
    train_gradients_free(g);
    return NULL;
  }
  g->folder = options->gradients_dir;
  if (rem_folder_make(g->folder, error)) {
    train_gradients_free(g);
    return NULL;
  }
  return g;
}

void
train_gradients_go_on(TrainGradients* const     g,
                      RemTrainer* const         trainer,
                      const RemTrainNews* const news)
{
  if (g->open) {
    Record* const record = &g->records[g->n_records - 1U];
    if (++record->n_updates == N_UPDATES) {
      g->open = false;
      (void)rem_trainer_probe(trainer, NULL);
    }
  } else if (g->n_records < N_MOMENTS && news->done >= moments[g->n_records]) {
    Record* const record = &g->records[g->n_records];
    g->open              = rem_trainer_probe(trainer, record->squares);
    g->n_records += g->open;
    (void)snprintf(record->name,
                   sizeof(record->name),
                   "epoch %u, %.0f %%",
                   news->epoch + 1U,
                   100.0 * news->done);
  }
}

/// Turn sums into norms; return how many records there are anything of
static size_t
take_norms(TrainGradients* const g, RemGradients* const curves)
{
  size_t n = 0U;
  for (uint32_t i = 0; i < g->n_records; ++i) {
    Record* const record = &g->records[i];
    for (uint32_t d = 0; record->n_updates && d < g->n_steps; ++d) {
      record->squares[d] = sqrt(record->squares[d] / record->n_updates);
    }
    if (record->n_updates) {
      curves[n++] = (RemGradients){record->name, g->n_steps, record->squares};
    }
  }
  return n;
}

RemStatus
train_gradients_write(TrainGradients* const g, RemError* const error)
{
  RemGradients curves[N_MOMENTS];
  const size_t n   = take_norms(g, curves);
  char* const  svg = train_path_with(g->folder, "/gradients.svg");
  char* const  csv = train_path_with(g->folder, "/gradients.csv");
  RemStatus    st  = REM_SUCCESS;
  if (!svg || !csv) {
    st = rem_fail(error, REM_NO_MEMORY, NULL, "No memory for gradients");
  } else if (!n) {
    st = rem_fail(error,
                  REM_UNSUPPORTED,
                  g->folder,
                  "There are no gradients to draw: training was too short, or"
                  " what is trained cannot be probed");
  } else if (!(st = rem_gradients_write(csv, curves, n, error))) {
    st = rem_gradients_draw(svg, curves, n, error);
  }
  free(svg);
  free(csv);
  return st;
}

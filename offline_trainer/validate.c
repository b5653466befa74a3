// SPDX-License-Identifier: ISC

#include "offline_trainer/validate.h"

#include "dsp/model.h"
#include "offline_trainer/evaluate.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define PIECE 65536U  ///< Samples compared by one task
#define CONTEXT 8192U ///< Samples played before, if there are as many

/// A task
typedef struct {
  RemStretch stretch;
  float*     y;     ///< [CONTEXT + PIECE]
  double     error; ///< sum (d - y)^2
} Piece;

struct RemValidation {
  RemModel* model;
  size_t    length; ///< Samples compared
  double    energy; ///< sum d^2
  uint32_t  n_pieces;
  Piece*    pieces; ///< [n_pieces]
};

static uint32_t
count_pieces(const RemStretch* const stretch)
{
  return (uint32_t)((stretch->end - stretch->begin + PIECE - 1U) / PIECE);
}

/// Cut `stretch` into pieces of about the same length; false without memory
static bool
add_pieces(RemValidation* const validation, const RemStretch* const stretch)
{
  const uint32_t n      = count_pieces(stretch);
  const size_t   length = stretch->end - stretch->begin;
  for (uint32_t i = 0; i < n; ++i) {
    Piece* const piece   = &validation->pieces[validation->n_pieces++];
    piece->stretch.pair  = stretch->pair;
    piece->stretch.begin = stretch->begin + length * i / n;
    piece->stretch.end   = stretch->begin + length * (i + 1U) / n;
    piece->y             = (float*)malloc((CONTEXT + PIECE) * sizeof(float));
    if (!piece->y) {
      return false;
    }
  }
  return true;
}

/// Sum what errors are compared with
static void
measure(RemValidation* const validation, const RemStretch* const stretch)
{
  for (size_t t = stretch->begin; t < stretch->end; ++t) {
    const double d = (double)stretch->pair->target[t];
    validation->energy += d * d;
  }
  validation->length += stretch->end - stretch->begin;
}

/// Give `model` knobs that rest in the middle; false without memory
static bool
add_knobs(RemModel* const model, const uint32_t n)
{
  model->knobs = n ? (RemKnob*)calloc(n, sizeof(RemKnob)) : NULL;
  for (uint32_t k = 0; model->knobs && k < n; ++k) {
    model->knobs[k].maximum       = 1.0f;
    model->knobs[k].default_value = 0.5f;
    model->n_knobs                = k + 1U;
  }
  return model->n_knobs == n;
}

RemValidation*
rem_validation_new(const RemNetSpec* const spec,
                   const RemStretch* const stretches,
                   const uint32_t          n_stretches)
{
  RemValidation* const v = (RemValidation*)calloc(1, sizeof(RemValidation));
  if (!v) {
    return NULL;
  }
  uint32_t n_pieces = 1U;
  for (uint32_t i = 0; i < n_stretches; ++i) {
    n_pieces += count_pieces(&stretches[i]);
  }
  v->pieces = (Piece*)calloc(n_pieces, sizeof(Piece));
  v->model  = rem_model_new(spec);
  bool good = v->pieces && v->model && add_knobs(v->model, spec->n_in - 1U);
  for (uint32_t i = 0; good && i < n_stretches; ++i) {
    measure(v, &stretches[i]);
    good = add_pieces(v, &stretches[i]);
  }
  if (!good) {
    rem_validation_free(v);
    return NULL;
  }
  return v;
}

void
rem_validation_free(RemValidation* const validation)
{
  if (validation) {
    for (uint32_t i = 0; i < validation->n_pieces; ++i) {
      free(validation->pieces[i].y);
    }
    free(validation->pieces);
    rem_model_free(validation->model);
    free(validation);
  }
}

size_t
rem_validation_length(const RemValidation* const validation)
{
  return validation->length;
}

/// Play one piece and compare.  A RemTask.
static void
run_piece(void* const handle, const uint32_t index, const uint32_t thread)
{
  (void)thread;
  RemValidation* const v       = (RemValidation*)handle;
  Piece* const         piece   = &v->pieces[index];
  const RemPair* const pair    = piece->stretch.pair;
  const size_t         begin   = piece->stretch.begin;
  const size_t         context = begin < CONTEXT ? begin : CONTEXT;
  const size_t         n       = piece->stretch.end - begin;
  const float* const   target  = pair->target + begin;
  float* const         y       = piece->y;

  memcpy(y, pair->input + (begin - context), (context + n) * sizeof(float));
  piece->error = INFINITY;
  if (!rem_render(v->model, pair->knobs, y, y, context + n, NULL)) {
    piece->error = 0.0;
    for (size_t t = 0; t < n; ++t) {
      const double e = (double)target[t] - (double)y[context + t];
      piece->error += e * e;
    }
  }
}

double
rem_validation_esr(RemValidation* const validation,
                   RemPool* const       pool,
                   const float* const   params)
{
  RemModel* const         model = validation->model;
  const RemNetSpec* const spec  = &model->spec;
  double                  error = 0.0;
  memcpy(model->params, params, rem_net_n_params(spec) * sizeof(float));
  memset(model->rest, 0, rem_net_n_state(spec) * sizeof(float));
  if (rem_model_settle(model, NULL)) {
    return INFINITY;
  }
  rem_pool_run(pool, validation->n_pieces, run_piece, validation);
  for (uint32_t i = 0; i < validation->n_pieces; ++i) {
    error += validation->pieces[i].error;
  }
  return error / validation->energy;
}

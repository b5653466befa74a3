// SPDX-License-Identifier: ISC

#include "offline_trainer/loss.h"

#include "offline_trainer/stft_loss.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdlib.h>

#define N_RESOLUTIONS 3U
#define LONGEST_FRAME 2048U
#define N_LANES 16U ///< Partial sums, so that the compiler can use vectors
#define BLOCK 256U  ///< Samples summed in float before double takes over

struct RemLoss {
  RemLossSpec  spec;
  uint32_t     n;      ///< Samples of a window
  uint32_t     n_emph; ///< Of them with a whole history, n - K + 1 or 0
  float*       error;  ///< [n] target - y
  float*       emph;   ///< [n + K - 1] P e amid K - 1 zeros on either side
  RemStftLoss* stft[N_RESOLUTIONS]; ///< NULL if the weight is 0
};

RemLossSpec
rem_loss_default(void)
{
  const RemLossSpec spec = {.esr_weight = 0.75f,
                            .dc_weight  = 0.25f,
                            .n_taps     = 2U,
                            .taps       = {1.0f, -0.85f}};
  return spec;
}

static bool
is_valid(const RemLossSpec* const spec, const uint32_t n)
{
  return n > 0U && spec->n_taps > 0U && spec->n_taps <= REM_MAX_TAPS &&
         (spec->stft_weight == 0.0f || n >= REM_STFT_MIN);
}

/// Make the resolutions; return false without memory
static bool
open_stft(RemLoss* const loss)
{
  uint32_t n_fft = LONGEST_FRAME;
  while (n_fft > loss->n) {
    n_fft /= 2U;
  }
  for (uint32_t i = 0; i < N_RESOLUTIONS; ++i) {
    loss->stft[i] = rem_stft_loss_new(loss->n, n_fft >> i);
    if (!loss->stft[i]) {
      return false;
    }
  }
  return true;
}

RemLoss*
rem_loss_new(const RemLossSpec* const spec, const uint32_t n)
{
  RemLoss* const loss =
    is_valid(spec, n) ? (RemLoss*)calloc(1, sizeof(RemLoss)) : NULL;
  if (!loss) {
    return NULL;
  }

  const uint32_t history = spec->n_taps - 1U;
  loss->spec             = *spec;
  loss->n                = n;
  loss->n_emph           = n > history ? n - history : 0U;
  loss->error            = (float*)calloc(n, sizeof(float));
  loss->emph             = (float*)calloc((size_t)n + history, sizeof(float));
  if (!loss->error || !loss->emph ||
      (spec->stft_weight != 0.0f && !open_stft(loss))) {
    rem_loss_free(loss);
    return NULL;
  }
  return loss;
}

void
rem_loss_free(RemLoss* const loss)
{
  if (loss) {
    for (uint32_t i = 0; i < N_RESOLUTIONS; ++i) {
      rem_stft_loss_free(loss->stft[i]);
    }
    free(loss->emph);
    free(loss->error);
    free(loss);
  }
}

/// Sum up to #BLOCK squares
static double
block_squares(const float* const x, const uint32_t n)
{
  float    lanes[N_LANES] = {0.0f};
  uint32_t i              = 0;
  for (; i + N_LANES <= n; i += N_LANES) {
    for (uint32_t j = 0; j < N_LANES; ++j) {
      lanes[j] += x[i + j] * x[i + j];
    }
  }
  for (uint32_t j = 0; i < n; ++i, ++j) {
    lanes[j] += x[i] * x[i];
  }

  double sum = 0.0;
  for (uint32_t j = 0; j < N_LANES; ++j) {
    sum += (double)lanes[j];
  }
  return sum;
}

/// Sum up to #BLOCK samples
static double
block_samples(const float* const x, const uint32_t n)
{
  float    lanes[N_LANES] = {0.0f};
  uint32_t i              = 0;
  for (; i + N_LANES <= n; i += N_LANES) {
    for (uint32_t j = 0; j < N_LANES; ++j) {
      lanes[j] += x[i + j];
    }
  }
  for (uint32_t j = 0; i < n; ++i, ++j) {
    lanes[j] += x[i];
  }

  double sum = 0.0;
  for (uint32_t j = 0; j < N_LANES; ++j) {
    sum += (double)lanes[j];
  }
  return sum;
}

/// Sum `x` by blocks, squared or as it is
static double
sum_blocks(const float* const x,
           const uint32_t     n,
           double (*const sum_block)(const float*, uint32_t))
{
  double sum = 0.0;
  for (uint32_t i = 0; i < n; i += BLOCK) {
    sum += sum_block(x + i, n - i < BLOCK ? n - i : BLOCK);
  }
  return sum;
}

/// Pre-emphasise: out[t] = sum_k taps[k] x[t + K - 1 - k] for t < n
static void
emphasise(const RemLossSpec* const spec,
          const float* const       x,
          const uint32_t           n,
          float* const             out)
{
  const float* const newest = x + (spec->n_taps - 1U);
  for (uint32_t t = 0; t < n; ++t) {
    out[t] = spec->taps[0] * newest[t];
  }
  for (uint32_t k = 1; k < spec->n_taps; ++k) {
    const float tap = spec->taps[k];
    for (uint32_t t = 0; t < n; ++t) {
      out[t] += tap * newest[(ptrdiff_t)t - (ptrdiff_t)k];
    }
  }
}

void
rem_loss_measure(const RemLoss* const loss,
                 const float* const   target,
                 RemLossNorm* const   norm)
{
  float block[BLOCK];
  for (uint32_t i = 0; i < loss->n_emph; i += BLOCK) {
    const uint32_t n = loss->n_emph - i < BLOCK ? loss->n_emph - i : BLOCK;
    emphasise(&loss->spec, target + i, n, block);
    norm->energy_emphasised += block_squares(block, n);
  }
  norm->energy += sum_blocks(target, loss->n, block_squares);
  ++norm->n_streams;
}

/// Factor of sum (P e)^2 in the batch's loss
static double
squares_factor(const RemLoss* const     loss,
               const RemLossNorm* const norm,
               const double             epsilon)
{
  const double n = (double)norm->n_streams * loss->n_emph;
  return (double)loss->spec.esr_weight / (norm->energy_emphasised + epsilon) +
         (n > 0.0 ? (double)loss->spec.mse_weight / n : 0.0);
}

/// Set dy to -2 `factor` P' P e + `constant`, P' being P transposed
static void
emphasise_back(const RemLoss* const loss,
               const float          factor,
               const float          constant,
               float* const         dy)
{
  for (uint32_t t = 0; t < loss->n; ++t) {
    dy[t] = constant;
  }
  for (uint32_t k = 0; k < loss->spec.n_taps; ++k) {
    const float  tap  = -2.0f * factor * loss->spec.taps[k];
    const float* emph = loss->emph + k;
    for (uint32_t t = 0; t < loss->n; ++t) {
      dy[t] += tap * emph[t];
    }
  }
}

/// Add the spectral term's gradient to dy and return its share
static double
add_stft(RemLoss* const     loss,
         const float* const y,
         const float* const target,
         const uint32_t     n_streams,
         float* const       dy)
{
  const double scale =
    (double)loss->spec.stft_weight / ((double)n_streams * N_RESOLUTIONS);
  double share = 0.0;
  for (uint32_t i = 0; i < N_RESOLUTIONS; ++i) {
    share +=
      rem_stft_loss_add(loss->stft[i], y, target, (float)scale, dy) * scale;
  }
  return share;
}

double
rem_loss_gradient(RemLoss* const           loss,
                  const float* const       y,
                  const float* const       target,
                  const RemLossNorm* const norm,
                  float* const             dy)
{
  for (uint32_t t = 0; t < loss->n; ++t) {
    loss->error[t] = target[t] - y[t];
  }
  float* const emph = loss->emph + (loss->spec.n_taps - 1U);
  emphasise(&loss->spec, loss->error, loss->n_emph, emph);

  const double epsilon = 1e-5 * norm->n_streams * loss->n;
  const double factor  = squares_factor(loss, norm, epsilon);
  const double mean = sum_blocks(loss->error, loss->n, block_samples) / loss->n;
  const double dc   = (double)loss->spec.dc_weight / (norm->energy + epsilon);
  emphasise_back(loss, (float)factor, (float)(-2.0 * dc * mean), dy);

  const double share = factor * sum_blocks(emph, loss->n_emph, block_squares) +
                       dc * loss->n * mean * mean;
  return loss->stft[0] ? share + add_stft(loss, y, target, norm->n_streams, dy)
                       : share;
}

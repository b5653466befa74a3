// SPDX-License-Identifier: ISC

#include "offline_trainer/bench/event.h"

#include "dsp/denormal.h"
#include "dsp/model.h"
#include "dsp/predictor.h"
#include "dsp/random.h"
#include "offline_trainer/bench/noise.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/// A predictor that hears itself
typedef struct {
  RemPredictor* predictor;
  RemRandom     random;
} Player;

static void
run_events(void* const handle, const uint64_t n)
{
  Player* const   player = (Player*)handle;
  const RemTemper temper = rem_temper();
  float           frame[REM_MAX_FRAME];
  for (uint64_t i = 0U; i < n; ++i) {
    rem_predictor_draw(player->predictor, &temper, &player->random, frame);
    rem_predictor_hear(player->predictor, frame);
  }
}

/// Return a predictor of noise, about as loud as training leaves weights
static RemPredictor*
new_predictor(const RemEventNet* const net)
{
  RemFrames frames;
  rem_frames_init(&frames, net->n_dims, net->n_mixtures);
  RemModel* const model =
    rem_model_new_control(&frames, net->n_hidden, net->n_layers);
  const size_t  n     = model ? rem_net_n_params(&model->spec) : 0U;
  float* const  noise = model ? rem_bench_noise(n, 0.3f) : NULL;
  RemPredictor* out   = NULL;
  if (noise) {
    memcpy(model->params, noise, n * sizeof(float));
    out = rem_predictor_new(model);
  }
  free(noise);
  rem_model_free(model);
  return out;
}

RemStatus
rem_bench_event(const RemEventNet* const net,
                const double             seconds,
                RemTiming* const         us,
                RemError* const          error)
{
  Player             player = {new_predictor(net), {1U}};
  const RemBenchTask task   = {run_events, &player};
  *us                       = (RemTiming){0.0, 0.0};
  if (!player.predictor) {
    return rem_fail(
      error, REM_NO_MEMORY, NULL, "Out of memory for the benchmark");
  }
  const RemFloatMode mode = rem_denormals_off();
  rem_bench_time(&task, 1U, seconds, CLOCK_THREAD_CPUTIME_ID, us);
  rem_denormals_restore(mode);
  rem_predictor_free(player.predictor);
  us->median *= 1e6;
  us->least *= 1e6;
  return REM_SUCCESS;
}

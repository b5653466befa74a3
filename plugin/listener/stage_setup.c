// SPDX-License-Identifier: ISC

/// The other threads' half of the stage; stage.c has the audio thread's

#include "plugin/listener/stage.h"

#include <math.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#define FARTHEST 16.0 ///< As plugin/resample.h has it

static void
discard(void* const built)
{
  RemHearer* const hearer = (RemHearer*)built;
  if (hearer) {
    rem_ear_free(hearer->ear);
    rem_resampler_clear(&hearer->resampler);
    free(hearer->sound);
    free(hearer->at);
    free(hearer->peaks);
    free(hearer->names);
    free(hearer);
  }
}

void
rem_listener_stage_init(RemListenerStage* const stage, const double rate)
{
  stage->rate            = rate;
  stage->mailbox.discard = discard;
}

void
rem_listener_stage_clear(RemListenerStage* const stage)
{
  rem_mailbox_clear(&stage->mailbox);
  discard(stage->playing);
}

/// Make the way from the host's rate to the model's
static bool
open_resampler(RemHearer* const hearer, const double host, const double model)
{
  if (fabs(host - model) <= 0.5) {
    return true;
  }
  if (!rem_resampler_init(
        &hearer->resampler, (uint32_t)lrint(host), (uint32_t)lrint(model))) {
    return false;
  }
  const size_t n = hearer->resampler.n_most;
  hearer->delay += hearer->resampler.lead / host;
  hearer->at    = (uint32_t*)malloc(n * sizeof(uint32_t));
  hearer->sound = hearer->at ? (float*)malloc(n * sizeof(float)) : NULL;
  return hearer->sound;
}

/// Copy the names of the outputs, or number them
static void
name_outputs(RemHearer* const hearer, const RemSymbols* const labels)
{
  for (uint32_t o = 0U; o < hearer->n_out; ++o) {
    if (labels && o < labels->n) {
      (void)snprintf(
        hearer->names[o], REM_MAX_SYMBOL_NAME, "%s", labels->names[o]);
    } else {
      (void)snprintf(hearer->names[o], REM_MAX_SYMBOL_NAME, "%u", o + 1U);
    }
  }
}

/// Build all parts; false without memory
static bool
fill(RemHearer* const hearer, const RemModel* const model, const double rate)
{
  const RemSpectra* const s = model->spectra;
  hearer->n_out             = model->spec.n_out;
  hearer->curve             = model->spec.head == REM_HEAD_LINEAR;
  hearer->delay =
    rem_spectra_delay(s) + (hearer->curve ? 0.0 : s->hop / s->rate);
  hearer->ear   = rem_ear_new(model);
  hearer->peaks = (RemPeaks*)calloc(hearer->n_out, sizeof(RemPeaks));
  hearer->names =
    (char(*)[REM_MAX_SYMBOL_NAME])calloc(hearer->n_out, REM_MAX_SYMBOL_NAME);
  if (!hearer->ear || !hearer->peaks || !hearer->names ||
      !open_resampler(hearer, rate, s->rate)) {
    return false;
  }
  name_outputs(hearer, model->labels);
  rem_hearer_reset(hearer);
  return true;
}

static RemStatus
build(const void* const     handle,
      const RemModel* const model,
      const char* const     place,
      const uint32_t        quality,
      void** const          built,
      RemError* const       error)
{
  (void)quality;

  const double    rate = ((const RemListenerStage*)handle)->rate;
  const RemStatus st   = rem_ear_check(model, place, error);
  if (st) {
    return st;
  }
  if (model->spectra->rate > FARTHEST * rate ||
      rate > FARTHEST * model->spectra->rate) {
    return rem_fail(error,
                    REM_UNSUPPORTED,
                    place,
                    "listens at %.0f Hz, the host plays at %.0f Hz; expected "
                    "at most %.0f times more or less",
                    model->spectra->rate,
                    rate,
                    FARTHEST);
  }
  RemHearer* const hearer = (RemHearer*)calloc(1U, sizeof(RemHearer));
  if (!hearer || !fill(hearer, model, rate)) {
    discard(hearer);
    return rem_fail(error, REM_NO_MEMORY, place, "not enough memory");
  }
  *built = hearer;
  return REM_SUCCESS;
}

/// It begins at rest, whatever was heard
static uint32_t
speed(const void* const handle, void* const built)
{
  (void)handle;
  (void)built;
  return 1U;
}

static uint32_t
offer(void* const            handle,
      void* const            built,
      const RemModel* const  model,
      const RemComing* const how)
{
  (void)model;
  (void)how;

  return rem_mailbox_offer(&((RemListenerStage*)handle)->mailbox,
                           &((RemHearer*)built)->entry);
}

/// Say what it listens for
static void
describe(const void* const     handle,
         const RemModel* const model,
         char                  message[const REM_MESSAGE_SIZE])
{
  (void)handle;
  const RemSymbols* const labels = model->labels;
  const uint32_t          n      = model->spec.n_out;
  rem_say(message,
          model->spec.head == REM_HEAD_LINEAR ? "; %u curve%s" : "; %u label%s",
          n,
          n == 1U ? "" : "s");
  for (uint32_t o = 0U; labels && o < n && o < labels->n; ++o) {
    rem_say(message, "%s%s", o ? ", " : ": ", labels->names[o]);
  }
}

const RemStageCalls rem_listener_stage = {build,
                                          discard,
                                          speed,
                                          offer,
                                          describe};

// SPDX-License-Identifier: ISC

/// Nets of every cell and kind of frames are read back to the last bit, and
/// those for sound by the formats that have a word for their cell

#include "dsp/modelfile/modelfile.h"
#include "dsp/predictor.h"
#include "dsp/voice.h"
#include "plugin/audio/stage.h"
#include "plugin/control/cast.h"
#include "tests/cells.h"
#include "tests/check.h"
#include "tests/modelfile.h"

#include <string.h>

/// Return a model of noise
static RemModel*
noise_model(const RemNetSpec* const spec, const RemFrameKind kind)
{
  RemModel* const model = rem_model_new(spec);
  CHECK(model && !rem_net_spec_check(spec, NULL));
  random_params(spec, model->params, 0.4f, 7U);
  model->kind = kind;
  if (spec->initial == REM_INITIAL_LEARNED) {
    rem_net_initial(spec, model->params, NULL, model->rest);
  }
  if (spec->n_symbols) {
    model->symbols = rem_symbols_new(REM_SYMBOLS_NAMES, spec->n_symbols);
    CHECK(model->symbols);
    for (uint32_t k = 0; k < spec->n_symbols; ++k) {
      const char name[] = {(char)('a' + k), '\0'};
      CHECK(rem_symbols_name(model->symbols, k, name));
    }
  }
  return model;
}

/// Finish a model, write, read, compare, free
static RemModel*
there_and_back(RemModel* const model)
{
  CHECK(!rem_model_make_check(model, NULL));
  CHECK(model->check.n_frames);
  RemModel* const back = round_trip(model, REM_FORMAT_NATIVE);
  check_same(model, back);
  CHECK(!model->symbols == !back->symbols);
  CHECK(!model->symbols ||
        (model->symbols->n == back->symbols->n &&
         !strcmp(model->symbols->names[0], back->symbols->names[0])));
  rem_model_free(model);
  return back;
}

/// Every cell, in every other way, in one direction and both
static void
test_cells(void)
{
  static const RemHead heads[] = {
    REM_HEAD_LINEAR, REM_HEAD_SOFTMAX, REM_HEAD_SIGMOID, REM_HEAD_NONE};
  for (uint32_t i = 0; i < 12U * N_CELLS; ++i) {
    const uint32_t kind = i / N_CELLS;
    RemNetSpec     spec = {.cell        = (RemCell)(i % N_CELLS),
                           .head        = heads[kind % 4U],
                           .n_in        = 1U + kind % 3U,
                           .n_hidden    = 5U,
                           .n_layers    = 1U + kind % 2U,
                           .n_out       = 3U,
                           .n_symbols   = kind % 2U ? 4U : 0U,
                           .take        = (RemTake)(kind % 3U),
                           .both        = kind % 4U == 2U,
                           .whole       = kind % 3U == 1U,
                           .initial     = (RemInitial)(kind / 2U % 3U),
                           .n_condition = kind / 2U % 3U == 2U ? 6U : 0U};
    if (spec.head == REM_HEAD_NONE) {
      spec.n_out = rem_net_n_features(&spec);
    }
    RemModel* const model = there_and_back(
      noise_model(&spec, spec.n_symbols ? REM_FRAME_SYMBOL : REM_FRAME_VECTOR));
    CHECK(!rem_voice_new(model, 1U) && !rem_predictor_new(model));
    rem_model_free(model);
  }
}

/// Plugins say by name what they cannot play
static void
test_voices(void)
{
  RemNetSpec spec = {.cell     = REM_CELL_GRU,
                     .n_in     = 1U,
                     .n_hidden = 4U,
                     .n_layers = 1U,
                     .n_out    = 1U};
  const struct {
    bool        both;
    bool        whole;
    const char* words;
  } cases[] = {{false, false, ""},
               {true, false, "both directions"},
               {false, true, "one output for a whole sequence"}};
  for (int i = 0; i < 3; ++i) {
    RemError error        = {REM_SUCCESS, "", ""};
    spec.both             = cases[i].both;
    spec.whole            = cases[i].whole;
    RemModel* const model = there_and_back(noise_model(&spec, REM_FRAME_AUDIO));
    RemVoice* const voice = rem_voice_new(model, 1U);
    CHECK(!voice == (i > 0));
    CHECK(rem_voice_check(model, "x", &error) ==
          (i ? REM_UNSUPPORTED : REM_SUCCESS));
    CHECK(strstr(error.text, cases[i].words));
    rem_voice_free(voice);
    rem_model_free(model);
  }
}

/// So do the stages of both plugins
static void
test_stages(void)
{
  RemNetSpec      spec   = {.cell     = REM_CELL_LSTM,
                            .n_in     = 1U,
                            .n_hidden = 4U,
                            .n_layers = 1U,
                            .n_out    = 1U,
                            .both     = true};
  RemError        error  = {REM_SUCCESS, "", ""};
  void*           built  = NULL;
  RemAudioStage   stage  = {.n_channels = 1U, .rate = 48000.0};
  RemModel* const sound  = noise_model(&spec, REM_FRAME_AUDIO);
  RemModel* const faders = control_model(2U, 4U, 1U);
  CHECK(rem_audio_stage.build(&stage, sound, "x.json", 0U, &built, &error) ==
        REM_UNSUPPORTED);
  CHECK(strstr(error.text, "both directions; expected") && !built);
  faders->spec.whole = true;
  CHECK(rem_control_stage.build(NULL, faders, "x.json", 0U, &built, &error) ==
        REM_UNSUPPORTED);
  CHECK(strstr(error.text, "whole sequence; expected") && !built);
  faders->spec.whole = false;
  CHECK(!rem_control_stage.build(NULL, faders, "x.json", 0U, &built, &error));
  rem_control_stage.discard(built);
  rem_model_free(sound);
  rem_model_free(faders);
}

/// An encoder with attention, and all that it says
static void
test_encoder(void)
{
  const RemNetSpec  encoder = {.cell      = REM_CELL_GRU,
                               .head      = REM_HEAD_NONE,
                               .n_in      = 1U,
                               .n_hidden  = 3U,
                               .n_layers  = 2U,
                               .n_out     = 6U,
                               .n_symbols = 2U,
                               .both      = true};
  const RemNetSpec  decoder = {.cell        = REM_CELL_LSTM,
                               .head        = REM_HEAD_SOFTMAX,
                               .n_in        = 7U,
                               .n_hidden    = 4U,
                               .n_layers    = 1U,
                               .n_out       = 3U,
                               .n_symbols   = 3U,
                               .initial     = REM_INITIAL_VECTOR,
                               .n_condition = 12U};
  RemModel* const   model   = noise_model(&decoder, REM_FRAME_SYMBOL);
  RemEncoder* const e       = rem_encoder_new(&encoder, 5U, 4U);
  CHECK(e && rem_encoder_n_condition(&encoder) == 12U);
  random_params(&encoder, e->params, 0.4f, 3U);
  for (int i = 0; i < 5 * 4; ++i) {
    e->query[i] = (float)i;
  }
  for (int i = 0; i < 5 * 6; ++i) {
    e->key[i] = (float)-i;
  }
  e->energy[4]  = 2.0f;
  e->symbols    = rem_symbols_copy(model->symbols);
  e->symbols->n = 2U; // The third name stays to be freed
  free(e->symbols->names[2]);
  model->encoder = e;
  CHECK(!rem_model_make_check(model, NULL));
  RemModel* const back = round_trip(model, REM_FORMAT_NATIVE);
  check_same(model, back);
  const RemEncoder* const b = back->encoder;
  CHECK(b && b->n_attention == 5U && b->n_query == 4U && b->symbols->n == 2U);
  CHECK(b->spec.both && b->spec.cell == REM_CELL_GRU && b->spec.n_layers == 2U);
  CHECK(!memcmp(b->params, e->params, 4U * rem_net_n_params(&encoder)));
  CHECK(!memcmp(b->query, e->query, sizeof(float) * 5U * 4U));
  CHECK(!memcmp(b->key, e->key, sizeof(float) * 5U * 6U));
  CHECK(!memcmp(b->energy, e->energy, sizeof(float) * 5U));
  rem_model_free(back);
  rem_model_free(model);
}

/// A GRU for sound passes through AIDA-X JSON; what has no word there says so
static void
test_formats(void)
{
  RemNetSpec spec  = {.cell     = REM_CELL_GRU,
                      .n_in     = 2U,
                      .n_hidden = 6U,
                      .n_layers = 2U,
                      .n_out    = 1U,
                      .skip     = true};
  void*      bytes = NULL;
  size_t     size  = 0;
  RemError   error = {REM_SUCCESS, "", ""};
  RemModel*  model = noise_model(&spec, REM_FRAME_AUDIO);
  model->n_knobs   = 1U;
  model->knobs     = (RemKnob*)calloc(1U, sizeof(RemKnob));
  CHECK(model->knobs);
  model->knobs[0] = (RemKnob){"Gain", 0.0f, 1.0f, 0.5f};
  CHECK(!rem_model_settle(model, NULL) && !rem_model_make_check(model, NULL));
  RemModel* const aidax = round_trip(model, REM_FORMAT_AIDAX);
  RemModel* const back  = round_trip(aidax, REM_FORMAT_NATIVE);
  check_same(model, aidax);
  check_same(model, back);
  rem_model_free(aidax);
  rem_model_free(back);
  CHECK(rem_model_encode(model, REM_FORMAT_NAM, &bytes, &size, &error) ==
          REM_UNSUPPORTED &&
        strstr(error.text, "LSTM"));
  rem_model_free(model);

  spec.cell = REM_CELL_RNN_TANH;
  spec.n_in = 1U;
  model     = noise_model(&spec, REM_FRAME_AUDIO);
  CHECK(rem_model_encode(model, REM_FORMAT_AIDAX, &bytes, &size, &error) ==
          REM_UNSUPPORTED &&
        strstr(error.text, "the cell rnn"));
  model->kind = REM_FRAME_VECTOR;
  CHECK(rem_model_encode(model, REM_FORMAT_AIDAX, &bytes, &size, &error) ==
          REM_UNSUPPORTED &&
        strstr(error.text, "vectors"));
  rem_model_free(model);
}

/// A net in both directions is held to its test vector, too
static void
test_check(void)
{
  RemNetSpec spec  = {.cell     = REM_CELL_GRU,
                      .n_in     = 2U,
                      .n_hidden = 4U,
                      .n_layers = 2U,
                      .n_out    = 2U,
                      .both     = true,
                      .whole    = true};
  RemError   error = {REM_SUCCESS, "", ""};
  RemModel*  model = noise_model(&spec, REM_FRAME_VECTOR);
  CHECK(!rem_model_make_check(model, NULL) && !rem_model_verify(model, NULL));
  const size_t back = rem_net_layer_at(&spec, 1U).bias;
  model->params[back] += 0.5f;
  CHECK(rem_model_verify(model, &error) == REM_BAD_CHECK);
  rem_model_free(model);
}

/// A vocabulary must be there, and of the net's size
static void
test_no_symbols(void)
{
  const RemNetSpec spec  = {.cell      = REM_CELL_GRU,
                            .n_in      = 1U,
                            .n_hidden  = 3U,
                            .n_layers  = 1U,
                            .n_out     = 3U,
                            .n_symbols = 3U};
  RemModel* const  model = noise_model(&spec, REM_FRAME_SYMBOL);
  void*            bytes = NULL;
  size_t           size  = 0;
  RemError         error = {REM_SUCCESS, "", ""};
  rem_symbols_free(model->symbols);
  model->symbols = NULL;
  CHECK(rem_model_encode(model, REM_FORMAT_NATIVE, &bytes, &size, &error) ==
          REM_BAD_ARGUMENT &&
        strstr(error.text, "vocabulary"));
  rem_model_free(model);
}

int
main(void)
{
  test_cells();
  test_voices();
  test_stages();
  test_encoder();
  test_formats();
  test_check();
  test_no_symbols();
  return 0;
}

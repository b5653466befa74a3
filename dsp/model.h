// SPDX-License-Identifier: ISC

/// Everything that a model file says, in memory, independent of its format.
/// dsp/modelfile/modelfile.h reads and writes it, dsp/voice.h plays it.

#ifndef REM_DSP_MODEL_H
#define REM_DSP_MODEL_H

#include "dsp/encoder.h"
#include "dsp/frames.h"
#include "dsp/net.h"
#include "dsp/spectra.h"
#include "dsp/status.h"
#include "dsp/symbols.h"

#include <stdbool.h>
#include <stdint.h>

#define REM_MAX_KNOBS 63U         ///< Conditioning columns, after the audio
#define REM_DEFAULT_RATE 48000.0  ///< Assumed for a file that does not say
#define REM_CHECK_TOLERANCE 1e-3f ///< Largest miss of a test vector
#define REM_SETTLE_FRAMES 480000U ///< Longest wait for a rest state

/// A conditioning input.  The net sees (value - minimum) / (maximum - minimum),
/// so 0 to 1, as the column 1 + its place in RemModel.knobs.
typedef struct {
  char  name[64];
  float minimum;
  float maximum;       ///< Above `minimum`, by at least 1e-30
  float default_value; ///< Between the two
} RemKnob;

/// What a frame of a net is, and so what plays it
typedef enum {
  REM_FRAME_AUDIO,    ///< A sample and knobs: dsp/voice.h
  REM_FRAME_CONTROL,  ///< Controls' values: dsp/predictor.h
  REM_FRAME_SYMBOL,   ///< One of a vocabulary
  REM_FRAME_SPECTRUM, ///< Bands of a stretch of sound
  REM_FRAME_VECTOR,   ///< Any other numbers, such as the notes that sound
} RemFrameKind;

/// Return the word for a kind of frames in model files and messages: audio,
/// control, symbols, spectra, vectors
const char*
rem_frame_kind_name(RemFrameKind kind);

/// A short recording of the net itself, from the rest state, in [-1, 1]
typedef struct {
  uint32_t n_frames; ///< 0 if there is none
  float*   input;    ///< [n_frames, I]
  float*   output;   ///< [n_frames, O] without the gains below
} RemModelCheck;

/**
   A model.  Every pointer is owned by the model, from malloc(), or NULL.

   For sound, one mono stream plays as y = out_gain * net(in_gain * x, knobs).
   For all other kinds of frames what concerns sound says nothing.
*/
typedef struct {
  RemNetSpec   spec; ///< I = 1 + n_knobs for audio
  RemFrameKind kind;
  RemFrames*   frames;   ///< What columns of control mean, else NULL
  RemSymbols*  symbols;  ///< What is read, unless spec.n_symbols is 0
  RemSymbols*  labels;   ///< What is chosen from, by softmax or sigmoid; a net
                         ///< that goes on what it reads has `symbols` again
  RemSpectra*   spectra; ///< Of #REM_FRAME_SPECTRUM, else NULL
  RemEncoder*   encoder; ///< Unless `spec` is the whole net: NULL
  float*        params;  ///< [rem_net_n_params()]
  float*        rest;    ///< [rem_net_n_state()] rest state
  RemModelCheck check;
  uint32_t      n_knobs;
  RemKnob*      knobs;       ///< [n_knobs]
  double        sample_rate; ///< Hz
  bool          rate_known;  ///< Else `sample_rate` is the usual 48 kHz
  float         in_gain_db;  ///< Before the net
  float         out_gain_db; ///< After the net and its skip connection

  // Levels for hosts that normalise or calibrate; NaN where the file is silent
  float loudness_db;      ///< Of the model's output on standard input, dBFS
  float input_level_dbu;  ///< Analogue level at 0 dBFS in
  float output_level_dbu; ///< Analogue level at 0 dBFS out

  char* name;       ///< What a person calls it, or NULL
  char* metadata;   ///< JSON object: the author's own words, or NULL
  char* metrics;    ///< JSON object: how well it fits, or NULL
  char* provenance; ///< JSON object: what it was made of, or NULL
} RemModel;

/**
   Return an empty model: shape `spec`, parameters and rest state zero, no
   knobs, 48 kHz, unity gains, unknown levels; NULL without memory.

   @param spec A shape that rem_net_spec_check() accepts.
*/
RemModel*
rem_model_new(const RemNetSpec* spec);

/**
   Return an empty model for control frames, as rem_model_new().

   @param frames Copied; rem_frames_check() accepts them.
*/
RemModel*
rem_model_new_control(const RemFrames* frames,
                      uint32_t         n_hidden,
                      uint32_t         n_layers);

/// Free a model; NULL is allowed
void
rem_model_free(RemModel* model);

/// Return whether a model plays frame by frame and from nothing: not if it
/// reads in both directions, has one output for a whole sequence, or begins
/// from a vector
bool
rem_model_streams(const RemModel* model);

/// As rem_model_streams(), or else fill `error` with why not: #REM_UNSUPPORTED
RemStatus
rem_model_check_streams(const RemModel* model,
                        const char*     place,
                        RemError*       error);

/// Return whether a model comes to rest when it hears nothing: one for sound or
/// control that plays frame by frame and learned no other initial state
bool
rem_model_rests(const RemModel* model);

/**
   Fill `frame` with what stands for silence: 0, then every knob's default as
   the net sees it.

   @param frame [I]
*/
void
rem_model_idle_frame(const RemModel* model, float* frame);

/**
   Set `model->rest` to where the idle input leads from the present rest state.
   Only for models that come to rest.

   @return #REM_NO_MEMORY, or #REM_NOT_FINITE if the net runs away.
*/
RemStatus
rem_model_settle(RemModel* model, RemError* error);

/**
   Give the model a test vector: 256 frames of seeded noise, symbols among them
   where the net reads such, 32 where there are more than 16 outputs, and what
   the net makes of them from the rest state, frame by frame even if its output
   is one for a whole sequence.  Replaces an older one.

   @return #REM_NO_MEMORY, or #REM_NOT_FINITE if the output overflows.
*/
RemStatus
rem_model_make_check(RemModel* model, RemError* error);

/**
   Replay the test vector from the rest state, if there is one.

   Frames count up to where rounding errors of the input are seen at the output:
   loud noise drives some nets into chaos.

   @return #REM_BAD_CHECK if it is missed by more than #REM_CHECK_TOLERANCE of
   full scale, #REM_NOT_FINITE, #REM_NO_MEMORY or #REM_SUCCESS.
*/
RemStatus
rem_model_verify(const RemModel* model, RemError* error);

#endif // REM_DSP_MODEL_H

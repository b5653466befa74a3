// SPDX-License-Identifier: ISC

/// What the plugin's tests play: models of noise, signals, a folder to work in

#ifndef REM_TESTS_HOST_FIXTURE_H
#define REM_TESTS_HOST_FIXTURE_H

#include "dsp/model.h"
#include "dsp/modelfile/modelfile.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define FIXTURE_PATH 512U

/// A model of noise
typedef struct {
  uint32_t seed;
  uint32_t n_hidden;
  uint32_t n_layers;
  uint32_t n_knobs;
  bool     slow; ///< Remembers for 50 ms instead of 1 ms
} FixtureModel;

/// A folder of the test's own
typedef struct {
  char path[FIXTURE_PATH];
} FixtureDir;

/**
   Forget what the user's environment says of models, and make a folder.

   HOME and XDG_DATA_HOME lead into the folder, so that no model of the machine
   is ever found.  fixture_end() removes it with all that it holds.
*/
FixtureDir
fixture_begin(void);

/// Remove the folder
void
fixture_end(const FixtureDir* dir);

/// Write "dir/name" into `path` [FIXTURE_PATH]; return `path`
char*
fixture_path(const FixtureDir* dir, const char* name, char* path);

/**
   Return a model whose weights are noise, loud enough to hear every part and
   short enough of memory to forget its past within a second.
*/
RemModel*
fixture_model(const FixtureModel* what);

/// Write such a model in the native format
void
fixture_write(const FixtureModel* what, const char* path);

/// Write a net that is at rest in silence and overflows on any loud sound: one
/// gate lets the input through, the head multiplies by 3e38, eight times over.
/// (Its memory cannot overflow: gates saturate, so finite weights keep it.)
void
fixture_write_explosive(const char* path);

/// Write `text` to a file
void
fixture_write_text(const char* path, const char* text);

/// Play `in` through the model's voice from rest, every knob at `knob`
void
fixture_render(const RemModel* model,
               float           knob,
               const float*    in,
               float*          out,
               uint32_t        n);

/// Fill `x` with noise in [-level, level)
void
fixture_noise(float* x, uint32_t n, float level, uint32_t seed);

/// Fill `x` with a few low tones that swell: no step above `level` / 20, and
/// the same again to the last bit after 48000 samples
void
fixture_tones(float* x, uint32_t n, float level);

/// Return the largest |x_t - x_(t-1)|
float
fixture_largest_step(const float* x, uint32_t n);

/// Return the largest |a_t - b_t|; infinite where either is not finite
float
fixture_largest_difference(const float* a, const float* b, uint32_t n);

/// Return whether a_t = b_t to the last bit
bool
fixture_equal(const float* a, const float* b, uint32_t n);

/// Wait for a short while, as an audio thread would between blocks
void
fixture_pause(void);

#endif // REM_TESTS_HOST_FIXTURE_H

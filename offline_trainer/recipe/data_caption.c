// SPDX-License-Identifier: ISC

#include "dsp/fft.h"
#include "offline_trainer/recipe/data.h"
#include "offline_trainer/report/markup.h"

#include <math.h>
#include <stdlib.h>

#define RATE 22050.0
#define SIZE 2048U  ///< Samples of a stretch
#define HOP 2560U   ///< From one stretch to the next
#define LOWEST 40.0 ///< Hz, of mel bands
#define HIGHEST 1e4 ///< Likewise
#define FLOOR 1e-8  ///< Of power
#define TWO_PI 6.283185307179586
#define N_STEPS 16 ///< Of a bar

typedef enum { KICK, SNARE, TOM, HAT, CYMBAL, N_KINDS } Kind;

/// What a drum does in its bar
typedef struct {
  const char* steps;  ///< Where it is struck
  double      low;    ///< Hz, the lower of two pitches; the other is 1.6 times
  double      noise;  ///< Part of the sound that is none of a skin's
  double      edge;   ///< Hz, from where on the noise is; likewise
  double      decays; ///< Seconds of the shorter of two lengths; other: 4 times
} Drum;

static const Drum drums[N_KINDS] = {
  {"x...x...x...x...", 45.0, 0.02, 0.0, 0.04},
  {"....x.......x...", 170.0, 0.7, 500.0, 0.04},
  {"..........x..x.x", 95.0, 0.05, 0.0, 0.05},
  {"x.x.x.x.x.x.x.x.", 4000.0, 0.6, 5000.0, 0.02},
  {"x...............", 900.0, 0.7, 1500.0, 0.12},
};

/// One sound, by its parameters
typedef struct {
  Kind kind;
  bool high;
  bool is_long;
  bool loud;
} Sound;

struct RemDataDrums {
  float*         in;    ///< [SIZE]
  fftwf_complex* out;   ///< [SIZE / 2 + 1]
  float*         sound; ///< [HOP * REM_DRUM_SLICES + SIZE]
  fftwf_plan     plan;
};

RemDataDrums*
rem_data_drums_new(void)
{
  RemDataDrums* const d = calloc(1U, sizeof(*d));
  if (!d) {
    return NULL;
  }
  d->in    = fftwf_alloc_real(SIZE);
  d->out   = fftwf_alloc_complex(SIZE / 2U + 1U);
  d->sound = calloc((size_t)HOP * REM_DRUM_SLICES + SIZE, sizeof(float));
  d->plan  = d->in && d->out ? rem_fft_forward(SIZE, d->in, d->out) : NULL;
  if (d->plan && d->sound) {
    return d;
  }
  rem_data_drums_free(d);
  return NULL;
}

void
rem_data_drums_free(RemDataDrums* const d)
{
  if (d) {
    rem_fft_destroy(d->plan);
    fftwf_free(d->in);
    fftwf_free(d->out);
    free(d->sound);
    free(d);
  }
}

/// Return a factor within `share` of 1
static double
vary(RemRandom* const random, const double share)
{
  return 1.0 + share * (2.0 * rem_random_uniform(random) - 1.0);
}

/// Synthesise a sound: a skin whose pitch falls, and noise above an edge
static void
strike(const RemDataDrums* const d,
       const Sound* const        sound,
       RemRandom* const          random)
{
  const Drum* const drum  = &drums[sound->kind];
  const double      pitch = drum->low * (sound->high ? 1.6 : 1.0);
  const double      hz    = pitch * vary(random, 0.12);
  const double      decay =
    drum->decays * (sound->is_long ? 4.0 : 1.0) * vary(random, 0.25);
  const double level  = (sound->loud ? 1.0 : 0.2) * vary(random, 0.25);
  const double noise  = drum->noise * vary(random, 0.1);
  const double pole   = exp(-TWO_PI * drum->edge / RATE);
  double       phase  = 0.0;
  double       smooth = 0.0;
  for (size_t i = 0U; i < (size_t)HOP * REM_DRUM_SLICES + SIZE; ++i) {
    const double t     = (double)i / RATE;
    const double white = 2.0 * rem_random_uniform(random) - 1.0;
    smooth             = pole * smooth + (1.0 - pole) * white;
    phase += TWO_PI * hz * (1.0 + exp(-t / 0.012)) / RATE;
    const double skin = (1.0 - noise) * sin(phase);
    const double hiss = noise * (drum->edge > 0.0 ? white - smooth : white);
    d->sound[i]       = (float)(level * exp(-t / decay) * (skin + hiss));
  }
}

/// Return the frequency of a band's edge, evenly spread in mel.
/// Source: O'Shaughnessy 1987, Speech Communication, p. 150.
static double
edge(const uint32_t k)
{
  const double low  = log1p(LOWEST / 700.0);
  const double high = log1p(HIGHEST / 700.0);
  return 700.0 * expm1(low + (high - low) * k / REM_DRUM_BANDS);
}

/// Return the decibels of one band of the last transform
static double
band(const RemDataDrums* const d, const uint32_t k)
{
  const size_t from  = (size_t)(edge(k) * SIZE / RATE);
  const size_t until = (size_t)(edge(k + 1U) * SIZE / RATE) + 1U;
  double       power = FLOOR;
  for (size_t i = from; i < until; ++i) {
    const double re = (double)d->out[i][0];
    const double im = (double)d->out[i][1];
    power += (re * re + im * im) / SIZE;
  }
  return 10.0 * log10(power);
}

/// Append the bands of one stretch, as bels
static void
append_slice(const RemDataDrums* const d,
             const uint32_t            slice,
             RemText* const            in)
{
  for (uint32_t i = 0U; i < SIZE; ++i) {
    const double window = 0.5 - 0.5 * cos(TWO_PI * (i + 0.5) / SIZE);
    d->in[i]            = (float)(window * (double)d->sound[slice * HOP + i]);
  }
  fftwf_execute(d->plan);
  for (uint32_t k = 0U; k < REM_DRUM_BANDS; ++k) {
    rem_markup_format(
      in, "%s%.2f", in->size ? " " : "", 0.1 * band(d, k) + 2.0);
  }
}

/// Append the bar of a sound.  Loud strokes are X; what is long rings on for a
/// step; the high one of two comes one step later.
static void
append_bar(const Sound* const sound, RemText* const out)
{
  const char* const steps = drums[sound->kind].steps;
  for (int i = 0; i < N_STEPS; ++i) {
    const int  at    = (i + N_STEPS - (sound->high ? 1 : 0)) % N_STEPS;
    const bool on    = steps[at] == 'x';
    const bool rings = steps[(at + N_STEPS - 1) % N_STEPS] == 'x';
    rem_text_add(out,
                 on                        ? (sound->loud ? "X" : "x")
                 : sound->is_long && rings ? "-"
                                           : ".");
  }
}

void
rem_data_drum(const void* const handle,
              RemRandom* const  random,
              RemText* const    in,
              RemText* const    out)
{
  const RemDataDrums* const d = handle;
  Sound                     sound;
  sound.kind    = (Kind)rem_data_pick(random, 0, N_KINDS - 1);
  sound.high    = rem_random_uniform(random) < 0.5;
  sound.is_long = rem_random_uniform(random) < 0.5;
  sound.loud    = rem_random_uniform(random) < 0.5;
  strike(d, &sound, random);
  for (uint32_t i = 0U; i < REM_DRUM_SLICES; ++i) {
    append_slice(d, i, in);
  }
  append_bar(&sound, out);
}

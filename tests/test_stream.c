// SPDX-License-Identifier: ISC

/// Music through models at every rate of host and model, against the model at
/// its own rate between two resamplers that share nothing with the plugin's

#include "dsp/denormal.h"
#include "dsp/voice.h"
#include "plugin/stream.h"
#include "tests/check.h"
#include "tests/engine.h"
#include "tests/stream.h"

#include <sndfile.h>
#include <time.h>

#define PI 3.14159265358979323846
#define MUSIC "/usr/share/sonic-pi/samples/guit_em9.flac"
#define MOST_ESR 1e-6       ///< Below 19.8 kHz
#define MOST_WHOLE_ESR 1e-4 ///< With what a host at 44.1 kHz can hold above

enum {
  MUSIC_RATE = 44100,
  N_MUSIC    = MUSIC_RATE * 3 / 5,
  HALF       = 200, ///< Half the filter, in samples of the lower rate
  N_COST     = 48000
};

typedef struct {
  float*   samples;
  uint32_t n;
  double   rate;
} Sound;

static Sound
read_music(void)
{
  SF_INFO        info = {0};
  SNDFILE* const file = sf_open(MUSIC, SFM_READ, &info);
  if (!file) {
    puts("no " MUSIC ": install Debian's sonic-pi-samples");
    exit(77);
  }
  CHECK(info.samplerate == MUSIC_RATE && info.channels == 2);
  const Sound  sound  = {floats(N_MUSIC), N_MUSIC, MUSIC_RATE};
  float* const frames = floats((size_t)2 * N_MUSIC);
  CHECK(sf_readf_float(file, frames, N_MUSIC) == N_MUSIC);
  for (uint32_t i = 0; i < N_MUSIC; ++i) {
    sound.samples[i] = frames[2 * i];
  }
  sf_close(file);
  free(frames);
  return sound;
}

static double
bessel(const double x)
{
  double sum = 1.0, term = 1.0;
  for (int k = 1; term > 1e-12 * sum; ++k) {
    term *= x * x / (4.0 * k * k);
    sum += term;
  }
  return sum;
}

/// A sinc in a Kaiser window of beta 12: 118 dB, and 420 Hz of transition
static double
kernel(const double t, const double cutoff)
{
  const double w = 1.0 - t * t / ((double)HALF * HALF);
  const double x = PI * cutoff * t;
  return w <= 0.0 ? 0.0
                  : cutoff * (fabs(x) < 1e-9 ? 1.0 : sin(x) / x) *
                      bessel(12.0 * sqrt(w)) / bessel(12.0);
}

static uint32_t
divisor(uint32_t a, uint32_t b)
{
  while (b) {
    const uint32_t rest = a % b;
    a                   = b;
    b                   = rest;
  }
  return a;
}

/// Resample in double, from a table of every phase that there is, and cut off
/// what lies above a part of the lower Nyquist frequency
static Sound
filter(const Sound from, const double rate, const double cutoff)
{
  const uint32_t all    = divisor((uint32_t)from.rate, (uint32_t)rate);
  const uint32_t n_at   = (uint32_t)rate / all; // Phases
  const uint32_t step   = (uint32_t)from.rate / all;
  const double   lower  = fmin(1.0, rate / from.rate);
  const int      half   = (int)ceil(HALF / lower);
  const size_t   n_taps = (size_t)2 * (size_t)half;
  const uint32_t n      = (uint32_t)((uint64_t)from.n * n_at / step);
  const Sound    to     = {floats(n), n, rate};
  double* const  table  = (double*)calloc(n_taps * n_at, sizeof(double));
  CHECK(table);
  for (size_t i = 0; i < n_taps * n_at; ++i) {
    const size_t phase = i / n_taps;
    const size_t tap   = i % n_taps;
    const double at    = (double)phase / n_at - (double)tap + half - 1;
    table[i]           = lower * kernel(at * lower, cutoff);
  }
  for (uint32_t i = 0; i < n; ++i) {
    const uint64_t      at    = (uint64_t)i * step;
    const int           first = (int)(at / n_at) - half + 1;
    const double* const taps  = table + at % n_at * n_taps;
    double              sum   = 0.0;
    for (int j = first < 0 ? -first : 0;
         j < 2 * half && first + j < (int)from.n;
         ++j) {
      sum += taps[j] * (double)from.samples[first + j];
    }
    to.samples[i] = (float)sum;
  }
  free(table);
  return to;
}

/// Resample all but the topmost 420 Hz
static Sound
resample(const Sound from, const double rate)
{
  return filter(from, rate, 0.98);
}

/// Play a sound through the model at its own rate
static Sound
play_plain(const RemModel* const model, const Sound in)
{
  const Sound     out   = {floats(in.n), in.n, in.rate};
  RemVoice* const voice = rem_voice_new(model, 1);
  CHECK(voice);
  rem_voice_block(voice, 0, in.samples, NULL, 0, out.samples, in.n);
  rem_voice_free(voice);
  return out;
}

/// Return the error to signal ratio but for the ends, where filters begin
static double
esr_of(const Sound y, const Sound wanted)
{
  const uint32_t edge  = (uint32_t)(0.1 * wanted.rate);
  double         error = 0.0, power = 0.0;
  for (uint32_t i = edge; i + edge < wanted.n; ++i) {
    const double d = (double)y.samples[i] - (double)wanted.samples[i];
    error += d * d;
    power += (double)wanted.samples[i] * (double)wanted.samples[i];
  }
  return error / power;
}

/// The same of what lies below 19.8 kHz, both brought to 44.1 kHz
static double
audible_esr_of(const Sound y, const Sound raw)
{
  const Sound  heard  = filter(y, MUSIC_RATE, 0.9);
  const Sound  wanted = filter(raw, MUSIC_RATE, 0.9);
  const double esr    = esr_of(heard, wanted);
  free(heard.samples);
  free(wanted.samples);
  return esr;
}

static void
test_pair(const RemModel* const model, const Sound in, const Sound raw)
{
  const Sound      wanted = resample(raw, in.rate);
  RemStream* const stream = make_stream(model, 1, in.rate, 1);
  const uint32_t   late   = rem_stream_latency(stream);
  float* const     y      = floats(in.n);
  const Sound      out    = {y + late, in.n - late, in.rate};
  rem_stream_block(stream, 0, in.samples, NULL, 0, y, in.n);
  const double esr     = esr_of(out, wanted);
  const double audible = audible_esr_of(out, raw);
  printf("%8.0f %8.0f %5u = %4.2f ms %9.1e %9.1e\n",
         in.rate,
         model->sample_rate,
         late,
         1e3 * late / in.rate,
         esr,
         audible);
  CHECK(esr < MOST_WHOLE_ESR && audible < MOST_ESR);
  CHECK(late <= 0.0037 * in.rate);
  rem_stream_free(stream);
  free(y);
  free(wanted.samples);
}

static void
test_preset(const char* const name, const Sound music)
{
  printf("%s\n    host    model     latency       ESR  < 20 kHz\n", name);
  for (int m = 0; m < N_MODELS; ++m) {
    RemModel* const model = preset_at(name, model_rates[m]);
    const Sound     own   = resample(music, model_rates[m]);
    const Sound     raw   = play_plain(model, own);
    for (int h = 0; h < N_HOSTS; ++h) {
      const Sound in = resample(music, host_rates[h]);
      test_pair(model, in, raw);
      free(in.samples);
    }
    free(own.samples);
    free(raw.samples);
    rem_model_free(model);
  }
}

static double
now(void)
{
  struct timespec t;
  CHECK(!clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t));
  return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static double
cost_of(RemStream* const stream, const uint32_t n_channels)
{
  float* const x[2] = {noise_frames(N_COST, 1U), noise_frames(N_COST, 2U)};
  double       best = 1e9;
  for (int run = 0; run < 3; ++run) {
    const double begun = now();
    for (uint32_t i = 0; i < N_COST; i += 64) {
      float* const       y[2]  = {x[0] + i, x[1] + i};
      const float* const in[2] = {y[0], y[1]};
      if (n_channels == 2) {
        rem_stream_block_pair(stream, in, NULL, 0, y, 64);
      } else {
        rem_stream_block(stream, 0, in[0], NULL, 0, y[0], 64);
      }
    }
    best = fmin(best, (now() - begun) / N_COST);
  }
  free(x[0]);
  free(x[1]);
  return 1e9 * best;
}

/// Print what a host sample costs; nothing is checked, machines differ
static void
print_costs(void)
{
  static const double   hosts[] = {48000, 44100, 96000, 192000};
  static const uint32_t q[]     = {1, 2, 4};
  RemModel* const model = preset_at("distortion-pedal.safetensors", 48000);
  puts("ns a host sample, 32 units at 48 kHz\n    host quality  mono stereo");
  for (int h = 0; h < 4; ++h) {
    for (int i = 0; i < 3; ++i) {
      RemStream* const one = make_stream(model, 1, hosts[h], q[i]);
      RemStream* const two = make_stream(model, 2, hosts[h], q[i]);
      printf("%8.0f %7u %5.0f %6.0f\n",
             hosts[h],
             q[i],
             cost_of(one, 1),
             cost_of(two, 2));
      rem_stream_free(one);
      rem_stream_free(two);
    }
  }
  rem_model_free(model);
}

int
main(void)
{
  rem_denormals_off();
  const Sound music = read_music();
  test_preset("distortion-pedal.safetensors", music);
  test_preset("tube-preamp.safetensors", music);
  print_costs();
  free(music.samples);
  return 0;
}

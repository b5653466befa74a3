// SPDX-License-Identifier: ISC

/// Recordings as a net for spectra learns and hears them: sound at its rate,
/// targets at their frames, events at their times

#include "dsp/ear.h"
#include "offline_trainer/data/audio.h"
#include "offline_trainer/spectra/clips.h"
#include "offline_trainer/spectra/hear.h"
#include "tests/check.h"
#include "tests/host/fixture.h"
#include "tests/listener.h"

#include <string.h>

enum { RATE = 24000, N = 3 * RATE };

static FixtureDir dir;

/// Write noise that begins at `onset` seconds, silence before
static void
write_burst(const char* const name, const uint32_t rate, const double onset)
{
  char     path[FIXTURE_PATH];
  RemAudio audio = {rate, 2U, (size_t)2 * rate, NULL};
  uint32_t seed  = 3U;
  audio.samples  = calloc(2U * audio.n_frames, sizeof(float));
  CHECK(audio.samples);
  for (size_t t = (size_t)(onset * rate); t < audio.n_frames; ++t) {
    audio.samples[2U * t]      = 0.8f * noise(&seed);
    audio.samples[2U * t + 1U] = 0.8f * noise(&seed);
  }
  CHECK(!rem_audio_write(fixture_path(&dir, name, path), &audio, NULL));
  rem_audio_clear(&audio);
}

/// Sound of other rates stays at its time, and channels are mixed
static void
test_sound(void)
{
  static const uint32_t rates[] = {16000U, 24000U, 44100U, 96000U};
  for (size_t i = 0U; i < 4U; ++i) {
    char     path[FIXTURE_PATH];
    RemSound sound;
    write_burst("burst.wav", rates[i], 0.75);
    CHECK(!rem_sound_read(
      fixture_path(&dir, "burst.wav", path), RATE, &sound, NULL));
    CHECK(sound.rate == RATE && sound.n == 2U * RATE);
    double before = 0.0, behind = 0.0;
    for (size_t t = 0U; t < RATE / 100U; ++t) {
      const double a = (double)sound.x[3U * RATE / 4U - 24U - t];
      const double b = (double)sound.x[3U * RATE / 4U + 24U + t];
      before += a * a;
      behind += b * b;
    }
    CHECK(before < 1e-3 * behind && behind > 1.0);
    rem_sound_clear(&sound);
  }
  RemSound slow = {100U, 0U, NULL};
  CHECK(rem_sound_resample(&slow, RATE, NULL) == REM_UNSUPPORTED);
}

/// A click is loudest in the frame that its time is nearest to
static void
test_times(void)
{
  RemSpectra s     = rem_spectra_default();
  RemSound   sound = {RATE, N, calloc(N, sizeof(float))};
  RemHeard   heard;
  for (size_t at = 7U; at < N; at += 5001U) {
    memset(sound.x, 0, N * sizeof(float));
    sound.x[at] = 1.0f;
    CHECK(!rem_hear_frames(&s, &sound, &heard, NULL));
    size_t best = 0U;
    for (size_t k = 0U; k < heard.n; ++k) {
      best = heard.x[k * s.n_bands] > heard.x[best * s.n_bands] ? k : best;
    }
    const double off = rem_spectra_time(&s, (double)best) - (double)at / RATE;
    CHECK(fabs(off) <= 0.5001 * s.hop / s.rate);
    CHECK(rem_spectra_time(&s, (double)heard.n - 1.0) * RATE >= N - 192.0);
    rem_heard_clear(&heard);
  }
  rem_sound_clear(&sound);
}

static void
test_clips(void)
{
  char       path[FIXTURE_PATH];
  RemClips   clips, held_out;
  RemSpectra s = rem_spectra_default();
  write_burst("b.wav", RATE, 0.5);
  write_burst("a.flac", RATE, 0.25);
  write_burst("unlabelled.wav", RATE, 0.25);
  fixture_write_text(fixture_path(&dir, "b.csv", path), "0.5,tom\n1,kick\n");
  fixture_write_text(fixture_path(&dir, "a.txt", path), "0.25\t0.3\ttom\n");
  CHECK(!rem_clips_read(dir.path, &s, false, NULL, &clips, NULL));
  CHECK(clips.n == 2U && !strcmp(clips.clips[0].name, "a.flac"));
  CHECK(clips.labels->n == 2U && !strcmp(clips.labels->names[0], "kick"));
  const RemClip* const b = &clips.clips[1];
  const size_t         k = (size_t)lrint((0.5 * s.rate + 256.0) / s.hop - 1.0);
  CHECK(b->targets[2U * k + 1U] > 0.9f && b->targets[2U * k] < 0.1f);
  CHECK(fabsf(b->targets[2U * k + 3U] - 0.5f) < 1e-6f);
  CHECK(b->targets[2U * k + 5U] < 0.1f);
  const size_t n = rem_clips_n_frames(&clips);
  CHECK(!rem_clips_split(&clips, &held_out, NULL));
  CHECK(held_out.n == 2U && clips.n == 2U);
  CHECK(rem_clips_n_frames(&clips) + rem_clips_n_frames(&held_out) == n);
  CHECK(clips.clips[1].labels.n == 2U && !held_out.clips[0].labels.n);
  rem_clips_normalise(&clips);
  rem_clips_normalise_as(&held_out, &clips.spectra);
  double sum = 0.0;
  for (size_t i = 0U; i < clips.n; ++i) {
    for (size_t j = 0U; j < clips.clips[i].n; ++j) {
      sum += (double)clips.clips[i].frames[j * s.n_bands + 3U];
    }
  }
  CHECK(fabs(sum) < 1e-2);
  rem_clips_clear(&clips);
  rem_clips_clear(&held_out);

  CHECK(rem_clips_read("nowhere", &s, false, NULL, &clips, NULL) ==
        REM_NO_FILE);
  fixture_write_text(fixture_path(&dir, "b.csv", path), "0,1\n1,3\n");
  fixture_write_text(fixture_path(&dir, "a.txt", path), "0\t0\t5\n");
  CHECK(!rem_clips_read(dir.path, &s, true, NULL, &clips, NULL));
  const size_t half = (size_t)lrint((0.5 * s.rate + 256.0) / s.hop - 1.0);
  CHECK(fabsf(clips.clips[1].targets[half] - 2.0f) < 0.02f);
  CHECK(fabsf(clips.clips[1].targets[clips.clips[1].n - 1U] - 3.0f) < 1e-6f);
  CHECK(fabsf(clips.clips[0].targets[9] - 5.0f) < 1e-6f);
  rem_clips_clear(&clips);
}

/// Strengths of a whole recording are an ear's, and events their peaks
static void
test_hearing(void)
{
  RemModel* const model = listener_model(3U, 9U, RATE);
  RemSound        sound = {RATE, N, malloc(N * sizeof(float))};
  RemHeard        heard;
  listener_sound(sound.x, N, 11U);
  CHECK(!rem_hear_check(model, "x", NULL));
  CHECK(!rem_hear(model, &sound, NULL, &heard, NULL));
  RemEar* const ear = rem_ear_new(model);
  size_t        k   = 0U;
  for (uint32_t t = 0U; t < N;) {
    const float* y = NULL;
    t += rem_ear_take(ear, sound.x + t, N - t, &y);
    CHECK(!y || !memcmp(y, heard.x + 3U * k, 3U * sizeof(float)));
    k += y != NULL;
  }
  CHECK(k <= heard.n && heard.n < k + 3U);
  rem_ear_free(ear);
  const RemPeakRule rule   = rem_hear_rule(model->spectra, 0.5, 0.05);
  RemLabels         events = {0U, 0U, NULL};
  CHECK(rule.n_apart == 6U);
  CHECK(rem_hear_events(model, &heard, &rule, &events) && events.n > 20U);
  for (size_t i = 0U; i < events.n; ++i) {
    const RemLabel* const e = &events.items[i];
    const double at = (e->begin * RATE + 256.0) / model->spectra->hop - 1.0;
    const size_t f  = (size_t)lrint(at);
    const size_t o  = (size_t)(e->name[0] - 'a');
    CHECK(o < 3U && e->value >= 0.5);
    CHECK(!(e->begin > 0.0) || fabs(at - (double)f) < 1e-6);
    CHECK(!(e->begin > 0.0) ||
          fabs((double)heard.x[3U * f + o] - e->value) < 1e-6);
    CHECK(!i || e->begin >= e[-1].begin);
  }
  rem_labels_clear(&events);
  char* const text = rem_hear_text(model, &heard);
  CHECK(text && !strncmp(text, "seconds,a,b,c\n0.0", 17U));
  free(text);
  rem_heard_clear(&heard);
  rem_sound_clear(&sound);
  rem_model_free(model);
}

int
main(void)
{
  dir = fixture_begin();
  test_sound();
  test_times();
  test_clips();
  test_hearing();
  fixture_end(&dir);
  return 0;
}

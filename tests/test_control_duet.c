// SPDX-License-Identifier: ISC

/// A recorded performance is played to the control plugin as MIDI, in every
/// mode: each answer is there, in range, at its very sample, and no note stays.
/// Ten minutes for each mode, half an hour with --long.

#include "dsp/modelfile/modelfile.h"
#include "tests/check.h"
#include "tests/host/gesture.h"
#include "tests/host/host.h"
#include "tests/host/naive.h"
#include "tests/host/performance.h"
#include "tests/host/player.h"
#include "tests/host/tape.h"

#include <inttypes.h>
#include <string.h>

enum { RATE = 48000, DIMS = PERFORMANCE_DIMS, SEED = 11 };

#define MODEL SOURCE_DIR "/presets/control/faders.safetensors"
#define THRESHOLD 0.5f

/// Return the length of the next block: any from 1 to 1024
static uint32_t
next_block(uint32_t* const seed, const uint64_t left)
{
  const uint32_t n = 1U + (uint32_t)((0.5f + 0.5f * noise(seed)) * 1023.0f);
  return n < left ? n : (uint32_t)left;
}

/// What a test is about
typedef struct {
  HostWorld*         world;
  const char*        uri; ///< Of the plugin
  RemModel*          model;
  Performance        performance;
  uint64_t           end; ///< Samples
  RemDuetMode        mode;
  const TapeMapping* mapping;
  bool               thru;
} Duet;

static Host*
open_host(const Duet* const duet)
{
  Host* const host = gesture_host(duet->world, duet->uri, MODEL);
  gesture_map(host, duet->mapping->text);
  host_set(host, "mode", (float)duet->mode);
  host_set(host, "input_thru", duet->thru ? 1.0f : 0.0f);
  host_set(host, "threshold", THRESHOLD);
  host_set(host, "seed", (float)SEED);
  host_activate(host);
  return host;
}

/// Play the plugin; a pause in the end stops what sounds
static Tape
play_plugin(const Duet* const duet)
{
  Tape     tape   = {.n = 0U};
  Player   player = player_new(&duet->performance, duet->mapping);
  Host*    host   = open_host(duet);
  uint32_t seed   = 5U;
  while (host->now < duet->end) {
    player_play(&player, host, next_block(&seed, duet->end - host->now), &tape);
  }
  const size_t n = tape.n;
  host_set(host, "pause", 1.0f);
  player_play(&player, host, 1U, &tape);
  CHECK(!tape.n_sounding);
  tape.n = n;
  CHECK(host_get(host, "non_finite") == 0.0f);
  host_close(host);
  return tape;
}

/// Play the same by hand
static Naive
play_by_hand(const Duet* const duet, const uint64_t seed)
{
  const NaiveHow      how = {RATE, duet->mode, THRESHOLD, seed, duet->end};
  RemPredictor* const net = rem_predictor_new(duet->model);
  CHECK(net);
  const Naive naive = naive_play(net, &duet->performance, &how);
  rem_predictor_free(net);
  return naive;
}

/// Check that both hold the same messages at the same samples
static void
compare(const Tape* const sent, const Tape* const wanted)
{
  const size_t n = sent->n < wanted->n ? sent->n : wanted->n;
  for (size_t i = 0U; i < n; ++i) {
    const HostMidi* const a = &sent->midi[i];
    const HostMidi* const b = &wanted->midi[i];
    if (memcmp(a->bytes, b->bytes, 3U) != 0 || a->at != b->at) {
      fprintf(stderr, "message %zu: %02x", i, a->bytes[0]);
      fprintf(stderr, " %d %d at %" PRIu64, a->bytes[1], a->bytes[2], a->at);
      fprintf(stderr, ", expected %02x %d", b->bytes[0], b->bytes[1]);
      fprintf(stderr, " %d at %" PRIu64 "\n", b->bytes[2], b->at);
      exit(1);
    }
  }
  CHECK(sent->n == wanted->n);
}

/// While the player plays, and for `threshold` after, nothing is sent; what
/// sounded ends at the sample of the first touch
static void
check_turns(const Duet* const duet, const Tape* const tape)
{
  const Performance* const p    = &duet->performance;
  const uint64_t           wait = (uint64_t)(THRESHOLD * (float)RATE);
  size_t                   next = 0U;
  for (size_t i = 0U; i < tape->n && !duet->thru; ++i) {
    const HostMidi* const m = &tape->midi[i];
    for (; next < p->n && p->moves[next].at <= m->at; ++next) {
    }
    CHECK(next > 0U);
    const uint64_t since = m->at - p->moves[next - 1U].at;
    CHECK(since > wait || (!since && (m->bytes[0] & 0xF0U) == 0x80U));
  }
}

/// A net that plays by itself is as busy as it is with other random numbers
static void
check_rate(const Duet* const duet, const size_t n)
{
  size_t least = SIZE_MAX;
  size_t most  = 0U;
  for (uint64_t seed = 100U; seed < 106U; ++seed) {
    Naive other = play_by_hand(duet, seed);
    least       = other.n_net < least ? other.n_net : least;
    most        = other.n_net > most ? other.n_net : most;
    naive_free(&other);
  }
  printf("  other seeds: %zu to %zu events\n", least, most);
  CHECK(2U * n >= least && n <= 2U * most);
}

/// Check the number of events of the net against what the mode allows
static void
check_number(const Duet* const duet, const size_t n)
{
  const size_t n_touches = duet->performance.n_touches;
  switch (duet->mode) {
  case REM_DUET_CALLRESPONSE:
  case REM_DUET_BATTLE:
    CHECK(n > 0U);
    check_rate(duet, n);
    break;
  case REM_DUET_POLYPHONY: // Some still wait in the end
    CHECK(n <= n_touches && n + REM_DUET_MAX_ANSWERS >= n_touches &&
          10U * n >= 9U * n_touches);
    break;
  case REM_DUET_USERONLY:
    CHECK(!n);
    break;
  }
}

static void
test_mode(Duet* const              duet,
          const RemDuetMode        mode,
          const TapeMapping* const mapping,
          const bool               thru)
{
  duet->mode    = mode;
  duet->mapping = mapping;
  duet->thru    = thru;

  Naive naive  = play_by_hand(duet, SEED);
  Tape  wanted = tape_write(&naive, mapping, thru);
  Tape  tape   = play_plugin(duet);
  compare(&tape, &wanted);
  printf("%s, %s, %s, thru %d: %zu touches, %zu answers, %.1f a second, "
         "%zu messages, each at its sample\n",
         duet->uri,
         rem_duet_mode_name(mode),
         mapping == &tape_faders ? "faders" : "keys",
         (int)thru,
         duet->performance.n_touches,
         naive.n_net,
         (double)naive.n_net * RATE / (double)duet->end,
         tape.n);
  if (mode == REM_DUET_CALLRESPONSE) {
    check_turns(duet, &tape);
  }
  check_number(duet, naive.n_net);
  CHECK(mode != REM_DUET_USERONLY || thru || !tape.n);
  naive_free(&naive);
  free(wanted.midi);
  free(tape.midi);
}

/// Something that ends every note
typedef struct {
  const char* symbol; ///< Of a control, or what else it is
  float       value;
  bool        silent; ///< Nothing is struck until it is over
} Ending;

static const Ending endings[] = {{"mode", 3.0f, true},
                                 {"enabled", 0.0f, false},
                                 {"pause", 1.0f, true},
                                 {"reset", 1.0f, false},
                                 {"model", 0.0f, false},
                                 {"stop", 0.0f, false},
                                 {"mapping", 0.0f, true},
                                 {"activate", 0.0f, false}};

/// Let it happen at the begin of the next block
static void
bring_about(Host* const host, const Ending* const ending)
{
  if (!strcmp(ending->symbol, "model")) {
    host_send_model(host, 0U, MODEL);
    host_step(host, 0U);
    host_worker_drain(&host->worker);
  } else if (!strcmp(ending->symbol, "stop")) {
    gesture_transport(host, 0U, 4.0, 120.0f, 1.0f);
    host_step(host, 0U);
    gesture_transport(host, 0U, 4.0, 120.0f, 0.0f);
  } else if (!strcmp(ending->symbol, "mapping")) {
    gesture_map(host, "-");
  } else if (!strcmp(ending->symbol, "activate")) {
    const uint64_t now = host->now;
    lilv_instance_deactivate(host->instance);
    lilv_instance_activate(host->instance);
    host->now = now; // For the player
  } else {
    host_set(host, ending->symbol, ending->value);
  }
}

/// Take it back
static void
make_good(Host* const host, const Duet* const duet, const Ending* const ending)
{
  host_set(host, "mode", (float)duet->mode);
  host_set(host, "enabled", 1.0f);
  host_set(host, "pause", 0.0f);
  host_set(host, "reset", 0.0f);
  if (!strcmp(ending->symbol, "mapping")) {
    gesture_map(host, duet->mapping->text);
  }
}

/// Play until the net has two notes sounding
static void
play_to_sound(Player* const player, Host* const host, Tape* const tape)
{
  while (tape->n_sounding < 2U) {
    CHECK(player->next < player->performance->n);
    player_play(player, host, 64U, tape);
  }
}

/// Check that what has sounded ended at sample `at`, among the messages since
/// `before`
static void
check_ended(const Tape* const before, const Tape* const tape, const uint64_t at)
{
  uint32_t n = 0U;
  for (size_t i = before->n; i < tape->n && tape->midi[i].at == at; ++i) {
    const uint8_t* const b = tape->midi[i].bytes;
    n += (b[0] & 0xF0U) == 0x80U && before->sounds[b[0] & 0x0FU][b[1]];
  }
  CHECK(n == before->n_sounding);
}

/// Whatever happens in the middle of a performance, no note sounds on
static void
test_endings(Duet* const duet, const RemDuetMode mode)
{
  duet->mode    = mode;
  duet->mapping = &tape_keys;
  duet->thru    = false;

  Tape   tape   = {.n = 0U};
  Player player = player_new(&duet->performance, duet->mapping);
  Host*  host   = open_host(duet);
  host_set(host, "threshold", 0.1f);
  for (size_t e = 0U; e < sizeof(endings) / sizeof(*endings); ++e) {
    play_to_sound(&player, host, &tape);
    const Tape     before = tape;
    const uint64_t at     = host->now;
    bring_about(host, &endings[e]);
    player_play(&player, host, 480U, &tape);
    check_ended(&before, &tape, at);
    for (uint32_t i = 0U; i < 100U && endings[e].silent; ++i) {
      CHECK(!tape.n_sounding);
      player_play(&player, host, 480U, &tape);
    }
    make_good(host, duet, &endings[e]);
  }
  printf("%s: every note ends\n", rem_duet_mode_name(mode));
  host_close(host);
  free(tape.midi);
}

int
main(void)
{
  FixtureDir dir   = fixture_begin();
  Duet       duet  = {.end = (long_tests() ? 2000U : 600U) * (uint64_t)RATE};
  RemError   error = {REM_SUCCESS, "", ""};
  duet.uri         = HOST_CONTROL;
  duet.world       = host_world_new(BUILD_DIR "/lv2");
  duet.performance = performance_new(duet.end);
  CHECK(!rem_model_read(MODEL, &duet.model, NULL, &error));
  if (!duet.performance.recorded) {
    printf("SKIP the recordings: none; what is played is made up\n");
  }
  for (uint32_t m = 0U; m < REM_DUET_N_MODES; ++m) {
    test_mode(&duet, (RemDuetMode)m, &tape_faders, false);
    test_mode(&duet, (RemDuetMode)m, &tape_keys, false);
    test_mode(&duet, (RemDuetMode)m, &tape_keys, true);
  }
  duet.uri = HOST_CONTROL_CV; // It hears and plays MIDI as well
  for (uint32_t m = 0U; m < REM_DUET_N_MODES; ++m) {
    test_mode(&duet, (RemDuetMode)m, &tape_keys, false);
  }
  for (uint32_t m = 0U; m < REM_DUET_N_MODES - 1U; ++m) {
    test_endings(&duet, (RemDuetMode)m);
  }
  performance_free(&duet.performance);
  rem_model_free(duet.model);
  host_world_free(duet.world);
  fixture_end(&dir);
  return 0;
}

// SPDX-License-Identifier: ISC

/// From frames to MIDI: what is sent, and that no note stays

#include "plugin/control/mapping.h"
#include "tests/check.h"

#include <math.h>
#include <string.h>

static RemMapping
read_mapping(const char* const text)
{
  RemError   error   = {REM_SUCCESS, "", ""};
  RemMapping mapping = {0};
  if (rem_mapping_read(text, &mapping, &error)) {
    fprintf(stderr, "%s\n", error.text);
    exit(1);
  }
  return mapping;
}

/// Send a frame and check the messages against text: "90 40 7f, ..."
static void
check_frame(RemMidiOut* const       out,
            const RemMapping* const mapping,
            const float* const      x,
            const uint32_t          n_dims,
            const char* const       expected)
{
  RemMidi        messages[REM_MIDI_MAX];
  char           text[REM_MIDI_MAX * 10U] = "";
  size_t         at                       = 0U;
  const uint32_t n =
    x ? rem_midi_out_frame(out, mapping, x, n_dims, messages, REM_MIDI_MAX)
      : rem_midi_out_silence(out, messages, REM_MIDI_MAX);
  for (uint32_t i = 0U; i < n; ++i) {
    at += (size_t)snprintf(text + at,
                           sizeof(text) - at,
                           "%s%02x %02x %02x",
                           i ? ", " : "",
                           messages[i].bytes[0],
                           messages[i].bytes[1],
                           messages[i].bytes[2]);
  }
  if (strcmp(text, expected) != 0) {
    fprintf(stderr, "sent %s, expected %s\n", text, expected);
    exit(1);
  }
}

static void
test_frames(void)
{
  RemMapping m   = read_mapping("cc 1 20; cc 2 21 20 10; note 3; key 10 36");
  RemMidiOut out = {0};
  check_frame(&out,
              &m,
              (float[]){0.5f, 0.5f, 0.5f, 0.0f},
              4U,
              "b0 14 40, b1 15 0f, 92 40 7f");
  check_frame(&out,
              &m,
              (float[]){0.503f, 0.5f, 0.5f, 0.5f},
              4U,
              "82 40 00, 92 40 7f, 99 24 40");
  check_frame(&out,
              &m,
              (float[]){1.0f, 9.0f, NAN, 0.5f},
              4U,
              "82 40 00, b0 14 7f, b1 15 0a, 92 00 7f");
  check_frame(&out,
              &m,
              (float[]){1.0f, 1.0f, 1.0f, 1.0f},
              4U,
              "82 00 00, 89 24 00, 92 7f 7f, 99 24 7f");
  CHECK(rem_midi_out_sounding(&out) == 2U);
  check_frame(&out, &m, NULL, 4U, "82 7f 00, 89 24 00");
  CHECK(rem_midi_out_sounding(&out) == 0U);
  check_frame(&out, &m, NULL, 4U, "");
  check_frame(&out, &m, (float[]){1.0f, 1.0f}, 2U, "");

  // Another mapping: what the old one struck ends, and controllers are new
  check_frame(
    &out, &m, (float[]){1.0f, 1.0f, 0.5f, 1.0f}, 4U, "92 40 7f, 99 24 7f");
  m = read_mapping("cc 1 22; -; cc 1 23; key 10 38");
  check_frame(&out,
              &m,
              (float[]){1.0f, 1.0f, 0.5f, 1.0f},
              4U,
              "82 40 00, 89 24 00, b0 16 7f, b0 17 40, 99 26 7f");
}

/// Two dimensions with one note: it ends with the last one
static void
test_shared_note(void)
{
  const RemMapping m   = read_mapping("note 1; note 1; key 1 64");
  RemMidiOut       out = {0};
  check_frame(&out, &m, (float[]){0.5f, 0.5f, 0.0f}, 3U, "90 40 7f, 90 40 7f");
  check_frame(
    &out, &m, (float[]){0.25f, 0.5f, 0.0f}, 3U, "80 40 00, 90 20 7f, 90 40 7f");
  check_frame(&out,
              &m,
              (float[]){0.25f, 0.75f, 0.5f},
              3U,
              "80 20 00, 80 40 00, 90 20 7f, 90 5f 7f, 90 40 40");
  check_frame(&out, &m, NULL, 3U, "80 20 00, 80 5f 00, 80 40 00");
}

/// All 7-bit values come back as they went out
static void
test_round_trip(void)
{
  const RemMapping m = read_mapping("cc 5 1; cc 5 2 100 3; note 6; key 7 8");
  for (uint8_t v = 0U; v < 128U; ++v) {
    const float    share   = (float)v / 127.0f;
    const float    x[]     = {share, share, share, share};
    RemMidiOut     out     = {0};
    RemMidiTouch   touch   = {0U, 0.0f};
    uint32_t       n_heard = 0U;
    RemMidi        messages[REM_MIDI_MAX];
    const uint32_t n =
      rem_midi_out_frame(&out, &m, x, 4U, messages, REM_MIDI_MAX);
    CHECK(n == (v ? 4U : 3U)); // A key at 0 is not struck
    for (uint32_t i = 0U; i < n; ++i) {
      CHECK(rem_mapping_hear(&m, 4U, messages[i].bytes, 3U, &touch));
      // Between 100 and 3 there are 98 values: half a step is lost at most
      const float margin = touch.dim == 1U ? 0.5f / 97.0f + 1e-6f : 1e-6f;
      CHECK(fabsf(touch.value - x[touch.dim]) <= margin);
      n_heard += touch.dim == i;
    }
    CHECK(n_heard == n);
  }
}

/// What somebody has who listens
static bool sounds[16][128];

/// Let the listener hear messages
static void
listen(const RemMidi* const messages, const uint32_t n)
{
  for (uint32_t i = 0U; i < n; ++i) {
    const uint8_t* const b = messages[i].bytes;
    if (b[0] < 0xB0U) {
      sounds[b[0] & 15U][b[1]] = b[0] >= 0x90U;
    }
  }
}

/// Check that the listener has every note that we count, and if we count none,
/// none
static void
check_listener(const RemMidiOut* const out)
{
  static const bool nothing[16][128];
  for (uint32_t d = 0U; d < 4U; ++d) {
    CHECK(!out->velocity[d] || sounds[out->channel[d]][out->note[d]]);
  }
  CHECK(rem_midi_out_sounding(out) ||
        !memcmp(sounds, nothing, sizeof(nothing)));
}

/// Random frames, mappings and room
static void
test_no_note_stays(void)
{
  static const char* const maps[] = {"note 1; note 1; key 1 3; note 2",
                                     "key 1 3; cc 1 2; key 1 3; note 1",
                                     "-; key 1 3; note 2; note 2"};
  uint32_t                 seed   = 3U;
  RemMidiOut               out    = {0};
  RemMidi                  messages[REM_MIDI_MAX];
  for (int k = 0; k < 200000; ++k) {
    float            x[4];
    const RemMapping m = read_mapping(maps[(size_t)(k / 50) % 3U]);
    const uint32_t   room =
      k % 3 ? REM_MIDI_MAX : (uint32_t)(4.0f * (1.0f + noise(&seed)));
    for (size_t i = 0U; i < 4U; ++i) { // Few notes, so that they meet
      x[i] = floorf(3.0f * (1.0f + noise(&seed))) / 127.0f;
    }
    const uint32_t n = k % 97 == 96
                         ? rem_midi_out_silence(&out, messages, room)
                         : rem_midi_out_frame(&out, &m, x, 4U, messages, room);
    CHECK(n <= room);
    listen(messages, n);
    check_listener(&out);
  }
  listen(messages, rem_midi_out_silence(&out, messages, REM_MIDI_MAX));
  CHECK(!rem_midi_out_sounding(&out));
  check_listener(&out);
}

int
main(void)
{
  test_frames();
  test_shared_note();
  test_round_trip();
  test_no_note_stays();
  return 0;
}

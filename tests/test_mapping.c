// SPDX-License-Identifier: ISC

/// MIDI mappings: their text, what they hear, and MIDI learn

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

static void
test_text(void)
{
  static const char* const texts[][2] = {
    {"cc 1 20; cc 16 127 10 20;note 1 ; key 10 36; -",
     "cc 1 20; cc 16 127 10 20; note 1; key 10 36"},
    {"", "-"},
    {" ; ;\tnote   2\r\n;", "-; -; note 2"},
    {"cc 1 0 127 0", "cc 1 0 127 0"},
    {"cc 1 0 0 127", "cc 1 0"},
    {"-;-;-", "-"},
    {";;;;;;;;;;;;;;;;;;;;;;;;;;;;;;;note 3;",
     "-; -; -; -; -; -; -; -; -; -; -; -; -; -; -; -; -; -; -; -; -; -; -; -; "
     "-; -; -; -; -; -; -; note 3"}};
  char text[REM_MAPPING_SIZE];
  for (size_t i = 0U; i < sizeof(texts) / sizeof(*texts); ++i) {
    const RemMapping mapping = read_mapping(texts[i][0]);
    rem_mapping_write(&mapping, text);
    CHECK(!strcmp(text, texts[i][1]));
    const RemMapping again = read_mapping(text);
    CHECK(!memcmp(&again, &mapping, sizeof(mapping)));
  }
  RemMapping mapping;
  rem_mapping_default(&mapping);
  rem_mapping_write(&mapping, text);
  CHECK(!strncmp(text, "cc 1 20; cc 1 21; ", 18U));
  CHECK(strstr(text, "; cc 1 31; cc 1 102; cc 1 103; "));
  CHECK(strstr(text, "; cc 1 119; cc 1 85; cc 1 86"));
}

static void
test_refusals(void)
{
  static const char* const bad[]  = {"cc",
                                     "cc 1",
                                     "cc 0 1",
                                     "cc 17 1",
                                     "cc 1 128",
                                     "cc 1 1 2",
                                     "cc 1 1 2 2",
                                     "cc 1 1 2 128",
                                     "cc 1 1 2 3 4",
                                     "note",
                                     "note 0",
                                     "note 1 2",
                                     "key 1",
                                     "key 1 128",
                                     "key 1 2 3",
                                     "CC 1 1",
                                     "cc -1 1",
                                     "cc 1 +1",
                                     "cc 1 1.5",
                                     "cc 1 0x10",
                                     "cc 1 0001",
                                     "- -",
                                     "--",
                                     "pitch 1",
                                     "cc1 1",
                                     "cc 1,1",
                                     "cc 256 1",
                                     "cc 1 1; bend 1",
                                     ";;;;;;;;;;;;;;;;;;;;;;;;;;;;;;;;note 1",
                                     ";;;;;;;;;;;;;;;;;;;;;;;;;;;;;;;;;",
                                     "noteabcdefghijklmnopqrstuvwxyz 1"};
  const RemMapping         before = read_mapping("note 5");
  for (size_t i = 0U; i < sizeof(bad) / sizeof(*bad); ++i) {
    RemError   error   = {REM_SUCCESS, "", ""};
    RemMapping mapping = before;
    CHECK(rem_mapping_read(bad[i], &mapping, &error) == REM_BAD_ARGUMENT);
    CHECK(error.status == REM_BAD_ARGUMENT && error.text[0]);
    CHECK(!memcmp(&mapping, &before, sizeof(before)));
  }
  RemError   error   = {REM_SUCCESS, "", ""};
  RemMapping mapping = before;
  (void)rem_mapping_read("note 1; cc 1 200", &mapping, &error);
  CHECK(strstr(error.text, "entry 2") && strstr(error.text, "\" cc 1 200\""));
}

/// Text made of the words of mappings: what is read is written and read alike
static void
test_random_text(void)
{
  static const char* const words[] = {
    "cc", "note", "key", "-", ";", ";", "1", "16", "127", "0", "17", "x", " "};
  uint32_t seed   = 7U;
  uint32_t n_good = 0U;
  for (int k = 0; k < 200000; ++k) {
    char         text[256] = "";
    char         written[REM_MAPPING_SIZE];
    const size_t n  = (size_t)(5.0f * (1.0f + noise(&seed)));
    size_t       at = 0U;
    for (size_t i = 0U; i < n; ++i) {
      const size_t w = (size_t)(6.5f * (1.0f + noise(&seed)));
      at += (size_t)snprintf(text + at, sizeof(text) - at, "%s ", words[w]);
    }
    if (k % 2 && at) { // A stray byte
      text[(size_t)((float)at * 0.499f * (1.0f + noise(&seed)))] =
        (char)(int)(127.0f * noise(&seed));
    }
    RemError   error   = {REM_SUCCESS, "", ""};
    RemMapping mapping = {0};
    if (!rem_mapping_read(text, &mapping, &error)) {
      rem_mapping_write(&mapping, written);
      const RemMapping again = read_mapping(written);
      CHECK(!memcmp(&again, &mapping, sizeof(again)));
      ++n_good;
    }
  }
  CHECK(n_good > 1000U);
}

/// Return what a message does, as dimension + value, or -1
static double
heard(const RemMapping* const mapping, const uint8_t a, uint8_t b, uint8_t c)
{
  const uint8_t bytes[] = {a, b, c};
  RemMidiTouch  touch   = {0U, 0.0f};
  if (!rem_mapping_hear(mapping, 5U, bytes, 3U, &touch)) {
    return -1.0;
  }
  CHECK(touch.value >= 0.0f && touch.value <= 1.0f);
  return (double)touch.dim + (double)touch.value;
}

static bool
is_near(const double x, const double y)
{
  return fabs(x - y) < 1e-6; // Values are floats below 5
}

static void
test_hear(void)
{
  const RemMapping m =
    read_mapping("cc 1 20; cc 2 21 20 10; key 10 36; note 10; cc 1 20; note 1");
  CHECK(is_near(heard(&m, 0xB0U, 20U, 127U), 1.0));
  CHECK(is_near(heard(&m, 0xB0U, 20U, 0U), 0.0));
  CHECK(is_near(heard(&m, 0xB0U, 20U, 94U), 94.0 / 127.0));
  CHECK(heard(&m, 0xB1U, 20U, 1U) < 0.0); // Another channel
  CHECK(is_near(heard(&m, 0xB1U, 21U, 20U), 1.0));
  CHECK(is_near(heard(&m, 0xB1U, 21U, 12U), 1.8));
  CHECK(is_near(heard(&m, 0xB1U, 21U, 127U), 1.0)); // Put into the range
  CHECK(is_near(heard(&m, 0xB1U, 21U, 0U), 2.0));
  CHECK(is_near(heard(&m, 0x99U, 36U, 127U), 3.0)); // The key, which is first
  CHECK(is_near(heard(&m, 0x99U, 36U, 0U), 2.0));   // A note-off
  CHECK(is_near(heard(&m, 0x89U, 36U, 64U), 2.0));
  CHECK(is_near(heard(&m, 0x99U, 60U, 1U), 3.0 + 60.0 / 127.0));
  CHECK(heard(&m, 0x99U, 60U, 0U) < 0.0);
  CHECK(heard(&m, 0x89U, 60U, 64U) < 0.0);
  CHECK(heard(&m, 0x90U, 60U, 64U) < 0.0); // Beyond the model's dimensions
  CHECK(heard(&m, 0xE0U, 20U, 64U) < 0.0);
  CHECK(heard(&m, 0xB0U, 20U, 128U) < 0.0);
  CHECK(heard(&m, 20U, 20U, 20U) < 0.0);
}

/// Any bytes of any length: dimensions and values stay in their ranges
static void
test_wild_bytes(void)
{
  const RemMapping m = read_mapping("cc 1 20 3 4; key 10 36; note 10; note 2");
  uint32_t         seed = 9U;
  for (int k = 0; k < 1000000; ++k) {
    uint8_t      bytes[4];
    RemMidiTouch touch = {99U, -1.0f};
    for (size_t i = 0U; i < 4U; ++i) {
      bytes[i] = (uint8_t)(127.9f * (1.0f + noise(&seed)));
    }
    const uint32_t size = (uint32_t)(2.5f * (1.0f + noise(&seed)));
    if (rem_mapping_hear(&m, 3U, bytes, size, &touch)) {
      CHECK(size == 3U && touch.dim < 3U);
      CHECK(touch.value >= 0.0f && touch.value <= 1.0f);
    } else {
      CHECK(touch.dim == 99U);
    }
  }
}

static bool
learn_from(RemMidiLearn* const     learn,
           RemSharedMapping* const shared,
           const RemFrames* const  frames,
           const uint8_t           a,
           const uint8_t           b,
           const uint8_t           c)
{
  const uint8_t bytes[] = {a, b, c};
  return rem_mapping_learn(learn, shared, frames, 4U, bytes, 3U);
}

static void
test_learn(void)
{
  static RemFrames frames;
  RemSharedMapping shared = {0};
  RemMidiLearn     learn  = {false, 0U};
  RemMapping mapping      = read_mapping("cc 1 20; cc 1 21; -; note 3; cc 9 9");
  char       text[REM_MAPPING_SIZE];
  rem_frames_init(&frames, 4U, 5U);
  frames.dims[2].kind = REM_DIM_SWITCH;
  rem_mapping_share(&shared, &mapping);
  CHECK(!learn_from(&learn, &shared, &frames, 0xB4U, 7U, 1U)); // It is off
  rem_mapping_learn_switch(&learn, true);
  CHECK(learn_from(&learn, &shared, &frames, 0xB4U, 7U, 1U));
  CHECK(!learn_from(&learn, &shared, &frames, 0xB4U, 7U, 2U)); // Not new
  CHECK(!learn_from(&learn, &shared, &frames, 0x92U, 5U, 0U)); // A note-off
  CHECK(!learn_from(&learn, &shared, &frames, 0xE2U, 5U, 7U));
  rem_mapping_learn_switch(&learn, true); // Nothing begins again
  CHECK(learn_from(&learn, &shared, &frames, 0x92U, 60U, 64U));
  CHECK(!learn_from(&learn, &shared, &frames, 0x92U, 61U, 64U));
  CHECK(learn_from(&learn, &shared, &frames, 0x99U, 36U, 64U));
  CHECK(!learn_from(&learn, &shared, &frames, 0x99U, 36U, 1U));
  rem_mapping_look(&shared, &mapping);
  rem_mapping_write(&mapping, text);
  CHECK(!strcmp(text, "cc 5 7; note 3; key 10 36; -; cc 9 9"));
  CHECK(atomic_load(&shared.n_changes) == 4U);
  rem_mapping_learn_switch(&learn, false);
  CHECK(!learn_from(&learn, &shared, &frames, 0xB9U, 7U, 1U));

  rem_mapping_learn_switch(&learn, true); // From the first one again
  for (uint8_t i = 0U; i < 8U; ++i) {
    CHECK(learn_from(&learn, &shared, NULL, 0xB0U, i, 1U) == (i < 4U));
  }
  rem_mapping_look(&shared, &mapping);
  rem_mapping_write(&mapping, text);
  CHECK(!strcmp(text, "cc 1 0; cc 1 1; cc 1 2; cc 1 3; cc 9 9"));
}

static void
test_n_dims(void)
{
  static const struct {
    const char* text;
    uint32_t    n;
  } maps[] = {{"", 0U},
              {"-; note 1; -", 2U},
              {"cc 1 20; cc 1 21", 2U},
              {"cc 1 20; cc 1 21; cc 1 22; cc 1 23; cc 1 24; cc 1 25; cc 1 26; "
               "cc 1 27; cc 1 28",
               9U}};
  for (size_t i = 0U; i < sizeof(maps) / sizeof(*maps); ++i) {
    const RemMapping mapping = read_mapping(maps[i].text);
    CHECK(rem_mapping_n_dims(&mapping) == maps[i].n);
  }
  RemMapping mapping;
  rem_mapping_default(&mapping);
  CHECK(rem_mapping_n_dims(&mapping) == REM_MAPPING_USUAL);
  mapping.entry[2].channel = 5U; // As after learning three
  CHECK(rem_mapping_n_dims(&mapping) == 3U);
  mapping.entry[31].channel = 5U;
  CHECK(rem_mapping_n_dims(&mapping) == 32U);
}

int
main(void)
{
  test_n_dims();
  test_text();
  test_refusals();
  test_random_text();
  test_hear();
  test_wild_bytes();
  test_learn();
  return 0;
}

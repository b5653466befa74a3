// SPDX-License-Identifier: ISC

/// What is written is read back to the last bit, in every format and from every
/// format to every other

#include "dsp/modelfile/modelfile.h"
#include "dsp/predictor.h"
#include "tests/check.h"
#include "tests/modelfile.h"

#include <locale.h>
#include <string.h>

static const RemFormat written[] = {
  REM_FORMAT_NATIVE,
  REM_FORMAT_AIDAX,
  REM_FORMAT_NAM,
};

enum { N_WRITTEN = sizeof(written) / sizeof(*written) };

/// Send a model through format a, then b, and compare each time
static void
through(const RemModel* const model, const RemFormat a, const RemFormat b)
{
  RemModel* const first  = round_trip(model, a);
  RemModel* const second = round_trip(first, b);
  check_same(model, first);
  check_same(model, second);
  rem_model_free(first);
  rem_model_free(second);
}

static void
test_paths(void)
{
  RemModel* const models[] = {with_words(plain_model(1, 12, 1, false)),
                              plain_model(1, 5, 3, false)};
  for (size_t m = 0; m < 2; ++m) {
    for (size_t a = 0; a < N_WRITTEN; ++a) {
      for (size_t b = 0; b < N_WRITTEN; ++b) {
        through(models[m], written[a], written[b]);
      }
    }
    rem_model_free(models[m]);
  }
}

/// Knobs, skip connection and gains: not for `.nam`
static void
test_more(void)
{
  RemModel* const model = with_words(plain_model(3, 8, 2, true));
  model->in_gain_db     = -3.3f;
  model->out_gain_db    = 6.7f;
  through(model, REM_FORMAT_NATIVE, REM_FORMAT_AIDAX);
  through(model, REM_FORMAT_AIDAX, REM_FORMAT_NATIVE);
  rem_model_free(model);
}

/// A net that never quite settles, but flickers by 5e-7: its rest state is kept
/// where the file holds one
static void
test_flicker(void)
{
  RemModel* const model = plain_model(1, 38, 1, false);
  random_params(&model->spec, model->params, 2.0f, 2U);
  CHECK(!rem_model_settle(model, NULL));
  CHECK(!rem_model_make_check(model, NULL));
  through(model, REM_FORMAT_NAM, REM_FORMAT_NATIVE);
  through(model, REM_FORMAT_NATIVE, REM_FORMAT_NAM);
  rem_model_free(model);
}

/// The largest shapes
static void
test_sizes(void)
{
  RemModel* const wide = plain_model(64, 3, 8, true);
  RemModel* const one  = plain_model(1, 1, 1, true);
  through(wide, REM_FORMAT_NATIVE, REM_FORMAT_NATIVE);
  through(one, REM_FORMAT_NATIVE, REM_FORMAT_AIDAX);
  rem_model_free(wide);
  rem_model_free(one);
}

/// What frames of control mean: for our own format alone
static void
test_control(void)
{
  for (uint32_t n_mixtures = 0U; n_mixtures <= 5U; n_mixtures += 5U) {
    RemModel* const model = control_model(n_mixtures, 6U, 2U);
    RemModel* const back  = round_trip(model, REM_FORMAT_NATIVE);
    RemPredictor*   sings = rem_predictor_new(back);
    check_same(model, back);
    CHECK(sings && same_frames(rem_predictor_frames(sings), model->frames));
    rem_predictor_free(sings);
    rem_model_free(back);
    rem_model_free(model);
  }
}

static void
check_refused(const RemModel* const model,
              const RemFormat       format,
              const char* const     words)
{
  void*    bytes = NULL;
  size_t   size  = 0;
  RemError error = {REM_SUCCESS, "", ""};
  CHECK(rem_model_encode(model, format, &bytes, &size, &error) ==
        REM_UNSUPPORTED);
  CHECK(!bytes && !size && strstr(error.text, words));
}

/// A format that cannot say something says what
static void
test_refusals(void)
{
  RemModel* model = plain_model(1, 4, 1, true);
  check_refused(model, REM_FORMAT_NAM, "skip");
  check_refused(model, REM_FORMAT_GUITARML, "not written");
  model->spec.skip  = false;
  model->in_gain_db = 1.0f;
  check_refused(model, REM_FORMAT_NAM, "gains");
  rem_model_free(model);
  model = plain_model(4, 4, 1, true);
  check_refused(model, REM_FORMAT_NAM, "knobs");
  check_refused(model, REM_FORMAT_AIDAX, "3 knobs");
  rem_model_free(model);
  model = control_model(2U, 4U, 1U);
  check_refused(model, REM_FORMAT_AIDAX, "control");
  check_refused(model, REM_FORMAT_NAM, "control");
  rem_model_free(model);

  void*    bytes = NULL;
  size_t   size  = 0;
  RemError error = {REM_SUCCESS, "", ""};
  model          = plain_model(1, 4, 1, true);
  model->name    = strdup("Latin-1: \xE9");
  CHECK(rem_model_encode(model, REM_FORMAT_NATIVE, &bytes, &size, &error) ==
        REM_BAD_ARGUMENT);
  CHECK(strstr(error.text, "name"));
  model->name[9] = '\0';
  model->metrics = strdup("{\"esr\": nan}"); // Nobody could read it
  CHECK(rem_model_encode(model, REM_FORMAT_NATIVE, &bytes, &size, &error) ==
        REM_BAD_ARGUMENT);
  CHECK(strstr(error.place, "metrics") && strstr(error.text, "JSON"));
  rem_model_free(model);
}

/// Return an object in objects, `depth` in all
static char*
nested(const size_t depth)
{
  char* const text = (char*)calloc(depth * 6U + 2U, 1U);
  CHECK(text);
  for (size_t i = 0; i < depth; ++i) {
    memcpy(text + 5U * i, "{\"a\":", 5U);
    text[5U * depth + 1U + i] = '}';
  }
  text[5U * depth] = '1';
  return text;
}

/// Metadata that lies deeper in one format than in another
static void
test_depth(void)
{
  for (size_t depth = 28; depth <= 32U; ++depth) {
    RemModel* const model = plain_model(1, 2, 1, false);
    model->metrics        = nested(depth);
    through(model, REM_FORMAT_NATIVE, REM_FORMAT_NATIVE);
    if (depth <= 29U) { // In "remanence", in "metadata", in the file
      through(model, REM_FORMAT_AIDAX, REM_FORMAT_NAM);
    } else {
      check_refused(model, REM_FORMAT_AIDAX, "nested");
      check_refused(model, REM_FORMAT_NAM, "nested");
    }
    rem_model_free(model);
  }
}

/// A model written to a file, over another file, and over what is none
static void
test_write(void)
{
  RemModel* const model = with_words(plain_model(1, 6, 1, true));
  RemModel*       back  = NULL;
  RemFormat       found = REM_FORMAT_UNKNOWN;
  RemError        error = {REM_SUCCESS, "", ""};
  for (int i = 0; i < 2; ++i) {
    CHECK(!rem_model_write(model, REM_FORMAT_NATIVE, "x.json", &error));
    CHECK(!rem_model_read("x.json", &back, &found, &error));
    CHECK(found == REM_FORMAT_NATIVE); // By content, not by name
    check_same(model, back);
    rem_model_free(back);
  }
  CHECK(rem_model_write(model, REM_FORMAT_NATIVE, "no/where.nam", &error) ==
        REM_CANNOT_WRITE);
  CHECK(strstr(error.place, "no/where.nam") && strstr(error.text, "No such"));
  CHECK(rem_model_write(model, REM_FORMAT_NATIVE, "/dev/null", &error) ==
        REM_CANNOT_WRITE);
  CHECK(strstr(error.text, "a device"));
  CHECK(rem_model_write(model, REM_FORMAT_NAM, "x.nam", &error) ==
        REM_UNSUPPORTED);
  CHECK(!strcmp(error.place, "x.nam"));
  rem_model_free(model);
}

static void
test_paths_to_formats(void)
{
  CHECK(rem_format_of_path("a.b/c.safetensors") == REM_FORMAT_NATIVE);
  CHECK(rem_format_of_path("A.NAM") == REM_FORMAT_NAM);
  CHECK(rem_format_of_path("a.aidax") == REM_FORMAT_AIDAX);
  CHECK(rem_format_of_path("a.json") == REM_FORMAT_AIDAX);
  CHECK(rem_format_of_path("a.nam/b") == REM_FORMAT_UNKNOWN);
  CHECK(rem_format_of_path("") == REM_FORMAT_UNKNOWN);
}

int
main(void)
{
  // A host may write decimals with a comma; files must not notice
  if (!setlocale(LC_ALL, "de_DE.UTF-8")) {
    (void)setlocale(LC_ALL, "");
  }
  test_paths();
  test_more();
  test_flicker();
  test_sizes();
  test_refusals();
  test_depth();
  test_control();
  test_write();
  test_paths_to_formats();
  return 0;
}

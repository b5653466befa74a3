// SPDX-License-Identifier: ISC

// A report is one file that needs no other: every reference in it, and in the
// pictures inside it, is looked at, and the sounds are decoded and compared.

#include "dsp/modelfile/file.h"
#include "offline_trainer/report/figures.h"
#include "offline_trainer/report/report.h"
#include "offline_trainer/report/wav.h"
#include "tests/check.h"
#include "tests/fonts.h"

#include <stdbool.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define RATE 8000U
#define N (20U * RATE)
#define HEARD (15U * RATE)
#define MAX_BYTES ((size_t)64 << 20U)

static float           input[N];
static float           target[N];
static float           prediction[N];
static RemHistoryPoint history[20];
static char            folder[] = "/tmp/remanence-test-XXXXXX";
static char            page_path[64];
static char            picture_path[64];

/// Return the report of a tone that fades in, and of a quieter copy
static RemReport
make_report(void)
{
  RemError  error;
  RemReport r = {"A <b> & \"C\"",
                 "two\nlines",
                 20U,
                 history,
                 RATE,
                 N,
                 input,
                 target,
                 prediction,
                 {.n_bands = 0U}};
  for (uint32_t t = 0; t < N; ++t) {
    const float x = sinf(0.3f * (float)t);
    input[t]      = 0.5f * x;
    target[t]     = 0.9f * x * (float)t / (float)N;
    prediction[t] = 0.8f * x * (float)t / (float)N;
  }
  for (uint32_t i = 0; i < 20U; ++i) {
    history[i] = (RemHistoryPoint){i, i, 1.0 / (1.0 + i), 0.5 / (1.0 + i)};
  }
  CHECK(!rem_evaluate(target, prediction, N, RATE, &r.figures, &error));
  return r;
}

/// Return the page as a string, to be freed
static char*
write_page(const RemReport* const report)
{
  RemError error;
  void*    bytes = NULL;
  size_t   size  = 0U;
  CHECK(!rem_report_write(report, folder, &error));
  CHECK(!rem_file_read(page_path, MAX_BYTES, &bytes, &size, &error));
  CHECK(strlen((char*)bytes) == size);
  return (char*)bytes;
}

/// Return how often `what` is in `text`
static uint32_t
count(const char* const text, const char* const what)
{
  uint32_t n = 0U;
  for (const char* c = strstr(text, what); c; c = strstr(c + 1, what)) {
    ++n;
  }
  return n;
}

/// Check that `what` always begins a reference to the file itself
static void
check_references(const char* const text,
                 const char* const what,
                 const char* const inside)
{
  for (const char* c = strstr(text, what); c; c = strstr(c + 1, what)) {
    const char* const to = c + strlen(what);
    CHECK(!strncmp(to, "data:", 5U) ||
          (*inside && !strncmp(to, inside, strlen(inside))));
  }
}

static int
digit(const char c)
{
  static const char digits[] =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  const char* const found = c ? strchr(digits, c) : NULL;
  return found ? (int)(found - digits) : -1;
}

/// Decode base64 up to what is none into `out`, a zero byte behind it; return
/// the number of bytes
static size_t
decode(const char* text, unsigned char** const out)
{
  const size_t         n     = strspn(text,
                          "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuv"
                                      "wxyz0123456789+/");
  unsigned char* const bytes = (unsigned char*)malloc(n + 1U);
  size_t               size  = 0U;
  uint32_t             bits  = 0U;
  CHECK(bytes);
  for (size_t i = 0; i < n; ++i) {
    bits = bits << 6U | (uint32_t)digit(text[i]);
    if (i % 4U) {
      bytes[size++] = (unsigned char)(bits >> (6U - 2U * (i % 4U)));
    }
  }
  bytes[size] = '\0';
  *out        = bytes;
  return size;
}

/// Every picture is SVG that refers to nothing outside itself
static void
check_pictures(const char* const page)
{
  static const char start[] = "data:image/svg+xml;base64,";
  uint32_t          n       = 0U;
  for (const char* c = strstr(page, start); c; c = strstr(c + 1, start)) {
    unsigned char* svg = NULL;
    CHECK(decode(c + strlen(start), &svg) > 1000U);
    CHECK(!strncmp((char*)svg, "<?xml", 5U) && strstr((char*)svg, "</svg>"));
    check_references((char*)svg, "href=\"", "#");
    check_references((char*)svg, "url(", "#");
    free(svg);
    ++n;
  }
  CHECK(n == 5U * 4U); // Pictures; light and dark, wide and narrow
}

static void
test_page(void)
{
  const RemReport report = make_report();
  char* const     page   = write_page(&report);
  CHECK(strstr(page, "<title>A &lt;b&gt; &amp; &quot;C&quot;</title>"));
  CHECK(!strstr(page, "<b>") && strstr(page, "two\nlines"));
  check_references(page, "src=\"", "");
  check_references(page, "srcset=\"", "");
  CHECK(!strstr(page, "href") && !strstr(page, "<script"));
  CHECK(!strstr(page, "url(") && !strstr(page, "@import"));
  CHECK(!strstr(page, "http://") && !strstr(page, "https://"));
  CHECK(count(page, "<audio ") == 4U && count(page, "aria-label=") == 4U);
  CHECK(count(page, "<img ") == 5U && count(page, "<img alt=\"") == 5U);
  CHECK(!strstr(page, "alt=\"\""));
  CHECK(strstr(page, "in epoch 19")); // The best one, to those who cannot see
  check_pictures(page);
  free(page);
}

/// Return the samples of the `which`-th sound, their number in `n`
static int16_t*
decode_sound(const char* const page, const uint32_t which, size_t* const n)
{
  static const char    start[] = "data:audio/wav;base64,";
  static unsigned char header[44];
  unsigned char*       wav = NULL;
  const char*          c   = strstr(page, start);
  for (uint32_t i = 0; c && i < which; ++i) {
    c = strstr(c + 1, start);
  }
  CHECK(c);
  const size_t size = decode(c + strlen(start), &wav);
  CHECK(size > sizeof(header));
  memcpy(header, wav, sizeof(header));
  CHECK(!memcmp(header, "RIFF", 4U) && !memcmp(header + 8, "WAVEfmt ", 8U));
  CHECK((header[24] | header[25] << 8U) == (int)RATE);
  *n                     = (size - sizeof(header)) / 2U;
  int16_t* const samples = (int16_t*)malloc(2U * *n);
  CHECK(samples && !memcmp(header + 36, "data", 4U));
  for (size_t t = 0; t < *n; ++t) {
    const unsigned char* const b = wav + sizeof(header) + 2U * t;
    samples[t]                   = (int16_t)(b[0] | b[1] << 8U);
  }
  free(wav);
  return samples;
}

/// The last 15 s are the loudest; half a step of 16 bits is 1.6e-5.  The first
/// and last 5 ms fade.
static void
test_sounds(void)
{
  const RemReport    report = make_report();
  char* const        page   = write_page(&report);
  const size_t       skip   = RATE / 200U;
  const float* const from[] = {target, prediction, NULL, input};
  for (uint32_t i = 0; i < 4U; ++i) {
    size_t         n       = 0U;
    int16_t* const samples = decode_sound(page, i, &n);
    CHECK(n == HEARD && samples[0] == 0 && samples[n - 1U] == 0);
    for (size_t t = skip; t < n - skip; ++t) {
      const size_t at = N - HEARD + t;
      const float  x  = from[i] ? from[i][at] : target[at] - prediction[at];
      CHECK(fabsf((float)samples[t] / 32767.0f - x) < 1.7e-5f);
    }
    free(samples);
  }
  free(page);
}

/// Sounds above full scale are turned down together, and the page says so
static void
test_loud_sounds(void)
{
  const RemReport report = make_report();
  for (uint32_t t = 0; t < N; ++t) {
    target[t] *= 4.0f;
  }
  size_t         n       = 0U;
  char* const    page    = write_page(&report);
  int16_t* const device  = decode_sound(page, 0U, &n);
  int16_t* const model   = decode_sound(page, 1U, &n);
  int            highest = 0; // The very highest sample is in the fade
  for (size_t t = 0; t < n; ++t) {
    highest = abs(device[t]) > highest ? abs(device[t]) : highest;
    CHECK(abs(device[t] - (int)lrint(4.5 * model[t])) <= 4); // 3.6 by 0.8
  }
  CHECK(highest > 32000 && strstr(page, "turned down by 11."));
  free(device);
  free(model);
  free(page);
}

/// No history, one sample, nothing but silence, a perfect prediction: pages all
/// the same
static void
test_odd_reports(void)
{
  RemReport report = make_report();
  report.n_history = 0U;
  char* page       = write_page(&report);
  CHECK(!strstr(page, "<h2>Training</h2>"));
  free(page);

  report.n = 1U;
  free(write_page(&report));

  report = make_report();
  memcpy(prediction, target, sizeof(target));
  history[3].figure     = INFINITY;
  history[4].train_loss = NAN;
  history[19].figure    = 0.0;
  free(write_page(&report));

  memset(target, 0, sizeof(target));
  memset(prediction, 0, sizeof(prediction));
  report.n_history       = 1U;
  history[0].figure      = NAN;
  report.figures.n_bands = 0U;
  free(write_page(&report));
}

static void
test_refusals(void)
{
  RemError  error;
  RemReport report = make_report();
  CHECK(rem_report_write(&report, page_path, &error) == REM_CANNOT_WRITE);
  CHECK(strstr(error.text, "folder") && !strcmp(error.place, page_path));
  CHECK(rem_report_write(&report, "/proc/none", &error) == REM_CANNOT_WRITE);
  prediction[9] = NAN;
  CHECK(rem_report_write(&report, folder, &error) == REM_NOT_FINITE);
  CHECK(rem_report_picture(&report, picture_path, &error) == REM_NOT_FINITE);
  report.n = 0U;
  CHECK(rem_report_write(&report, folder, &error) == REM_BAD_ARGUMENT);
}

static void
test_picture(void)
{
  RemError             error;
  void*                bytes    = NULL;
  size_t               size     = 0U;
  const RemReport      report   = make_report();
  static unsigned char begin[8] = {0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n'};
  CHECK(!rem_report_picture(&report, picture_path, &error));
  CHECK(!rem_file_read(picture_path, MAX_BYTES, &bytes, &size, &error));
  CHECK(size > 10000U && !memcmp(bytes, begin, sizeof(begin)));
  free(bytes);
}

static void
test_stretches(void)
{
  RemReport report = make_report();
  memset(target, 0, sizeof(target));
  target[5000]    = 0.1f;
  target[5100]    = -0.9f;
  const RemSpan s = rem_report_loudest(&report, 0.02); // 160 samples
  CHECK(s.n == 160U && s.start <= 5000U && s.start + s.n > 5100U);
  CHECK(rem_report_loudest(&report, 99.0).n == N);
  CHECK(rem_report_best(&report) == 19U);
  history[7].figure = 1e-9;
  CHECK(rem_report_best(&report) == 7U);
  report.n_history = 0U;
  CHECK(rem_report_best(&report) == 0U);
}

int
main(void)
{
  CHECK(mkdtemp(folder));
  (void)snprintf(page_path, sizeof(page_path), "%s/report.html", folder);
  (void)snprintf(picture_path, sizeof(picture_path), "%s/report.png", folder);
  test_page();
  test_sounds();
  test_loud_sounds();
  test_odd_reports();
  test_refusals();
  test_picture();
  test_stretches();
  CHECK(!unlink(page_path) && !unlink(picture_path) && !rmdir(folder));
  free_fonts();
  return 0;
}

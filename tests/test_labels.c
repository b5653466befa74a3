// SPDX-License-Identifier: ISC

/// Labels in files: both formats there and back, and what is refused; and how
/// found events are counted

#include "dsp/modelfile/file.h"
#include "offline_trainer/spectra/labels.h"
#include "offline_trainer/spectra/score.h"
#include "tests/check.h"
#include "tests/host/fixture.h"

#include <string.h>

static FixtureDir dir;

/// Write `text` to a file and read it
static RemStatus
read_text(const char* const name,
          const char* const text,
          const bool        curve,
          RemLabels* const  out,
          RemError* const   error)
{
  char path[FIXTURE_PATH];
  fixture_write_text(fixture_path(&dir, name, path), text);
  return rem_labels_read(path, curve, out, error);
}

static void
check_label(const RemLabels* const labels,
            const size_t           i,
            const double           begin,
            const double           end,
            const char* const      name)
{
  CHECK(i < labels->n);
  CHECK(fabs(labels->items[i].begin - begin) < 1e-9);
  CHECK(fabs(labels->items[i].end - end) < 1e-9);
  CHECK(!strcmp(labels->items[i].name, name));
}

static void
test_reading(void)
{
  RemLabels labels;
  CHECK(!read_text("a.csv",
                   "seconds,label\r\n2.5,snare\r\n# no label\n\n"
                   "1.25, \"kick, low\"\n3\n-0.5,\n",
                   false,
                   &labels,
                   NULL));
  CHECK(labels.n == 4U);
  check_label(&labels, 0U, -0.5, -0.5, "onset");
  check_label(&labels, 1U, 1.25, 1.25, "kick, low");
  check_label(&labels, 2U, 2.5, 2.5, "snare");
  check_label(&labels, 3U, 3.0, 3.0, "onset");
  rem_labels_clear(&labels);

  CHECK(!read_text("mark.csv",
                   "\xEF\xBB\xBF"
                   "1,a\n \t\n 2,b\n",
                   false,
                   &labels,
                   NULL));
  CHECK(labels.n == 2U); // A byte order mark is none of a heading
  check_label(&labels, 0U, 1.0, 1.0, "a");
  check_label(&labels, 1U, 2.0, 2.0, "b");
  rem_labels_clear(&labels);

  CHECK(!read_text("a.txt",
                   "0.5\t1.5\tverse one\n\\\t100\t200\n2\t2\n",
                   false,
                   &labels,
                   NULL));
  CHECK(labels.n == 2U);
  check_label(&labels, 0U, 0.5, 1.5, "verse one");
  check_label(&labels, 1U, 2.0, 2.0, "onset");
  rem_labels_clear(&labels);

  CHECK(!read_text("c.csv", "0,0.25\n1,-3e2\n", true, &labels, NULL));
  CHECK(labels.n == 2U && fabs(labels.items[1].value + 300.0) < 1e-9);
  rem_labels_clear(&labels);
}

static void
refuse(const char* const name,
       const char* const text,
       const bool        curve,
       const char* const words)
{
  RemError  error = {REM_SUCCESS, "", ""};
  RemLabels labels;
  CHECK(read_text(name, text, curve, &labels, &error));
  CHECK(!labels.items);
  if (!strstr(error.place, words) && !strstr(error.text, words)) {
    fprintf(stderr, "%s: %s, not %s\n", error.place, error.text, words);
    exit(1);
  }
}

static void
test_zero_byte(void)
{
  static const char text[] = "1,a\n\0002,b\n";
  char              path[FIXTURE_PATH];
  RemLabels         labels;
  CHECK(!rem_file_write(
    fixture_path(&dir, "zero.csv", path), text, sizeof(text) - 1U, NULL));
  CHECK(rem_labels_read(path, false, &labels, NULL) == REM_BAD_FORMAT);
}

static void
test_refusals(void)
{
  char long_name[200] = "1,";
  memset(long_name + 2, 'x', 100U);
  refuse("a.csv", "1,a\nx,b\n", false, "a.csv:2");
  refuse("a.csv", "1 a\n", false, "seconds,label");
  refuse("a.csv", "1,a\n \t\nx,b\n", false, "a.csv:3");
  refuse("a.csv", "1e9,a\n", false, "seconds,label");
  refuse("a.csv", "0,a\nnan,b\n", false, "a.csv:2");
  refuse("a.csv", long_name, false, "63");
  refuse("a.csv", "0,a\n", true, "both numbers");
  refuse("a.csv", "0,inf\n", true, "both numbers");
  refuse("a.txt", "1,a\n", false, "TAB");
  refuse("a.txt", "2\t1\ta\n", false, "TAB");
  refuse("a.txt", "1\t\n2\t3\ta\n", false, "a.txt:1");
  refuse("a.md", "1,a\n", false, ".csv or .txt");
}

static void
test_there_and_back(void)
{
  RemLabels labels = {0U, 0U, NULL}, read;
  char      path[FIXTURE_PATH];
  for (uint32_t i = 0U; i < 200U; ++i) {
    RemLabel label = {.begin = 0.125 * i, .end = 0.125 * i, .value = 0.5};
    (void)snprintf(label.name, sizeof(label.name), i % 2U ? "a, b" : "#%u", i);
    CHECK(rem_labels_add(&labels, &label));
  }
  static const char* const names[] = {"b.csv", "b.txt"};
  for (size_t k = 0U; k < 2U; ++k) {
    fixture_path(&dir, names[k], path);
    CHECK(!rem_labels_write(path, &labels, NULL));
    CHECK(!rem_labels_read(path, false, &read, NULL) && read.n == labels.n);
    for (size_t i = 0U; i < read.n; ++i) {
      const RemLabel* const l = &labels.items[i];
      check_label(&read, i, l->begin, l->end, l->name);
    }
    rem_labels_clear(&read);
  }
  CHECK(rem_labels_write("b.md", &labels, NULL) == REM_UNSUPPORTED);
  rem_labels_clear(&labels);
}

static void
test_finding(void)
{
  char  path[FIXTURE_PATH];
  char* found = NULL;
  fixture_write_text(fixture_path(&dir, "take.1.csv", path), "");
  rem_labels_find(fixture_path(&dir, "take.1.wav", path), &found);
  CHECK(found && !strcmp(strrchr(found, '/'), "/take.1.csv"));
  free(found);
  rem_labels_find(fixture_path(&dir, "take.wav", path), &found);
  CHECK(!found);
}

/// Score letters at tenths of a second
static RemScore
score(const char* const found, const char* const there, const char* const name)
{
  const char* const texts[2] = {found, there};
  RemLabels         labels[2];
  RemScore          out = {0U, 0U, 0U};
  memset(labels, 0, sizeof(labels));
  for (size_t k = 0U; k < 2U; ++k) {
    for (size_t i = 0U; texts[k][i]; ++i) {
      RemLabel label = {.begin = 0.1 * (double)i};
      label.name[0]  = texts[k][i];
      CHECK(texts[k][i] == ' ' || rem_labels_add(&labels[k], &label));
    }
  }
  rem_score_add(&out, &labels[0], &labels[1], name, 0.1001);
  rem_labels_clear(&labels[0]);
  rem_labels_clear(&labels[1]);
  return out;
}

static void
check_score(const RemScore s,
            const size_t   hits,
            const size_t   found,
            const size_t   there)
{
  CHECK(s.n_hits == hits && s.n_found == found && s.n_there == there);
}

static void
test_scores(void)
{
  check_score(score("a  a  a", "a  a  a", NULL), 3U, 3U, 3U);
  check_score(score(" a  a", "a  a  a", NULL), 2U, 2U, 3U); // One late each
  check_score(score("a a", " a", NULL), 1U, 2U, 1U);        // Counts once
  check_score(score("", "a", NULL), 0U, 0U, 1U);
  check_score(score("a    a", "  aa", NULL), 0U, 2U, 2U);
  check_score(score("ab ab", "ab a ", "b"), 1U, 2U, 1U);
  check_score(score("ab", "ba", NULL), 2U, 2U, 2U);
  check_score(score("b", "a", "a"), 0U, 0U, 1U);
  const RemScore s = {3U, 4U, 6U};
  CHECK(fabs(rem_score_precision(&s) - 0.75) < 1e-12);
  CHECK(fabs(rem_score_recall(&s) - 0.5) < 1e-12);
  CHECK(fabs(rem_score_f(&s) - 0.6) < 1e-12);
}

int
main(void)
{
  dir = fixture_begin();
  test_reading();
  test_zero_byte();
  test_refusals();
  test_there_and_back();
  test_finding();
  test_scores();
  fixture_end(&dir);
  return 0;
}

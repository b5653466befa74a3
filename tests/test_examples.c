// SPDX-License-Identifier: ISC

/// Examples: files good and bad, what a batch of them is, and small nets that
/// learn each task to the end

#include "offline_trainer/cross_entropy.h"
#include "offline_trainer/examples/batch.h"
#include "offline_trainer/examples/examples.h"
#include "offline_trainer/examples/learn.h"
#include "tests/check.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { N_THREADS = 2 };

/// Read examples from a text; NULL with `error` filled
static RemExamples*
read_text(const char* const             text,
          const RemExamplesRules* const rules,
          RemError* const               error)
{
  char         path[] = "test_examples_XXXXXX";
  const int    fd     = mkstemp(path);
  RemExamples* out    = NULL;
  CHECK(fd >= 0 && write(fd, text, strlen(text)) == (ssize_t)strlen(text));
  CHECK(!close(fd));
  *error             = (RemError){REM_SUCCESS, "", ""};
  const RemStatus st = rem_examples_read(path, rules, &out, error);
  CHECK(!st == !!out && (!st || strstr(error->place, path)));
  CHECK(!unlink(path));
  return out;
}

static RemExamples*
read_good(const char* const text, const RemExamplesRules rules)
{
  RemError           error;
  RemExamples* const all = read_text(text, &rules, &error);
  if (!all) {
    fprintf(stderr, "%s: %s\n", error.place, error.text);
    exit(1);
  }
  return all;
}

static void
check_files(void)
{
  const RemExamplesRules rules = {
    .task = REM_TASK_TAG, .in = REM_SYMBOLS_WORDS, .out = REM_SYMBOLS_NAMES};
  RemExamples* const all = read_good("# word\ttag\n"
                                     "the cat runs\tD N V\r\n"
                                     "\n"
                                     "the dog\tD N",
                                     rules);
  CHECK(all->n == 2U && all->symbols->n == 5U && all->labels->n == 4U);
  CHECK(all->labels->kind == REM_SYMBOLS_NAMES && !all->symbols->unknown);
  CHECK(all->examples[0].n_in == 3U && all->examples[1].n_out == 2U);
  CHECK(!strcmp(all->labels->names[all->examples[0].out[2]], "V"));
  CHECK(!strcmp(all->symbols->names[all->examples[1].in[1]], "dog"));

  RemExamplesRules like    = rules;
  like.like                = all;
  RemExamples* const other = read_good("a cat\tD X\n", like);
  CHECK(other->examples[0].in[0] == all->symbols->unknown);
  CHECK(other->examples[0].in[1] == all->examples[0].in[1]);
  CHECK(other->examples[0].out[1] == all->labels->unknown);
  rem_examples_free(other);
  rem_examples_free(all);
}

static void
check_bad_files(void)
{
  static const struct {
    RemExampleTask task;
    const char*    text;
    const char*    part; ///< Of place or text
  } bad[] = {
    {REM_TASK_TAG, "# nothing\n", "no example"},
    {REM_TASK_TAG, "a b\tx y\na b\n", ":2"},
    {REM_TASK_TAG, "a b\tx y\na b\tx\n", "as many labels"},
    {REM_TASK_CLASSIFY, "a b\tx y\n", "not one label"},
    {REM_TASK_TRANSLATE, "\tx\n", "Nothing goes in"},
    {REM_TASK_CAPTION, "a b\tx\n", "not numbers"},
    {REM_TASK_CAPTION, "1 2\tx\n1 2 3\tx\n", ":2"},
    {REM_TASK_CAPTION, "1 inf\tx\n", "not numbers"},
  };
  for (size_t i = 0U; i < sizeof(bad) / sizeof(*bad); ++i) {
    const RemExamplesRules rules = {
      .task = bad[i].task, .in = REM_SYMBOLS_WORDS, .out = REM_SYMBOLS_WORDS};
    RemError error;
    CHECK(!read_text(bad[i].text, &rules, &error));
    if (!strstr(error.place, bad[i].part) && !strstr(error.text, bad[i].part)) {
      fprintf(stderr, "%s: %s: %s\n", bad[i].text, error.place, error.text);
      exit(1);
    }
  }
}

/// What an answer's net reads, and what it should say, at every step
static void
check_batch(void)
{
  const RemExamplesRules rules = {.task = REM_TASK_COMPLETE,
                                  .in   = REM_SYMBOLS_CHARACTERS,
                                  .out  = REM_SYMBOLS_CHARACTERS};
  RemExamples* const     all   = read_good("ab\tc\na\tbca\n", rules);
  const RemSymbols*      v     = all->labels;
  const float            a     = (float)rem_symbols_find(v, "a"),
              b                = (float)rem_symbols_find(v, "b"),
              c = (float)rem_symbols_find(v, "c"), s = (float)v->start;
  float            x[10];
  uint32_t         lengths[2], targets[10];
  const uint32_t   places[] = {0U, 1U};
  RemSequenceBatch batch    = {.n = 2U, .lengths = lengths, .x = x};
  const float      want[]   = {a, a, b, s, s, b, c, c, 0.0f, a};
  rem_examples_fill(all, 1U, places, &batch);
  CHECK(batch.n_steps == 5U && lengths[0] == 4U && lengths[1] == 5U);
  CHECK(rem_examples_max_steps(all) == 5U);
  for (int i = 0; i < 10; ++i) {
    CHECK(i == 8 || x[i] == want[i]);
  }
  CHECK(rem_examples_targets(all, places, 2U, 5U, targets) == 10U);
  const uint32_t none = REM_NO_TARGET;
  const uint32_t t[]  = {none,
                         none,
                         none,
                         (uint32_t)b,
                         (uint32_t)c,
                         (uint32_t)c,
                         v->end,
                         (uint32_t)a,
                         none,
                         v->end};
  CHECK(!memcmp(t, targets, sizeof(t)));
  rem_examples_free(all);
}

/// Write a vector of two bits and what it is called
static void
write_caption(FILE* const out, const bool first, const bool second)
{
  fprintf(out, "%d %d\t", first, second);
  fprintf(out, "%s%s\n", first ? "xy" : "y", second ? "zz" : "");
}

/// Write what should come out for letters: what comes next as a capital,
/// whether the ends are the same, or all of them backwards
static void
write_out(FILE* const          out,
          const RemExampleTask task,
          const char* const    in,
          const int            length)
{
  if (task == REM_TASK_CLASSIFY) {
    fputs(in[0] == in[length - 1] ? "same" : "other", out);
    return;
  }
  for (int j = 0; j < length; ++j) {
    const int next = j + 1 < length ? j + 1 : j;
    fputc(task == REM_TASK_TAG ? in[next] - 32 : in[length - 1 - j], out);
  }
}

/// Write examples of a task, by rule, as lines
static char*
make_lines(const RemExampleTask task, const int n)
{
  char*       text = NULL;
  size_t      size = 0U;
  FILE* const out  = open_memstream(&text, &size);
  uint32_t    seed = 7U;
  CHECK(out);
  for (int i = 0; i < n; ++i) {
    char      in[16] = "";
    const int length = 2 + (int)(2.0f + 2.0f * noise(&seed));
    for (int j = 0; j < length; ++j) {
      in[j] = (char)('a' + (int)(1.5f + 1.5f * noise(&seed)));
    }
    if (task == REM_TASK_CAPTION) {
      write_caption(out, in[0] == 'a', in[1] == 'a');
      continue;
    }
    fprintf(out, "%s\t", in);
    write_out(out, task, in, length);
    fputc('\n', out);
  }
  CHECK(!fclose(out));
  return text;
}

/// A task that a small net learns to the end
typedef struct {
  RemExampleTask task;
  bool           both;
  uint32_t       n_attention;
  bool           beside;
  RemCell        cell;
  uint32_t       epochs;
  double         least; ///< Share of right answers
} Task;

static const Task learned_tasks[] = {
  {REM_TASK_TAG, true, 0U, false, REM_CELL_GRU, 20U, 1.0},
  {REM_TASK_CLASSIFY, true, 0U, false, REM_CELL_LSTM, 25U, 0.97},
  {REM_TASK_TRANSLATE, false, 16U, false, REM_CELL_GRU, 30U, 0.97},
  {REM_TASK_COMPLETE, false, 0U, false, REM_CELL_LSTM, 40U, 0.9},
  {REM_TASK_CAPTION, false, 0U, false, REM_CELL_GRU, 40U, 1.0},
  {REM_TASK_CAPTION, false, 0U, true, REM_CELL_GRU, 40U, 1.0},
};

/// See that answers taken greedily are those that evaluation counts as right
static void
check_answers(const RemModel* const    model,
              const RemExamples* const all,
              const bool* const        right)
{
  for (size_t i = 0U; i < all->n && i < 40U; ++i) {
    const RemExample* const e = &all->examples[i];
    const uint32_t          n = e->n_out - (all->task >= REM_TASK_TRANSLATE);
    RemAnswer               answer;
    CHECK(!rem_examples_answer(model, e, 50U, &answer, NULL));
    CHECK(right[i] == (answer.n == n &&
                       !memcmp(answer.symbols, e->out, n * sizeof(uint32_t))));
    for (uint32_t t = 0U; answer.attention && t <= answer.n; ++t) {
      float sum = 0.0f;
      for (uint32_t j = 0U; j < e->n_in; ++j) {
        sum += answer.attention[t * e->n_in + j];
      }
      CHECK(fabsf(sum - 1.0f) < 1e-5f); // A softmax, rounded
    }
    CHECK(!answer.attention ==
          !(model->encoder && model->encoder->n_attention));
    rem_answer_clear(&answer);
  }
}

static void
check_task(const Task* const t)
{
  const RemExamplesRules rules = {.task = t->task,
                                  .in   = REM_SYMBOLS_CHARACTERS,
                                  .out  = t->task == REM_TASK_CLASSIFY
                                            ? REM_SYMBOLS_NAMES
                                            : REM_SYMBOLS_CHARACTERS};
  char* const            text  = make_lines(t->task, 1000);
  RemExamples* const     all   = read_good(text, rules);
  RemExamples* const     last  = rem_examples_hold_out(all, 0.1);
  RemLearn               how   = rem_learn_default(t->task);
  RemLearned             learned;
  RemExamplesFigures     figures;
  bool                   right[100];
  RemExampleTask         task;
  CHECK(last && last->n == 100U && all->n == 900U);
  how.spec.net.cell        = t->cell;
  how.spec.net.n_hidden    = 24U;
  how.spec.net.both        = t->both;
  how.spec.n_attention     = t->n_attention;
  how.spec.rate            = 0.01;
  how.limits.epochs        = t->epochs;
  how.n_threads            = N_THREADS;
  how.own                  = t->task == REM_TASK_TRANSLATE ? 0.1 : 0.0;
  how.vector_at_every_step = t->beside;
  CHECK(!rem_examples_learn(all, last, &how, NULL, &learned, NULL));
  CHECK(rem_model_task(learned.model, &task) && task == t->task);
  CHECK(!rem_examples_evaluate(
    learned.model, last, N_THREADS, right, &figures, NULL));
  printf("%-9s %s: %.4f nats, %.1f %% of symbols, %.1f %% exact, %.1f s\n",
         rem_task_name(t->task),
         rem_cell_name(t->cell),
         figures.nats,
         100.0 * figures.accuracy,
         100.0 * figures.exact,
         learned.seconds);
  CHECK(figures.n == 100U && figures.exact >= t->least);
  CHECK(fabs(figures.nats - learned.nats) < 1e-9);
  check_answers(learned.model, last, right);

  RemLearned again; // A net that begins where another one is
  how.begin         = learned.model;
  how.limits.epochs = 1U;
  how.spec.rate     = 1e-6;
  CHECK(!rem_examples_learn(all, last, &how, NULL, &again, NULL));
  CHECK(fabs(again.nats - learned.nats) < 1e-3);
  rem_learned_clear(&again);
  rem_learned_clear(&learned);
  rem_examples_free(all);
  rem_examples_free(last);
  free(text);
}

/// Two runs are the same to the last bit, whatever the number of threads
static void
check_threads(void)
{
  const RemExamplesRules rules = {.task = REM_TASK_TRANSLATE,
                                  .in   = REM_SYMBOLS_CHARACTERS,
                                  .out  = REM_SYMBOLS_CHARACTERS};
  char* const            text  = make_lines(REM_TASK_TRANSLATE, 300);
  RemExamples* const     all   = read_good(text, rules);
  RemExamples* const     last  = rem_examples_hold_out(all, 0.1);
  RemLearned             two[2];
  for (uint32_t i = 0U; i < 2U; ++i) {
    RemLearn how          = rem_learn_default(REM_TASK_TRANSLATE);
    how.spec.net.n_hidden = 8U;
    how.spec.n_attention  = 4U;
    how.limits.epochs     = 8U;
    how.n_threads         = 1U + 2U * i;
    how.own               = 0.5;
    CHECK(!rem_examples_learn(all, last, &how, NULL, &two[i], NULL));
  }
  CHECK(two[0].nats == two[1].nats);
  CHECK(!memcmp(two[0].model->params,
                two[1].model->params,
                rem_net_n_params(&two[0].model->spec) * sizeof(float)));
  rem_learned_clear(&two[0]);
  rem_learned_clear(&two[1]);
  rem_examples_free(all);
  rem_examples_free(last);
  free(text);
}

static void
check_refusals(void)
{
  const RemExamplesRules rules = {.task = REM_TASK_COMPLETE,
                                  .in   = REM_SYMBOLS_CHARACTERS,
                                  .out  = REM_SYMBOLS_CHARACTERS};
  RemExamples* const     all   = read_good("ab\tc\na\tbca\n", rules);
  RemLearn               how   = rem_learn_default(REM_TASK_COMPLETE);
  RemError               error = {REM_SUCCESS, "", ""};
  RemLearned             learned;
  how.spec.net.both = true;
  CHECK(rem_examples_learn(all, all, &how, NULL, &learned, &error) ==
        REM_BAD_SHAPE);
  CHECK(!learned.model && strstr(error.text, "both directions"));
  rem_examples_free(all);
}

int
main(void)
{
  check_files();
  check_bad_files();
  check_batch();
  check_refusals();
  check_threads();
  for (size_t i = 0U; i < sizeof(learned_tasks) / sizeof(*learned_tasks); ++i) {
    check_task(&learned_tasks[i]);
  }
  return 0;
}

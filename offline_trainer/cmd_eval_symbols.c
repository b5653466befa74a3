// SPDX-License-Identifier: ISC

#include "offline_trainer/cmd_eval_symbols.h"

#include "dsp/modelfile/modelfile.h"
#include "offline_trainer/baseline/sets.h"
#include "offline_trainer/command.h"
#include "offline_trainer/examples/baseline.h"
#include "offline_trainer/examples/learn.h"
#include "offline_trainer/midi/songs.h"
#include "offline_trainer/pool.h"
#include "offline_trainer/text/ngram.h"
#include "offline_trainer/text/token_lesson.h"

#include <jansson.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#define N_HIDDEN 64U                    ///< Units of a feed-forward net
#define N_BACK 4U                       ///< Symbols that it sees
#define MOST_SYMBOLS 512U               ///< That baselines which train know
#define MOST_NUMBERS ((size_t)1 << 27U) ///< Of their frames, half a GiB

/// JSON knows no NaN: null stands for it
static json_t*
number_or_null(const double value)
{
  return isfinite(value) ? json_real(value) : json_null();
}

/// Print an object and release it
static RemStatus
print_json(json_t* const root, RemError* const error)
{
  char* const text = root ? json_dumps(root, JSON_INDENT(2)) : NULL;
  json_decref(root);
  if (!text) {
    return rem_fail(
      error, REM_BAD_ARGUMENT, NULL, "A file name is not UTF-8, as JSON wants");
  }
  puts(text);
  free(text);
  return REM_SUCCESS;
}

/// What is read of a text, and what is found
typedef struct {
  RemTokens*    tested;
  double        nats;
  double        chains[REM_MAX_ORDER + 1U]; ///< NaN without --training
  EvalBaselines rows;                       ///< Of those that train
} TextFinding;

/// Read a text, or songs, in a model's symbols
static RemStatus
read_tokens(const RemModel* const model,
            const char* const     path,
            RemTokens** const     out,
            RemError* const       error)
{
  const RemTextRules like = {.like = model->symbols};
  if (model->symbols->kind != REM_SYMBOLS_MIDI) {
    return rem_tokens_read(&path, 1U, &like, out, error);
  }
  const RemStatus st = rem_event_symbols_check(model->symbols, NULL, error);
  return st ? st : rem_songs_read(&path, 1U, out, error);
}

/// Let a feed-forward net and a linear system learn from `text`
static RemStatus
hold_contest(const RemTokens* const text,
             TextFinding* const     finding,
             RemError* const        error)
{
  const size_t n         = rem_tokens_n_foretold(finding->tested);
  const size_t n_symbols = text->symbols->n;
  RemFrameSet  training  = {.n_in = 0U};
  RemFrameSet  tested    = {.n_in = 0U};
  RemStatus    st        = REM_SUCCESS;
  if (n_symbols > MOST_SYMBOLS || n > MOST_NUMBERS / n_symbols) {
    return rem_fail(error,
                    REM_UNSUPPORTED,
                    NULL,
                    "--baselines takes up to %u symbols, and texts of up to %u"
                    " million of them",
                    MOST_SYMBOLS,
                    (unsigned)(MOST_NUMBERS / n_symbols / 1000000U));
  }
  if (rem_token_frames(text, MOST_NUMBERS / n_symbols / 4U, &training) &&
      rem_token_frames(finding->tested, n, &tested)) {
    const EvalContest asked = {.head     = REM_HEAD_SOFTMAX,
                               .n_hidden = N_HIDDEN,
                               .n_back   = N_BACK,
                               .training = &training,
                               .tested   = &tested};
    st = eval_baselines_hold_loss(&finding->rows, &asked, error);
  } else {
    st = rem_fail(error, REM_NO_MEMORY, NULL, "No memory for baselines");
  }
  rem_frame_set_clear(&training);
  rem_frame_set_clear(&tested);
  return st;
}

/// Append the chains to what trained
static void
add_chains(TextFinding* const finding)
{
  static const char* const keys[] = {
    "order_0", "order_1", "order_2", "order_3"};
  char name[40];
  for (uint32_t order = REM_MAX_ORDER; order; --order) {
    (void)snprintf(name, sizeof(name), "chain of order %u", order);
    eval_baselines_add(
      &finding->rows, keys[order], name, finding->chains[order]);
  }
}

/// Measure chains that learn from another text
static RemStatus
measure_chains(const RemModel* const model,
               const char* const     training,
               TextFinding* const    finding,
               RemError* const       error)
{
  RemTokens* text = NULL;
  RemStatus  st =
    training ? read_tokens(model, training, &text, error) : REM_SUCCESS;
  for (uint32_t order = 0U; !st && order <= REM_MAX_ORDER; ++order) {
    RemNgram* const chain = text ? rem_ngram_new(text, order) : NULL;
    finding->chains[order] =
      chain ? rem_ngram_nats(chain, finding->tested) : (double)NAN;
    rem_ngram_free(chain);
  }
  if (!st && text && finding->rows.asked) {
    st = hold_contest(text, finding, error);
    add_chains(finding);
  }
  rem_tokens_free(text);
  return st;
}

static RemStatus
measure_text(const RemModel* const    model,
             const EvalSymbols* const asked,
             TextFinding* const       out,
             RemError* const          error)
{
  RemStatus st = read_tokens(model, asked->text, &out->tested, error);
  if (st) {
    return st;
  }
  RemPool* const pool = rem_pool_new(rem_pool_n_processors());
  out->nats =
    pool ? rem_token_nats(&model->spec, model->params, NULL, out->tested, pool)
         : (double)NAN;
  rem_pool_free(pool);
  if (isnan(out->nats)) {
    return rem_fail(error, REM_NO_MEMORY, NULL, "No memory to test it");
  }
  if (out->rows.asked) {
    eval_baselines_add(&out->rows, "net", "this net", out->nats);
  }
  return measure_chains(model, asked->training, out, error);
}

static RemStatus
print_text_json(const EvalSymbols* const asked,
                const TextFinding* const f,
                RemError* const          error)
{
  json_t* const root = json_pack("{s:s, s:s, s:I, s:o, s:o, s:o, s:o, s:o}",
                                 "model",
                                 asked->model_path,
                                 "text",
                                 asked->text,
                                 "symbols",
                                 (json_int_t)rem_tokens_n_foretold(f->tested),
                                 "nll",
                                 number_or_null(f->nats),
                                 "bits",
                                 number_or_null(f->nats / M_LN2),
                                 "nll_order_1",
                                 number_or_null(f->chains[1]),
                                 "nll_order_2",
                                 number_or_null(f->chains[2]),
                                 "nll_order_3",
                                 number_or_null(f->chains[3]));
  if (root && f->rows.asked) {
    (void)json_object_set_new(root, "baselines", eval_baselines_json(&f->rows));
  }
  return print_json(root, error);
}

static RemStatus
print_text(const EvalSymbols* const asked,
           const TextFinding* const f,
           RemError* const          error)
{
  if (asked->json) {
    return print_text_json(asked, f, error);
  }
  printf("%s on %s: %zu %s\n\n",
         asked->model_path,
         asked->text,
         rem_tokens_n_foretold(f->tested),
         rem_symbol_kind_name(f->tested->symbols->kind));
  if (f->rows.asked) {
    puts("Nats per symbol; less is better");
    eval_baselines_print(&f->rows);
    return REM_SUCCESS;
  }
  printf("Nats (bits) per symbol; less is better\n"
         "  this net         %7.3f (%.3f)\n",
         f->nats,
         f->nats / M_LN2);
  for (uint32_t order = REM_MAX_ORDER; asked->training && order; --order) {
    printf("  chain of order %u %7.3f (%.3f)\n",
           order,
           f->chains[order],
           f->chains[order] / M_LN2);
  }
  if (!asked->training) {
    puts("\n--training FILE sets chains that learned from FILE beside it.");
  }
  return REM_SUCCESS;
}

static RemStatus
eval_text(const RemModel* const    model,
          const EvalSymbols* const asked,
          RemError* const          error)
{
  TextFinding             finding = {.tested = NULL, .rows = asked->baselines};
  const RemNetSpec* const spec    = &model->spec;
  if (spec->n_out != spec->n_symbols || spec->n_in != 1U || spec->both ||
      spec->whole || model->encoder) {
    return rem_fail(error,
                    REM_UNSUPPORTED,
                    asked->model_path,
                    "It does not foretell what it reads: try --examples");
  }
  RemStatus st = measure_text(model, asked, &finding, error);
  st           = st ? st : print_text(asked, &finding, error);
  rem_tokens_free(finding.tested);
  return st;
}

/// What is read of examples, and what is found
typedef struct {
  RemExamples*        tested;
  RemExamples*        training; ///< NULL: `tested`
  RemExamplesFigures  figures;
  RemExamplesBaseline baseline;
  RemExampleTask      task;
} ExamplesFinding;

static RemStatus
measure_examples(const RemModel* const    model,
                 const EvalSymbols* const asked,
                 ExamplesFinding* const   out,
                 RemError* const          error)
{
  RemExamples* const like = rem_examples_like(model);
  RemStatus          st   = REM_SUCCESS;
  if (!like) {
    return rem_fail(error,
                    REM_UNSUPPORTED,
                    asked->model_path,
                    "It learned from no examples: try --text");
  }
  out->task                    = like->task;
  const RemExamplesRules rules = {.task = like->task,
                                  .in   = like->symbols->kind,
                                  .out  = like->labels->kind,
                                  .like = like};
  (void)((st =
            rem_examples_read(asked->examples, &rules, &out->tested, error)) ||
         (asked->training &&
          (st = rem_examples_read(
             asked->training, &rules, &out->training, error))) ||
         (st = rem_examples_evaluate(model,
                                     out->tested,
                                     rem_pool_n_processors(),
                                     NULL,
                                     &out->figures,
                                     error)) ||
         (st =
            rem_examples_baseline(out->training ? out->training : out->tested,
                                  out->tested,
                                  &out->baseline,
                                  error)));
  rem_examples_free(like);
  return st;
}

static RemStatus
print_examples(const EvalSymbols* const     asked,
               const ExamplesFinding* const finding,
               RemError* const              error)
{
  const RemExamplesFigures* const  f = &finding->figures;
  const RemExamplesBaseline* const b = &finding->baseline;
  if (asked->json) {
    return print_json(json_pack("{s:s, s:s, s:s, s:I, s:I, s:o, s:f, s:f, s:s,"
                                " s:o, s:o}",
                                "model",
                                asked->model_path,
                                "examples",
                                asked->examples,
                                "task",
                                rem_task_name(finding->task),
                                "n",
                                (json_int_t)f->n,
                                "symbols",
                                (json_int_t)f->n_symbols,
                                "nll",
                                number_or_null(f->nats),
                                "accuracy",
                                f->accuracy,
                                "exact",
                                f->exact,
                                "counted",
                                b->name,
                                "nll_counted",
                                number_or_null(b->nats),
                                "accuracy_counted",
                                number_or_null(b->accuracy)),
                      error);
  }
  printf("%s on %s: %zu examples, %zu symbols come out\n\n"
         "  to %-20s%9s  right  exact\n"
         "  this net            %12.4f %5.1f%% %5.1f%%\n"
         "  %-20s%12.4f %5.1f%%\n",
         asked->model_path,
         asked->examples,
         f->n,
         f->n_symbols,
         rem_task_name(finding->task),
         "nats",
         f->nats,
         100.0 * f->accuracy,
         100.0 * f->exact,
         b->name,
         b->nats,
         100.0 * b->accuracy);
  if (!finding->training) {
    puts("\nThe second line counted these very examples; --training names"
         " others.");
  }
  return REM_SUCCESS;
}

static RemStatus
eval_examples(const RemModel* const    model,
              const EvalSymbols* const asked,
              RemError* const          error)
{
  ExamplesFinding finding = {.tested = NULL};
  RemStatus       st      = measure_examples(model, asked, &finding, error);
  if (!st) {
    st = print_examples(asked, &finding, error);
  }
  rem_examples_free(finding.tested);
  rem_examples_free(finding.training);
  return st;
}

int
eval_symbols(const char* const command, const EvalSymbols* const asked)
{
  RemError  error = {REM_SUCCESS, "", ""};
  RemModel* model = NULL;
  RemStatus st    = rem_model_read(asked->model_path, &model, NULL, &error);
  if (!st &&
      (model->kind != REM_FRAME_SYMBOL || !model->symbols || !model->labels)) {
    st = rem_fail(&error,
                  REM_UNSUPPORTED,
                  asked->model_path,
                  "It is a model for %s, not for symbols",
                  rem_frame_kind_name(model->kind));
  } else if (!st) {
    st = asked->text ? eval_text(model, asked, &error)
                     : eval_examples(model, asked, &error);
  }
  rem_model_free(model);
  return st ? command_failed(command, &error) : REM_EXIT_DONE;
}

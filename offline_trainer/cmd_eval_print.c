// SPDX-License-Identifier: ISC

#include "offline_trainer/cmd_eval.h"

#include <jansson.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

/// Print one figure: as it is, in dB, and what it is
static void
print_figure(const char* const name,
             const double      value,
             const double      db,
             const char* const unit,
             const char* const meaning)
{
  printf("  %-17s %10.6f  %6.1f %-4s  %s\n", name, value, db, unit, meaning);
}

void
eval_print_table(const Evaluation* const e)
{
  const RemFigures* const f = &e->figures;
  printf("%s%s%s against %s: %.2f s at %u Hz\n\n",
         e->played ? "" : e->player.path,
         e->played ? "" : " on ",
         e->input_path,
         e->target_path,
         (double)e->n / e->rate,
         e->rate);
  print_figure("ESR",
               f->esr,
               10.0 * log10(f->esr),
               "dB",
               "energy of difference by target's");
  print_figure("ESR, pre-emphasis",
               f->esr_emphasis,
               10.0 * log10(f->esr_emphasis),
               "dB",
               "the same after 1 - 0.85/z (treble)");
  print_figure(
    "MAE", f->mae, 20.0 * log10(f->mae), "dBFS", "mean distance, full scale 1");
  print_figure("DC",
               f->dc,
               20.0 * log10(fabs(f->dc)),
               "dBFS",
               "mean of target minus model");
  printf("\n  %-17s %10s  %9s\n", "Octave in Hz", "difference", "level");
  for (uint32_t i = 0; i < f->n_bands; ++i) {
    const RemBand* const b = &f->bands[i];
    printf("  %7g to %-7g %7.1f dB  %+6.1f dB\n",
           b->low,
           b->high,
           b->error_db,
           b->level_db);
  }
  puts("\n  Difference, and level of the model's output, by the target's level"
       "\n  in that octave; nan: the target has nothing there.");
  if (e->baselines.asked) {
    puts(
      "\nESR of the last 20 %, beside predictions that learned from the rest;"
      "\nless is better");
    eval_baselines_print(&e->baselines);
  }
}

/// JSON knows no NaN: null stands for it
static json_t*
number_or_null(const double value)
{
  return isfinite(value) ? json_real(value) : json_null();
}

static json_t*
bands_to_json(const RemFigures* const f)
{
  json_t* const bands = json_array();
  for (uint32_t i = 0; bands && i < f->n_bands; ++i) {
    const RemBand* const b = &f->bands[i];
    json_array_append_new(bands,
                          json_pack("{s:f, s:f, s:o, s:o}",
                                    "low",
                                    b->low,
                                    "high",
                                    b->high,
                                    "error_db",
                                    number_or_null(b->error_db),
                                    "level_db",
                                    number_or_null(b->level_db)));
  }
  return bands;
}

RemStatus
eval_print_json(const Evaluation* const e, RemError* const error)
{
  const RemFigures* const f = &e->figures;
  json_t* const           root =
    json_pack("{s:s?, s:s, s:s, s:i, s:I, s:I, s:o, s:o, s:o, s:o, s:o}",
              "model",
              e->player.path,
              e->played ? "prediction" : "input",
              e->input_path,
              "target",
              e->target_path,
              "sample_rate",
              (int)e->rate,
              "samples",
              (json_int_t)e->n,
              "latency",
              (json_int_t)e->latency,
              "esr",
              number_or_null(f->esr),
              "esr_emphasis",
              number_or_null(f->esr_emphasis),
              "mae",
              number_or_null(f->mae),
              "dc",
              number_or_null(f->dc),
              "bands",
              bands_to_json(f));
  if (root && e->baselines.asked) {
    (void)json_object_set_new(
      root, "baselines", eval_baselines_json(&e->baselines));
  }
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

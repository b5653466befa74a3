// SPDX-License-Identifier: ISC

#include "offline_trainer/describe_internal.h"

#include <stdio.h>

#define LABEL_WIDTH 12 ///< Longest label, and a blank
#define SHOWN 10U      ///< Symbols of a vocabulary

/// How people call cells
static const char* const cells[] = {[REM_CELL_LSTM]        = "LSTM",
                                    [REM_CELL_GRU]         = "GRU",
                                    [REM_CELL_RNN_TANH]    = "RNN",
                                    [REM_CELL_RNN_SIGMOID] = "RNN (sigmoid)",
                                    [REM_CELL_RNN_THRESHOLD] =
                                      "RNN (threshold)",
                                    [REM_CELL_RNN_LINEAR] = "RNN (linear)",
                                    [REM_CELL_FORWARD]    = "feed-forward net"};

void
describe_safely(const char* const text)
{
  for (const unsigned char* c = (const unsigned char*)text; *c; ++c) {
    const bool control =
      *c < 0x20U || *c == 0x7FU || (*c == 0xC2U && c[1] < 0xA0U);
    putchar(control ? '?' : *c);
  }
}

void
describe_label(const char* const name)
{
  printf("  %-*s ", LABEL_WIDTH, name);
}

size_t
describe_multiply_adds(const RemNetSpec* const spec)
{
  const uint32_t n_directions = rem_net_n_directions(spec);
  const size_t   n_hidden     = spec->n_hidden;
  const size_t   n_back       = spec->cell == REM_CELL_FORWARD ? 0U : n_hidden;
  const bool     heads        = spec->head != REM_HEAD_NONE;
  const size_t   n_heard      = heads ? rem_net_head_at(spec).n_in : 0U;
  const size_t   n_head       = (size_t)spec->n_out * n_heard;
  size_t         n            = 0U;
  for (uint32_t i = 0U; i < spec->n_layers * n_directions; ++i) {
    const RemLayerAt at      = rem_net_layer_at(spec, i);
    const uint32_t   n_found = i < n_directions ? spec->n_symbols : 0U;
    n += at.n_gates * n_hidden * (at.n_in - n_found + n_back);
  }
  return n + n_head;
}

/// Print a cell, what it reads and its layers
static void
print_layers(const RemNetSpec* const spec)
{
  printf("%s, ", cells[spec->cell]);
  if (spec->n_symbols) {
    printf("1 of %u symbols", spec->n_symbols);
    if (spec->n_in > 1U) {
      printf(
        " and %u %s", spec->n_in - 1U, spec->n_in > 2U ? "inputs" : "input");
    }
  } else {
    printf("%u %s", spec->n_in, spec->n_in > 1U ? "inputs" : "input");
  }
  printf(", %u %s of %u%s",
         spec->n_layers,
         spec->n_layers > 1U ? "layers" : "layer",
         spec->n_hidden,
         spec->both ? " in both directions" : "");
}

void
describe_net(const RemModel* const model)
{
  const RemNetSpec* const spec    = &model->spec;
  const RemEncoder* const encoder = model->encoder;
  if (encoder) {
    describe_label("encoder");
    print_layers(&encoder->spec);
    if (encoder->n_attention) {
      printf(", attention of %u", encoder->n_attention);
    }
    putchar('\n');
  }
  describe_label("net");
  print_layers(spec);
  printf(", %u %s%s%s\n",
         spec->n_out,
         spec->n_out > 1U ? "outputs" : "output",
         spec->whole ? " for a whole sequence" : "",
         spec->skip ? ", skip connection" : "");
  describe_label("parameters");
  printf("%zu\n", rem_net_n_params(spec));
}

/// Print the first symbols of a vocabulary
static void
print_symbols(const char* const title, const RemSymbols* const symbols)
{
  describe_label(title);
  printf("%u %s:", symbols->n, rem_symbol_kind_name(symbols->kind));
  for (uint32_t k = 0U; k < symbols->n && k < SHOWN; ++k) {
    putchar(' ');
    describe_safely(symbols->names[k]);
  }
  puts(symbols->n > SHOWN ? " ..." : "");
}

void
describe_symbols(const RemModel* const model)
{
  if (model->encoder && model->encoder->symbols) {
    print_symbols("reads", model->encoder->symbols);
  } else if (model->symbols) {
    print_symbols("reads", model->symbols);
  }
  if (model->labels) {
    print_symbols("writes", model->labels);
  }
}

// SPDX-License-Identifier: ISC

#include "offline_trainer/cmd_train.h"

#include <nettle/sha2.h>

#include <stdio.h>
#include <stdlib.h>

void
train_print_digest(FILE* const out, const void* const bytes, const size_t size)
{
  struct sha256_ctx context;
  uint8_t           digits[SHA256_DIGEST_SIZE];
  sha256_init(&context);
  sha256_update(&context, size, (const uint8_t*)bytes);
  sha256_digest(&context, sizeof(digits), digits);
  for (size_t i = 0; i < sizeof(digits); ++i) {
    fprintf(out, "%02x", digits[i]);
  }
  fputc('\n', out);
}

char*
train_text_of(const TrainFacts* const facts,
              void (*print)(FILE* out, const TrainFacts* facts))
{
  char*       text = NULL;
  size_t      size = 0U;
  FILE* const out  = open_memstream(&text, &size);
  if (!out) {
    return NULL;
  }
  print(out, facts);
  const bool good = !ferror(out);
  if (fclose(out) || !good) {
    free(text);
    return NULL;
  }
  return text;
}

void
train_print_spec(FILE* const out, const RemTrainSpec* const spec)
{
  fprintf(out, "--batch %u\n", spec->n_streams);
  fprintf(out, "--window %u\n", spec->n_steps);
  fprintf(out, "--warm-up %u\n", spec->n_warm_up);
  fprintf(out, "--memory %.9g\n", spec->memory);
  fprintf(out, "--learning-rate %.9g\n", spec->rate);
  fprintf(out, "--decay %.9g\n", spec->decay);
  fprintf(out, "--clip %.9g\n", spec->clip);
  fprintf(out, "--average %.9g\n", spec->keep);
  fprintf(out, "--seed %llu\n", (unsigned long long)spec->seed);
  if (spec->init == REM_INIT_ORTHOGONAL) {
    fprintf(out, "--init orthogonal\n");
  }
  if (spec->forget != 0.0) {
    fprintf(out, "--forget-bias %.9g\n", spec->forget);
  }
}

void
train_print_cell(FILE* const out, const RemNetSpec* const net)
{
  if (net->cell != REM_CELL_LSTM) { // As it was before there were others
    fprintf(out, "--cell %s\n", rem_cell_name(net->cell));
  }
}

void
train_print_net(FILE* const out, const RemNetSpec* const net)
{
  fprintf(out, "--cell %s\n", rem_cell_name(net->cell));
  fprintf(out, "--hidden %u\n", net->n_hidden);
  fprintf(out, "--layers %u\n", net->n_layers);
  fprintf(out, net->both ? "--both\n" : "");
}

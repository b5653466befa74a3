// SPDX-License-Identifier: ISC

#include "offline_trainer/describe_internal.h"

#include <stdio.h>

void
describe_spectra(const RemModel* const model)
{
  const RemSpectra* const s      = model->spectra;
  const RemSymbols* const labels = model->labels;
  describe_label("frames");
  printf(
    "%u mel bands from %.0f to %.0f Hz of sound at %.0f Hz, %.4g a second, "
    "windows of %.1f ms\n",
    s->n_bands,
    (double)s->lowest,
    (double)s->highest,
    s->rate,
    s->rate / s->hop,
    1e3 * s->n_fft / s->rate);
  describe_label("hears");
  for (uint32_t k = 0U; labels && k < labels->n; ++k) {
    fputs(k ? ", " : "", stdout);
    describe_safely(labels->names[k]);
  }
  putchar('\n');
}

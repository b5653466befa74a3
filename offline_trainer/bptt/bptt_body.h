// SPDX-License-Identifier: ISC

/// The code behind RemBpttKernel, compiled once per instruction set: a file
/// that includes this defines REM_BPTT_KERNEL (the struct's name) and REM_ISA.

#include "dsp/kernel/vec_widest.h"
#include "offline_trainer/bptt/bptt_kernel.h"

#include <stddef.h>
#include <stdint.h>

#define CACHE_LINE 64U ///< Bytes

// Tiles fill the registers: 32 of AVX-512 and NEON, 16 of the others
#if defined(__AVX512F__)
#  define WIDEST 16
#  define TILE_ROWS 8
#  define TILE_VECTORS 2
#elif defined(__AVX2__)
#  define WIDEST 8
#  define TILE_ROWS 6
#  define TILE_VECTORS 2
#elif defined(__aarch64__)
#  define WIDEST 4
#  define TILE_ROWS 6
#  define TILE_VECTORS 4
#else
#  define WIDEST 4
#  define TILE_ROWS 4
#  define TILE_VECTORS 2
#endif

#include "offline_trainer/bptt/bptt_head.h"

#include "offline_trainer/bptt/bptt_width.h"

#if WIDEST >= 16
#  undef WIDTH
#  define WIDTH 8
#  include "dsp/kernel/vec.h"
#  include "offline_trainer/bptt/bptt_width.h"
#endif
#if WIDEST >= 8
#  undef WIDTH
#  define WIDTH 4
#  include "dsp/kernel/vec.h"
#  include "offline_trainer/bptt/bptt_width.h"
#endif

static void
product(const RemProduct* const p)
{
  size_t column = 0U;
#if WIDEST >= 16
  column = columns_16(p, column);
#endif
#if WIDEST >= 8
  column = columns_8(p, column);
#endif
  (void)columns_4(p, column);
}

static void
cell(const RemCellRows* const rows)
{
  size_t unit = 0U;
#if WIDEST >= 16
  for (; unit + 16U <= rows->n_units; unit += 16U) {
    cell_block_16(rows, unit);
  }
#endif
#if WIDEST >= 8
  for (; unit + 8U <= rows->n_units; unit += 8U) {
    cell_block_8(rows, unit);
  }
#endif
  for (; unit < rows->n_units; unit += 4U) {
    cell_block_4(rows, unit);
  }
}

static void
cell_gradient(const RemCellRows* const rows,
              const float* const       dh,
              float* const             dc,
              float* const             db)
{
  size_t unit = 0U;
#if WIDEST >= 16
  for (; unit + 16U <= rows->n_units; unit += 16U) {
    cell_gradient_block_16(rows, dh, dc, db, unit);
  }
#endif
#if WIDEST >= 8
  for (; unit + 8U <= rows->n_units; unit += 8U) {
    cell_gradient_block_8(rows, dh, dc, db, unit);
  }
#endif
  for (; unit < rows->n_units; unit += 4U) {
    cell_gradient_block_4(rows, dh, dc, db, unit);
  }
}

const RemBpttKernel REM_BPTT_KERNEL =
  {REM_ISA, WIDEST, product, cell, cell_gradient, head};

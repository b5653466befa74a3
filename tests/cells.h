// SPDX-License-Identifier: ISC

/// Nets of every cell and kind, and streams to play through them

#ifndef REM_TESTS_CELLS_H
#define REM_TESTS_CELLS_H

#include "dsp/net.h"
#include "tests/check.h"
#include "tests/engine.h"

#include <math.h>
#include <stddef.h>
#include <stdint.h>

enum { N_CELLS = REM_CELL_FORWARD + 1 };

/// Frames of noise, with symbols first where a net reads them; some are none
static inline float*
make_frames(const RemNetSpec* const spec, const size_t n, const uint32_t seed)
{
  float* const x = noise_frames(n * spec->n_in, seed);
  for (size_t t = 0; spec->n_symbols && t < n; ++t) {
    const size_t k    = t * 7U % (spec->n_symbols + 2U);
    x[t * spec->n_in] = t % 9U == 4U ? NAN : t % 9U == 8U ? -3.0f : (float)k;
  }
  return x;
}

/// A shape that differs in everything with `h` and the cell
static inline RemNetSpec
make_spec(const uint32_t cell, const uint32_t h)
{
  RemNetSpec spec = {.cell     = (RemCell)cell,
                     .n_in     = 1U + h % 6U,
                     .n_hidden = h,
                     .n_layers = h < 64U ? 1U + h % 3U : 1U,
                     .n_out    = 1U + h % 4U % (1U + h % 6U),
                     .skip     = h % 2U == 0U,
                     .take     = (RemTake)(h / 3U % 3U)};
  if (h % 5U == 2U) {
    spec.n_symbols = 1U + h % 7U;
    spec.skip      = false;
  }
  if (h % 11U == 3U) {
    spec.head  = REM_HEAD_NONE;
    spec.n_out = rem_net_n_features(&spec);
    spec.skip  = false;
  }
  return spec;
}

/// A packed net with streams
typedef struct {
  RemNet*      net;
  RemNetState* states[2];
} Player;

static inline Player
open_player(const RemNetSpec* const spec,
            const float* const      params,
            const float* const      state)
{
  Player player = {rem_net_new(spec, params), {NULL, NULL}};
  for (int i = 0; i < 2; ++i) {
    player.states[i] = player.net ? rem_net_state_new(player.net) : NULL;
    CHECK(player.states[i]);
    rem_net_state_set(player.net, player.states[i], state);
  }
  return player;
}

static inline void
close_player(const Player* const player)
{
  rem_net_state_free(player->states[0]);
  rem_net_state_free(player->states[1]);
  rem_net_free(player->net);
}

#endif // REM_TESTS_CELLS_H

// SPDX-License-Identifier: ISC

/// NLL by PyTorch's distributions: test_torch_mdn.py --write wrote this

#ifndef REM_TESTS_GOLDEN_MDN_H
#define REM_TESTS_GOLDEN_MDN_H

#include <stdint.h>

/// A head's shape, how wide its noise is, and the nats of an event
typedef struct {
  const char* kinds; ///< As frames_of()
  uint32_t    n_mixtures;
  int         residual;
  float       floor;
  float       y_scale;
  float       scale; ///< Of columns
  double      nll;
} Golden;

/// The place of a case is its seed, from 1
static const Golden golden[] = {
  {"cccccccc", 5U, 1, 0.01f, 1.0f, 1.0f, 15.6833344233},
  {"cccccccc", 5U, 0, 0.01f, 1.0f, 1.0f, 9.75092558313},
  {"c", 1U, 1, 0.001f, 2.0f, 1.0f, 6.17348223788},
  {"cccccccccccccccccccccccccccccccc", 7U, 1, 0.01f, 1.0f, 0.5f, 42.1214072485},
  {"cc", 32U, 1, 0.01f, 3.0f, 2.0f, 9.98213803614},
  {"cccc", 3U, 1, 0.1f, 0.1f, 20.0f, 45.9802710309},
  {"cccc", 3U, 1, 0.01f, 8.0f, 1.0f, 1423.14017932},
  {"s", 2U, 1, 0.01f, 1.0f, 1.0f, 1.89688405192},
  {"sss", 4U, 0, 0.01f, 30.0f, 1.0f, 54.5580473509},
  {"9", 2U, 1, 0.01f, 4.0f, 1.0f, 6.7581352004},
  {"c2s9c4", 5U, 1, 0.01f, 1.5f, 1.0f, 11.0837235943},
  {"5scs", 3U, 0, 0.02f, 15.0f, 3.0f, 46.9367791056},
};

#endif // REM_TESTS_GOLDEN_MDN_H

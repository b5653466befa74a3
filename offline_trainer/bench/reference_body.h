// SPDX-License-Identifier: ISC

/// The code of reference.h for one type: a file that includes this defines
/// REAL, EXP, TANH and the names of the functions, LAYER and STEP

/// One layer, one frame: h and c [H] in place.  The four sums of a unit run
/// beside each other, each in the order of its row.
static void
LAYER(const RemNetSpec* const spec,
      const uint32_t          layer,
      const REAL* const       params,
      const REAL* const       x,
      REAL* const             h,
      REAL* const             c)
{
  const RemLayerAt  at = rem_net_layer_at(spec, layer);
  const size_t      n  = spec->n_hidden;
  const REAL* const w  = params + at.weight_ih;
  const REAL* const u  = params + at.weight_hh;
  REAL              h_new[REM_MAX_HIDDEN];

  for (size_t j = 0; j < n; ++j) {
    REAL z[4];
    for (size_t gate = 0; gate < 4; ++gate) {
      z[gate] = params[at.bias + gate * n + j];
    }
    for (size_t k = 0; k < at.n_in; ++k) {
      for (size_t gate = 0; gate < 4; ++gate) {
        z[gate] += w[(gate * n + j) * at.n_in + k] * x[k];
      }
    }
    for (size_t k = 0; k < n; ++k) {
      for (size_t gate = 0; gate < 4; ++gate) {
        z[gate] += u[(gate * n + j) * n + k] * h[k];
      }
    }
    const REAL i = 1 / (1 + EXP(-z[0]));
    const REAL f = 1 / (1 + EXP(-z[1]));
    const REAL o = 1 / (1 + EXP(-z[3]));
    c[j]         = f * c[j] + i * TANH(z[2]);
    h_new[j]     = o * TANH(c[j]);
  }
  memcpy(h, h_new, n * sizeof(REAL));
}

void
STEP(const RemNetSpec* const spec,
     const REAL* const       params,
     REAL* const             state,
     const REAL* const       x,
     REAL* const             y)
{
  const size_t    n    = spec->n_hidden;
  const RemHeadAt head = rem_net_head_at(spec);
  const REAL*     in   = x;

  for (uint32_t l = 0; l < spec->n_layers; ++l) {
    REAL* const h = state + (size_t)2 * l * n;
    LAYER(spec, l, params, in, h, h + n);
    in = h;
  }
  for (size_t o = 0; o < spec->n_out; ++o) {
    REAL sum = params[head.bias + o];
    for (size_t k = 0; k < n; ++k) {
      sum += params[head.weight + o * n + k] * in[k];
    }
    y[o] = sum + (spec->skip ? x[o] : 0);
  }
}

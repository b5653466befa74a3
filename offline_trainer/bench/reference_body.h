// SPDX-License-Identifier: ISC

/// The code of reference.h for one type: a file that includes this defines
/// REAL, EXP, TANH and R(name), the name of a function for that type

/// What goes into a layer: numbers, and before them perhaps a symbol
typedef struct {
  const REAL* x; ///< [n_x] numbers
  size_t      n_x;
  size_t      n_symbols;
  size_t      symbol;
} R(Input);

static R(Input) R(input)(const RemNetSpec* const spec, const REAL* const x)
{
  const size_t n = spec->n_symbols;
  if (!n) {
    return (R(Input)){x, spec->n_in, 0U, 0U};
  }
  const bool is_one = x[0] >= 0 && x[0] < (REAL)n;
  return (R(Input)){x + 1U, spec->n_in - 1U, n, is_one ? (size_t)x[0] : 0U};
}

/// h of one unit, from its sums W x + b and U h of every gate; c in place
static REAL
R(unit)(const RemCell     cell,
        const REAL* const w,
        const REAL* const u,
        const REAL        h,
        REAL* const       c)
{
  const REAL z = w[0] + u[0];
  if (cell == REM_CELL_LSTM) {
    const REAL i = 1 / (1 + EXP(-z));
    const REAL f = 1 / (1 + EXP(-(w[1] + u[1])));
    const REAL o = 1 / (1 + EXP(-(w[3] + u[3])));
    *c           = f * *c + i * TANH(w[2] + u[2]);
    return o * TANH(*c);
  }
  if (cell == REM_CELL_GRU) {
    const REAL r     = 1 / (1 + EXP(-z));
    const REAL keeps = 1 / (1 + EXP(-(w[1] + u[1])));
    return (1 - keeps) * TANH(w[2] + r * u[2]) + keeps * h;
  }
  if (cell == REM_CELL_FORWARD) {
    return TANH(z);
  }
  const REAL sum = z + *c;
  *c             = 0;
  return cell == REM_CELL_RNN_TANH        ? TANH(sum)
         : cell == REM_CELL_RNN_SIGMOID   ? 1 / (1 + EXP(-sum))
         : cell == REM_CELL_RNN_THRESHOLD ? (REAL)(sum > 0)
                                          : sum;
}

/// Sums of unit `j`: w = W x + b and u = U h, all gates beside each other, each
/// in the order of its row.  A constant number of them is three times as fast.
static inline __attribute__((always_inline)) void
R(sum_gates)(const RemNetSpec* const spec,
             const RemLayerAt        at,
             const size_t            n_gates,
             const REAL* const       params,
             const size_t            j,
             const R(Input) in,
             const REAL* const h,
             REAL* const       w,
             REAL* const       u)
{
  const size_t      n    = spec->n_hidden;
  const size_t      n_u  = spec->cell == REM_CELL_FORWARD ? 0U : n;
  const REAL* const from = params + at.weight_ih + j * at.n_in;
  const REAL* const back = params + at.weight_hh + j * n;

  for (size_t gate = 0; gate < n_gates; ++gate) {
    w[gate] = params[at.bias + gate * n + j];
    u[gate] = 0;
  }
  for (size_t k = 0; k < in.n_x; ++k) {
    for (size_t gate = 0; gate < n_gates; ++gate) {
      w[gate] += from[gate * n * at.n_in + in.n_symbols + k] * in.x[k];
    }
  }
  for (size_t gate = 0; in.n_symbols && gate < n_gates; ++gate) {
    w[gate] += from[gate * n * at.n_in + in.symbol];
  }
  for (size_t k = 0; k < n_u; ++k) {
    for (size_t gate = 0; gate < n_gates; ++gate) {
      u[gate] += back[gate * n * n + k] * h[k];
    }
  }
}

/// One layer, one frame: h and c [H] in place
static void
R(layer)(const RemNetSpec* const spec,
         const uint32_t          index,
         const REAL* const       params,
         const R(Input) in,
         REAL* const h,
         REAL* const c)
{
  const RemLayerAt at = rem_net_layer_at(spec, index);
  const size_t     n  = spec->n_hidden;
  REAL             h_new[REM_MAX_HIDDEN];

  for (size_t j = 0; j < n; ++j) {
    REAL w[4];
    REAL u[4];
    if (spec->cell == REM_CELL_LSTM) {
      R(sum_gates)(spec, at, 4U, params, j, in, h, w, u);
    } else if (spec->cell == REM_CELL_GRU) {
      R(sum_gates)(spec, at, 3U, params, j, in, h, w, u);
      u[2] += params[at.bias_hn + j];
    } else {
      R(sum_gates)(spec, at, 1U, params, j, in, h, w, u);
    }
    h_new[j] = R(unit)(spec->cell, w, u, h[j], c + j);
  }
  memcpy(h, h_new, n * sizeof(REAL));
}

/// What the head sees
static void
R(features)(const RemNetSpec* const spec,
            const REAL* const       state,
            REAL* const             features)
{
  const size_t n       = spec->n_hidden;
  const bool   average = spec->take == REM_TAKE_AVERAGE;
  const REAL   part    = average ? (REAL)1 / (REAL)spec->n_layers : 1;

  memset(features, 0, rem_net_n_features(spec) * sizeof(REAL));
  for (uint32_t l = 0; l < spec->n_layers; ++l) {
    if (spec->take == REM_TAKE_LAST && l + 1U < spec->n_layers) {
      continue;
    }
    REAL* const to =
      features + (spec->take == REM_TAKE_CONCAT ? (size_t)l * n : 0U);
    for (size_t j = 0; j < n; ++j) {
      to[j] += part * state[(size_t)2 * l * n + j];
    }
  }
}

void
R(step)(const RemNetSpec* const spec,
        const REAL* const       params,
        REAL* const             state,
        const REAL* const       x,
        REAL* const             y)
{
  const size_t    n    = spec->n_hidden;
  const RemHeadAt head = rem_net_head_at(spec);
  REAL            features[REM_MAX_LAYERS * REM_MAX_HIDDEN];
  R(Input) in = R(input)(spec, x);

  for (uint32_t l = 0; l < spec->n_layers; ++l) {
    REAL* const h = state + (size_t)2 * l * n;
    R(layer)(spec, l, params, in, h, h + n);
    in = (R(Input)){h, n, 0U, 0U};
  }
  R(features)(spec, state, features);
  for (size_t o = 0; o < spec->n_out; ++o) {
    const bool none = spec->head == REM_HEAD_NONE;
    REAL       sum  = none ? features[o] : params[head.bias + o];
    for (size_t k = 0; !none && k < head.n_in; ++k) {
      sum += params[head.weight + o * head.n_in + k] * features[k];
    }
    y[o] = sum + (spec->skip ? x[o] : 0);
  }
}

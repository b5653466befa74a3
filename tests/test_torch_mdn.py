#!/usr/bin/python3
# SPDX-License-Identifier: ISC
"""NLL of control frames by PyTorch's distributions, in double.

    test_torch_mdn.py [--write]

Compares tests/golden_mdn.h, which test_mdn.c holds our NLL to, with what
PyTorch makes of the same numbers; --write writes it.  Exit status 77 says that
PyTorch is not here.
"""

import pathlib
import re
import sys

try:
    import numpy as np
    import torch
    from torch.distributions import (Bernoulli, Categorical, Independent,
                                     MixtureSameFamily, Normal)
except ImportError as error:
    print('SKIP python3-torch or python3-numpy is not installed:', error)
    sys.exit(77)

GOLDEN = pathlib.Path(__file__).resolve().parent / 'golden_mdn.h'
BOUND = 1e-5  # Nats
# Kinds of dimensions as in tests/frames.h, mixtures, residual, floor, scale of
# what the net says, scale of columns
CASES = [('cccccccc', 5, True, 0.01, 1.0, 1.0),
         ('cccccccc', 5, False, 0.01, 1.0, 1.0),
         ('c', 1, True, 0.001, 2.0, 1.0),
         ('c' * 32, 7, True, 0.01, 1.0, 0.5),
         ('cc', 32, True, 0.01, 3.0, 2.0),
         ('cccc', 3, True, 0.1, 0.1, 20.0),
         ('cccc', 3, True, 0.01, 8.0, 1.0),
         ('s', 2, True, 0.01, 1.0, 1.0),
         ('sss', 4, False, 0.01, 30.0, 1.0),
         ('9', 2, True, 0.01, 4.0, 1.0),
         ('c2s9c4', 5, True, 0.01, 1.5, 1.0),
         ('5scs', 3, False, 0.02, 15.0, 3.0)]
HEAD = """// SPDX-License-Identifier: ISC

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
"""


class Noise:
    """noise() of tests/check.h"""

    def __init__(self, seed):
        self.seed = seed

    def __call__(self, scale=1.0):
        x = self.seed
        x ^= x << 13 & 0xffffffff
        x ^= x >> 17
        x ^= x << 5 & 0xffffffff
        self.seed = x
        return np.float32(scale) * np.float32((x >> 8) / 8388608 - 1)


def columns(kinds, scale, noise):
    """(continuous, discrete) of random_columns()"""
    continuous, discrete = [noise(scale)], []
    for kind in kinds:
        x = noise()
        if kind == 'c':
            continuous.append(np.float32(scale) * x)
        elif kind == 's':
            discrete.append(float(x >= 0))
        else:
            place = (np.float32(0.5) + np.float32(0.5) * x) * np.float32(kind)
            discrete.append(int(place))
    return torch.tensor(np.array(continuous, 'f8')), discrete


def nll(seed, case):
    kinds, mixtures, residual, floor, y_scale, scale = case
    noise = Noise(seed)
    n = 1 + kinds.count('c')
    widths = [1 if kind == 's' else int(kind) for kind in kinds if kind != 'c']
    size = mixtures * (1 + 2 * n)
    y = torch.tensor([float(noise(y_scale)) for _ in range(size + sum(widths))],
                     dtype=torch.float64)
    before, _ = columns(kinds, scale, noise)
    z, discrete = columns(kinds, scale, noise)
    base = before * float(residual)
    base[0] = 0
    mean = y[mixtures:mixtures * (1 + n)].view(mixtures, n) + base
    raw = y[mixtures * (1 + n):size].view(mixtures, n)
    deviation = float(np.float32(floor)) + raw.clamp(max=20).exp()
    mixture = MixtureSameFamily(Categorical(logits=y[:mixtures]),
                                Independent(Normal(mean, deviation), 1))
    total = mixture.log_prob(z)
    for width, value in zip(widths, discrete):
        logits, size = y[size:size + width], size + width
        value = torch.tensor(value, dtype=torch.float64)
        total += (Bernoulli(logits=logits[0]) if width == 1
                  else Categorical(logits=logits)).log_prob(value)
    return -total.item()


def row(case, value):
    kinds, mixtures, residual, floor, y_scale, scale = case
    return '  {"%s", %dU, %d, %sf, %sf, %sf, %.12g},\n' % (
        kinds, mixtures, residual, floor, y_scale, scale, value)


def main():
    values = [nll(1 + i, case) for i, case in enumerate(CASES)]
    rows = [row(case, value) for case, value in zip(CASES, values)]
    if '--write' in sys.argv:
        GOLDEN.write_text(HEAD + ''.join(rows)
                          + '};\n\n#endif // REM_TESTS_GOLDEN_MDN_H\n')
    text = GOLDEN.read_text()
    kept = [float(x) for x in re.findall(r'([-\d.e+]+)\},', text)]
    same = all(re.sub(r'[^,]*$', '', line.rstrip(',\n')).replace(' ', '')
               in re.sub(r'\s', '', text) for line in rows)
    worst = max(abs(a - b) for a, b in zip(kept, values))
    print('%d cases, off by %.1e nats at most' % (len(kept), worst))
    sys.exit(not (same and len(kept) == len(values) and worst < BOUND))


if __name__ == '__main__':
    main()

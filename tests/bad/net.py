# SPDX-License-Identifier: ISC
"""A small LSTM net in plain Python, to make files of"""

import math
import random
import struct

N = 4  # Hidden size


def rounded(x):
    """x as a 32-bit float, exactly"""
    return struct.unpack('<f', struct.pack('<f', x))[0]


def matrix(seed, rows, columns):
    rng = random.Random(seed)
    return [[rounded(rng.uniform(-0.5, 0.5)) for _ in range(columns)]
            for _ in range(rows)]


W_IH, W_HH = matrix(1, 4 * N, 1), matrix(2, 4 * N, N)
BIAS = matrix(3, 1, 4 * N)[0]
HEAD, HEAD_BIAS = matrix(4, 1, N), [0.125]
INPUT = [rounded(0.3 * math.sin(0.7 * t)) for t in range(32)]


def sigmoid(x):
    return 1.0 / (1.0 + math.exp(-x))


def play(x):
    """The net's output from the zero state, without skip connection"""
    h, c, y = [0.0] * N, [0.0] * N, []
    for sample in x:
        z = [W_IH[r][0] * sample + BIAS[r]
             + sum(w * v for w, v in zip(W_HH[r], h)) for r in range(4 * N)]
        c = [sigmoid(z[N + j]) * c[j] + sigmoid(z[j]) * math.tanh(z[2 * N + j])
             for j in range(N)]
        h = [sigmoid(z[3 * N + j]) * math.tanh(c[j]) for j in range(N)]
        y.append(sum(w * v for w, v in zip(HEAD[0], h)) + HEAD_BIAS[0])
    return y


def flat(rows):
    return [x for row in rows for x in row]


def transposed(rows):
    return [list(column) for column in zip(*rows)]

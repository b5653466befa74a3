# SPDX-License-Identifier: ISC
"""Small models for control frames, as `remanence train --control` writes them

    steady('m.safetensors', n=2, dt=0.1)  repeats the last frame every 0.1 s
    noisy('m.safetensors', n=2)           plays what chance and the past make of
                                          a mixture
"""

import json
import math
import os
import random
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)),
                                'bad'))

import bad_safetensors
from bad_safetensors import tensor

HIDDEN = 8
DT = {'offset': -3.0, 'scale': 1.0, 'maximum': 20.0}


def write(name, n, mixtures, weight, head_bias):
    """weight() is any weight, head_bias [n_out] is added to what comes out"""
    n_in, n_out = 1 + n, len(head_bias)
    config = {
        'cell': 'lstm', 'n_in': n_in, 'n_hidden': HIDDEN, 'n_layers': 1,
        'head': 'mdn' if mixtures else 'linear', 'n_out': n_out, 'skip': False,
        'frame': 'control',
        'frames': {'mixtures': mixtures, 'residual': True, 'floor': 0.01,
                   'dt': DT,
                   'dims': [{'name': 'fader %d' % (i + 1),
                             'kind': 'continuous', 'offset': 0.5, 'scale': 0.3}
                            for i in range(n)]}}

    def weights(*shape):
        return tensor(shape, [weight() for _ in range(math.prod(shape))])
    tensors = {'rnn.weight_ih_l0': weights(4 * HIDDEN, n_in),
               'rnn.weight_hh_l0': weights(4 * HIDDEN, HIDDEN),
               'rnn.bias_ih_l0': weights(4 * HIDDEN),
               'rnn.bias_hh_l0': tensor((4 * HIDDEN,), [0.0] * 4 * HIDDEN),
               'head.weight': weights(n_out, HIDDEN),
               'head.bias': tensor((n_out,), head_bias)}
    with open(name, 'wb') as out:
        out.write(bad_safetensors.packed(
            tensors, {'remanence': '1', 'config': json.dumps(config)}))


def steady(name, n=2, dt=0.1, step=0.0):
    """step is added to every value, event by event"""
    bias = (math.log(dt) - DT['offset']) / DT['scale']
    write(name, n, 0, lambda: 0.0, [bias] + [step / 0.3] * n)


def noisy(name, n=2, seed=1):
    source = random.Random(seed)
    columns = 1 + n
    write(name, n, 2, lambda: source.uniform(-1.0, 1.0),
          [0.0] * (2 + 2 * columns) + [-1.0] * 2 * columns)


def sound(name):
    """A model that is none for control frames"""
    with open(name, 'wb') as out:
        out.write(bad_safetensors.packed(bad_safetensors.ours(),
                                         bad_safetensors.metadata()))

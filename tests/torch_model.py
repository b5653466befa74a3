#!/usr/bin/python3
# SPDX-License-Identifier: ISC
"""Write PyTorch nets as safetensors, and what PyTorch makes of an input.

    torch_model.py FOLDER

For every case: NAME.safetensors, a state_dict in the safetensors layout;
NAME.in, float32 [frames, inputs]; NAME.out, float64 [frames, outputs], played
in double from the zero state.  FOLDER/index names the cases and their frames.
Exit status 77 says that PyTorch is not here.
"""

import json
import os
import struct
import sys

try:
    import numpy as np
    import torch
except ImportError as error:
    print('SKIP python3-torch or python3-numpy is not installed:', error)
    sys.exit(77)

FRAMES = 2000
TYPES = {torch.float32: 'F32', torch.float64: 'F64', torch.float16: 'F16',
         torch.bfloat16: 'BF16'}
# Name, inputs, hidden, layers, outputs, bias, type, names of the two modules
CASES = [
    ('plain', 1, 16, 1, 1, True, torch.float32, 'lstm', 'fc'),
    ('guitarml', 1, 40, 1, 1, True, torch.float32, 'rec', 'lin'),
    ('knobs', 3, 24, 2, 1, True, torch.float32, 'net.rnn', 'net.head'),
    ('unbiased', 1, 8, 3, 1, False, torch.float32, 'a', 'b'),
    ('wide', 5, 7, 1, 4, True, torch.float64, 'rnn', 'head'),
    ('half', 1, 12, 1, 1, True, torch.float16, 'rnn', 'head'),
    ('brain', 1, 12, 2, 1, True, torch.bfloat16, 'rnn', 'head')]


def nested(names, lstm, linear):
    """Modules under dotted names, as a state_dict has them"""
    root = torch.nn.Module()
    for name, module in zip(names, (lstm, linear)):
        place = root
        *path, last = name.split('.')
        for step in path:
            if not hasattr(place, step):
                place.add_module(step, torch.nn.Module())
            place = getattr(place, step)
        place.add_module(last, module)
    return root


def raw(tensor):
    """The bytes of a tensor, little-endian"""
    if tensor.dtype == torch.bfloat16:  # Numpy has no such type
        tensor = tensor.view(torch.int16)
    array = tensor.contiguous().numpy()
    return array.astype(array.dtype.newbyteorder('<')).tobytes()


def save(state_dict, path):
    """Write a state_dict as `safetensors` does"""
    header, data = {'__metadata__': {'format': 'pt'}}, b''
    for name, tensor in state_dict.items():
        begin = len(data)
        data += raw(tensor)
        header[name] = {'dtype': TYPES[tensor.dtype],
                        'shape': list(tensor.shape),
                        'data_offsets': [begin, len(data)]}
    text = json.dumps(header).encode()
    text += b' ' * (-len(text) % 8)
    with open(path, 'wb') as out:
        out.write(struct.pack('<Q', len(text)) + text + data)


def make(folder, case):
    name, n_in, n_hidden, n_layers, n_out, bias, kind, rnn, head = case
    lstm = torch.nn.LSTM(n_in, n_hidden, n_layers, bias=bias)
    linear = torch.nn.Linear(n_hidden, n_out, bias=bias)
    root = nested((rnn, head), lstm, linear).to(kind)
    path = os.path.join(folder, name)
    save(root.state_dict(), path + '.safetensors')
    x = torch.rand(FRAMES, n_in) * 2 - 1
    root.double()  # The weights stay as they were rounded
    with torch.no_grad():
        y = linear(lstm(x.double())[0])
    x.numpy().astype('<f4').tofile(path + '.in')
    y.numpy().astype('<f8').tofile(path + '.out')
    return '%s %d %d %d\n' % (name, FRAMES, n_in, n_out)


def main():
    torch.manual_seed(5)
    with open(os.path.join(sys.argv[1], 'index'), 'w') as index:
        for case in CASES:
            index.write(make(sys.argv[1], case))


if __name__ == '__main__':
    main()

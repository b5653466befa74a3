#!/usr/bin/python3
# SPDX-License-Identifier: ISC
"""Write PyTorch nets as safetensors, and what PyTorch makes of an input.

    torch_model.py FOLDER

For every case: NAME.safetensors, a state_dict in the safetensors layout, or a
file of our own; NAME.in, float32 [frames, inputs]; NAME.out, float64 [frames,
outputs], played in double from the zero state, or the learned one.
FOLDER/index names the cases and their frames.
Exit status 77 says that PyTorch is not here.
"""

import itertools
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
KINDS = {'lstm': torch.nn.LSTM, 'gru': torch.nn.GRU, 'rnn': torch.nn.RNN}
CELL_FRAMES = 300
SYMBOLS = 5
HIDDEN = 9


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


def save(state_dict, path, metadata=None):
    """Write a state_dict as `safetensors` does"""
    header, data = {'__metadata__': metadata or {'format': 'pt'}}, b''
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


def make_cell(folder, cell, n_layers, both):
    """A state_dict of another cell, in one direction or both"""
    name = '%s-%d%s' % (cell, n_layers, '-both' * both)
    rnn = KINDS[cell](2, HIDDEN, n_layers, bidirectional=both)
    linear = torch.nn.Linear(HIDDEN * (1 + both), 1)
    root = nested(('rnn', 'fc'), rnn, linear)
    path = os.path.join(folder, name)
    save(root.state_dict(), path + '.safetensors')
    x = torch.rand(CELL_FRAMES, 2) * 2 - 1
    root.double()
    with torch.no_grad():
        y = linear(rnn(x.double())[0])
    x.numpy().astype('<f4').tofile(path + '.in')
    y.numpy().astype('<f8').tofile(path + '.out')
    return '%s %d %d %d\n' % (name, CELL_FRAMES, 2, 1)


def aidax(gru, linear):
    """A GRU as Keras and RTNeural have it: transposed, z before r"""
    def keras(tensor):
        r, z, n = tensor.chunk(3)
        return torch.cat((z, r, n)).t().tolist()

    return {'in_shape': [None, None, 2],
            'layers': [
                {'type': 'gru', 'activation': '',
                 'shape': [None, None, HIDDEN],
                 'weights': [keras(gru.weight_ih_l0), keras(gru.weight_hh_l0),
                             [keras(gru.bias_ih_l0), keras(gru.bias_hh_l0)]]},
                {'type': 'dense', 'activation': '', 'shape': [None, None, 1],
                 'weights': [linear.weight.T.tolist(),
                             linear.bias.tolist()]}]}


def guitarml(gru, linear):
    state = {'rec.' + key: value.tolist()
             for key, value in gru.state_dict().items()}
    state.update({'lin.' + key: value.tolist()
                  for key, value in linear.state_dict().items()})
    return {'model_data': {'model': 'SimpleRNN', 'input_size': 2, 'skip': 0,
                           'output_size': 1, 'unit_type': 'GRU',
                           'num_layers': 1, 'hidden_size': HIDDEN,
                           'bias_fl': True}, 'state_dict': state}


def make_json(folder, name, convert):
    """A GRU in a format of guitarists"""
    gru, linear = torch.nn.GRU(2, HIDDEN), torch.nn.Linear(HIDDEN, 1)
    path = os.path.join(folder, name)
    with open(path, 'w') as out:
        json.dump(convert(gru, linear), out)
    x = torch.rand(CELL_FRAMES, 2) * 2 - 1
    with torch.no_grad():
        y = linear.double()(gru.double()(x.double())[0])
    x.numpy().astype('<f4').tofile(path + '.in')
    y.numpy().astype('<f8').tofile(path + '.out')
    return '%s %d %d %d\n' % (name, CELL_FRAMES, 2, 1)


def own_config(cell, n_layers, take, symbols, learned):
    config = {'cell': cell, 'n_in': 2, 'n_hidden': HIDDEN, 'skip': False,
              'n_layers': n_layers, 'head': 'softmax', 'n_out': 4,
              'take': take, 'frame': 'symbols' if symbols else 'vectors'}
    if learned:
        config['initial'] = 'learned'
    if symbols:
        config['n_symbols'] = SYMBOLS
        config['symbols'] = {'kind': 'names', 'names': list('abcde')}
    return config


def play(layers, head, initial, take, x):
    """The logits for frames x, from the state `initial` [layers, 2, hidden]"""
    features = []
    for k, layer in enumerate(layers):
        h, c = initial[k, :1], initial[k, 1:]
        state = (h, c) if isinstance(layer, torch.nn.LSTM) else h
        x = layer(x, state)[0]
        features.append(x)
    seen = {'last': features[-1], 'concat': torch.cat(features, 1),
            'average': torch.stack(features).mean(0)}
    return head(seen[take])


def make_own(folder, cell, n_layers, take, symbols, learned):
    """A file of our own: what nn.GRU and its like cannot say by themselves"""
    name = '%s-%d-%s%s%s' % (cell, n_layers, take, '-symbols' * symbols,
                             '-learned' * learned)
    columns = SYMBOLS + 1 if symbols else 2
    layers = [KINDS[cell](HIDDEN if k else columns, HIDDEN)
              for k in range(n_layers)]
    head = torch.nn.Linear(HIDDEN * (n_layers if take == 'concat' else 1), 4)
    initial = torch.zeros(n_layers, 2, HIDDEN)
    if learned:
        initial = torch.rand(n_layers, 2, HIDDEN) - 0.5
        if cell != 'lstm':  # Of an RNN it is an own bias of the first step
            initial[:, 1] = 0
    state = {'rnn.' + key.replace('_l0', '_l%d' % k): value
             for k, layer in enumerate(layers)
             for key, value in layer.state_dict().items()}
    state.update({'head.' + key: value
                  for key, value in head.state_dict().items()})
    if learned:
        state['initial.bias'] = initial.flatten()
    path = os.path.join(folder, name)
    config = own_config(cell, n_layers, take, symbols, learned)
    save(state, path + '.safetensors',
         {'remanence': '1', 'config': json.dumps(config)})
    x = torch.rand(CELL_FRAMES, 2) * 2 - 1
    seen = x
    if symbols:
        x[:, 0] = torch.randint(0, SYMBOLS, (CELL_FRAMES,))
        seen = torch.cat((torch.nn.functional.one_hot(x[:, 0].long(), SYMBOLS),
                          x[:, 1:]), 1)
    for module in layers + [head]:
        module.double()
    with torch.no_grad():
        y = play(layers, head, initial.double(), take, seen.double())
    x.numpy().astype('<f4').tofile(path + '.in')
    y.numpy().astype('<f8').tofile(path + '.out')
    return '%s %d %d %d\n' % (name, CELL_FRAMES, 2, 4)


def main():
    torch.manual_seed(5)
    folder = sys.argv[1]
    with open(os.path.join(folder, 'index'), 'w') as index:
        for case in CASES:
            index.write(make(folder, case))
        index.write(make_json(folder, 'gru.aidax', aidax))
        index.write(make_json(folder, 'gru.json', guitarml))
        for case in itertools.product(KINDS, (1, 2, 3), (False, True)):
            index.write(make_cell(folder, *case))
        for case in itertools.product(KINDS, (1, 2, 3),
                                      ('last', 'concat', 'average'),
                                      (False, True), (False, True)):
            index.write(make_own(folder, *case))


if __name__ == '__main__':
    main()

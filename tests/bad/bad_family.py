# SPDX-License-Identifier: ISC
"""Bad safetensors files of cells and frames other than LSTM and sound"""

import net
from bad_safetensors import metadata, packed, tensor

N = net.N


def other_cell(n_gates, reverse=False):
    """A state_dict of nn.GRU (3 gates) or nn.RNN (1)"""
    rows = n_gates * N
    layer = {'weight_ih_l0': tensor((rows, 1), net.flat(net.W_IH)[:rows]),
             'weight_hh_l0': tensor((rows, N), net.flat(net.W_HH)[:rows * N]),
             'bias_ih_l0': tensor((rows,), net.BIAS[:rows]),
             'bias_hh_l0': tensor((rows,), net.BIAS[:rows])}
    out = {'rnn.' + name: value for name, value in layer.items()}
    if reverse:
        out.update({'rnn.%s_reverse' % name: value
                    for name, value in layer.items()})
    width = 2 * N if reverse else N
    out['fc.weight'] = tensor((1, width), [0.25] * width)
    return out


def add_cells(folder):
    """GRU and RNN, in one direction and both"""
    for name, n_gates in (('gru', 3), ('rnn', 1), ('lstm', 4)):
        for reverse in False, True:
            base = other_cell(n_gates, reverse)
            title = name + '-reverse' * reverse + '.safetensors'
            folder.add('SUCCESS', title, '', packed(base))
            for gone in 'weight_hh_l0', 'fc.weight':
                left = {key: value for key, value in base.items()
                        if not key.endswith(gone)}
                folder.add('BAD_FORMAT' if gone == 'fc.weight' else 'BAD_SHAPE',
                           'no-%s-%s' % (gone, title), 'weight', packed(left))
    base = other_cell(3, True)
    base['fc.weight'] = tensor((1, N), [0.25] * N)
    folder.add('BAD_SHAPE', 'one-way-head.safetensors', 'fc.weight',
               packed(base))
    base = other_cell(3, True)
    del base['rnn.weight_hh_l0_reverse']
    folder.add('BAD_FORMAT', 'no-reverse.safetensors', 'reverse', packed(base))
    base = other_cell(3)
    base['rnn.bias_ih_l0'] = tensor((12,), [3e38] * 12)
    base['rnn.bias_hh_l0'] = tensor((12,), [3e38] * 12)
    folder.add('NOT_FINITE', 'gru-bias.safetensors', 'finite', packed(base))


def renamed(tensors):
    """As our own format calls them"""
    return {name.replace('fc.', 'head.'): value
            for name, value in tensors.items()}


def add_family(folder):
    """Our own files of every cell and kind of frames"""
    names = {'kind': 'names', 'names': ['a', 'b', 'c']}

    def add(status, name, words, base, **changed):
        folder.add(status, 'family-%s.safetensors' % name, words,
                   packed(renamed(base), metadata(**changed)))

    gru = other_cell(3)
    add('SUCCESS', 'gru', '', gru, cell='gru')
    add('SUCCESS', 'both', '', other_cell(3, True), cell='gru', directions=2)
    add('BAD_SHAPE', 'lstm', 'weight_ih_l0', gru)
    add('UNSUPPORTED', 'cell', 'rnn-tanh', gru, cell='rnn-tanh')
    for cell in 'rnn', 'rnn-sigmoid', 'rnn-threshold', 'rnn-linear', 'forward':
        add('SUCCESS', cell, '', other_cell(1), cell=cell)
    add('BAD_SHAPE', 'directions', 'directions', gru, cell='gru', directions=3)
    add('BAD_FORMAT', 'take', 'take', gru, cell='gru', take=3)
    add('UNSUPPORTED', 'take-word', 'last, concat or average', gru, cell='gru',
        take='first')
    add('UNSUPPORTED', 'output', 'frame or sequence', gru, cell='gru',
        output='all')
    add('UNSUPPORTED', 'initial', 'learned', gru, cell='gru', initial='zero')
    add('BAD_SHAPE', 'condition', 'initial', gru, cell='gru', n_condition=3)
    add('BAD_SHAPE', 'no-condition', 'initial', gru, cell='gru',
        initial='vector')
    learned = dict(gru, **{'initial.bias': tensor((2 * N,), [0.5] * 2 * N)})
    add('SUCCESS', 'learned', '', learned, cell='gru', initial='learned')
    learned['initial.bias'] = tensor((N,), [0.5] * N)
    add('BAD_SHAPE', 'learned-shape', 'initial.bias', learned, cell='gru',
        initial='learned')

    symbols = dict(gru)
    symbols['rnn.weight_ih_l0'] = tensor((12, 3), [0.25] * 36)
    words = dict(cell='gru', frame='symbols', n_symbols=3, symbols=names)
    add('SUCCESS', 'symbols', '', symbols, **words)
    add('SUCCESS', 'labels', '', symbols,
        **dict(words, labels=dict(names, names=['yes'])))
    add('BAD_SHAPE', 'labels-number', 'labels', symbols,
        **dict(words, labels=names))
    add('BAD_SHAPE', 'symbols-number', 'symbols', symbols,
        **dict(words, symbols=dict(names, names=['a', 'b'])))
    add('BAD_FORMAT', 'no-symbols', 'symbols', symbols,
        **dict(words, symbols=3))
    add('UNSUPPORTED', 'sound', 'sound', symbols, **dict(words, frame='audio'))
    add('BAD_SHAPE', 'no-symbols-read', 'symbols', gru, cell='gru',
        frame='symbols')
    add('BAD_SHAPE', 'vectors', 'vectors', symbols,
        **dict(words, frame='vectors'))
    add('BAD_SHAPE', 'many-symbols', 'symbols', symbols,
        **dict(words, n_symbols=65537))
    add('BAD_SHAPE', 'huge', 'parameters', symbols,
        **dict(words, n_symbols=65536, n_hidden=1024, n_layers=8))
    add('SUCCESS', 'vector-frames', '', gru, cell='gru', frame='vectors')


def add_encoders(folder):
    """Encoders, and decoders that do not fit them"""
    base = renamed(other_cell(3))
    base.update({name.replace('rnn.', 'encoder.'): value
                 for name, value in base.items() if name[:4] == 'rnn.'})
    base.update({'initial.weight': tensor((8, 8), [0.1] * 64),
                 'initial.bias': tensor((8,), [0.0] * 8)})
    encoder = {'cell': 'gru', 'n_in': 1, 'n_hidden': N, 'n_layers': 1,
               'head': 'none', 'n_out': N, 'skip': False}
    words = dict(cell='gru', frame='vectors', initial='vector', n_condition=8)

    def add(status, name, expected, gone=None, changed=None, **more):
        tensors = {key: value for key, value in base.items() if key != gone}
        config = dict(words, encoder=dict(encoder, **more), **changed or {})
        folder.add(status, 'encoder-%s.safetensors' % name, expected,
                   packed(tensors, metadata(**config)))

    add('SUCCESS', 'good', '')
    add('BAD_FORMAT', 'no-weight', 'encoder.weight_ih_l0',
        'encoder.weight_ih_l0')
    add('BAD_SHAPE', 'hidden', 'begins from', n_hidden=5, n_out=5)
    add('BAD_SHAPE', 'head', 'begins from', head='linear')
    add('BAD_SHAPE', 'attention', 'inputs', n_attention=2)
    add('BAD_SHAPE', 'wide-attention', 'n_attention', n_attention=1025)
    add('BAD_SHAPE', 'decoder', 'begins from',
        changed={'initial': 'learned', 'n_condition': 0},
        gone='initial.weight')


def add_all(folder):
    add_cells(folder)
    add_family(folder)
    add_encoders(folder)

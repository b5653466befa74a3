# SPDX-License-Identifier: ISC
"""Bad safetensors files, ours and state_dicts"""

import copy
import json
import struct

import net

N = net.N
CONFIG = {'cell': 'lstm', 'n_in': 1, 'n_hidden': N, 'n_layers': 1,
          'head': 'linear', 'n_out': 1, 'skip': False, 'frame': 'audio',
          'sample_rate': 48000}


def tensor(shape, values, dtype='F32'):
    return [dtype, list(shape), list(values)]


def state_dict():
    return {'lstm.weight_ih_l0': tensor((4 * N, 1), net.flat(net.W_IH)),
            'lstm.weight_hh_l0': tensor((4 * N, N), net.flat(net.W_HH)),
            'lstm.bias_ih_l0': tensor((4 * N,), net.BIAS),
            'lstm.bias_hh_l0': tensor((4 * N,), [0.0] * 4 * N),
            'fc.weight': tensor((1, N), net.HEAD[0]),
            'fc.bias': tensor((1,), net.HEAD_BIAS)}


def ours():
    """Our own layout: names, rest state, test vector"""
    out = {name.replace('lstm.', 'rnn.').replace('fc.', 'head.'): value
           for name, value in state_dict().items()}
    out['rest.h_l0'] = tensor((N,), [0.0] * N)
    out['rest.c_l0'] = tensor((N,), [0.0] * N)
    out['check.input'] = tensor((32, 1), net.INPUT)
    out['check.output'] = tensor((32, 1), net.play(net.INPUT))
    return out


def packed(tensors, metadata=None, edit=None):
    """The bytes of a file; edit(header) changes what the header claims"""
    header, data = {}, b''
    if metadata is not None:
        header['__metadata__'] = metadata
    for name, (dtype, shape, values) in tensors.items():
        form = {'F32': 'f', 'F64': 'd', 'F16': 'e', 'I32': 'i'}[dtype]
        bits = struct.pack('<%d%s' % (len(values), form), *values)
        header[name] = {'dtype': dtype, 'shape': shape,
                        'data_offsets': [len(data), len(data) + len(bits)]}
        data += bits
    if edit:
        edit(header)
    text = json.dumps(header).encode()
    return struct.pack('<Q', len(text)) + text + data


def metadata(**changed):
    config = {key: value for key, value in dict(CONFIG, **changed).items()
              if value is not None}
    return {'remanence': '1', 'config': json.dumps(config)}


def add_headers(folder):
    """Headers that lie about the bytes behind them"""
    base = ours()

    def add(status, name, words, edit):
        folder.add(status, name + '.safetensors', words,
                   packed(base, metadata(), edit))

    def setting(key, value, tensor_name='rnn.weight_hh_l0'):
        def edit(header):
            header[tensor_name][key] = value
        return edit

    good = folder.add('SUCCESS', 'good.safetensors', '',
                      packed(base, metadata()))
    folder.add_cuts('ours.safetensors', good)
    folder.add('BAD_FORMAT', 'trailing.safetensors', 'expected', good + b'0123')
    folder.add('BAD_FORMAT', 'long-header.safetensors', 'header',
               struct.pack('<Q', 1 << 39) + good[8:])
    folder.add('BAD_FORMAT', 'longest-header.safetensors', '',
               struct.pack('<Q', (1 << 64) - 1) + good[8:])
    folder.add('BAD_FORMAT', 'no-header.safetensors', '', bytes(8) + good[8:])
    add('BAD_SHAPE', 'overflow', 'overflow', setting('shape', [1 << 62, 16]))
    add('BAD_SHAPE', 'overflow-2', 'overflow',
        setting('shape', [1 << 31, 1 << 31, 4]))
    add('BAD_FORMAT', 'overflow-3', 'JSON', setting('shape', [1 << 70, 1]))
    add('BAD_SHAPE', 'huge', 'need', setting('shape', [400000, 100000]))
    add('BAD_SHAPE', 'dimensions', 'dimensions', setting('shape', [1] * 9))
    add('BAD_FORMAT', 'negative', 'dimension', setting('shape', [-16, -4]))
    add('BAD_FORMAT', 'real', 'dimension', setting('shape', [16.0, 4]))
    add('BAD_FORMAT', 'no-shape', 'array', setting('shape', None))
    add('BAD_FORMAT', 'no-type', 'type', setting('dtype', 3))
    add('BAD_FORMAT', 'backward', 'lies', setting('data_offsets', [320, 64]))
    add('BAD_FORMAT', 'outside', 'lies', setting('data_offsets', [64, 1 << 40]))
    add('BAD_FORMAT', 'below', 'lies', setting('data_offsets', [-64, 192]))
    add('BAD_FORMAT', 'overlap', 'begins at', setting('data_offsets', [0, 256]))
    add('BAD_FORMAT', 'string', 'rnn.bias_ih_l0', lambda header:
        header.update({'rnn.bias_ih_l0': 'here'}))
    add('TOO_LARGE', 'many', 'tensors', lambda header: header.update(
        {'t%d' % i: 0 for i in range(5000)}))
    text = packed(base, metadata())[8:]
    twice = text.replace(b'"rnn.bias_hh_l0"', b'"rnn.bias_ih_l0"', 1)
    folder.add('BAD_FORMAT', 'twice.safetensors', 'duplicate', good[:8] + twice)
    deep = b'{"a":' + b'[' * 2000 + b']' * 2000 + b'}'
    folder.add('BAD_FORMAT', 'deep.safetensors', 'deeper',
               struct.pack('<Q', len(deep)) + deep)


def add_tensors(folder, prefix, base, words):
    """Tensors that are no LSTM, in either layout"""
    rnn, head = ('rnn.', 'head.') if words else ('lstm.', 'fc.')

    def add(status, name, expected, **changed):
        tensors = copy.deepcopy(base)
        for key, value in changed.items():
            key = rnn + key if '_l' in key else head + key
            tensors.pop(key, None)
            if value:
                tensors[key] = value
        folder.add(status, prefix + name + '.safetensors', expected,
                   packed(tensors, words))

    nan = float('nan')
    weights = net.flat(net.W_HH)
    add('NOT_FINITE', 'nan', 'weight_hh_l0',
        weight_hh_l0=tensor((16, N), weights[:-1] + [nan]))
    add('NOT_FINITE', 'infinite', 'head.bias' if words else 'fc.bias',
        bias=tensor((1,), [float('inf')]))
    add('NOT_FINITE', 'too-large-for-float', 'bias_ih_l0',
        bias_ih_l0=tensor((16,), [1e300] * 16, 'F64'))
    add('NOT_FINITE', 'too-loud-for-float', 'test vector',
        bias_ih_l0=tensor((16,), [9.0] * 16), weight=tensor((1, N), [3e38] * N))
    add('UNSUPPORTED', 'integers', 'I32',
        bias_ih_l0=tensor((16,), [1] * 16, 'I32'))
    add('BAD_SHAPE', 'wide', 'weight_ih_l0',
        weight_ih_l0=tensor((16, 4097), [0] * 16 * 4097))
    add('BAD_SHAPE', 'rows', 'weight_ih_l0',
        weight_ih_l0=tensor((15, 1), [0] * 15))
    add('BAD_SHAPE', 'flat', 'weight_hh_l0',
        weight_hh_l0=tensor((64,), weights))
    add('BAD_SHAPE', 'bias', 'bias_hh_l0',
        bias_hh_l0=tensor((12,), [0] * 12))
    add('BAD_SHAPE', 'head', 'weight', weight=tensor((1, 5), [0] * 5))
    add('BAD_SHAPE', 'no-outputs', '', weight=tensor((0, 4), []))
    add('BAD_FORMAT', 'no-head', 'head.weight' if words else 'linear',
        weight=None)
    add('BAD_FORMAT' if words else 'UNSUPPORTED', 'no-rnn',
        'weight_ih_l0' if words else 'no LSTM', weight_ih_l0=None)
    add('BAD_FORMAT' if words else 'BAD_SHAPE', 'no-hidden', 'weight_',
        weight_hh_l0=None)


def add_state_dicts(folder):
    base = state_dict()
    folder.add('SUCCESS', 'state-dict.safetensors', '', packed(base))
    folder.add_cuts('state-dict.safetensors', packed(base))
    folder.add('UNSUPPORTED', 'two-nets.safetensors', 'second', packed(
        dict(base, **{'b.weight_ih_l0': tensor((16, 1), [0] * 16)})))
    folder.add('UNSUPPORTED', 'two-heads.safetensors', 'second', packed(
        dict(base, **{'b.weight': tensor((1, N), [0] * N)})))
    folder.add('UNSUPPORTED', 'convolution.safetensors', 'conv.weight', packed(
        dict(base, **{'conv.weight': tensor((1, 1, 3), [0] * 3)})))
    deep = dict(base)
    for layer in range(1, 9):
        deep['lstm.weight_ih_l%d' % layer] = tensor((16, N), [0] * 64)
        deep['lstm.weight_hh_l%d' % layer] = tensor((16, N), [0] * 64)
    folder.add('BAD_SHAPE', 'nine-layers.safetensors', 'layers', packed(deep))


def add_words(folder):
    """Metadata and vectors that do not fit the tensors"""
    base = ours()

    def add(status, name, words, **changed):
        folder.add(status, 'config-%s.safetensors' % name, words,
                   packed(base, metadata(**changed)))

    add('BAD_SHAPE', 'cell', 'weight_ih_l0', cell='gru')
    add('UNSUPPORTED', 'other-cell', 'lstm, gru', cell='peephole')
    add('UNSUPPORTED', 'head', 'mdn', head='mdn')
    add('BAD_SHAPE', 'hidden', 'weight_ih_l0', n_hidden=5)
    add('BAD_SHAPE', 'negative', 'n_layers', n_layers=-1)
    add('BAD_FORMAT', 'no-size', 'n_in', n_in=None)
    add('BAD_FORMAT', 'no-skip', 'skip', skip=None)
    add('BAD_FORMAT', 'rate', 'sample rate', sample_rate=0)
    add('BAD_FORMAT', 'gain', 'in_gain_db', in_gain_db=1e9)
    add('BAD_SHAPE', 'knobs', 'knobs', knobs=[{'name': 'Gain'}])
    for name, words, changed in [
            ('version', 'version 2', {'remanence': '2'}),
            ('version-number', 'version', {'remanence': 1}),
            ('no-config', 'config', {'config': None}),
            ('config-words', 'config', {'config': 'none'}),
            ('config-number', 'config', {'config': 3}),
            ('config-deep', 'deeper', {'config': '[' * 2000}),
            ('metrics', 'metrics', {'metrics': '{"a":1,"a":2}'})]:
        status = 'UNSUPPORTED' if name == 'version' else 'BAD_FORMAT'
        folder.add(status, name + '.safetensors', words,
                   packed(base, dict(metadata(), **changed)))
    for status, name, words, key, value in [
            ('BAD_CHECK', 'wrong-check', 'frame 7', 'check.output',
             tensor((32, 1), [y + 0.01 * (t == 7) for t, y in
                              enumerate(net.play(net.INPUT))])),
            ('BAD_SHAPE', 'check-shape', 'check.input', 'check.input',
             tensor((16, 2), net.INPUT)),
            ('BAD_SHAPE', 'check-length', 'check.output', 'check.output',
             tensor((31, 1), net.INPUT[1:])),
            ('BAD_SHAPE', 'check-integers', 'in 0 bytes', 'check.input',
             tensor((1 << 20, 1), [], 'I32')),
            ('NOT_FINITE', 'check-nan', 'check.input', 'check.input',
             tensor((32, 1), [float('nan')] * 32)),
            ('BAD_SHAPE', 'rest-shape', 'rest.h_l0', 'rest.h_l0',
             tensor((5,), [0] * 5)),
            ('NOT_FINITE', 'rest-nan', 'rest.c_l0', 'rest.c_l0',
             tensor((N,), [float('nan')] * N))]:
        folder.add(status, name + '.safetensors', words,
                   packed(dict(base, **{key: value}), metadata()))
    for gone in ('rest.c_l0', 'check.output'):
        left = {key: value for key, value in base.items() if key != gone}
        folder.add('BAD_FORMAT', 'no-%s.safetensors' % gone, gone,
                   packed(left, metadata()))


def add_knobs(folder):
    """Ranges that a processor which flushes denormal numbers takes for none"""
    base = {key: value for key, value in ours().items()
            if not key.startswith('check.')}
    base['rnn.weight_ih_l0'] = tensor((4 * N, 2), net.flat(net.W_IH) * 2)
    for status, name, low, high in [
            ('SUCCESS', 'knob', -1e-30, 1e-30),
            ('BAD_FORMAT', 'knob-narrow', 0, 1e-40),
            ('BAD_FORMAT', 'knob-below', -1e-38, 1e-38)]:
        knob = {'name': 'Gain', 'minimum': low, 'maximum': high, 'default': 0}
        words = 'knobs[0].maximum' if status != 'SUCCESS' else ''
        folder.add(status, name + '.safetensors', words,
                   packed(base, metadata(n_in=2, knobs=[knob])))


def add_frames(folder):
    """Frames of control that are none, or that the net was not made for"""
    base = {key: value for key, value in ours().items()
            if not key.startswith('check.')}
    base['rnn.weight_ih_l0'] = tensor((4 * N, 2), net.flat(net.W_IH) * 2)
    base['head.weight'] = tensor((5, N), [0.1] * 5 * N)
    base['head.bias'] = tensor((5,), [0.0] * 5)
    dim = {'kind': 'continuous', 'offset': 0.5, 'scale': 0.3}
    good = {'mixtures': 1, 'residual': True, 'floor': 0.01, 'dims': [dim],
            'dt': {'offset': -3, 'scale': 1.5, 'maximum': 60}}

    def add(status, name, words, head='mdn', frame='control', wrong=None,
            **changed):
        frames = dict(good, **changed) if wrong is None else wrong
        folder.add(status, 'frames-%s.safetensors' % name, words, packed(
            base, metadata(n_in=2, n_out=5, head=head, frame=frame,
                           frames=frames)))

    add('SUCCESS', 'good', '')
    add('UNSUPPORTED', 'kind', 'text', frame='text')
    add('UNSUPPORTED', 'sound', 'sound', frame='audio')
    add('BAD_SHAPE', 'head', 'linear', head='linear')
    add('BAD_FORMAT', 'none', 'config.frames', wrong=3)
    add('BAD_SHAPE', 'mixtures', 'asks for', mixtures=2)
    add('BAD_SHAPE', 'many-mixtures', 'mixtures', mixtures=33)
    add('BAD_FORMAT', 'residual', 'true or false', residual=1)
    add('BAD_SHAPE', 'floor', 'out of range', floor=0)
    add('BAD_SHAPE', 'dt', 'out of range',
        dt={'offset': 0, 'scale': -1, 'maximum': 60})
    add('BAD_FORMAT', 'no-dt', 'dt', dt={})
    add('BAD_SHAPE', 'no-dims', 'dims', dims=[])
    add('BAD_SHAPE', 'many-dims', 'dims', dims=[dim] * 33)
    add('BAD_FORMAT', 'dim-kind', 'dims[0].kind', dims=[dict(dim, kind='x')])
    add('BAD_FORMAT', 'dim-name', 'dims[0].name', dims=[dict(dim, name=5)])
    add('BAD_SHAPE', 'dim-scale', 'dimension 1', dims=[dict(dim, scale=0)])
    add('BAD_SHAPE', 'dim-step', 'step', dims=[dict(dim, step=-1)])
    add('BAD_FORMAT', 'dim-offset', 'offset', dims=[dict(dim, offset='x')])
    for name, words, choices in [('one', 'choices', [0.5]),
                                 ('falling', 'rise', [0.5, 0.25]),
                                 ('outside', 'rise', [0.5, 1.5])]:
        add('BAD_SHAPE', 'choices-' + name, words,
            dims=[{'kind': 'choice', 'choices': choices}])


def add_all(folder):
    add_headers(folder)
    add_tensors(folder, 'ours-', ours(), metadata())
    add_tensors(folder, 'torch-', state_dict(), None)
    add_state_dicts(folder)
    add_words(folder)
    add_knobs(folder)
    add_frames(folder)

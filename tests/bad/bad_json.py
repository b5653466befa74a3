# SPDX-License-Identifier: ISC
"""Bad AIDA-X, NAM and GuitarML files"""

import json

import net

N = net.N


def aidax():
    return {'in_shape': [None, None, 1],
            'layers': [
                {'type': 'lstm', 'activation': '', 'shape': [None, None, N],
                 'weights': [net.transposed(net.W_IH),
                             net.transposed(net.W_HH), net.BIAS]},
                {'type': 'dense', 'activation': '', 'shape': [None, None, 1],
                 'weights': [net.transposed(net.HEAD), net.HEAD_BIAS]}],
            'in_skip': 1, 'in_gain': -3.0, 'out_gain': 'loud',
            'metadata': {'name': 'Small', 'samplerate': '48000'},
            'input_batch': net.INPUT, 'output_batch': net.play(net.INPUT)}


def gru_matrix(rows):
    """The first three gates, transposed"""
    return net.transposed(rows[:3 * N])


def aidax_gru():
    base = aidax()
    base['layers'][0].update(
        type='gru', weights=[gru_matrix(net.W_IH), gru_matrix(net.W_HH),
                             [net.BIAS[:3 * N], net.BIAS[:3 * N]]])
    del base['output_batch']
    return base


def add_gru(folder):
    base = aidax_gru()
    folder.add('SUCCESS', 'gru-good.aidax', '', base)
    layer = base['layers'][0]
    for status, name, words, change in [
            ('BAD_SHAPE', 'bias', 'weights[2]', [
                'layers', 0, 'weights', 2, 1, [0.0] * 11]),
            ('BAD_FORMAT', 'one-bias', 'weights[2]', [
                'layers', 0, 'weights', 2, net.BIAS[:3 * N]]),
            ('NOT_FINITE', 'sum', 'bias', [
                'layers', 0, 'weights', 2, [[3e38] * 12] * 2]),
            ('UNSUPPORTED', 'mixed', 'one type', ['layers', [
                layer, aidax()['layers'][0], base['layers'][1]]])]:
        folder.add_changed(status, 'gru-%s.aidax' % name, words, base,
                           put(*change))
    base = guitarml()
    base['model_data']['unit_type'] = 'GRU'
    base['state_dict'].update({
        'rec.weight_ih_l0': net.W_IH[:3 * N],
        'rec.weight_hh_l0': net.W_HH[:3 * N],
        'rec.bias_ih_l0': net.BIAS[:3 * N],
        'rec.bias_hh_l0': net.BIAS[:3 * N]})
    folder.add('SUCCESS', 'gru-guitarml.json', '', base)
    loud = dict(base['state_dict'], **{'rec.bias_ih_l0': [3e38] * 12,
                                       'rec.bias_hh_l0': [3e38] * 12})
    folder.add_changed('NOT_FINITE', 'gru-guitarml-sum.json', 'bias', base,
                       put('state_dict', loud))


def nam():
    weights = []
    for w_ih, w_hh in zip(net.W_IH, net.W_HH):
        weights += w_ih + w_hh
    weights += net.BIAS + [0.0] * 2 * N + net.HEAD[0] + net.HEAD_BIAS
    return {'version': '0.5.4',
            'metadata': {'name': 'Small', 'loudness': -18.5},
            'architecture': 'LSTM', 'config': {
                'input_size': 1, 'hidden_size': N, 'num_layers': 1},
            'weights': weights, 'sample_rate': 48000}


def guitarml():
    return {'model_data': {'model': 'SimpleRNN', 'input_size': 1, 'skip': 1,
                           'output_size': 1, 'unit_type': 'LSTM',
                           'num_layers': 1, 'hidden_size': N, 'bias_fl': True},
            'state_dict': {'rec.weight_ih_l0': net.W_IH,
                           'rec.weight_hh_l0': net.W_HH,
                           'rec.bias_ih_l0': net.BIAS,
                           'rec.bias_hh_l0': [0.0] * 4 * N,
                           'lin.weight': net.HEAD,
                           'lin.bias': net.HEAD_BIAS}}


def put(*path_and_value):
    """A change that sets what stands at a path"""
    *path, last, value = path_and_value

    def change(root):
        for key in path:
            root = root[key]
        if value is None:
            del root[last]
        else:
            root[last] = value
    return change


def add_aidax(folder):
    base = aidax()
    good = folder.add('SUCCESS', 'good.aidax', '', base)
    folder.add_cuts('good.aidax', good)
    w, u, bias = base['layers'][0]['weights']
    cases = [
        ('BAD_SHAPE', 'bad-lstm', 'weights[0]', ['layers', 0, 'shape', 2, 16]),
        ('BAD_SHAPE', 'claims-more', 'parameters',
         ['layers', 0, 'shape', 2, 1024]),
        ('BAD_SHAPE', 'shape-0', 'shape', ['layers', 0, 'shape', 2, 0]),
        ('BAD_SHAPE', 'shape-2-to-40', 'shape',
         ['layers', 0, 'shape', 2, 1 << 40]),
        ('BAD_SHAPE', 'shape-half', 'shape', ['layers', 0, 'shape', 2, 4.5]),
        ('BAD_FORMAT', 'no-shape', 'shape', ['layers', 0, 'shape', None]),
        ('BAD_FORMAT', 'no-in-shape', 'in_shape', ['in_shape', None]),
        ('BAD_SHAPE', 'inputs', 'weights[0]', ['in_shape', 2, 2]),
        ('BAD_SHAPE', 'too-many-inputs', 'in_shape', ['in_shape', 2, 65]),
        ('BAD_SHAPE', 'gru', 'weights[0]', ['layers', 0, 'type', 'gru']),
        ('UNSUPPORTED', 'conv', 'conv1d', ['layers', 0, 'type', 'conv1d']),
        ('UNSUPPORTED', 'activation', 'tanh',
         ['layers', 1, 'activation', 'tanh']),
        ('UNSUPPORTED', 'no-dense', 'dense', ['layers', 1, None]),
        ('BAD_FORMAT', 'no-layers', 'layers', ['layers', []]),
        ('BAD_FORMAT', 'no-array', 'layers', ['layers', 7]),
        ('UNSUPPORTED', 'two-dense', 'lstm', [
            'layers', base['layers'] + base['layers'][1:]]),
        ('UNSUPPORTED', 'sizes', 'one size', ['layers', [
            base['layers'][0], dict(base['layers'][0], shape=[None, None, 8]),
            base['layers'][1]]]),
        ('BAD_FORMAT', 'no-weights', 'weights', [
            'layers', 0, 'weights', None]),
        ('BAD_FORMAT', 'no-bias', 'weights[2]', [
            'layers', 0, 'weights', [w, u]]),
        ('BAD_SHAPE', 'long-row', 'weights[1][3]', [
            'layers', 0, 'weights', 1, 3, u[3] + [0.0]]),
        ('BAD_SHAPE', 'short-bias', 'weights[2]', [
            'layers', 0, 'weights', 2, bias[1:]]),
        ('BAD_FORMAT', 'word', 'weights[2][5]', [
            'layers', 0, 'weights', 2, 5, 'loud']),
        ('NOT_FINITE', 'too-large', 'weights[1][0][2]', [
            'layers', 0, 'weights', 1, 0, 2, 1e39]),
        ('BAD_SHAPE', 'skip-2', 'in_skip', ['in_skip', 2]),
        ('BAD_FORMAT', 'gain', 'out_gain', ['out_gain', 1e6]),
        ('BAD_FORMAT', 'rate', 'fast', ['metadata', 'samplerate', 'fast']),
        ('BAD_FORMAT', 'rate-below', 'sample rate', ['samplerate', -1]),
        ('BAD_CHECK', 'check', 'output_batch', ['output_batch', 9, 0.77]),
        ('BAD_SHAPE', 'check-length', 'output_batch', [
            'output_batch', [0.0] * 31]),
        ('BAD_FORMAT', 'check-words', 'input_batch', ['input_batch', 'x'])]
    for status, name, words, change in cases:
        folder.add_changed(status, name + '.json', words, base, put(*change))
    text = good.decode()
    folder.add('BAD_FORMAT', 'nan.json', 'JSON',
               text.replace('0.125', 'NaN', 1))
    folder.add('BAD_FORMAT', 'infinite.json', 'JSON',
               text.replace('0.125', '1e999', 1))
    folder.add('BAD_FORMAT', 'twice.json', 'duplicate',
               text.replace('"in_skip"', '"layers"', 1))
    folder.add('BAD_FORMAT', 'behind.json', 'JSON', text + text)


def add_nam(folder):
    base = nam()
    good = folder.add('SUCCESS', 'good.nam', '', base)
    folder.add_cuts('good.nam', good)
    cases = [('UNSUPPORTED', kind.lower(), kind, ['architecture', kind])
             for kind in ('WaveNet', 'ConvNet', 'Linear', 'CatLSTM')]
    cases += [('UNSUPPORTED', 'version-' + version, version,
               ['version', version])
              for version in ('0.4.9', '0.8.0', '1.0.0', 'new', '', '0.55.1')]
    weights = base['weights']
    cases += [
        ('BAD_FORMAT', 'no-version', 'version', ['version', None]),
        ('BAD_FORMAT', 'number', 'architecture', ['architecture', 3]),
        ('BAD_SHAPE', 'more', 'expected', ['weights', weights + [0.0]]),
        ('BAD_SHAPE', 'fewer', 'expected', ['weights', weights[1:]]),
        ('BAD_SHAPE', 'no-weights', 'parameters', ['weights', None]),
        ('BAD_FORMAT', 'null', 'weights[3]', [
            'weights', weights[:3] + [None] + weights[4:]]),
        ('NOT_FINITE', 'large', 'weights[4]', ['weights', 4, -1e300]),
        ('BAD_SHAPE', 'hidden', 'hidden_size', ['config', 'hidden_size', -1]),
        ('BAD_SHAPE', 'hidden-2', 'hidden_size', [
            'config', 'hidden_size', 1 << 33]),
        ('BAD_SHAPE', 'claims', 'parameters', ['config', 'hidden_size', 1024]),
        ('BAD_SHAPE', 'layers', 'num_layers', ['config', 'num_layers', 9]),
        ('BAD_FORMAT', 'no-config', 'hidden_size', ['config', None]),
        ('UNSUPPORTED', 'inputs', 'input_size', ['config', 'input_size', 2]),
        ('BAD_FORMAT', 'rate', 'sample rate', ['sample_rate', 1e9]),
        ('NOT_FINITE', 'loudness', 'loudness', [
            'metadata', 'loudness', 1e200])]
    for status, name, words, change in cases:
        folder.add_changed(status, name + '.nam', words, base, put(*change))
    text = json.dumps(base)
    folder.add('BAD_FORMAT', 'nan.nam', 'JSON', text.replace('0.125', 'NaN', 1))


def add_guitarml(folder):
    base = guitarml()
    good = folder.add('SUCCESS', 'good-guitarml.json', '', base)
    folder.add_cuts('guitarml.json', good)
    data, dicts = 'model_data', 'state_dict'
    cases = [
        ('BAD_SHAPE', 'gru', 'rec.weight_ih_l0', [data, 'unit_type', 'GRU']),
        ('UNSUPPORTED', 'rnn', 'RNN', [data, 'unit_type', 'RNN']),
        ('BAD_FORMAT', 'no-unit', 'unit_type', [data, 'unit_type', None]),
        ('BAD_FORMAT', 'no-data', 'unit_type', [data, None]),
        ('BAD_SHAPE', 'hidden', 'weight_ih', [data, 'hidden_size', 5]),
        ('BAD_FORMAT', 'layers', 'weight_ih_l1', [data, 'num_layers', 8]),
        ('BAD_SHAPE', 'zero', 'input_size', [data, 'input_size', 0]),
        ('BAD_SHAPE', 'skip', 'skip', [data, 'skip', 3]),
        ('BAD_SHAPE', 'outputs', 'output_size', [data, 'output_size', 2]),
        ('BAD_FORMAT', 'one-bias', 'bias_hh', [dicts, 'rec.bias_hh_l0', None]),
        ('NOT_FINITE', 'sum', 'bias', [
            dicts, dict(base[dicts], **{'rec.bias_ih_l0': [3e38] * 16,
                                        'rec.bias_hh_l0': [3e38] * 16})]),
        ('BAD_SHAPE', 'bias', 'lin.bias', [dicts, 'lin.bias', [1.0, 2.0]]),
        ('BAD_FORMAT', 'no-head', 'lin.weight', [dicts, 'lin.weight', None])]
    for status, name, words, change in cases:
        folder.add_changed(status, 'guitarml-%s.json' % name, words, base,
                           put(*change))


def add_all(folder):
    add_aidax(folder)
    add_nam(folder)
    add_guitarml(folder)
    add_gru(folder)

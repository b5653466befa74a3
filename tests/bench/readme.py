#!/usr/bin/python3
# SPDX-License-Identifier: ISC
"""Put the figures of `./waf bench --json` into README.md.

    readme.py FIGURES.json

What stands between the two marks in "How fast it is" is replaced.
"""

import json
import pathlib
import re
import sys

README = pathlib.Path(__file__).resolve().parents[2]/'README.md'
MARKS = '<!-- Figures by tests/bench/readme.py -->\n', '<!-- End -->\n'
NAMES = {'avx512': 'AVX-512', 'avx2': 'AVX2', 'generic': 'SSE2', 'neon': 'NEON'}


def table(heading, *rows):
    """Return Markdown; rows are a name, and what to print in each column"""
    lines = [heading, ['---'] * len(heading)] + list(rows)
    return ''.join('| %s |\n' % ' | '.join(line) for line in lines)


def times(values):
    return ['%.0f' % value if value >= 20 else '%.1f' % value
            for value in values]


def net(row):
    layers = '' if row['layers'] == 1 else '%d x ' % row['layers']
    return layers + str(row['hidden'])


def engine(figures):
    isas = [row['isa'] for row in figures['floor']]
    isas = isas[:-1] or isas  # The last is for what is older than 2013
    rows = {isa: [row for row in figures['engine'] if row['isa'] == isa]
            for isa in isas}
    best = rows[isas[0]]
    lines = []
    for isa in isas:
        lines += [[NAMES[isa]] + times(row['ns_per_sample']
                                       for row in rows[isa]),
                  ['times its floor'] + ['%.2f' % row['times_floor']
                                         for row in rows[isa]]]
    lines.append(['two streams, x'] + ['%.2f' % (row['pair_ns']
                                                 / row['ns_per_sample'])
                                       for row in best])
    lines.append(['largest error, 1e-7'] + ['%.1f' % (row['error'] * 1e7)
                                            for row in best])
    lines.append(['that of a plain loop'] + ['%.1f' % (1e7 * row['plain_error'])
                                             for row in best])
    return table(['hidden size'] + [net(row) for row in best], *lines)


def trainer(figures):
    most = max(row['threads'] for row in figures['trainer'])
    rows = [row for row in figures['trainer'] if row['threads'] == most]
    lines = [['us per time step'] + times(row['us_per_step'] for row in rows),
             ['of the peak'] + ['%.0f %%' % (100 * row['share_of_peak'])
                                for row in rows],
             ['M samples/s'] + ['%.1f' % (row['samples_per_second'] / 1e6)
                                for row in rows]]
    if 'pytorch' in figures:
        lines.append(['PyTorch, us'] + times(
            min((other['us_per_step'] for other in figures['pytorch']
                 if all(other[key] == row[key]
                        for key in ('hidden', 'streams'))),
                default=float('nan')) for row in rows))
    return table(['cells x streams'] + ['%(hidden)d x %(streams)d' % row
                                        for row in rows], *lines)


def characters(figures):
    """Return a sentence on character nets, the fastest way of each program"""
    best = {}
    for key in ('chars', 'pytorch_chars'):
        for row in figures.get(key, []):
            name = (key, row['layers'], row['hidden'])
            best[name] = max(best.get(name, 0), row['thousands_per_second'])
    return ' '.join(
        '%d layers of %d cells learn %.1f thousand characters a\nsecond'
        ' (PyTorch %.1f).' % (layers, hidden, best[key, layers, hidden],
                             best.get(('pytorch_' + key, layers, hidden),
                                      float('nan')))
        for key, layers, hidden in best if key == 'chars')


def control(figures):
    """Return sentences on nets of control frames"""
    said = ('An event of a net that plays along (%(layers)d x %(hidden)d,'
            ' %(mixtures)d mixtures, %(dims)d faders)\ntakes %(event_us).1f'
            ' us.' % figures['control'])
    rows = {(row['learner'], row['threads']): row
            for row in figures.get('control_training', [])}
    most = max((threads for _, threads in rows), default=1)
    pair = [rows.get((name, most)) for name in ('ours', 'PyTorch')]
    if all(pair):
        said += (' Learning %d events in %d updates takes\n%.1f s (PyTorch'
                 ' %.1f) and leaves %.2f nats an event (%.2f), medians of'
                 '\n%d nets; repeating the last event %.2f.' % (
                     figures['control_data']['train_events'],
                     figures['control_data']['updates'],
                     *(row['seconds'] for row in pair),
                     *(row['nll'] for row in pair), pair[0]['seeds'],
                     figures['control_data']['repeat_nll']))
    return said


def text(figures):
    machine, load = figures['machine'], figures['load']
    parts = ['%s, %d threads, %s, medians:' % (
        machine['processor'], machine['threads'], machine['date']),
        'Nanoseconds per sample of one stream, by instruction set:',
        engine(figures), 'Training, forward, backward and update:',
        trainer(figures), characters(figures),
        control(figures),
        'A model of %d cells loads in %.1f ms.' % (
            load['hidden'], load['read_ms'] + load['pack_ms'])]
    if 'plugin' in figures:
        plugin = figures['plugin']
        parts[-1] += (
            ' In a host, a block of\n%(frames)d samples takes %(median).1f us'
            ' (99.99 %% of them at most %(most).1f), its dearest block\nduring'
            ' a swap %(swap).1f; one core plays %(n)d of them.' % {
                'frames': plugin['frames'], 'n': plugin['instances'],
                'median': plugin['block_us']['median'],
                'most': plugin['block_us']['p99.99'],
                'swap': plugin['swap']['dearest_us']})
    return '\n\n'.join(part.strip() for part in parts) + '\n'


def main():
    figures = json.loads(pathlib.Path(sys.argv[1]).read_text())
    readme = README.read_text()
    if any(readme.count(mark) != 1 for mark in MARKS):
        sys.exit('README.md lacks the two marks')
    marks = [re.escape(mark) for mark in MARKS]
    README.write_text(re.sub(
        '(%s).*(%s)' % tuple(marks),
        lambda found: '%s\n%s\n%s' % (found[1], text(figures), found[2]),
        readme, flags=re.DOTALL))


if __name__ == '__main__':
    main()

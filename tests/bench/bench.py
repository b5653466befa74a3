#!/usr/bin/python3
# SPDX-License-Identifier: ISC
"""Measure everything: `./waf bench` runs this after building.

    bench.py BUILD_DIR [--json] [--compare=OLD.json] [--control=LOGS]
             [OPTION]...

First PyTorch, where it is installed, then the plugin and `remanence bench`,
which gets the options and the figures of the others: to print, to keep in its
JSON object, or to compare.  The exit status is its own.
"""

import os
import pathlib
import subprocess
import sys
import tempfile

# What `remanence bench` trains, unless told otherwise
CHARS = '128x2 512x2'.split()
TRAIN = '16x50 20x50 32x16 32x50 32x100 40x50 64x50 96x50'.split()
HERE = pathlib.Path(__file__).resolve().parent
SKIP = 77


def keep(command, path):
    """Run a program; return the options that hand on what it prints"""
    with open(path, 'w') as file:
        status = subprocess.call(command, stdout=file)
    if status not in (0, SKIP):
        sys.exit('%s failed' % command[0])
    return [] if status == SKIP else ['--beside=' + str(path)]


def keep_control(build, options, folder):
    """Train on performances with PyTorch; return options as keep() does"""
    data, seeds = os.path.join(folder, 'control.data'), 5
    kept = [option for option in options
            if option.startswith(('--control=', '--epochs='))]
    for option in options:
        if option.startswith('--seeds='):
            seeds = int(option[8:])
    subprocess.check_call([str(build/'remanence'), 'bench', *kept,
                           '--control-data=' + data])
    seeds = ','.join(str(1 + i) for i in range(seeds))
    threads = ','.join(map(str, sorted({1, os.cpu_count() or 1})))
    return keep([sys.executable, '-B', str(HERE/'torch_control.py'), '--json',
                 '--data', data, '--seeds', seeds, '--threads', threads],
                os.path.join(folder, 'torch_control.json'))


def main():
    build, options = pathlib.Path(sys.argv[1]), sys.argv[2:]
    plugin = [str(build/'tests/bench_plugin')]
    tables = not any(option.startswith(('--json', '--compare'))
                     for option in options)
    with tempfile.TemporaryDirectory(prefix='remanence-') as folder:
        beside = keep([sys.executable, '-B', str(HERE/'torch_lstm.py'),
                       '--json'] + TRAIN, os.path.join(folder, 'torch.json'))
        beside += keep([sys.executable, '-B', str(HERE/'torch_chars.py'),
                        '--json'] + CHARS, os.path.join(folder, 'chars.json'))
        if any(option.startswith('--control=') for option in options):
            beside += keep_control(build, options, folder)
        if not tables:
            print('Measuring the plugin ...', file=sys.stderr, flush=True)
            beside += keep(plugin + ['--json'],
                           os.path.join(folder, 'plugin.json'))
        status = subprocess.call([str(build/'remanence'), 'bench']
                                 + options + beside)
    if tables and not status:
        print(flush=True)
        status = subprocess.call(plugin)
    sys.exit(status)


if __name__ == '__main__':
    main()

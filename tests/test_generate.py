#!/usr/bin/python3
# SPDX-License-Identifier: ISC
"""`remanence generate` as a user meets it: logs, seeds, primes and pictures"""

import datetime
import os
import struct
import subprocess
import sys
import xml.etree.ElementTree

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)

import control_model

PROGRAM = os.path.join(os.environ.get('BUILD_DIR', 'build'), 'remanence')
PRIME = '2024-05-06T07-08-09-3d-mdrnn.log'


def check(true, *said):
    if not true:
        raise AssertionError(said)


def run(status, *args):
    """Run the program; return what it printed on stdout and on stderr"""
    done = subprocess.run([PROGRAM, 'generate', *args], check=False, text=True,
                          capture_output=True)
    check(done.returncode == status, args, done)
    return done.stdout, done.stderr


def rows(text):
    """Return times in seconds, sources and values"""
    out = []
    for line in text.splitlines():
        moment, source, *values = line.split(',')
        out.append((datetime.datetime.fromisoformat(moment), source,
                    [float(value) for value in values]))
    return out


def read(name):
    with open(name, encoding='ascii') as file:
        return file.read()


def write_prime(name, last):
    with open(name, 'w', encoding='ascii') as out:
        for i in range(50):
            out.write('2024-05-06T07:08:%09.6f,interface,%f,%f\n'
                      % (9 + i / 10, i / 100, last if i == 49 else 0.25))


def test_log():
    """A minute of events that rise in time, in range, that repeat by seed"""
    run(0, 'noisy.safetensors', '-o', 'a.log')
    events = rows(read('a.log'))
    start = datetime.datetime(2000, 1, 1)
    times = [(moment - start).total_seconds() for moment, _, _ in events]
    check(times == sorted(times) and 0.0 < times[0] and times[-1] < 60.0)
    check(times[-1] > 40.0 and len(events) > 100, len(events), times[-1])
    check(all(source == 'rnn' for _, source, _ in events))
    check(all(len(x) == 2 and 0.0 <= min(x) and max(x) <= 1.0
              for _, _, x in events))
    check(len({x[0] for _, _, x in events}) > 50)
    check(run(0, 'noisy.safetensors', '--seed', '0')[0] == read('a.log'))
    other = run(0, 'noisy.safetensors', '--seed', '1')[0]
    check(other != read('a.log'))
    check(run(0, 'noisy.safetensors', '--seed=1', '-o', '-')[0] == other)
    longer = run(0, 'noisy.safetensors', '--seconds', '70')[0]
    check(longer.startswith(read('a.log')) and longer != read('a.log'))


def test_times():
    """Every dt, scaled, to the microsecond, from where --start says"""
    out = rows(run(0, 'steady.safetensors', '--seconds', '2.05', '--timescale',
                   '2', '--start', '2024-05-06T07:08:09.5')[0])
    start = datetime.datetime(2024, 5, 6, 7, 8, 9, 500000)
    micros = [(moment - start) / datetime.timedelta(microseconds=1)
              for moment, _, _ in out]
    check(micros == [200000 * i for i in range(1, 11)], micros)
    rising = rows(run(0, 'rising.safetensors', '--seconds', '0.55')[0])
    check(all(abs(x[0] - 0.5 - 0.0625 * i) < 1e-6  # It hears itself
              for i, (_, _, x) in enumerate(rising, 1)), rising)
    cold = [rows(run(0, 'noisy.safetensors', '--sigmatemp', '0', '--pitemp',
                     '0', '--seed', seed)[0]) for seed in '12']
    check(cold[0] == cold[1])  # Nothing is left to chance


def test_prime():
    """The net goes on from the last frame that it heard"""
    out = rows(run(0, 'steady.safetensors', '--prime', PRIME,
                   '--seconds', '1')[0])
    check(abs(out[0][2][0] - 0.49) < 1e-6 and abs(out[0][2][1] - 0.75) < 1e-6)
    plain = run(0, 'noisy.safetensors')[0]
    primed = run(0, 'noisy.safetensors', '--prime', PRIME)[0]
    check(plain != primed)
    check(primed == run(0, 'noisy.safetensors', '--prime', PRIME)[0])
    check(primed != run(0, 'noisy.safetensors', '--prime', 'other.log')[0])
    run(0, 'noisy.safetensors', '--prime', PRIME, '-o', 'again.log')
    again = run(0, 'noisy.safetensors', '--prime', 'again.log')[0]
    check(again == plain)  # Rows of a net are not what a person played


def test_picture():
    run(0, 'noisy.safetensors', '--prime', PRIME, '--picture', 'a.svg',
        '-o', 'c.log')
    run(0, 'noisy.safetensors', '--beside', PRIME, '--picture', 'a.png',
        '-o', 'c.log')
    run(0, 'noisy.safetensors', '--picture', 'b.png', '-o', 'c.log')
    root = xml.etree.ElementTree.parse('a.svg').getroot()
    check(root.tag.endswith('}svg') and len(list(root.iter())) > 20)
    with open('a.svg', encoding='utf-8') as file:
        svg = file.read()
    check('rgb(0%, 40%, 65%)' in svg.lower()
          or 'rgb(0%,40%,65%)' in svg.lower())
    sizes = []
    for name in ('a.png', 'b.png'):
        with open(name, 'rb') as file:
            data = file.read()
        check(data[:8] == b'\x89PNG\r\n\x1a\n' and data[-8:-4] == b'IEND')
        sizes.append(struct.unpack('>II', data[16:24]))
    check(sizes[0][0] == sizes[1][0] and sizes[0][1] > 1.8 * sizes[1][1], sizes)


def test_refusals():
    model = 'noisy.safetensors'
    check('wants one model' in run(2)[1])
    check('--seconds wants 0.001 to 86400, not `0`'
          in run(2, model, '--seconds', '0')[1])
    for option, value in (('seed', '-1'), ('sigmatemp', 'nan'),
                          ('timescale', '0'), ('pitemp', '1e9')):
        check('--%s wants' % option in run(2, model, '--' + option, value)[1])
    check('.svg or .png' in run(2, model, '--picture', 'a.pdf')[1])
    check('a moment such as' in run(2, model, '--start', 'noon')[1])
    check('goes with --picture' in run(2, model, '--beside', PRIME)[1])
    check('did you mean --seconds?' in run(2, model, '--secnods=1')[1])
    check('model of sound' in run(1, 'sound.safetensors')[1])
    for option in ('--length', '--temperature', '--input'):
        check(option + ' means nothing' in run(1, model, option, '1')[1])
    check('no such file' in run(1, 'none.safetensors')[1].lower())
    run(1, model, '--prime', 'none.log')
    said = run(1, 'wide.safetensors', '--prime', PRIME, '-o', 'none.log')[1]
    check(PRIME in said and not os.path.exists('none.log'), said)
    check(run(0, '--help')[0].startswith('Usage: remanence generate'))
    with open('/dev/full', 'w', encoding='ascii') as full:
        done = subprocess.run([PROGRAM, 'generate', model], check=False,
                              stdout=full, stderr=subprocess.PIPE)
    check(done.returncode == 1 and b'cannot write' in done.stderr)


def main():
    control_model.steady('steady.safetensors')
    control_model.steady('rising.safetensors', step=0.0625)
    control_model.noisy('noisy.safetensors')
    control_model.noisy('wide.safetensors', n=3)
    control_model.sound('sound.safetensors')
    write_prime(PRIME, 0.75)
    write_prime('other.log', 0.5)
    test_log()
    test_times()
    test_prime()
    test_picture()
    test_refusals()


if __name__ == '__main__':
    main()

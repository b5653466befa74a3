#!/usr/bin/python3
# SPDX-License-Identifier: ISC
"""`remanence train --control` as a user meets it, on performances made here and
on IMPSY's where they are there."""

import datetime
import json
import os
import pathlib
import random
import shutil
import signal
import subprocess
import sys
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

from training import Plugins, tensors

PROGRAM = pathlib.Path(os.environ['BUILD_DIR'])/'remanence'
REAL = pathlib.Path(os.environ.get('REMANENCE_SHARED', ''))/'data'/'control-9d'
SMALL = ['--hidden', '12', '--layers', '1', '--mixtures', '2', '--batch', '4',
         '--window', '16', '--threads', '2']


def play(path, seconds, seed):
    """Write a log of two faders and a switch: notes are short or long, which
    the first fader tells, in no order: a line through them says little"""
    rng = random.Random(seed)
    at = datetime.datetime(2026, 1, 31, 12)
    rows, t, i = [], 0.0, 0
    while t < seconds:
        long = rng.random() < 0.3
        dt = (0.4 if long else 0.1) * rng.uniform(0.95, 1.05)
        t, i = t + dt, i + 1
        at += datetime.timedelta(seconds=dt)
        rows.append('%s,interface,%.4f,%.4f,%d\n' % (
            at.isoformat(timespec='microseconds'), 0.8 if long else 0.3,
            rng.choice((0.2, 0.9)) + rng.gauss(0, 0.01), i % 5 == 0))
    pathlib.Path(path).write_text(''.join(rows))


def make_logs(folder, n):
    os.makedirs(folder, exist_ok=True)
    for i in range(n):
        play('%s/2026-01-31T12-%02d-00-4d-mdrnn.log' % (folder, i),
             15 + 7 * (i % 3), i)


def start(*arguments, folder='logs', **options):
    return subprocess.Popen(
        [PROGRAM, 'train', *(['--control', folder] if folder else []),
         *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        text=True, **options)


def finish(process, status=0):
    out, err = process.communicate(timeout=60)
    assert process.returncode == status, (process.returncode, out, err)
    return out + err


def train(*arguments, status=0, **options):
    return finish(start(*arguments, **options), status)


def frames_of(path):
    """Return how a model tells dimensions, with their scales"""
    return json.loads(tensors(path)[1]['config'])['frames']


def table_of(said):
    """Return the figures of the table at the end: net, AR, repeat"""
    rows = said.split('Validation, nats')[1].splitlines()[1:4]
    assert 'this net' in rows[0] and 'AR(' in rows[1], rows
    return [float(row[18:28]) for row in rows]


def wait_for(path, process):
    until = time.monotonic() + 30
    while not os.path.exists(path):
        assert process.poll() is None, process.communicate()
        assert time.monotonic() < until, path
        time.sleep(0.01)


def test_words():
    """Mistakes in the command line are told in words, with status 2"""
    for arguments, words in (
            (['-o', 'a.json'], '.safetensors'),
            (['-o', 'a.safetensors', '--input', 'dry.wav'], 'is for training'),
            (['-o', 'a.safetensors', '--stft', '1'], '--stft'),
            (['-o', 'a.safetensors', '--mixtures', '99'], 'from 1 to 32'),
            (['-o', 'a.safetensors', '--head', 'soft'], 'mdn or linear'),
            (['-o', 'a.safetensors', '--choice', '0'], 'from 1 to 32'),
            (['-o', 'a.safetensors', '--switch', '1;2'], '--switch'),
            ([], '-o')):
        said = train(*arguments, status=2)
        assert words in said, said
    said = train('--mixtures', '3', '-o', 'a.safetensors', status=2,
                 folder=None)
    assert '--control' in said, said


def test_bad_folders():
    """What is wrong with logs is told, with the file"""
    for name in 'empty', 'one', 'mixed', 'broken':
        os.makedirs(name, exist_ok=True)
    play('one/a.log', 5, 1)
    play('mixed/a.log', 5, 1)
    row = '2026-01-31T12:00:0%d.000000,interface,0.5\n'
    pathlib.Path('mixed/b.log').write_text(row % 1 + row % 2)
    shutil.copy('one/a.log', 'broken/a.log')
    pathlib.Path('broken/b.log').write_text(
        row % 1 + '2026-01-31T12:00:02.0,interface,loud\n' + row % 3)
    for folder, words in (('nowhere', 'nowhere'), ('empty', 'empty'),
                          ('one', 'one performance'), ('mixed', '--dimensions'),
                          ('broken', 'b.log')):
        said = train('-o', 'a.safetensors', folder=folder, status=1)
        assert words in said, (folder, said)
    said = train('--switch', '1,4', '-o', 'a.safetensors', status=1)
    assert 'Dimension 4' in said and 'have 3' in said, said
    said = train('--choice', '2', '-o', 'a.safetensors', status=1)
    assert 'Dimension 2' in said, said
    assert not os.path.exists('a.safetensors')


def test_learns():
    """The rhythm is learned, the table says so, and the model what it is"""
    said = train(*SMALL, '--epochs', '150', '--name', 'Limp', '-o',
                 'limp.safetensors')
    assert 'dimension 3 is a switch' in said, said
    assert 'held out: 2026-01-31T12-' in said, said
    net, autoregression, repeat = table_of(said)
    assert net < min(autoregression, repeat) - 1, said
    values, texts = tensors('limp.safetensors')
    everything = json.dumps(texts)
    for words in 'Limp', 'val_nll', 'val_nll_ar', 'mdrnn.log', '--seed 1':
        assert words in everything, (words, texts)
    assert 'check.output' in values
    assert os.getcwd() not in everything


def run(*arguments, status=0):
    done = subprocess.run([PROGRAM, *arguments], stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, text=True)
    assert done.returncode == status, done.stdout
    return done.stdout


def test_eval():
    """Other performances are no surprise either; what cannot be is told"""
    make_logs('tests', 2)
    said = run('eval', 'limp.safetensors', '--control', 'tests', '--training',
               'logs', '--json')
    found = json.loads(said)
    assert found['performances'] == 2 and found['events'] > 100, said
    assert found['nll'] < min(found['nll_ar'], found['nll_repeat']) - 1, said
    assert 'this net' in run('eval', 'limp.safetensors', '--control', 'tests')
    for arguments, words in ((['--control', 'nowhere'], 'nowhere'),
                             (['--control', 'flat'], 'flat')):
        os.makedirs('flat', exist_ok=True)
        said = run('eval', 'limp.safetensors', *arguments, status=1)
        assert words in said, said
    said = run('eval', 'limp.safetensors', '--control', 'tests', '--input',
               'a.wav', status=2)
    assert 'nothing about sound' in said, said
    said = run('render', 'limp.safetensors', 'a.wav', 'b.wav', status=1)
    assert 'for control frames' in said, said
    said = run('info', 'limp.safetensors')
    assert 'control frames of 3 dimensions' in said, said
    assert '3: a switch' in said, said


def test_validation():
    """A folder of its own to test with, a linear head, kinds as told"""
    make_logs('tests', 2)
    said = train(*SMALL, '--validation', 'tests', '--epochs', '5', '--head',
                 'linear', '--continuous', '3', '--longest', '2.5', '-o',
                 'v.safetensors')
    assert 'up to 2.5 s' in run('info', 'v.safetensors')
    assert 'of 2: 3 dimensions' in said and 'held out' not in said, said
    assert 'half the squared error per event' in said, said
    assert 'Half the squared error per event' in run(
        'eval', 'v.safetensors', '--control', 'tests')
    assert 'switch' not in said, said
    assert train(*SMALL, '--epochs', '1', '--choice', '1', '--quiet', '-o',
                 'q.safetensors') == ''


def test_dimensions():
    """A folder of logs of several controllers, and one is chosen"""
    make_logs('several', 3)
    row = '2026-01-31T12:00:0%d.000000,interface,0.5\n'
    pathlib.Path('several/b.log').write_text(row % 1 + row % 2)
    said = train(*SMALL, '--dimensions', '3', '--epochs', '1', '-o',
                 'several.safetensors', folder='several')
    assert 'of 1: 3 dimensions' in said and 'out: 1 logs of other' in said, said
    assert 'warning' not in said and 'note' not in said, said
    bad = pathlib.Path('several/2026-01-31T12-00-00-4d-mdrnn.log')
    rows = bad.read_text().splitlines(True)
    rows[1] = rows[1].rsplit(',', 1)[0] + ',127\n'
    rows[3:5] = rows[4:2:-1]
    bad.write_text(''.join(rows))
    pathlib.Path('several/c.log').write_text('12:00 started\n')
    said = train(*SMALL, '--dimensions', '3', '--epochs', '1', '-o',
                 'several.safetensors', folder='several')
    assert 'warning: 1 values are not within 0 to 1' in said, said
    assert 'went back 1 times' in said, said
    assert 'left out: 1 files that begin with no row' in said, said
    said = train(*SMALL, '--dimensions', '2', '-o', 'several.safetensors',
                 folder='several', status=1)
    assert 'of that dimension' in said, said


def test_rnn_rows():
    """What a net played is learned from if asked, and else left out"""
    make_logs('duet', 3)
    for path in pathlib.Path('duet').iterdir():
        rows = path.read_text().splitlines(True)
        path.write_text(''.join(rows[:40]) + ''.join(
            row.replace('interface', 'rnn') for row in rows[40:]))
    few = train(*SMALL, '--epochs', '1', '-o', 'd.safetensors', folder='duet')
    assert 'from 78 events of 2 performances, testing on 39 of 1' in few, few
    many = train(*SMALL, '--epochs', '1', '--rnn-rows', '-o', 'd.safetensors',
                 folder='duet')
    assert int(many.split('Learning from ')[1].split()[0]) > 100, many


def test_resume():
    """Stopped in the middle, and continued: the same model as without"""
    options = [*SMALL, '--epochs', '60']
    train(*options, '-o', 'whole.safetensors')
    process = start(*options, '-o', 'part.safetensors')
    wait_for('part.safetensors.resume', process)
    process.send_signal(signal.SIGINT)
    finish(process)
    tensors('part.safetensors')
    train(*options, '--resume', '-o', 'part.safetensors')
    assert tensors('part.safetensors')[0] == tensors('whole.safetensors')[0]
    said = train(*options, '--resume', '--mixtures', '3', '-o',
                 'part.safetensors', status=1)
    assert '--mixtures 2' in said and '--mixtures 3' in said, said
    os.makedirs('left', exist_ok=True)
    for one in json.loads(tensors('part.safetensors')[1][
            'provenance'])['performances']:
        if one['held_out']:
            shutil.copy('logs/' + one['log'], 'left')
    said = train(*options, '--resume', '-o', 'part.safetensors',
                 folder='left', status=1)
    assert 'only those that were held out' in said, said


def test_watch():
    """Waits for performances, takes in those that come, ends on Ctrl-C, and
    goes on with the same ones held out and the same scales"""
    os.makedirs('live', exist_ok=True)
    process = start(*SMALL, '--watch', '-o', 'live.safetensors', folder='live')
    time.sleep(0.5)
    make_logs('live', 3)
    old = time.time() - 60
    for name in os.listdir('live'):
        os.utime('live/' + name, (old, old))
    wait_for('live.safetensors', process)
    play('live/2026-02-01T12-00-00-4d-mdrnn.log', 20, 9)
    os.utime('live/2026-02-01T12-00-00-4d-mdrnn.log', (old, old))
    time.sleep(4)
    process.send_signal(signal.SIGINT)
    said = finish(process)
    assert 'Waiting for performances' in said, said
    assert '1 new performance' in said, said
    scales = frames_of('live.safetensors')
    said = train(*SMALL, '--resume', '--time', '1s', '-o', 'live.safetensors',
                 folder='live')
    assert 'this net' in said and 'was there before' not in said, said
    assert frames_of('live.safetensors') == scales


def test_watch_changes():
    """A folder that goes away is told once, and so is what is taken out of it
    when it is back"""
    make_logs('shaky', 9)
    old = time.time() - 60
    for name in os.listdir('shaky'):
        os.utime('shaky/' + name, (old, old))
    process = start(*SMALL, '--watch', '-o', 'shaky.safetensors',
                    folder='shaky')
    wait_for('shaky.safetensors', process)
    os.rename('shaky', 'away')
    time.sleep(5)
    os.remove('away/2026-01-31T12-00-00-4d-mdrnn.log')
    os.rename('away', 'shaky')
    time.sleep(3)
    process.send_signal(signal.SIGINT)
    said = finish(process)
    assert said.count('going on with what was read before') == 1, said
    assert 'Performances have changed: learning from' in said, said
    assert 'new performance' not in said, said


def test_osc():
    """Each better model is loaded by the control plugin, not by another one;
    what the plugin says against it stops nothing"""
    loads = []
    with Plugins('audio-1', 'control-1') as plugins:
        process = start(*SMALL, '--epochs', '30', '--osc', plugins.address,
                        '-o', 'heard.safetensors')
        for address, values, answer in plugins.commands(process):
            assert address == '/remanence/control-1/load', address
            loads.append(values[0])
            if len(loads) > 1:
                answer('/ok', values[0])
            else:
                answer('/error', 5, 'No model of mine')
    said = finish(process)
    assert said.count('No model of mine') == 1, said
    assert len(loads) > 2, loads
    assert set(loads) == {os.path.abspath('heard.safetensors')}, loads


def test_real():
    """Real performances: some seconds of a busy machine learn something"""
    said = train('--epochs', '3', '--validation', REAL/'val', '-o',
                 'real.safetensors', folder=REAL/'train')
    assert '65668 events of 22 performances' in said, said
    assert table_of(said)[0] < -5, said


def main():
    make_logs('logs', 9)
    tests = [f for name, f in globals().items() if name.startswith('test_')]
    for test in tests:
        if test is not test_real or REAL.exists():
            begun = time.monotonic()
            test()
            print('%s: %.1f s' % (test.__name__, time.monotonic() - begun),
                  file=sys.stderr)


if __name__ == '__main__':
    main()

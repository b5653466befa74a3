#!/usr/bin/python3
# SPDX-License-Identifier: ISC
"""`remanence eval --baselines` of sound, faders, text and clicks,
made here"""

import array
import datetime
import json
import math
import os
import pathlib
import random
import subprocess
import wave

PROGRAM = pathlib.Path(os.environ['BUILD_DIR'])/'remanence'
PRESETS = pathlib.Path(__file__).resolve().parent.parent/'presets'
BRIEF = ['--baselines', '--baseline-time', '0.6']
TINY = ['--baseline-time', '0.05']


def run(status, *arguments):
    done = subprocess.run([PROGRAM, *arguments], capture_output=True,
                          text=True, timeout=120)
    assert done.returncode == status, (arguments, done)
    return done.stdout + done.stderr


def evaluate(*arguments):
    return json.loads(run(0, 'eval', *arguments, *BRIEF, '--json'))


def write_wav(path, x, rate):
    with wave.open(str(path), 'wb') as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes(array.array(
            'h', (round(32767 * max(-1, min(1, v))) for v in x)).tobytes())


def test_sound():
    """What bends a line without memory is for the feed-forward net alone"""
    rng = random.Random(1)
    x, low = [], 0.0
    for _ in range(4 * 48000):
        low = 0.9 * low + 0.1 * rng.gauss(0, 1)
        x.append(low)
    write_wav('x.wav', x, 48000)
    write_wav('y.wav', [0.5 * math.tanh(5 * v) for v in x], 48000)
    model = str(PRESETS/'distortion-pedal.safetensors')
    pair = ['--input', 'x.wav', '--target', 'y.wav']
    found = evaluate(model, *pair)
    esr = found['baselines']
    assert found['samples'] == 38400, found
    assert abs(esr['net'] - found['esr']) < 1e-9, esr
    assert esr['forward'] < 0.3 * esr['linear'], esr
    assert 0.01 < esr['linear'] < 0.3, esr
    assert esr['linear_system'] > 0.9 * esr['linear'], esr
    out = run(0, 'eval', model, *pair, *BRIEF, *TINY)
    assert 'last 20 %' in out and 'linear system, 8' in out, out
    assert 'wants MODEL and IN' in run(
        2, 'eval', '--prediction', 'x.wav', '--target', 'y.wav', *BRIEF)
    assert 'seconds' in run(2, 'eval', model, *pair, '--baseline-time', '-1')


def write_log(path, seed):
    """Two faders: one goes by chance, the other is up where just one of the
    first one's last two places was"""
    rng = random.Random(seed)
    at = datetime.datetime(2026, 1, 31, 12)
    ups, rows = [0, 1], []
    for _ in range(400):
        at += datetime.timedelta(seconds=0.1 * rng.uniform(0.95, 1.05))
        up = ups[-1] ^ ups[-2]
        ups.append(rng.choice((0, 1)))
        rows.append('%s,interface,%.4f,%.4f\n' % (
            at.isoformat(timespec='microseconds'),
            0.3 + 0.4 * ups[-1] + rng.gauss(0, 0.01),
            0.3 + 0.4 * up + rng.gauss(0, 0.01)))
    pathlib.Path(path).write_text(''.join(rows))


def test_control():
    """A rule that is no line"""
    for folder, n in ('train', 4), ('val', 2):
        os.makedirs(folder, exist_ok=True)
        for i in range(n):
            write_log('%s/2026-01-31T12-%02d-00-3d-mdrnn.log' % (folder, i),
                      10 * n + i)
    run(0, 'train', '--control', 'train', '--hidden', '8', '--layers', '1',
        '--mixtures', '2', '--epochs', '2', '--quiet', '-o',
        'faders.safetensors')
    words = ['faders.safetensors', '--control', 'val', '--training', 'train']
    found = evaluate(*words)
    nats = found['baselines']
    assert nats['net'] == found['nll'] and nats['ar'] == found['nll_ar']
    assert nats['forward'] < nats['ar'] - 0.5, nats
    assert abs(nats['linear_system'] - nats['ar']) < 0.3, nats
    assert 'feed-forward, last 4' in run(0, 'eval', *words, *BRIEF,
                                         *TINY)


def test_text():
    """Letters that follow from the two before"""
    rng = random.Random(2)
    text = 'ab'
    while len(text) < 20000:
        text += 'ba'[text[-1] == text[-2]] if rng.random() < 0.95 else 'c'
    pathlib.Path('a.txt').write_text(text)
    pathlib.Path('b.txt').write_text(text[:3000])
    run(0, 'train', '--text', 'a.txt', '--hidden', '8', '--epochs', '2',
        '--quiet', '-o', 'text.safetensors')
    words = ['text.safetensors', '--text', 'b.txt']
    nats = evaluate(*words, '--training', 'a.txt')['baselines']
    assert nats['forward'] < 1.1 * nats['order_2'] + 0.05, nats
    assert nats['linear_system'] > nats['forward'], nats
    assert '--training' in run(2, 'eval', *words, *BRIEF)


def test_clicks():
    """Onsets in soft noise, learned and found"""
    os.makedirs('clicks', exist_ok=True)
    rng = random.Random(3)
    x = [0.002 * rng.gauss(0, 1) for _ in range(5 * 44100)]
    times = [0.4 + 0.41 * i for i in range(10)]
    for t in times:
        for i in range(3000):
            x[int(t * 44100) + i] += (0.4 * math.exp(-i / 500) *
                                      rng.uniform(-1, 1))
    write_wav('clicks/a.wav', x, 44100)
    pathlib.Path('clicks/a.csv').write_text(
        'seconds,label\n' + ''.join('%.4f,onset\n' % t for t in times))
    nats = evaluate(str(PRESETS/'listener'/'onsets.safetensors'), '--listen',
                    'clicks')['baselines']
    assert set(nats) == {'net', 'forward', 'linear_system'}, nats
    assert nats['forward'] < 0.1 and nats['net'] < 0.7, nats


test_sound()
test_control()
test_text()
test_clicks()

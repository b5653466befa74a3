#!/usr/bin/python3
# SPDX-License-Identifier: ISC
"""`remanence train --listen`, `eval --listen` and `tag` as a user meets them,
on bursts and tones made here."""

import json
import os
import pathlib
import random
import shutil
import subprocess
import sys
import wave

import numpy as np

PROGRAM = pathlib.Path(os.environ['BUILD_DIR'])/'remanence'
SMALL = ['--hidden', '12', '--batch', '8', '--window', '100', '--warm-up',
         '10', '--threads', '2', '--quiet']


def run(status, *arguments):
    done = subprocess.run([PROGRAM, *arguments], capture_output=True,
                          text=True, timeout=120)
    assert done.returncode == status, (arguments, done)
    return done.stdout, done.stderr


def write_wav(path, x, rate, channels=1):
    with wave.open(str(path), 'wb') as file:
        file.setnchannels(channels)
        file.setsampwidth(2)
        file.setframerate(rate)
        data = np.repeat(np.clip(x, -1, 1) * 32767, channels)
        file.writeframes(data.astype('<i2').tobytes())


def make_take(folder, name, seed, rate=44100, seconds=6, track=False):
    """Write hisses and tones over soft noise, and what is where"""
    rng = random.Random(seed)
    noise = np.random.default_rng(seed)
    x = 0.005 * noise.standard_normal(seconds * rate)
    rows, at = [], 0.3
    while at < seconds - 0.4:
        label = rng.choice(['hiss', 'tone'])
        n = rate // 5
        t = np.arange(n) / rate
        burst = (noise.uniform(-1, 1, n) if label == 'hiss'
                 else np.sin(2 * np.pi * 220 * t))
        begin = int(at * rate)
        x[begin:begin + n] += 0.4 * np.exp(-20 * t) * burst
        rows.append((begin / rate, label))
        at += rng.uniform(0.2, 0.7)
    write_wav(folder/(name + '.wav'), x, rate, 2 if track else 1)
    if track:
        text = ''.join('%.6f\t%.6f\t%s\n' % (t, t, l) for t, l in rows)
        (folder/(name + '.txt')).write_text(text)
    else:
        text = ''.join('%.6f,%s\n' % row for row in rows)
        (folder/(name + '.csv')).write_text('seconds,label\n' + text)
    return rows


def hits(found, wanted):
    """How many of the wanted events were found, within 50 ms"""
    left = list(found)
    n = 0
    for t, label in wanted:
        near = [f for f in left if abs(f[0] - t) <= 0.05 and f[1] == label]
        n += bool(near)
        if near:
            left.remove(near[0])
    return n


def read_csv(text):
    rows = (line.split(',') for line in text.splitlines())
    return [(float(t), label) for t, label in rows]


def read_track(path):
    rows = (line.split('\t') for line in path.read_text().splitlines())
    return [(float(begin), label) for begin, _, label in rows]


def test_labels(both):
    model = 'both.safetensors' if both else 'forward.safetensors'
    out, _ = run(0, 'train', '--listen', 'takes', *SMALL, '--epochs', '30',
                 *(['--both'] if both else []), '-o', model)
    info = json.loads(run(0, 'info', '--json', model)[0])
    assert info['spectra']['bands'] == 32, info
    assert info['labels']['names'] == ['hiss', 'tone'], info
    assert '125 a second' in run(0, 'info', model)[0]
    found = json.loads(run(0, 'eval', model, '--listen', 'test', '--json')[0])
    assert found['f'] > 0.85 and found['recordings'] == 2, found
    assert 'F-measure' in run(0, 'eval', model, '--listen', 'test')[0]

    wanted = read_csv(pathlib.Path('test/a.csv').read_text()
                      .split('\n', 1)[1])
    events = read_csv(run(0, 'tag', model, 'test/a.wav')[0])
    assert hits(events, wanted) >= 0.85 * len(wanted), (events, wanted)
    assert len(events) <= 1.2 * len(wanted)
    run(0, 'tag', model, 'test/a.wav', '-o', 'a.txt')
    assert read_track(pathlib.Path('a.txt')) == events
    run(0, 'tag', model, 'test/a.wav', '-o', 'a.csv')
    assert read_csv(pathlib.Path('a.csv').read_text()) == events

    fewer = read_csv(run(0, 'tag', '--threshold', '0.9', model,
                         'test/a.wav')[0])
    assert len(fewer) <= len(events)
    apart = read_csv(run(0, 'tag', '--apart', '3000', model,
                         'test/a.wav')[0])
    assert len(apart) <= 6, apart
    lines = run(0, 'tag', '--curve', model, 'test/a.wav')[0].splitlines()
    assert lines[0] == 'seconds,hiss,tone' and len(lines) in (752, 751), lines
    return found['f']


def test_curve():
    """A net learns how loud a noise is"""
    os.mkdir('curves')
    noise = np.random.default_rng(5)
    for i in range(6):
        t = np.arange(4 * 24000) / 24000
        height = 0.1 + 0.08 * np.sin((1 + 0.3 * i) * t)
        write_wav('curves/%d.wav' % i, height * noise.standard_normal(len(t)),
                  24000)
        rows = zip(t[::240], height[::240])
        pathlib.Path('curves/%d.csv' % i).write_text(
            ''.join('%.4f,%.6f\n' % row for row in rows))
    run(0, 'train', '--listen', 'curves', '--curve', *SMALL, '--epochs', '100',
        '-o', 'curve.safetensors')
    found = json.loads(run(0, 'eval', 'curve.safetensors', '--listen',
                           'curves', '--json')[0])
    assert found['mse'] < 0.2 * found['variance'], found
    lines = run(0, 'tag', 'curve.safetensors', 'curves/0.wav')[0].splitlines()
    assert lines[0] == 'seconds,curve' and len(lines) > 400


def test_refusals():
    def complains(status, words, *arguments):
        err = run(status, *arguments)[1]
        assert words in err, (words, err)

    os.mkdir('empty')
    complains(1, 'has labels beside it', 'train', '--listen', 'empty', '-o',
              'x.safetensors')
    complains(1, 'nowhere', 'train', '--listen', 'nowhere', '-o',
              'x.safetensors')
    complains(2, '.safetensors', 'train', '--listen', 'takes', '-o', 'x.nam')
    complains(2, '--listen FOLDER', 'train', '--curve', '-i', 'a.wav', '-t',
              'b.wav', '-o', 'x.safetensors')
    complains(2, 'recordings with labels', 'train', '--listen', 'takes',
              '--mixtures', '2', '-o', 'x.safetensors')
    complains(2, 'two files', 'tag', 'forward.safetensors')
    complains(2, '.csv', 'tag', 'forward.safetensors', 'a.wav', '-o', 'a.md')
    for model in ('forward.safetensors', 'both.safetensors'):
        complains(1, 'remanence tag', 'generate', model)
    complains(2, '--training goes with --baselines', 'eval',
              'forward.safetensors', '--listen', 'test', '--training', 'takes')
    complains(1, 'in both directions', 'generate', 'both.safetensors')
    complains(2, 'number', 'tag', '--threshold', 'x', 'a', 'b')
    complains(1, 'absent.wav', 'tag', 'forward.safetensors', 'absent.wav')
    os.mkdir('silent')
    shutil.copy('takes/00.wav', 'silent')
    pathlib.Path('silent/00.csv').write_text('seconds,label\n')
    complains(1, 'silent: No file of labels holds one', 'train', '--listen',
              'silent', '-o', 'x.safetensors')
    complains(1, '00.csv: It holds no point of a curve', 'train', '--listen',
              'silent', '--curve', '-o', 'x.safetensors')
    (pathlib.Path('takes')/'00.csv').write_text('0.1,a\nlater,b\n')
    complains(1, '00.csv:2', 'train', '--listen', 'takes', '-o',
              'x.safetensors')
    assert 'urn:remanence:listener' in run(0, 'tag', '--help')[0]


def test_resume():
    """A run goes on, on the same recordings alone"""
    options = ['train', '--listen', 'takes', *SMALL, '-o', 'cut.safetensors']
    run(0, *options, '--epochs', '2')
    run(0, *options, '--epochs', '3', '--resume')
    take = pathlib.Path('takes')/'00.csv'
    text = take.read_text()
    take.write_text(text + '5.9,hiss\n')
    err = run(1, *options, '--epochs', '4', '--resume')[1]
    assert 'labels with SHA-256' in err, err
    take.write_text(text)


def main():
    for folder in ('takes', 'test'):
        os.mkdir(folder)
    for i in range(12):
        make_take(pathlib.Path('takes'), '%02d' % i, i, track=i % 2)
    make_take(pathlib.Path('test'), 'a', 100)
    make_take(pathlib.Path('test'), 'b', 101, rate=48000)
    print('F-measure forward %.3f' % test_labels(False))
    print('F-measure both ways %.3f' % test_labels(True))
    test_curve()
    test_resume()
    test_refusals()


sys.exit(main())

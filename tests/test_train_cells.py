#!/usr/bin/python3
# SPDX-License-Identifier: ISC
"""`remanence train --cell`, `--init`, `--forget-bias` and `--gradients`."""

import array
import contextlib
import csv
import math
import os
import pathlib
import random
import subprocess
import sys
import tempfile
import wave

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

from training import tensors

PROGRAM = pathlib.Path(os.environ['BUILD_DIR'])/'remanence'
WINDOW = 128


def write_wav(path, samples):
    with contextlib.closing(wave.open(path, 'wb')) as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(48000)
        out.writeframes(array.array('h', (round(32767 * x)
                                          for x in samples)).tobytes())


def make_recording():
    rng, low, dry, wet = random.Random(1), 0.0, [], []
    for _ in range(2 * 48000):
        low += 0.2 * (rng.gauss(0, 0.5) - low)
        x = max(-0.9, min(0.9, low))
        dry.append(x)
        wet.append(0.5 * math.tanh(3 * x))
    write_wav('dry.wav', dry)
    write_wav('wet.wav', wet)


def train(output, *options, succeeds=True):
    """Run the command; return what it says on both outputs"""
    done = subprocess.run(
        [PROGRAM, 'train', '-i', 'dry.wav', '-t', 'wet.wav', '--latency', '0',
         '--hidden', '8', '--batch', '16', '--window', str(WINDOW),
         '--epochs', '2', '-o', output, *options],
        capture_output=True, text=True)
    assert (done.returncode == 0) == succeeds, done.stderr
    return done.stdout + done.stderr


def norms(folder):
    """Return the last curve of DIR/gradients.csv"""
    with open(pathlib.Path(folder)/'gradients.csv') as file:
        rows = list(csv.reader(file))
    assert rows[0][0] == 'steps before the loss' and len(rows) == WINDOW + 1
    assert len(rows[0]) > 2, rows[0]
    assert '<svg' in (pathlib.Path(folder)/'gradients.svg').read_text()
    return [float(row[-1]) for row in rows[1:]]


def test_cells():
    """Every cell that can be trained says its name, and learns"""
    curves = {}
    for cell, title in (('lstm', 'LSTM'), ('gru', 'GRU'), ('rnn', 'RNN'),
                        ('rnn-sigmoid', 'RNN of sigmoids')):
        said = train(f'{cell}.safetensors', '--cell', cell,
                     '--gradients', cell)
        assert f': {title} 1 x 8' in said, said
        esr = float(said.split('Validation ESR ')[1].split()[0])
        assert esr < 0.3, (cell, esr)
        curves[cell] = norms(cell)
    for cell, curve in curves.items():
        print(f'{cell}: {curve[0]:.2g} at the loss, '
              f'{curve[-1]:.2g} {WINDOW - 1} steps before')
        assert curve[0] > 0.0
    # What a vanilla RNN hears of a loss so far away is nothing
    assert curves['rnn'][-1] < 1e-6 * curves['rnn'][0]
    assert curves['lstm'][-1] > 1e-6 * curves['lstm'][0]
    assert curves['gru'][-1] > 1e-6 * curves['gru'][0]


def test_refusals():
    said = train('no.safetensors', '--cell', 'rnn-threshold', succeeds=False)
    assert 'flat' in said, said
    said = train('no.safetensors', '--cell', 'tube', succeeds=False)
    assert 'rnn-sigmoid' in said, said
    said = train('no.safetensors', '--init', 'magic', succeeds=False)
    assert 'orthogonal' in said, said


def test_beginnings():
    """Other beginnings lead elsewhere; gradients change nothing"""
    train('plain.safetensors')
    plain, _ = tensors('plain.safetensors')
    train('probed.safetensors', '--gradients', 'probed')
    assert tensors('probed.safetensors')[0] == plain
    train('right.safetensors', '--init', 'orthogonal')
    train('bias.safetensors', '--forget-bias', '1')
    right, texts = tensors('right.safetensors')
    bias, _ = tensors('bias.safetensors')
    assert right != plain and bias != plain and right != bias
    assert '--init orthogonal' in str(texts), texts
    said = train('said.safetensors', '--clip', '1e-6', '--time', '8')
    assert 'clipped' not in said or 'clipped 100 %' in said, said


with tempfile.TemporaryDirectory() as tmp:
    os.chdir(tmp)
    make_recording()
    test_cells()
    test_refusals()
    test_beginnings()

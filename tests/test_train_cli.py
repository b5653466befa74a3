#!/usr/bin/python3
# SPDX-License-Identifier: ISC
"""`remanence train` as a user meets it: on a device simulated here, and on
recordings of a real pedal where they are there.

What it learns from is six seconds through a soft clipper and a low-pass.
"""

import array
import contextlib
import json
import math
import os
import pathlib
import random
import resource
import signal
import subprocess
import sys
import time
import wave

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

from training import Plugins, tensors

PROGRAM = pathlib.Path(os.environ['BUILD_DIR'])/'remanence'
DS1 = pathlib.Path(os.environ.get('REMANENCE_SHARED', ''))/'data'/'ds1'
RATE = 48000
SMALL = ['--hidden', '6', '--batch', '16', '--threads', '2', '--latency', '0']


def write_wav(path, samples):
    with contextlib.closing(wave.open(path, 'wb')) as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(RATE)
        out.writeframes(array.array('h', (
            round(32767 * max(-1.0, min(1.0, x))) for x in samples)).tobytes())


def make_recording(seconds):
    """Write dry.wav, notes that decay, and wet.wav, what the device makes"""
    rng, dry, wet, low = random.Random(1), [], [], 0.0
    for t in range(int(seconds * RATE)):
        if t % 12000 == 0:
            step = 2 * math.pi * rng.uniform(80, 800) / RATE
        x = 0.8 * math.exp(-(t % 12000) / 6000) * math.sin(step * t)
        x += 0.01 * rng.gauss(0, 1)
        low += 0.4 * (math.tanh(3 * x) - low)
        dry.append(x)
        wet.append(0.6 * low)
    write_wav('dry.wav', dry)
    write_wav('wet.wav', wet)


def start(*arguments, pair=('dry.wav', 'wet.wav'), **options):
    files = ['--input', pair[0], '--target', pair[1]] if pair else []
    return subprocess.Popen(
        [PROGRAM, 'train', *files, *arguments], stdout=subprocess.PIPE,
        stderr=subprocess.PIPE, text=True, **options)


def finish(process, status):
    out, err = process.communicate()
    assert process.returncode == status, (process.returncode, out, err)
    return out + err


def train(*arguments, status=0, **options):
    return finish(start(*arguments, **options), status)


def wait_for(path, process):
    while not os.path.exists(path):
        assert process.poll() is None, process.communicate()
        time.sleep(0.01)


def test_words():
    """Mistakes in the command line are told in words, with status 2"""
    for arguments, words in (
            (['-o', 'a.json', '--hiden', '8'], '--hidden'),
            (['-o', 'a.json', '--hidden', '0'], 'from 1 to 1024'),
            (['-o', 'a.json', '--batch', '1.5'], 'whole number'),
            (['-o', 'a.json', '--time', '5 weeks'], '90, 120s, 2m'),
            (['-o', 'a.json', '--pre-emphasis', '1,x'], 'FIR'),
            (['-o', 'a.json', '--loss', 'mae'], 'esr or mse'),
            (['-o', 'a.json', '--knob', 'Gain'], 'Gain=0.3'),
            (['-o', 'a.json', '--target', 'b.wav'], 'must follow'),
            (['-o', 'a.json', '--input', 'b.wav'], 'lacks its --target'),
            (['-o', 'a.wav'], '.safetensors'),
            (['-o', 'a.json', 'b.wav'], 'b.wav'),
            ([], '-o')):
        said = train(*arguments, status=2)
        assert words in said, said
    assert '--input' in train('-o', 'a.json', status=2, pair=None)
    assert 'none.wav' in train('-o', 'a.json', status=1,
                               pair=('none.wav', 'wet.wav'))
    assert 'no/folder' in train('-o', 'no/folder/a.json', status=1)
    assert '--input' in train('--help')


def test_refused_at_once():
    """What a format cannot hold is told before training, not after"""
    begun = time.monotonic()
    said = train('--skip', '-o', 'a.nam', '--time', '60s', status=1)
    assert time.monotonic() - begun < 60 and 'skip' in said, said
    assert not os.path.exists('a.nam')


def test_resume():
    """Stopped by SIGTERM in the middle of an epoch, killed, and continued:
    the same model as without"""
    options = [*SMALL, '--epochs', '15']
    train(*options, '-o', 'whole.safetensors')
    for name in 'TERM', 'INT', 'KILL':
        part = 'part%s.safetensors' % name
        process = start(*options, '-o', part)
        wait_for(part + '.resume', process)
        time.sleep(0.05)
        process.send_signal(getattr(signal, 'SIG' + name))
        finish(process, -signal.SIGKILL if name == 'KILL' else 0)
        tensors(part)
        said = train(*options, '--resume', '-o', part)
        assert 'ESR' in said
        assert tensors(part)[0] == tensors('whole.safetensors')[0], name
        os.remove(part)
        os.remove(part + '.resume')


def test_resume_refused():
    """Other options and other files cannot be gone on with"""
    said = train(*SMALL, '--epochs', '20', '--resume', '-o',
                 'whole.safetensors', '--seed', '7', status=1)
    assert '--seed 1' in said and '--seed 7' in said, said
    said = train(*SMALL, '--epochs', '20', '--resume', '-o',
                 'whole.safetensors', pair=('wet.wav', 'dry.wav'), status=1)
    assert 'SHA-256' in said, said
    said = train(*SMALL, '--resume', '-o', 'new.safetensors', status=1)
    assert 'new.safetensors.resume' in said, said


def test_go_on_longer():
    """A finished run goes on with a higher limit"""
    said = train(*SMALL, '--epochs', '17', '--resume', '-o',
                 'whole.safetensors')
    assert 'of 17 epochs' in said, said


def test_second_interrupt():
    """Two interrupts in a row end the program, whatever it is doing"""
    process = start(*SMALL, '--time', '1h', '-o', 'twice.safetensors')
    wait_for('twice.safetensors.resume', process)
    for _ in range(1000):
        if process.poll() is not None:
            break
        process.send_signal(signal.SIGINT)
        time.sleep(0.01)
    assert process.wait() in (0, -signal.SIGINT)
    process.communicate()
    tensors('twice.safetensors')


def test_old_model_is_kept():
    """What was there before is put aside"""
    pathlib.Path('old.safetensors').write_text('precious')
    said = train(*SMALL, '--epochs', '2', '-o', 'old.safetensors')
    assert pathlib.Path('old.safetensors~').read_text() == 'precious'
    assert 'old.safetensors~' in said
    tensors('old.safetensors')


def limit_files(size):
    return lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))


def test_full_disk():
    """Files that cannot be written are told; what can be done is done"""
    said = train(*SMALL, '--batch', '256', '--epochs', '4', '-o',
                 'full.safetensors', preexec_fn=limit_files(12000),
                 restore_signals=False)  # A checkpoint takes some 18000 bytes
    assert said.count('warning') == 1 and '.resume' in said, said
    tensors('full.safetensors')
    said = train(*SMALL, '--epochs', '4', '-o', 'fuller.safetensors', status=1,
                 preexec_fn=limit_files(500), restore_signals=False)
    assert 'fuller.safetensors' in said, said
    assert not os.path.exists('fuller.safetensors')


def test_model():
    """The model says what it is and how good it is"""
    train(*SMALL, '--epochs', '4', '--name', 'My amp', '--author', 'Me',
          '--quiet', '-o', 'named.safetensors')
    values, texts = tensors('named.safetensors')
    everything = json.dumps(texts)
    for words in 'My amp', 'Me', 'val_esr', 'dry.wav', '48000', '--seed 1':
        assert words in everything, (words, texts)
    assert 'check.output' in values
    assert os.getcwd() not in everything
    assert train(*SMALL, '--epochs', '1', '--quiet', '-o', 'q.json') == ''
    json.loads(pathlib.Path('q.json').read_text())
    train(*SMALL, '--epochs', '1', '-o', 'q.nam')


def test_knobs():
    """Two pairs with a knob make a model with that knob"""
    train(*SMALL, '--epochs', '2', '--knob', 'Gain=0.1', '--input', 'dry.wav',
          '--target', 'dry.wav', '--knob', 'Gain=0.9', '-o',
          'knob.safetensors')
    assert 'Gain' in json.dumps(tensors('knob.safetensors')[1])


def test_losses():
    """Every loss, a deep net, and a model without skip get somewhere"""
    for options in (['--loss', 'mse', '--dc', '0'], ['--stft', '0.1'],
                    ['--pre-emphasis', '1,0,-0.5', '--no-skip'],
                    ['--layers', '2', '--decay', '0.001']):
        said = train(*SMALL, *options, '--epochs', '10', '-o',
                     'loss.safetensors')
        assert esr_of(said) < 0.5, (options, said)


def test_valid_pair():
    """A pair of its own to test with, and patience"""
    said = train(*SMALL, '--valid-input', 'dry.wav', '--valid-target',
                 'wet.wav', '--patience', '1', '--epochs', '500', '--window',
                 '2048', '--learning-rate', '0.3', '-o', 'v.safetensors')
    assert 'testing on 6 s' in said, said
    assert 'No better model' in said, said


def test_osc():
    """Each better model is loaded by the plugin for sound, not by another one,
    and so is the last one, also after Ctrl-C"""
    loads = []
    with Plugins('control-1', 'audio-1') as plugins:
        process = start(*SMALL, '--time', '60s', '--osc', plugins.address,
                        '-o', 'heard.safetensors')
        for address, values, answer in plugins.commands(process):
            assert address == '/remanence/audio-1/load', address
            assert values[0] == os.path.abspath('heard.safetensors'), values
            loads.append(pathlib.Path(values[0]).read_bytes())
            answer('/ok', values[0])
            if len(loads) == 3:
                process.send_signal(signal.SIGINT)
    said = finish(process, 0)
    assert 'did not take' not in said, said
    assert len(loads) > 3, len(loads)
    assert loads[-1] == pathlib.Path('heard.safetensors').read_bytes()
    assert 'it wants --osc' in train('--instance', 'lead', '-o',
                                     'a.safetensors', status=2)


def esr_of(said):
    return float(said.split('Validation ESR ')[1].split()[0])


def test_ds1():
    """A real pedal. Three seconds of a busy machine learn something."""
    pair = DS1/'train-input.flac', DS1/'train-target.flac'
    said = train('--time', '3s', '--hidden', '8', '-o', 'ds1.safetensors',
                 '--latency', '0', pair=pair)
    assert esr_of(said) < 1.0, said


def main():
    make_recording(6)
    tests = [f for name, f in globals().items() if name.startswith('test_')]
    for test in tests:
        if test is not test_ds1 or DS1.exists():
            begun = time.monotonic()
            test()
            print('%s: %.1f s' % (test.__name__, time.monotonic() - begun),
                  file=sys.stderr)


if __name__ == '__main__':
    main()

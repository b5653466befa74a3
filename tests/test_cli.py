#!/usr/bin/python3
# SPDX-License-Identifier: ISC
"""`remanence`, `remanence eval` and `remanence render` as a user meets them"""

import array
import json
import os
import random
import signal
import struct
import subprocess
import sys
import tempfile
import wave

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, 'bad'))

import bad_json

PROGRAM = os.path.join(os.environ.get('BUILD_DIR', 'build'), 'remanence')
N = 30000


def check(true, *said):
    if not true:
        raise AssertionError(said)


def run(status, *args, **how):
    """Run the program; return what it printed on stdout and on stderr"""
    done = subprocess.run([PROGRAM, *args], stdout=how.pop('to', -1),
                          stderr=subprocess.PIPE, check=False, text=True, **how)
    check(done.returncode == status, args, done)
    return done.stdout, done.stderr


def noise(n, seed=1):
    """Deterministic samples of 16 bits"""
    source = random.Random(seed)
    return [source.randrange(-9000, 9000) for _ in range(n)]


def write_wav(name, samples, channels=1, rate=48000):
    with wave.open(name, 'wb') as out:
        out.setnchannels(channels)
        out.setsampwidth(2)
        out.setframerate(rate)
        out.writeframes(array.array('h', samples).tobytes())


def read_float_wav(name):
    """Return the number of channels and the samples of a float WAV file"""
    with open(name, 'rb') as file:
        data = file.read()
    check(data[:4] == b'RIFF' and data[8:12] == b'WAVE', name)
    at, form = 12, None
    while data[at:at + 4] != b'data':
        size, = struct.unpack_from('<I', data, at + 4)
        if data[at:at + 4] == b'fmt ':
            form = struct.unpack_from('<HHIIHH', data, at + 8)
        at += 8 + size + size % 2
    check(form[0] == 3 and form[5] == 32, name, form)  # IEEE float
    size, = struct.unpack_from('<I', data, at + 4)
    return form[1], array.array('f', data[at + 8:at + 8 + size])


def knob_model():
    """A model with one knob, on its second input"""
    model = bad_json.aidax()
    lstm = model['layers'][0]
    lstm['weights'][0].append([0.3] * len(lstm['weights'][0][0]))
    model['in_shape'][2] = 2
    del model['input_batch'], model['output_batch']
    return model


def test_program():
    out = run(0, '--help')[0]
    for word in ('train', 'eval', 'render', 'info', 'convert', 'Record'):
        check(word in out, word)
    check(len(out.splitlines()) <= 32 and
          max(map(len, out.splitlines())) <= 80, out)
    check(out == run(0, 'help')[0] == run(0, '-h')[0])
    check(run(0, '--version')[0].startswith('remanence '))
    check('did you mean `render`?' in run(2, 'rendre')[1])
    check('did you mean `eval`?' in run(2, 'evaluate')[1])
    check('did you mean' not in run(2, 'xylophone')[1])
    check('which command?' in run(2)[1])
    for command in ('eval', 'render'):
        out = run(0, command, '--help')[0]
        check(out.startswith('Usage: remanence ' + command), out)
        check(out == run(0, 'help', command)[0])
        check('did you mean --knob?' in run(2, command, '--knbo', 'a=1')[1])
        check('--knob needs a value' in run(2, command, '--knob')[1])
        check('no option -x' in run(2, command, '-x')[1])
        check('not `Gain`' in run(2, command, '--knob', 'Gain')[1])
    with open('/dev/full', 'w', encoding='ascii') as full:
        check('cannot write' in run(1, '--help', to=full)[1])


def test_render():
    """Every channel is played on its own, from rest, to float WAV"""
    run(0, 'render', 'a.json', 'left.wav', 'left-out.wav')
    run(0, 'render', 'a.json', 'right.wav', 'right-out.wav')
    check(run(0, 'render', 'a.json', 'both.wav', 'both-out.wav') == ('', ''))
    n, both = read_float_wav('both-out.wav')
    check(n == 2 and len(both) == 2 * N)
    for c, name in enumerate(('left-out.wav', 'right-out.wav')):
        n, mono = read_float_wav(name)
        check(n == 1 and both[c::2] == mono, name)
    check(len(set(both)) > N)


def test_knob():
    def play(out, *knob):
        run(0, 'render', *knob, 'knob.json', 'left.wav', out)
        return read_float_wav(out)[1]
    name = json.loads(run(0, 'info', '--json', 'knob.json')[0])['knobs'][0]
    middle = str(name['default'])
    name = name['name']
    low = play('1.wav', '--knob', name + '=0')
    check(low != play('2.wav', '--knob', name + '=1'))
    check(play('3.wav') == play('4.wav', '--knob', name + '=' + middle))
    args = ('knob.json', 'left.wav', 'x.wav')
    err = run(1, 'render', '--knob', 'Treble=1', *args)[1]
    check('no knob `Treble`' in err and name in err, err)
    err = run(1, 'render', '--knob', name + '=2', *args)[1]
    check('from 0 to 1, so not to 2' in err, err)
    err = run(1, 'render', '--knob', 'Gain=1', 'a.json', *args[1:])[1]
    check('the model has no knobs' in err, err)
    check(not os.path.exists('x.wav'))


def test_render_refusals():
    """Nothing is written, and it is said why"""
    err = run(1, 'render', 'a.json', 'slow.wav', 'x.wav')[1]
    check('44100' in err and '48000' in err and 'slow.wav' in err, err)
    check('itself' in run(1, 'render', 'a.json', 'left.wav', './left.wav')[1])
    check('absent.wav' in run(1, 'render', 'a.json', 'absent.wav', 'x.wav')[1])
    check('absent.json' in
          run(1, 'render', 'absent.json', 'left.wav', 'x.wav')[1])
    check('no/x.wav' in run(1, 'render', 'a.json', 'left.wav', 'no/x.wav')[1])
    check('three files' in run(2, 'render', 'a.json', 'left.wav')[1])
    check(not os.path.exists('x.wav'))
    err = run(0, 'render', 'unknown.json', 'slow.wav', 'y.wav')[1]
    check('warning' in err and 'does not say its sample rate' in err, err)


def test_interrupt():
    """A signal that waits already when the program starts stops it at the
    first block; what stood there stands"""
    def interrupt():
        signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
        os.kill(os.getpid(), signal.SIGINT)
    with open('kept.wav', 'w', encoding='ascii') as kept:
        kept.write('as it was')
    err = run(1, 'render', 'a.json', 'left.wav', 'kept.wav',
              preexec_fn=interrupt)[1]
    check('Stopped' in err, err)
    with open('kept.wav', encoding='ascii') as kept:
        check(kept.read() == 'as it was')


def evaluate(*args):
    return json.loads(run(0, 'eval', '--json', *args)[0])


def test_eval():
    out = run(0, 'eval', 'a.json', '-i', 'left.wav', '-t', 'right.wav')[0]
    check('ESR' in out and '31.25 to 62.5' in out and '48000 Hz' in out, out)
    check(max(map(len, out.splitlines())) <= 80, out)
    figures = evaluate('a.json', '--input', 'left.wav',
                       '--target', 'left-out.wav')
    check(figures['esr'] == figures['mae'] == figures['dc'] == 0.0, figures)
    check(figures['samples'] == N and len(figures['bands']) == 10)
    check(figures['bands'][0]['error_db'] is None)  # Minus infinity
    figures = evaluate('--prediction', 'left-out.wav', '-t', 'left-out.wav')
    check(figures['esr'] == 0.0 and figures['model'] is None, figures)


def test_latency():
    """Files that are shifted are equal once the latency is said"""
    write_wav('late.wav', [0] * 70 + noise(N))
    pair = ('--prediction', 'left.wav', '--target', 'late.wav')
    check(evaluate(*pair)['esr'] > 1.0)
    check(evaluate(*pair, '--latency', '70')['esr'] == 0.0)
    pair = ('--prediction', 'late.wav', '--target', 'left.wav')
    figures = evaluate(*pair, '--latency', '-70')
    check(figures['esr'] == 0.0 and figures['samples'] == N, figures)
    check('Nothing is left' in run(1, 'eval', *pair, '--latency=99999')[1])
    check('whole samples' in run(2, 'eval', *pair, '--latency=1.5')[1])


def test_eval_refusals():
    err = run(1, 'eval', 'a.json', '-i', 'left.wav', '-t', 'slow.wav')[1]
    check('44100' in err and '48000' in err and 'agree' in err, err)
    err = run(1, 'eval', 'a.json', '-i', 'slow.wav', '-t', 'slow.wav')[1]
    check('a.json plays at 48000 Hz' in err, err)
    err = run(1, 'eval', 'a.json', '-i', 'left.wav', '-t', 'silent.wav')[1]
    check('silent' in err, err)
    err = run(0, 'eval', 'a.json', '-i', 'both.wav', '-t', 'short.wav')[1]
    check('both.wav has 2 channels' in err and 'short.wav' in err, err)
    check('--training goes' in run(2, 'eval', 'a.json', '-i', 'left.wav', '-t',
                                   'right.wav', '--training', 'x')[1])
    check('--target' in run(2, 'eval', 'a.json', '-i', 'left.wav')[1])
    check('MODEL' in run(2, 'eval', '-i', 'left.wav', '-t', 'right.wav')[1])


def write_json(name, value):
    with open(name, 'w', encoding='ascii') as out:
        json.dump(value, out)


def main():
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        write_json('a.json', bad_json.aidax())
        write_json('unknown.json', dict(bad_json.aidax(), metadata={}))
        write_json('knob.json', knob_model())
        left, right = noise(N), noise(N, 2)
        write_wav('left.wav', left)
        write_wav('right.wav', right)
        write_wav('both.wav', [x for two in zip(left, right) for x in two], 2)
        write_wav('slow.wav', left, rate=44100)
        write_wav('silent.wav', [0] * N)
        write_wav('short.wav', right[:N // 2])
        test_program()
        test_render()
        test_knob()
        test_render_refusals()
        test_interrupt()
        test_eval()
        test_latency()
        test_eval_refusals()
        check(not [name for name in os.listdir() if '.part' in name])


if __name__ == '__main__':
    main()

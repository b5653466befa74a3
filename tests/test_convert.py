#!/usr/bin/python3
# SPDX-License-Identifier: ISC
"""`remanence info` and `remanence convert` as a user meets them"""

import json
import os
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, 'bad'))

import bad_json
import bad_safetensors

PROGRAM = os.path.join(os.environ.get('BUILD_DIR', 'build'), 'remanence')


def check(true, *said):
    if not true:
        sys.exit('not true: %s' % (said,))


def run(status, *args):
    """Run the program; return what it printed on stdout and on stderr"""
    done = subprocess.run([PROGRAM, *args], capture_output=True, check=False,
                          text=True)
    check(done.returncode == status, args, done)
    return done.stdout, done.stderr


def write(name, content):
    mode = 'wb' if isinstance(content, bytes) else 'w'
    with open(name, mode) as out:
        out.write(content if mode == 'wb' else json.dumps(content))


def facts(name):
    """What `info --json` says, but for the file's name and this machine's
    speed"""
    out = json.loads(run(0, 'info', '--json', name)[0])
    for key in ('file', 'format', 'seconds_per_sample'):
        del out[key]
    return out


def test_info():
    out, err = run(1, 'info', 'a.nam', 'absent.nam', 'b.aidax')
    check('a.nam\n' in out and 'b.aidax\n' in out and 'LSTM, 1 input' in out)
    check(err.startswith('remanence info: absent.nam: '), err)
    check('-3 dB' in out and '-18.5 dB' in out and 'Small' in out, out)
    check(facts('a.nam')['net']['parameters'] == 101)
    check(facts('b.aidax')['net']['skip'] and not facts('a.nam')['net']['skip'])
    check('assumed: the file does not say' in run(0, 'info', 'torch.st')[0])
    check(facts('c.json')['sample_rate'] == 44100)
    check(not facts('torch.st')['rate_known'])
    write('d.nam', dict(bad_json.nam(), metadata={'name': '\x1b[31mRed'}))
    check('\x1b' not in run(0, 'info', 'd.nam')[0])
    check('which model' in run(2, 'info')[1])
    check('--json' in run(2, 'info', '--jsn', 'a.nam')[1])
    check('remanence info' in run(0, 'info', '--help')[0])


def test_convert():
    """Every file to every format that holds it, and from there to every other:
    it stays what it was"""
    for name in ('a.nam', 'b.aidax', 'c.json', 'torch.st'):
        before = facts(name)
        fits = ['1.safetensors', '2.aidax', '3.json']
        fits += [] if before['net']['skip'] else ['4.nam']
        for first in fits:
            out = run(0, 'convert', name, first)[0]
            check(name in out and first in out, out)
            check(facts(first) == before, name, first)
            for second in fits:
                run(0, 'convert', first, 'again-' + second)
                check(facts('again-' + second) == before, first, second)
    run(0, 'convert', '--format=nam', 'a.nam', 'no-ending')
    check(facts('no-ending') == facts('a.nam'))
    run(0, 'convert', 'a.nam', 'a.nam')  # Over itself
    check(facts('no-ending') == facts('a.nam'))


def test_refusals():
    """Nothing is written, and what is there stays"""
    write('there.nam', b'as it was')
    for name in ('b.aidax', 'absent.nam', 'there.nam'):
        err = run(1, 'convert', '--force', name, 'there.nam')[1]
        check('there.nam' in err or 'absent.nam' in err, err)
        with open('there.nam', 'rb') as there:
            check(there.read() == b'as it was')
    check('skip' in run(1, 'convert', 'b.aidax', 'x.nam')[1])
    check('--format' in run(2, 'convert', 'a.nam', 'x.wav')[1])
    check('flac' in run(2, 'convert', '-f', 'flac', 'a.nam', 'x')[1])
    check('two files' in run(2, 'convert', 'a.nam')[1])
    check('device' in run(1, 'convert', '-f', 'nam', 'a.nam', '/dev/null')[1])
    check(not os.path.exists('x.nam') and not os.path.exists('x'))


def test_losses():
    """The author of an AIDA-X file has a word of his own where NAM means a
    level: that cannot be kept, and takes --force"""
    words = {'loudness': -5.0, 'samplerate': '48000'}
    write('words.json', dict(bad_json.aidax(), in_skip=0, in_gain=0,
                             metadata=words))
    err = run(1, 'convert', 'words.json', 'words.nam')[1]
    check('the metadata' in err and 'the levels' in err and '--force' in err)
    check(not os.path.exists('words.nam'))
    check('the levels' in run(0, 'convert', '--force', 'words.json',
                              'words.nam')[1])
    check(facts('words.nam')['levels'] == {'loudness': -5.0})


def main():
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        write('a.nam', bad_json.nam())
        write('b.aidax', bad_json.aidax())
        guitarml = bad_json.guitarml()
        guitarml['model_data']['skip'] = 0
        write('c.json', guitarml)
        write('torch.st', bad_safetensors.packed(bad_safetensors.state_dict()))
        test_info()
        test_convert()
        test_refusals()
        test_losses()
        check(not [name for name in os.listdir() if name.endswith('.part')])


if __name__ == '__main__':
    main()

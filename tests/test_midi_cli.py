#!/usr/bin/python3
# SPDX-License-Identifier: ISC
"""MIDI files through the program: the recipe, a net of one's own, files that
are wrong"""

import json
import os
import subprocess

PROGRAM = os.path.join(os.environ.get('BUILD_DIR', 'build'), 'remanence')


def check(true, *said):
    if not true:
        raise AssertionError(said)


def run(status, *args):
    """Run the program; return what it printed on stdout and on stderr"""
    done = subprocess.run([PROGRAM, *args], check=False, text=True,
                          capture_output=True)
    check(done.returncode == status, args, done)
    return done.stdout, done.stderr


def read(name):
    with open(name, 'rb') as file:
        return file.read()


def test_recipe():
    """The net stays below the chains, and what it plays is a file"""
    out, _ = run(0, 'recipe', 'run', 'duet', '--brief', '--out', 'out')
    check('chain of order 3' in out and 'reached' in out, out)
    check(read('out/duet/played.mid')[:4] == b'MThd')
    check(len(os.listdir('out/duet/songs')) == 60)


def test_train():
    """A net of one's own, in all keys; it hears and plays files"""
    songs = 'out/duet/songs'
    out, err = run(0, 'train', '--midi', songs, '--transpose',
                   '--hidden', '8', '--epochs', '1', '-o', 'a.safetensors')
    check('chain of order 3' in out and 'generate a.safetensors' in out, out)
    check('390 different ones' in err, err)
    model = json.loads(run(0, 'info', '--json', 'a.safetensors')[0])
    check('midi' in json.dumps(model), model)
    out, _ = run(0, 'eval', 'a.safetensors', '--midi', songs, '--training',
                 songs)
    check('this net' in out and 'chain of order 3' in out, out)
    out, _ = run(0, 'train', '--calls', songs, '--phrase', '4', '--hidden',
                 '8', '--attention', '4', '--epochs', '1', '-o',
                 'c.safetensors')
    check('--prime call.mid' in out, out)


def test_generate():
    """What is heard comes first; the same seed plays the same"""
    prime = 'out/duet/songs/song-0001.mid'
    for name, *more in (('a.mid',), ('b.mid', '--seed', '1'), ('c.mid',),
                        ('d.mid', '--prime', prime),
                        ('e.mid', '--temperature', '0', '--top-k', '5')):
        run(0, 'generate', 'out/duet/duet.safetensors', '-o', name,
            '--seconds', '20', *more)
        check(read(name)[:4] == b'MThd', name)
    check(read('a.mid') == read('c.mid') != read('b.mid'))
    check(len(read('d.mid')) > len(read(prime)))
    _, err = run(1, 'generate', 'out/duet/duet.safetensors')
    check('-o' in err, err)
    run(0, 'generate', 'c.safetensors', '--prime', prime, '-o', 'f.mid',
        '--seconds', '4')
    check(len(read('f.mid')) > len(read(prime)))
    for option in ('--length', '--input', '--pitemp'):
        _, err = run(1, 'generate', 'out/duet/duet.safetensors', '-o', 'h.mid',
                     option, '1')
        check(option + ' means nothing' in err, err)
    _, err = run(1, 'generate', 'c.safetensors', '-o', 'g.mid')
    check('--prime' in err, err)


def test_wrong():
    """Files that are wrong are named, with the place"""
    whole = read('out/duet/songs/song-0001.mid')
    for n in (0, 3, 13, 21, 60, len(whole) - 9):
        os.makedirs('bad', exist_ok=True)
        with open('bad/cut.mid', 'wb') as file:
            file.write(whole[:n])
        _, err = run(1, 'train', '--midi', 'bad', '-o', 'b.safetensors')
        check('bad/cut.mid, byte' in err, n, err)
    _, err = run(2, 'train', '--midi', 'bad', '--vocabulary', '9', '-o', 'b')
    check('--midi FOLDER' in err or 'songs' in err, err)
    check(not os.path.exists('b.safetensors'))


test_recipe()
test_train()
test_generate()
test_wrong()

#!/usr/bin/python3
# SPDX-License-Identifier: ISC
"""`remanence train --text` as a user meets it: it learns, is measured, goes on
with a text, and can be stopped and continued."""

import json
import os
import pathlib
import random
import signal
import subprocess
import sys
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

from training import tensors

PROGRAM = pathlib.Path(os.environ['BUILD_DIR'])/'remanence'
SMALL = ['--hidden', '24', '--batch', '16', '--threads', '2']
WORDS = 'the cat sat on a mat and ran off to see what birds sing'.split()


def write_text(path, n, seed):
    rng = random.Random(seed)
    pathlib.Path(path).write_text(''.join(
        ' '.join(rng.choice(WORDS) for _ in range(rng.randint(3, 8))) + '.\n'
        for _ in range(n)))


def run(*arguments, status=0):
    done = subprocess.run([PROGRAM, *arguments], capture_output=True, text=True,
                          timeout=60)
    assert done.returncode == status, (done.returncode, arguments, done.stdout,
                                       done.stderr)
    return done.stdout if not status else done.stderr


def test_refusals():
    for arguments, part in (
            (['--text', 'a.txt', '-o', 'a.nam'], '.safetensors'),
            (['--text', 'a.txt', '-o', 'a.safetensors', '--skip'],
             'training on sound'),
            (['--text', 'a.txt', '-o', 'a.safetensors', '--attention', '3'],
             'training on examples'),
            (['--text', 'a.txt', '-o', 'a.safetensors', '--tokens', 'names'],
             '--tokens'),
            (['--tokens', 'words', '-o', 'a.safetensors'], 'training on text'),
            (['--text', 'a.txt', '--examples', 'b', '-o', 'a.safetensors'],
             'training on')):
        assert part in run('train', *arguments, status=2), arguments
    assert 'none.txt' in run('train', '--text', 'none.txt', '-o',
                             'a.safetensors', status=1)
    assert 'too few' in run('train', '--text', 'short.txt', '-o',
                            'a.safetensors', status=1)


def test_learns():
    """Spelling is learned: well below what the last two letters say"""
    out = run('train', '--text', 'a.txt', 'b.txt', *SMALL, '--epochs', '25',
              '--learning-rate', '0.02', '-o', 'm.safetensors')
    table = [float(line[18:26]) for line in out.splitlines()[1:5]]
    net, three, two, one = table
    # Letters of equally likely words: log(13) nats a word of 3.6 and a blank
    assert net < two and three < two < one, out
    texts = json.loads(tensors('m.safetensors')[1]['config'])
    assert texts['frame'] == 'symbols' and texts['head'] == 'softmax', texts
    assert texts['symbols']['names'][0] == '<unknown>', texts
    return net


def test_eval(net):
    said = json.loads(run('eval', 'm.safetensors', '--text', 'c.txt', '--json',
                          '--training', 'a.txt'))
    # Other words of the same distribution, 4000 of them: 3 % by chance
    assert abs(said['nll'] - net) < 0.06 * net, (said, net)
    assert said['nll'] < said['nll_order_2'] < said['nll_order_1'], said
    assert abs(said['bits'] - said['nll'] / 0.6931471805599453) < 1e-9, said
    assert 'this net' in run('eval', 'm.safetensors', '--text', 'c.txt')
    for option in (['--threshold', '0.3'], ['--rnn-rows']):
        assert option[0] + ' goes with' in run(
            'eval', 'm.safetensors', '--text', 'c.txt', *option, status=2)


def test_generate():
    """What is made is mostly words, begins with the prime, and comes again"""
    how = ['generate', 'm.safetensors', '--prime', 'the cat', '--length', '300',
           '--temperature', '0.5']
    text = run(*how, '--seed', '2')
    assert text == run(*how, '--seed', '2') != run(*how, '--seed', '3')
    assert text.startswith('the cat') and len(text) == 7 + 300 + 1, text
    words = text.replace('.', ' ').split()[:-1]
    known = sum(word in WORDS for word in words)
    assert known > 0.8 * len(words), text
    run(*how, '-o', 'out.txt')
    assert len(pathlib.Path('out.txt').read_text()) == 307
    greedy = ['generate', 'm.safetensors', '--temperature', '0']
    assert run(*greedy) == run(*greedy, '--seed', '9') == run(
        'generate', 'm.safetensors', '--top-k', '1', '--seed', '4')
    assert 'learned from examples' in run('generate', 'm.safetensors',
                                          '--input', 'a', status=1)
    for option in ('--seconds', '--pitemp'):
        said = run('generate', 'm.safetensors', option, '1', status=1)
        assert option + ' means nothing' in said and 'a text' in said, said


def test_info():
    said = run('info', 'm.safetensors')
    assert 'LSTM, 1 of ' in said and ' characters: <unknown> ' in said, said
    said = json.loads(run('info', '--json', 'm.safetensors'))
    assert said['symbols']['kind'] == 'characters', said


def test_resume():
    """Ctrl-C keeps the best; --resume ends where one run would have"""
    how = ['train', '--text', 'a.txt', *SMALL, '--epochs', '6', '-o']
    run(*how, 'whole.safetensors')
    process = subprocess.Popen([PROGRAM, *how, 'part.safetensors'],
                               stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                               text=True)
    while process.poll() is None and not os.path.exists('part.safetensors'):
        time.sleep(0.005)
    process.send_signal(signal.SIGINT)
    assert process.wait(30) in (0, -signal.SIGINT)
    run(*how, 'part.safetensors', '--resume')
    one, other = tensors('whole.safetensors'), tensors('part.safetensors')
    assert one[0] == other[0]
    assert '--hidden' in run(*how, 'part.safetensors', '--resume', '--hidden',
                             '8', status=1)


def main():
    for i, name in enumerate(('a.txt', 'b.txt', 'c.txt')):
        write_text(name, 800, i)
    pathlib.Path('short.txt').write_text('a b c')
    test_refusals()
    net = test_learns()
    test_eval(net)
    test_generate()
    test_info()
    test_resume()


main()

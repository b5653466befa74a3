#!/usr/bin/python3
# SPDX-License-Identifier: ISC
"""`remanence train --examples` as a user meets it: each task is learned,
measured beside what counting foretells, and answered."""

import json
import os
import pathlib
import random
import subprocess

PROGRAM = pathlib.Path(os.environ['BUILD_DIR'])/'remanence'
SMALL = ['--hidden', '24', '--learning-rate', '0.01', '--threads', '2']


def run(*arguments, status=0):
    done = subprocess.run([PROGRAM, *arguments], capture_output=True, text=True,
                          timeout=60)
    assert done.returncode == status, (done.returncode, arguments, done.stdout,
                                       done.stderr)
    return done.stdout if not status else done.stderr


def write(path, task, n, seed):
    """Write examples by rule: tags say whether a word came before; answers are
    the letters turned round, captions spell bits"""
    rng = random.Random(seed)
    lines = []
    for _ in range(n):
        letters = [rng.choice('abc') for _ in range(rng.randint(2, 6))]
        word = ''.join(letters)
        if task == 'tag':
            lines.append(' '.join(letters) + '\t' + ' '.join(
                'old' if c in letters[:i] else 'new'
                for i, c in enumerate(letters)))
        elif task == 'classify':
            lines.append(word + '\t' + ('same' if letters[0] == letters[-1]
                                        else 'other'))
        elif task == 'caption':
            bits = [rng.random() < 0.5 for _ in range(3)]
            lines.append(' '.join('%d' % b for b in bits) + '\t' + ''.join(
                c for b, c in zip(bits, 'xyz') if b))
        else:
            lines.append(word + '\t' + word[::-1])
    pathlib.Path(path).write_text('# by rule\n' + '\n'.join(lines) + '\n')


def learn(task, *options, epochs='25', least=0.95):
    model, data = task + '.safetensors', task + '.tsv'
    write(data, task, 1000, 1)
    write('test.tsv', task, 200, 2)
    out = run('train', '--examples', data, '--task', task, *SMALL, '--epochs',
              epochs, *options, '-o', model)
    assert 'this net' in out and 'best of ' + epochs in out, out
    said = json.loads(run('eval', model, '--examples', 'test.tsv', '--training',
                          data, '--json'))
    assert said['task'] == task and said['n'] == 200, said
    assert said['exact'] >= least, said
    assert said['accuracy'] > said['accuracy_counted'], said
    assert said['nll'] < said['nll_counted'], said
    return model


def answer(model, text):
    return run('generate', model, '--input', text).rstrip('\n')


def test_refusals():
    write('a.tsv', 'tag', 10, 1)
    for arguments, part in (
            (['--examples', 'a.tsv', '-o', 'a.safetensors'], '--task'),
            (['--examples', 'a.tsv', '--task', 'sort', '-o', 'a.safetensors'],
             'tag, classify'),
            (['--examples', 'a.tsv', '--task', 'tag', '--window', '32', '-o',
              'a.safetensors'], 'training on')):
        assert part in run('train', *arguments, status=2), arguments
    for task, option, part in (
            ('tag', ['--encoder', '8'], 'translate'),
            ('classify', ['--attention', '8'], 'translate'),
            ('tag', ['--own-outputs', '0.5'], 'complete or caption'),
            ('complete', ['--beside'], 'caption'),
            ('caption', ['--both'], 'symbol by symbol'),
            ('complete', ['--labels', 'words'], '--tokens'),
            ('translate', ['--phrase', '2'], '--calls'),
            ('translate', ['--transpose'], '--calls')):
        assert part in run('train', '--examples', 'a.tsv', '--task', task,
                           *option, '-o', 'a.safetensors', status=2), option
    for option in (['--task', 'tag'], ['--tokens', 'words'], ['--labels',
                   'words'], ['--vocabulary', '9'], ['--both']):
        assert option[0] in run('train', '--calls', '.', *option, '-o',
                                'a.safetensors', status=2), option
    pathlib.Path('a.txt').write_text('a')
    for option, part in ((['--phrase', '2'], '--calls'),
                         (['--transpose'], '--midi FOLDER or --calls')):
        assert part in run('train', '--text', 'a.txt', *option, '-o',
                           'a.safetensors', status=2), option
    pathlib.Path('bad.tsv').write_text('a\tb\nc\n')
    assert 'bad.tsv:2' in run('train', '--examples', 'bad.tsv', '--task', 'tag',
                              '-o', 'a.safetensors', status=1)


def test_same_names():
    """Labels spelled as the words that they belong to are labels all the
    same"""
    pathlib.Path('same.tsv').write_text('a b\ta b\nb a\tb a\nb b\tb b\n')
    run('train', '--examples', 'same.tsv', '--task', 'tag', '--tokens', 'words',
        *SMALL, '--epochs', '1', '-o', 'same.safetensors')
    assert len(answer('same.safetensors', 'a b').split()) == 2
    assert 'to tag' in run('eval', 'same.safetensors', '--examples', 'same.tsv')


def main():
    test_same_names()
    test_refusals()
    model = learn('tag', '--tokens', 'words', '--both')
    assert answer(model, 'a b a c c') == 'new new old new old'
    said = run('info', model)
    assert 'in both directions' in said and 'names: <unknown> ' in said, said
    assert 'to tag' in run('generate', model, '--prime', 'a', status=1)

    model = learn('classify', '--both')
    assert answer(model, 'abca') == 'same' and answer(model, 'abc') == 'other'

    model = learn('translate', '--attention', '16', '--both', '--own-outputs',
                  '0.1', '--encoder', '20')
    assert answer(model, 'abcab') == 'bacba'
    assert 'attention of 16' in run('info', model)
    assert 'to translate' in run('eval', model, '--examples', 'a.tsv')
    assert '--examples' in run('eval', model, '--text', 'a.tsv', status=1)

    model = learn('complete', epochs='60', least=0.9)
    assert answer(model, 'aba') == 'aba'

    model = learn('caption')
    assert answer(model, '1 0 1') == 'xz'
    for option in (['--prime', 'a'], ['--temperature', '0.5']):
        assert option[0] + ' means nothing' in run(
            'generate', model, '--input', '1 0 1', *option, status=1), option
    assert '3 numbers' in run('generate', model, '--input', '1 0', status=1)
    model = learn('caption', '--beside')
    assert answer(model, '0 1 1') == 'yz'


main()

#!/usr/bin/python3
# SPDX-License-Identifier: ISC
"""Recipes that learn from examples, in brief, and the data that they make"""

import contextlib
import io
import json
import os
import subprocess
import sys
import xml.etree.ElementTree

PROGRAM = os.path.abspath(
    os.path.join(os.environ.get('BUILD_DIR', 'build'), 'remanence'))
SMALL = ('zero one two three four five six seven eight nine ten eleven twelve '
         'thirteen fourteen fifteen sixteen seventeen eighteen nineteen')
TENS = 'twenty thirty forty fifty sixty seventy eighty ninety'


def check(true, *said):
    if not true:
        raise AssertionError(said)


def run(name, *options):
    """Run a recipe; return its figures"""
    done = subprocess.run([PROGRAM, 'recipe', 'run', name, '--out', 'recipes',
                           *options], check=False, text=True,
                          capture_output=True)
    check(done.returncode == 0, name, done)
    path = os.path.join('recipes', name, 'table.json')
    with open(path, encoding='utf-8') as file:
        table = json.load(file)
    check(table['reached'] is True, table)
    return table['figures']


def read(recipe, name, part):
    path = os.path.join('recipes', recipe, '%s-%s.tsv' % (name, part))
    with open(path, encoding='utf-8') as file:
        lines = [line.rstrip('\n').split('\t') for line in file]
    check(all(len(line) == 2 for line in lines), path)
    return lines


def parts(recipe, name):
    """All examples of a set, the parts of which share nothing"""
    read_parts = [read(recipe, name, p) for p in ('train', 'valid', 'test')]
    for i, part in enumerate(read_parts):
        for other in read_parts[:i]:
            check(not {a for a, _ in part} & {a for a, _ in other}, name)
    return [example for part in read_parts for example in part]


def draws(recipe, picture):
    root = xml.etree.ElementTree.parse(
        os.path.join('recipes', recipe, picture)).getroot()
    check(root.tag.endswith('svg') and len(root), picture)


def number_of(words):
    """The number that words mean"""
    total = last = 0
    for word in words.split():
        if word == 'thousand':
            total, last = 1000 * last, 0
        elif word == 'hundred':
            last *= 100
        elif word in SMALL.split():
            last += SMALL.split().index(word)
        elif word != 'and':
            last += 10 * (2 + TENS.split().index(word))
    return total + last


def test_translate():
    """Digits are what words say, letters are turned round, attention drawn"""
    run('translate', '--brief')
    for words, digits in parts('translate', 'numbers'):
        check(number_of(words) == int(digits), words, digits)
    for letters, answer in parts('translate', 'reverse'):
        check(letters[::-1] == answer, letters, answer)
    draws('translate', 'attention-numbers.svg')
    draws('translate', 'attention-reverse.svg')


def test_execute():
    """Programs print what Python prints; four curves are drawn"""
    figures = run('execute', '--brief')
    cells = {f['what'] for f in figures if 'answers right' in f['what']}
    check(len(cells) == 4, figures)
    for name in ('execute-mix-1-train', 'execute-combined-4-train',
                 'execute-naive-3-train', 'execute-2-2-test'):
        for program, printed in read('execute', *name.rsplit('-', 1)):
            out = io.StringIO()
            with contextlib.redirect_stdout(out):
                exec(program.replace(';', '\n'), {})
            check(out.getvalue().strip() == printed, program, printed)
    for heard, said in parts('execute', 'copy'):
        check(heard == said, heard, said)
    draws('execute', 'curricula.svg')


def test_caption():
    """Vectors are 48 numbers, bars have 16 steps"""
    run('caption', '--brief')
    examples = parts('caption', 'drums')
    check(all(len([float(x) for x in vector.split()]) == 48 and
              len(bar) == 16 and set(bar) <= set('xX-.')
              for vector, bar in examples), examples[0])
    check(len({bar for _, bar in examples}) >= 30, 'kinds of bars')


def test_sentiment():
    """Every class is there; only words tell it"""
    run('sentiment', '--brief')
    examples = parts('sentiment', 'reviews')
    check({label for _, label in examples} == {'good', 'bad', 'mixed'})


def test_tag_words():
    """As many tags as words"""
    run('tag-words', '--brief')
    examples = parts('tag-words', 'words')
    check(all(len(a.split()) == len(b.split()) for a, b in examples))


def test_whole():
    """With LONG_TESTS, whole runs reach what recipes promise"""
    if os.environ.get('LONG_TESTS'):
        for name in ('tag-words', 'sentiment', 'translate', 'execute',
                     'caption'):
            run(name)


def main():
    for name, test in sorted(globals().items()):
        if name.startswith('test_'):
            test()
            print(name)
    return 0


if __name__ == '__main__':
    sys.exit(main())

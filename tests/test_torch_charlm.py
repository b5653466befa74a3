#!/usr/bin/python3
# SPDX-License-Identifier: ISC
"""The recipe charlm takes the steps that PyTorch takes: of a short text that is
made here, and with LONG_TESTS=1 of the whole book as well.

Our net and that of tests/bench/torch_charlm.py begin with the same weights and
see the same windows.  Rounding grows as training goes on: to less than 1e-4
bits in so few updates.  Exit status 77 says that PyTorch is not here.
"""

import json
import os
import pathlib
import random
import subprocess
import sys

SKIP = 77
PROGRAM = os.path.join(os.environ['BUILD_DIR'], 'remanence')
TORCH = pathlib.Path(__file__).resolve().parent / 'bench' / 'torch_charlm.py'
BOUND, LONG_BOUND = 0.001, 0.02  # Bits per character


def write_text(path, n):
    """Words of two syllables, some far more likely than others"""
    rng = random.Random(1)
    words = [''.join(rng.choice('bdfgklmnrst') + rng.choice('aeiou')
                     for _ in range(2)) for _ in range(40)]
    with open(path, 'w') as file:
        while n > 0:
            n -= file.write(words[int(40 * rng.random() ** 2)]
                            + ('.\n' if rng.random() < 0.1 else ' '))


def compare(bound, *options):
    """Train, let PyTorch train, and return whether both come as far"""
    subprocess.run([PROGRAM, 'recipe', 'run', 'charlm', '--quiet', *options],
                   check=False, stdout=subprocess.DEVNULL)
    torch = subprocess.run([sys.executable, '-B', str(TORCH), '--json',
                            '--threads', '1', 'recipes/charlm'], text=True,
                           stdout=subprocess.PIPE, check=False)
    if torch.returncode == SKIP:
        print('SKIP python3-torch or python3-numpy is not installed')
        sys.exit(SKIP)
    found = json.loads(torch.stdout)
    print(found)
    return (abs(found['ours'] - found['pytorch']) < bound
            and 0 < found['ours'] < 4.2 and found['updates'] > 30)


def main():
    write_text('short.txt', 12000)
    good = compare(BOUND, '--brief', '--data', 'short.txt')
    if os.environ.get('LONG_TESTS'):
        good = compare(LONG_BOUND) and good
    sys.exit(not good)


if __name__ == '__main__':
    main()

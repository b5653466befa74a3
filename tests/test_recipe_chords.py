#!/usr/bin/python3
# SPDX-License-Identifier: ISC
"""The recipe `chords`, on pieces that it makes by rule."""

import json
import os
import pathlib
import subprocess
import sys

PROGRAM = pathlib.Path(os.environ['BUILD_DIR'])/'remanence'

done = subprocess.run([PROGRAM, 'recipe', 'run', 'chords', '--brief',
                       '--threads', '2', '--out', 'out'],
                      capture_output=True, text=True)
print(done.stdout, done.stderr)
assert done.returncode == 0
folder = pathlib.Path('out')/'chords'
assert '<svg' in (folder/'cadences.svg').read_text()
rows = json.loads((folder/'table.json').read_text())
text = json.dumps(rows)
assert all(name in text for name in ('LSTM', 'GRU', 'RNN', 'habits')), text

# What was made can be read, and what is not there is asked for by name
again = subprocess.run([PROGRAM, 'recipe', 'run', 'chords', '--brief',
                        '--data', 'nowhere', '--out', 'again'],
                       capture_output=True, text=True)
print(again.stderr)
assert again.returncode != 0 and 'jsb-train.txt' in again.stderr
sys.exit(0)

#!/usr/bin/python3
# SPDX-License-Identifier: ISC
"""Training of control frames takes the steps that PyTorch takes.

`remanence bench --control` and tests/bench/torch_control.py begin with the same
weights and see the same windows of made-up performances, faders and a switch.
Rounding grows as training goes on, so only the first updates are compared.
Exit status 77 says that PyTorch is not here.
"""

import json
import os
import pathlib
import random
import subprocess
import sys

SKIP = 77
PROGRAM = os.path.join(os.environ['BUILD_DIR'], 'remanence')
TORCH = pathlib.Path(__file__).resolve().parent / 'bench' / 'torch_control.py'
EPOCHS, SEEDS = 3, 2
BOUND = 6e-4  # Nats; JSON keeps five digits


def write_log(path, n, rng):
    """Two faders that wander and a switch, at 5 to 500 ms"""
    seconds, x, on = 0.0, [0.5, 0.5], 0
    with open(path, 'w') as file:
        for _ in range(n):
            seconds += 0.005 * 100 ** rng.random()
            k = rng.randrange(2)
            x[k] = min(max(x[k] + rng.gauss(0, 0.05), 0), 1)
            on ^= rng.random() < 0.1
            file.write('2026-01-01T00:%02d:%09.6f,interface,%.7f,%.7f,%d\n'
                       % (*divmod(seconds, 60), *x, on))


def run(*command):
    return subprocess.run(command, text=True, stdout=subprocess.PIPE)


def ours(*options):
    return run(PROGRAM, 'bench', '--control', 'logs', '--epochs', str(EPOCHS),
               *options)


def main():
    rng = random.Random(1)
    short = [rng.randrange(2, 40) for _ in range(150)]
    for part, lengths in (('train', [2, 17, 33, 400, 16, 700] + short),
                          ('val', [120, 5])):
        os.makedirs('logs/' + part)
        for i, n in enumerate(lengths):
            write_log('logs/%s/%d-4d-mdrnn.log' % (part, i), n, rng)
    if ours('--control-data', 'data').returncode:
        sys.exit('no data were written')
    results = []
    for seed in range(1, SEEDS + 1):
        torch = run(sys.executable, '-B', str(TORCH), '--data', 'data',
                    '--json', '--threads', '1', '--seeds', str(seed))
        if torch.returncode == SKIP:
            print('SKIP python3-torch or python3-numpy is not installed')
            sys.exit(SKIP)
        results.append(json.loads(torch.stdout)['pytorch_control'][0])
    figures = json.loads(ours(
        '--json', '--shapes', 'none', '--train', 'none', '--chars', 'none',
        '--isa', 'generic', '--seconds', '0.001', '--threads', '1', '--seeds',
        str(SEEDS)).stdout)
    row = figures['control_training'][0]
    theirs = sorted(result['nll'] for result in results)
    print('least %.6f, PyTorch %.6f; most %.6f, PyTorch %.6f nats; %d updates'
          % (row['least'], theirs[0], row['most'], theirs[-1],
             results[0]['updates']))
    sys.exit(not (abs(row['least'] - theirs[0]) < BOUND
                  and abs(row['most'] - theirs[-1]) < BOUND
                  and theirs[0] + 1e-3 < theirs[-1]  # Seeds matter
                  and figures['control_data']['updates']
                  == results[0]['updates'] >= 12
                  and figures['control_data']['val_events']
                  == results[0]['events'] == 119 + 4))


if __name__ == '__main__':
    main()

#!/usr/bin/python3
# SPDX-License-Identifier: ISC
"""Measure what PyTorch takes for a step of BPTT: the yardstick of `bench`.

    torch_lstm.py [--json] [--steps N] SIZExSTREAMS...

An LSTM of SIZE cells with a linear head on STREAMS sequences of one input: a
window forward, backward and an update by Adam, as `remanence bench` does, with
one thread and with all.  Microseconds per time step, the median and the least
of several windows.  With --json one object {"pytorch": [...]} goes to stdout.
"""

import argparse
import json
import os
import statistics
import sys
import time

try:
    import torch
except ImportError:
    print('PyTorch is not installed (python3-torch): no comparison',
          file=sys.stderr)
    sys.exit(77)

SECONDS, MIN_ROUNDS = 0.8, 3  # For each figure, after a first round
MAX_SECONDS = 6  # Threads that wait for each other on a busy machine crawl


class Net(torch.nn.Module):
    def __init__(self, hidden):
        super().__init__()
        self.rnn = torch.nn.LSTM(1, hidden)
        self.head = torch.nn.Linear(hidden, 1)

    def forward(self, x):
        return self.head(self.rnn(x)[0]) + x


def update(net, optimiser, x, target):
    optimiser.zero_grad()
    torch.mean((net(x) - target) ** 2).backward()
    optimiser.step()


def memory(reset=False):
    """Return the peak of this process's memory in MiB, or None"""
    try:
        if reset:
            with open('/proc/self/clear_refs', 'w') as file:
                file.write('5')
        with open('/proc/self/status') as file:
            peak = [line for line in file if line.startswith('VmHWM:')]
        return int(peak[0].split()[1]) / 1024
    except (OSError, IndexError):
        return None


def measure(hidden, streams, steps, threads):
    torch.set_num_threads(threads)
    torch.manual_seed(1)
    net = Net(hidden)
    optimiser = torch.optim.Adam(net.parameters())
    x, target = torch.randn(2, steps, streams, 1)
    memory(reset=True)
    update(net, optimiser, x, target)  # Warms up
    seconds, begin = [], time.perf_counter()
    passed = 0.0
    while not seconds or passed < (
            SECONDS if len(seconds) >= MIN_ROUNDS else MAX_SECONDS):
        start = time.perf_counter()
        update(net, optimiser, x, target)
        seconds.append(time.perf_counter() - start)
        passed = time.perf_counter() - begin
    return {'hidden': hidden, 'streams': streams, 'steps': steps,
            'threads': threads,
            'us_per_step': statistics.median(seconds) / steps * 1e6,
            'least': min(seconds) / steps * 1e6, 'peak_memory_mib': memory()}


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument('--json', action='store_true')
    parser.add_argument('--steps', type=int, default=1024)
    parser.add_argument('pairs', nargs='+')
    arguments = parser.parse_args()
    rows = []
    for pair in arguments.pairs:
        hidden, streams = map(int, pair.split('x'))
        for threads in sorted({1, os.cpu_count() or 1}):
            rows.append(measure(hidden, streams, arguments.steps, threads))
            print('PyTorch %s: %d x %d, %d thread(s): %.1f us per step'
                  % (torch.__version__, hidden, streams, threads,
                     rows[-1]['us_per_step']), file=sys.stderr, flush=True)
    if arguments.json:
        print(json.dumps({'pytorch': rows}))


if __name__ == '__main__':
    main()

#!/usr/bin/python3
# SPDX-License-Identifier: ISC
"""Measure what PyTorch learns of characters a second: a yardstick of `bench`.

    torch_chars.py [--json] SIZExLAYERS...

LSTM layers and a linear head on 65 symbols, 50 streams and windows of 50: the
symbols as vectors with a single 1, cross-entropy, forward, backward and an
update by Adam, as `remanence bench` does, with one thread and with all.  With
--json one object {"pytorch_chars": [...]} goes to stdout.
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

SYMBOLS, STREAMS, STEPS = 65, 50, 50
SECONDS, MIN_ROUNDS = 0.8, 3  # For each figure, after a first round
MAX_SECONDS = 6  # Threads that wait for each other on a busy machine crawl


class Net(torch.nn.Module):
    def __init__(self, hidden, layers):
        super().__init__()
        self.rnn = torch.nn.LSTM(SYMBOLS, hidden, layers)
        self.head = torch.nn.Linear(hidden, SYMBOLS)

    def forward(self, symbols):
        x = torch.nn.functional.one_hot(symbols, SYMBOLS).float()
        return self.head(self.rnn(x)[0])


def update(net, optimiser, text):
    optimiser.zero_grad()
    y = net(text[:-1]).reshape(-1, SYMBOLS)
    torch.nn.functional.cross_entropy(y, text[1:].reshape(-1)).backward()
    optimiser.step()


def measure(hidden, layers, threads):
    torch.set_num_threads(threads)
    torch.manual_seed(1)
    net = Net(hidden, layers)
    optimiser = torch.optim.Adam(net.parameters())
    text = torch.randint(SYMBOLS, (STEPS + 1, STREAMS))
    update(net, optimiser, text)  # Warms up
    seconds, begin = [], time.perf_counter()
    passed = 0.0
    while not seconds or passed < (
            SECONDS if len(seconds) >= MIN_ROUNDS else MAX_SECONDS):
        start = time.perf_counter()
        update(net, optimiser, text)
        seconds.append(time.perf_counter() - start)
        passed = time.perf_counter() - begin
    return {'hidden': hidden, 'layers': layers, 'threads': threads,
            'thousands_per_second':
            1e-3 * STREAMS * STEPS / statistics.median(seconds)}


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument('--json', action='store_true')
    parser.add_argument('pairs', nargs='+')
    arguments = parser.parse_args()
    rows = []
    for pair in arguments.pairs:
        hidden, layers = map(int, pair.split('x'))
        for threads in sorted({1, os.cpu_count() or 1}):
            rows.append(measure(hidden, layers, threads))
            print('PyTorch %s: %d x %d, %d thread(s): %.2f thousand characters'
                  ' a second' % (torch.__version__, hidden, layers, threads,
                                 rows[-1]['thousands_per_second']),
                  file=sys.stderr, flush=True)
    if arguments.json:
        print(json.dumps({'pytorch_chars': rows}))


if __name__ == '__main__':
    main()

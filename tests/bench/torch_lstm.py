#!/usr/bin/python3
# SPDX-License-Identifier: ISC
"""Print what PyTorch takes for a step of BPTT: the yardstick of `bench`.

An LSTM of 32 cells with a linear head on 50 sequences of one input; a window
of 1000 steps forward, backward and an update by Adam.
"""

import os
import sys
import time

try:
    import torch
except ImportError:
    print('PyTorch is not installed (python3-torch): no comparison')
    sys.exit(77)

HIDDEN, BATCH, STEPS, ROUNDS = 32, 50, 1000, 5


class Net(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.rnn = torch.nn.LSTM(1, HIDDEN)
        self.head = torch.nn.Linear(HIDDEN, 1)

    def forward(self, x):
        return self.head(self.rnn(x)[0]) + x


def update(net, optimiser, x, target):
    optimiser.zero_grad()
    torch.mean((net(x) - target) ** 2).backward()
    optimiser.step()


def measure(threads):
    """Return microseconds per step, of the best of several rounds"""
    torch.set_num_threads(threads)
    torch.manual_seed(1)
    net = Net()
    optimiser = torch.optim.Adam(net.parameters())
    x, target = torch.randn(2, STEPS, BATCH, 1)
    seconds = []
    for _ in range(1 + ROUNDS):  # The first warms up
        start = time.perf_counter()
        update(net, optimiser, x, target)
        seconds.append(time.perf_counter() - start)
    return min(seconds[1:]) / STEPS * 1e6


def main():
    for threads in sorted({1, os.cpu_count() or 1}):
        print('PyTorch %s, %d thread%s: %.1f us per step of BPTT (hidden %d,'
              ' batch %d)' % (torch.__version__, threads,
                              's' * (threads > 1), measure(threads),
                              HIDDEN, BATCH))


if __name__ == '__main__':
    main()

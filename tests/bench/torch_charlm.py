#!/usr/bin/python3
# SPDX-License-Identifier: ISC
"""Train the net of the recipe charlm with PyTorch: its yardstick.

    torch_charlm.py FOLDER [--epochs N] [--threads N] [--json]

FOLDER is where `remanence recipe run charlm` left book.txt and charlm.json: the
text, and how our net was trained.  This net begins with the same weights and
learns the same windows in the same order, by Adam with the same learning rates,
as many updates; its weights are averaged over updates as ours are.  It prints
bits per character of the end of the book, ours and PyTorch's.
"""

import argparse
import json
import math
import pathlib
import sys
import time

sys.dont_write_bytecode = True

try:
    import numpy as np
    import torch
    from torch import nn
except ImportError as error:
    print('PyTorch is not installed (python3-torch): no comparison (%s)'
          % error, file=sys.stderr)
    sys.exit(77)

from torch_control import LOWEST_RATE, RISE, Random

PART, N_PARTS = 1000, 64  # Symbols of a part of validation, and most parts
N_BEFORE = 200  # Symbols that a part hears first


def read(folder):
    """What our net was, and the symbols of both parts"""
    about = json.loads((folder/'charlm.json').read_text())
    text = (folder/'book.txt').read_bytes().decode('utf-8', 'replace')
    places = {name: k for k, name in enumerate(about['names'])}
    symbols = torch.tensor([places.get(c, 0) for c in text])
    n = len(symbols) - about['held_out']
    return about, symbols[:n], symbols[n:]


class Net(nn.Module):
    """LSTM on one-hot vectors, and a linear map to logits"""

    def __init__(self, n_symbols, hidden):
        super().__init__()
        self.n_symbols = n_symbols
        self.rnn = nn.LSTM(n_symbols, hidden)
        self.head = nn.Linear(hidden, n_symbols)
        self.rnn.bias_hh_l0.requires_grad_(False)

    def tensors(self):
        """Ours, in our order; we have one bias where PyTorch has two"""
        return (self.rnn.weight_ih_l0, self.rnn.weight_hh_l0,
                self.rnn.bias_ih_l0, self.head.weight, self.head.bias)

    @torch.no_grad()
    def begin(self, memory, random):
        """Fill in what offline_trainer/initialise.c begins with"""
        hidden = self.rnn.hidden_size
        for p in self.tensors():
            x = hidden ** -0.5 * (2 * random(p.numel()) - 1)
            p.copy_(torch.from_numpy(x.astype('f4')).view_as(p))
        forget = torch.from_numpy(
            (random(hidden) * math.log(memory)).astype('f4'))
        bias = self.rnn.bias_ih_l0
        bias[:hidden], bias[hidden:2 * hidden] = -forget, forget
        self.rnn.bias_hh_l0.zero_()

    def forward(self, symbols, state=None):
        x = nn.functional.one_hot(symbols, self.n_symbols).float()
        h, state = self.rnn(x, state)
        return self.head(h), state


@torch.no_grad()
def validate(net, symbols):
    """Bits per symbol but the first, in parts side by side"""
    n_parts = min(max(len(symbols) // PART, 1), N_PARTS)
    cuts = np.linspace(1, len(symbols), n_parts + 1).astype(int)
    longest = int(np.diff(cuts).max())
    reach = torch.arange(-N_BEFORE, longest)[:, None]
    at = torch.from_numpy(cuts[:-1])[None] + reach
    end = torch.from_numpy(cuts[1:])[None]
    inside = (at >= torch.from_numpy(cuts[:-1])[None]) & (at < end)
    known = (at >= 1) & (at < len(symbols))
    safe = at.clamp(1, len(symbols) - 1)
    state, nats = None, 0.0
    for k in range(0, len(at), 100):
        rows = safe[k:k + 100]
        y, state = net(symbols[rows - 1], state)
        alive = known[k + len(rows) - 1].float()[None, :, None]
        if k + len(rows) <= N_BEFORE:  # Before the beginning there is nothing
            state = tuple(s * alive for s in state)
        losses = nn.functional.cross_entropy(
            y.double().flatten(0, 1), symbols[rows].flatten(),
            reduction='none').view(rows.shape)
        nats += losses[inside[k:k + 100]].sum().item()
    return nats / (len(symbols) - 1) / math.log(2)


class Run:
    def __init__(self, about, training):
        self.about, self.training = about, training
        self.random = Random(about['seed'])
        self.net = Net(len(about['names']), about['hidden'])
        self.average = Net(len(about['names']), about['hidden'])
        self.net.begin(about['memory'], self.random)
        self.average.load_state_dict(self.net.state_dict())
        self.adam = torch.optim.Adam(self.net.tensors())
        self.length = len(training) // about['streams']
        self.n_windows = self.length // about['steps']
        self.n_updates = about['epochs'] * self.n_windows

    def rows(self, at, n):
        """[n, streams] places, as token_lesson.c has them"""
        streams = torch.arange(self.about['streams']) * self.length
        return ((self.offset + streams)[None] + at
                + torch.arange(n)[:, None]) % len(self.training)

    def warm_up(self):
        n = self.about['warm_up']
        with torch.no_grad():
            return self.net(self.training[self.rows(-n, n)])[1]

    def step(self, k, state):
        """Update `k`, from 0"""
        about, window = self.about, k % self.n_windows
        if not window:
            self.offset = int(self.random(1)[0] * len(self.training))
            state = self.warm_up()
        rows = self.rows(window * about['steps'], about['steps'])
        after = (rows + 1) % len(self.training)
        y, state = self.net(self.training[rows],
                            tuple(s.detach() for s in state))
        losses = nn.functional.cross_entropy(
            y.flatten(0, 1), self.training[after].flatten(),
            reduction='none').view(rows.shape)
        loss = (losses * (after > 0)).mean()
        self.adam.zero_grad(set_to_none=True)
        loss.backward()
        nn.utils.clip_grad_norm_(self.net.tensors(), about['clip'])
        fall = 0.5 + 0.5 * math.cos(math.pi * k / self.n_updates)
        for group in self.adam.param_groups:
            group['lr'] = (about['rate'] * min((k + 1) / RISE, 1)
                           * (LOWEST_RATE + (1 - LOWEST_RATE) * fall))
        self.adam.step()
        weight = max(1 / (k + 1), 1 - about['keep'])
        with torch.no_grad():
            for mean, p in zip(self.average.tensors(), self.net.tensors()):
                mean.lerp_(p, weight)
        return state


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument('folder', type=pathlib.Path)
    parser.add_argument('--epochs', type=int)
    parser.add_argument('--threads', type=int, default=2)
    parser.add_argument('--json', action='store_true')
    arguments = parser.parse_args()
    torch.set_num_threads(arguments.threads)
    torch.set_flush_denormal(True)
    about, training, held_out = read(arguments.folder)
    about['epochs'] = arguments.epochs or about['epochs']
    run, state, best = Run(about, training), None, math.inf
    start = time.perf_counter()
    for k in range(run.n_updates):
        state = run.step(k, state)
        if not (k + 1) % run.n_windows:
            bits = validate(run.average, held_out)
            best = min(best, bits)
            print('epoch %d: %.4f bits, %.1f s' % (
                (k + 1) // run.n_windows, bits, time.perf_counter() - start),
                  file=sys.stderr, flush=True)
    result = {'ours': about['bits'], 'pytorch': best,
              'updates': run.n_updates, 'seconds': time.perf_counter() - start}
    print(json.dumps(result) if arguments.json else
          'bits per character: ours %(ours).4f, PyTorch %(pytorch).4f after '
          '%(updates)d updates in %(seconds).1f s' % result)


if __name__ == '__main__':
    main()

#!/usr/bin/python3
# SPDX-License-Identifier: ISC
"""Train the net of control frames with PyTorch: the yardstick of `bench`.

    torch_control.py --data FILE [--json] [--updates N] [--seconds-limit S]
                     [--seeds LIST] [--threads LIST] [--device NAME]

FILE is what `remanence bench --control LOGS --control-data FILE` writes: the
columns that our net sees and how it is trained.  Of the same seed the same net
begins with the same weights and learns the same windows in the same order, by
Adam with the same learning rates, as many updates: what differs is rounding,
which training makes larger and larger.  Weights are chosen by validation after
the same updates; their average over updates is told as `nll`, as ours is, and
beside it the best of the plain ones, `plain_nll`.  Seconds are those of
training and of validation of one kind of weights.  It runs on a GPU if there is
one.  With --json one object {"pytorch_control": [...]} goes to stdout.
"""

import argparse
import json
import math
import os
import sys
import time

try:
    import numpy as np
    import torch
    from torch import nn
except ImportError as error:
    print('PyTorch is not installed (python3-torch): no comparison (%s)'
          % error, file=sys.stderr)
    sys.exit(77)

RISE, LOWEST_RATE = 100, 0.01  # Of the learning rate, as train_run.c
TRAINED_PER_TEST = 8  # Events learned from per event validated, likewise
HALF_LOG_2PI = 0.5 * math.log(2 * math.pi)
MAX_RAW = 20.0
GOLDEN = 0x9E3779B97F4A7C15


def read(path):
    """The header, and the rows of both parts as lists of performances"""
    with open(path, 'rb') as file:
        about = json.loads(file.readline())
        rows = np.frombuffer(file.read(), '<f4').reshape(-1, about['n_in'])
    parts, at = {}, 0
    for name in ('train', 'val'):
        begins = about[name]
        parts[name] = [torch.from_numpy(rows[at + a:at + b].copy())
                       for a, b in zip(begins, begins[1:])]
        at += begins[-1]
    if at != len(rows):
        sys.exit('%s: %d rows, expected %d' % (path, len(rows), at))
    return about, parts


class Random:
    """SplitMix64, as dsp/random.h"""

    def __init__(self, seed):
        self.state = seed

    def __call__(self, n):
        """Return `n` numbers in [0, 1)"""
        steps = np.arange(1, n + 1, dtype=np.uint64)
        z = np.uint64(self.state) + steps * np.uint64(GOLDEN)
        self.state = (self.state + n * GOLDEN) % 2 ** 64
        z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        return ((z ^ (z >> np.uint64(31))) >> np.uint64(11)) * 2.0 ** -53


class Net(nn.Module):
    """LSTM and a linear map"""

    def __init__(self, about):
        super().__init__()
        self.rnn = nn.LSTM(about['n_in'], about['hidden'], about['layers'])
        self.head = nn.Linear(about['hidden'], about['n_out'])

    def tensors(self):
        """Ours, in our order.  We have one bias where PyTorch has two: the
        other one stays zero"""
        for k in range(self.rnn.num_layers):
            for name in ('weight_ih', 'weight_hh', 'bias_ih'):
                yield getattr(self.rnn, '%s_l%d' % (name, k))
        yield from (self.head.weight, self.head.bias)

    @torch.no_grad()
    def begin(self, about, random):
        """Fill in what train.c and control_lesson.c begin with"""
        hidden = about['hidden']
        bound, mixtures = hidden ** -0.5, about['n_mixtures']
        for p in self.tensors():
            x = bound * (2 * random(p.numel()) - 1)
            p.copy_(torch.from_numpy(x.astype('f4')).view_as(p))
        for k in range(self.rnn.num_layers):
            forget = torch.from_numpy(
                (random(hidden) * math.log(about['memory'])).astype('f4'))
            bias = getattr(self.rnn, 'bias_ih_l%d' % k)
            bias[:hidden], bias[hidden:2 * hidden] = -forget, forget
            other = getattr(self.rnn, 'bias_hh_l%d' % k)
            other.zero_()
            other.requires_grad_(False)
        n = mixtures * len(about['continuous'])
        self.head.bias[mixtures + n:mixtures + 2 * n] = about['first_raw']

    def forward(self, x, state=None):
        h, state = self.rnn(x, state)
        return self.head(h), state


def nll(about, y, before, after):
    """rem_frames_nll() of every event: [...] of y [..., O], columns [..., I]"""
    mixtures, columns = about['n_mixtures'], about['continuous']
    n = len(columns)
    size = mixtures * (1 + 2 * n)
    z = after[..., columns]
    base = before[..., columns] * float(about['residual'])
    base = torch.cat([torch.zeros_like(base[..., :1]), base[..., 1:]], -1)
    shape = y.shape[:-1] + (mixtures, n)
    mean = y[..., mixtures:mixtures * (1 + n)].reshape(shape)
    raw = y[..., mixtures * (1 + n):size].reshape(shape)
    s = about['floor'] + raw.clamp(max=MAX_RAW).exp()
    d = ((z - base).unsqueeze(-2) - mean) / s
    log_n = -(0.5 * d * d + s.log() + HALF_LOG_2PI).sum(-1)
    weights = torch.log_softmax(y[..., :mixtures], -1)
    loss = -torch.logsumexp(weights + log_n, -1)
    for column, width in about['discrete']:
        logits, value = y[..., size:size + width], after[..., column]
        if width == 1:
            loss = loss + nn.functional.binary_cross_entropy_with_logits(
                logits[..., 0], value, reduction='none')
        else:
            one_hot = after[..., column:column + width]
            loss = loss - (torch.log_softmax(logits, -1) * one_hot).sum(-1)
        size += width
    return loss


class Windows:
    """Windows of an epoch, laid out as rows.c does"""

    def __init__(self, about, performances, device):
        self.steps, self.streams = about['steps'], about['streams']
        self.performances = performances
        self.windows = [math.ceil((len(p) - 1) / self.steps)
                        for p in performances]
        self.n_events = sum(len(p) - 1 for p in performances)
        self.n = math.ceil(sum(self.windows) / self.streams)
        rows = torch.zeros(len(performances) * (self.steps + 1)
                           + sum(map(len, performances)), about['n_in'])
        self.begins, at = [], 0
        for p in performances:  # A window may reach over the end
            rows[at:at + len(p)] = p
            self.begins.append(at)
            at += len(p) + self.steps + 1
        self.rows = rows.to(device)
        self.reach = torch.arange(self.steps + 1, device=device)[:, None]

    def order(self, random):
        """Return performances in the order of an epoch"""
        shuffle = Random(random.state)
        order = list(range(len(self.begins)))
        for i in range(len(order) - 1, 0, -1):
            j = int(shuffle(1)[0] * (i + 1))
            order[i], order[j] = order[j], order[i]
        random(1)
        return order

    def draw(self, random):
        """Lay out an epoch: [streams, n] rows, events and first ones"""
        shape = self.streams, self.n
        self.row, self.length = np.zeros(shape, int), np.zeros(shape, int)
        self.first = np.ones(shape, bool)  # Where there is nothing: at rest
        flat = [a.reshape(-1) for a in (self.row, self.length, self.first)]
        at = 0
        for i in self.order(random):
            events = len(self.performances[i]) - 1
            for k in range(self.windows[i]):
                flat[0][at] = self.begins[i] + k * self.steps
                flat[1][at] = min(self.steps, events - k * self.steps)
                flat[2][at] = k == 0
                at += 1

    def get(self, window):
        """(columns [T + 1, S, I], mask [T, S], keep [S]) of a window; -1 is
        what streams hear before the first, the last of the stream before"""
        def pick(array):
            if window >= 0:
                return array[:, window]
            return np.concatenate([array[:1, 0] * 0, array[:-1, -1]])
        device = self.rows.device
        row, length, first = (torch.from_numpy(pick(a)).to(device)
                              for a in (self.row, self.length, self.first))
        mask = (self.reach[:-1] < length).float()
        return self.rows[row + self.reach], mask, (~first).float()


def validate(about, net, batch):
    """Mean NLL of performances, each from the zero state"""
    x, mask = batch
    with torch.no_grad():
        y = net(x[:-1])[0].double()
        losses = nll(about, y, x[:-1].double(), x[1:].double())
        return ((losses * mask).sum() / mask.sum()).item()


def pad(performances, device):
    x = nn.utils.rnn.pad_sequence(performances)
    lengths = torch.tensor([len(p) - 1 for p in performances])
    mask = torch.arange(len(x) - 1)[:, None] < lengths
    return x.to(device), mask.double().to(device)


class Run:
    def __init__(self, about, parts, arguments, seed, device):
        self.about, self.device, self.arguments = about, device, arguments
        self.random = Random(seed)
        self.net, self.average = Net(about), Net(about).to(device)
        self.net.begin(about, self.random)
        self.net.to(device)
        self.average.load_state_dict(self.net.state_dict())
        self.windows = Windows(about, parts['train'], device)
        self.val = pad(parts['val'], device)
        self.params = list(self.net.tensors())
        self.means = list(self.average.tensors())
        self.adam = torch.optim.Adam(self.params)
        self.n_updates = arguments.updates or about['epochs'] * self.windows.n
        self.plain_seconds = 0.0  # Of processors, not counted
        self.seconds = {'train': 0.0, 'val': 0.0}
        self.best = {'nll': math.inf, 'plain_nll': math.inf}

    def rest(self):
        shape = (self.about['layers'], self.windows.streams,
                 self.about['hidden'])
        return tuple(torch.zeros(shape, device=self.device) for _ in 'hc')

    def step(self, k, state):
        """Update `k`, from 0"""
        window = k % self.windows.n
        if not window:
            self.windows.draw(self.random)
            x, _, _ = self.windows.get(-1)
            with torch.no_grad():
                _, state = self.net(x[:-1], self.rest())
        x, mask, keep = self.windows.get(window)
        state = tuple(s.detach() * keep[:, None] for s in state)
        y, state = self.net(x[:-1], state)
        losses = nll(self.about, y, x[:-1], x[1:]) * mask
        loss = losses.sum() * (self.windows.n / self.windows.n_events)
        self.adam.zero_grad(set_to_none=True)
        loss.backward()
        nn.utils.clip_grad_norm_(self.params, self.about['clip'])
        fall = 0.5 + 0.5 * math.cos(math.pi * k / self.n_updates)
        rate = (self.about['rate'] * min((k + 1) / RISE, 1)
                * (LOWEST_RATE + (1 - LOWEST_RATE) * fall))
        for group in self.adam.param_groups:
            group['lr'] = rate
        self.adam.step()
        weight = max(1 / (k + 1), 1 - self.about['keep'])
        with torch.no_grad():
            for mean, p in zip(self.means, self.params):
                mean.lerp_(p, weight)
        return state

    def clock(self):
        if self.device.type == 'cuda':
            torch.cuda.synchronize()
        return time.perf_counter()

    def test(self):
        start = self.clock()
        figure = validate(self.about, self.average, self.val)
        self.seconds['val'] += self.clock() - start
        self.best['nll'] = min(self.best['nll'], figure)
        start = time.process_time()
        plain = validate(self.about, self.net, self.val)
        self.best['plain_nll'] = min(self.best['plain_nll'], plain)
        self.plain_seconds += time.process_time() - start

    def train(self):
        """Return how many updates there was time for"""
        state, unseen, k = None, 0, 0
        n_val = int(self.val[1].sum())
        limit = self.arguments.seconds_limit
        while k < self.n_updates and sum(self.seconds.values()) < limit:
            start = self.clock()
            state = self.step(k, state)
            self.seconds['train'] += self.clock() - start
            unseen += self.windows.n_events // self.windows.n
            k += 1
            if not k % self.windows.n and unseen >= TRAINED_PER_TEST * n_val:
                unseen = 0
                self.test()
        if unseen:
            self.test()
        return k


def measure(about, parts, arguments, seed, threads, device):
    torch.set_num_threads(threads)
    run = Run(about, parts, arguments, seed, device)
    start = time.process_time()
    n = run.train()
    cpu = time.process_time() - start - run.plain_seconds
    name = (torch.cuda.get_device_name() if device.type == 'cuda' else 'CPU')
    row = {'seed': seed, 'threads': threads, 'device': name,
           'version': torch.__version__, 'updates': n,
           'events': int(run.val[1].sum()), **run.best,
           'seconds': sum(run.seconds.values()), 'cpu_seconds': cpu,
           'train_seconds': run.seconds['train']}
    print('PyTorch %(version)s, %(device)s, %(threads)d thread(s), seed '
          '%(seed)d: %(nll).4f nats per event (plain weights %(plain_nll).4f) '
          'after %(updates)d updates in %(seconds).1f s '
          '(%(cpu_seconds).1f of CPU)' % row,
          file=sys.stderr, flush=True)
    return row


def numbers(text):
    return [int(x) for x in text.split(',')]


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument('--data', required=True)
    parser.add_argument('--json', action='store_true')
    parser.add_argument('--updates', type=int, default=0)
    parser.add_argument('--seconds-limit', type=float, default=math.inf)
    parser.add_argument('--seeds', type=numbers, default=[1])
    parser.add_argument('--threads', type=numbers,
                        default=[os.cpu_count() or 1])
    parser.add_argument('--device', default='cuda' if torch.cuda.is_available()
                        else 'cpu')
    arguments = parser.parse_args()
    about, parts = read(arguments.data)
    device = torch.device(arguments.device)
    torch.set_flush_denormal(True)
    rows = [measure(about, parts, arguments, seed, threads, device)
            for threads in arguments.threads for seed in arguments.seeds]
    if arguments.json:
        print(json.dumps({'pytorch_control': rows}))


if __name__ == '__main__':
    main()

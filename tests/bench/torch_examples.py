#!/usr/bin/python3
# SPDX-License-Identifier: ISC
"""Train the nets of the recipes with PyTorch: the yardstick of `recipe`.

    torch_examples.py TASK --data PREFIX [--in KIND] [--out KIND]
                      [--hidden N] [--both] [--attention N] [--every-step]
                      [--epochs N] [--batch N] [--rate R] [--most N]
                      [--seeds LIST] [--threads N] [--json]

TASK is tag, classify, translate, complete or caption; PREFIX-train.tsv,
PREFIX-valid.tsv and PREFIX-test.tsv are what `remanence recipe run` leaves in
its folder.  KIND is words or characters.  Nets are those of the recipes: an
LSTM whose first layer has one column for a symbol, a decoder that begins from a
linear function of the encoder's last state, attention after Bahdanau.  Adam
rises to the rate in 100 updates and falls along a cosine; the gradient is
clipped to norm 1; the epoch that validates best is tested.  Tag: share of tags;
classify: of sequences; translate, complete, caption: of answers that are right
to the last symbol, written without help.
"""

import argparse
import json
import math
import random
import sys
import time
from collections import Counter

try:
    import torch
    from torch import nn
    from torch.nn import functional
    from torch.nn.utils import rnn as packing
except ImportError as error:
    print('PyTorch is not installed (python3-torch): no comparison (%s)'
          % error, file=sys.stderr)
    sys.exit(77)

UNKNOWN, START, END = 0, 1, 2
RISE, LOWEST = 100, 0.01


def split(text, kind):
    return text.split() if kind == 'words' else list(text)


def vocabulary(sequences, most):
    counts = Counter(s for sequence in sequences for s in sequence)
    names = [s for s, _ in sorted(counts.items(), key=lambda c: (-c[1], c[0]))]
    names = names[:most - 3] if most else names
    return {name: 3 + k for k, name in enumerate(names)}


def read(args):
    """Lists of (in, out) of every part, and how many symbols there are"""
    parts, kinds = {}, (args.kind_in, args.kind_out)
    for name in ('train', 'valid', 'test'):
        with open('%s-%s.tsv' % (args.data, name), encoding='utf-8') as file:
            lines = [line.rstrip('\n').split('\t') for line in file]
        parts[name] = [
            ([float(x) for x in a.split()] if args.task == 'caption'
             else split(a, kinds[0]), split(b, kinds[1])) for a, b in lines]
    ways = [vocabulary((e[k] for e in parts['train']), args.most * (1 - k))
            for k in (0, 1)]
    if args.task == 'complete':
        ways[0] = ways[1] = vocabulary(
            (e[k] for e in parts['train'] for k in (0, 1)), 0)
    code = lambda way, x: [way.get(s, UNKNOWN) for s in x]
    for name, part in parts.items():
        parts[name] = [(a if args.task == 'caption' else code(ways[0], a),
                        code(ways[1], b)) for a, b in part]
    return parts, [3 + len(way) for way in ways]


def pad(sequences):
    return packing.pad_sequence([torch.tensor(s) for s in sequences])


class Columns(nn.Module):
    """LSTM of symbols (and of other columns): a column of W for each"""

    def __init__(self, n_symbols, hidden, both=False, n_more=0):
        super().__init__()
        self.n = (1 + both) * 4 * hidden
        self.columns = nn.Embedding(n_symbols, self.n)
        self.more = nn.Linear(n_more, self.n, bias=False) if n_more else None
        self.rnn = nn.LSTM(self.n, hidden, bidirectional=both)
        bound = hidden ** -0.5
        nn.init.uniform_(self.columns.weight, -bound, bound)
        with torch.no_grad():
            one = torch.eye(self.n)
            for k, name in enumerate(('', '_reverse')[:1 + both]):
                weight = getattr(self.rnn, 'weight_ih_l0' + name)
                weight.copy_(one[4 * hidden * k:4 * hidden * (k + 1)])
                weight.requires_grad_(False)
                bias = getattr(self.rnn, 'bias_ih_l0' + name)
                bias[hidden:2 * hidden] += 1.0

    def forward(self, x, lengths=None, state=None, more=None):
        x = self.columns(x)
        if more is not None:
            x = x + self.more(more)
        if lengths is None:
            return self.rnn(x, state)
        y, state = self.rnn(packing.pack_padded_sequence(
            x, lengths, enforce_sorted=False), state)
        return packing.pad_packed_sequence(y)[0], state


def last(state):
    """h, then c, of every direction: [S, directions * 2 * H]"""
    h, c = state
    return torch.cat([part for k in range(len(h)) for part in (h[k], c[k])], -1)


class Tagger(nn.Module):
    def __init__(self, args, n):
        super().__init__()
        self.whole = args.task == 'classify'
        self.rnn = Columns(n[0], args.hidden, args.both)
        self.head = nn.Linear((1 + args.both) * args.hidden, n[1])

    def forward(self, examples):
        lengths = [len(a) for a, _ in examples]
        y, (h, _) = self.rnn(pad([a for a, _ in examples]), lengths)
        if self.whole:
            return self.head(torch.cat(list(h), -1))[None], \
                torch.tensor([[b[0] for _, b in examples]])
        return self.head(y), pad([b for _, b in examples])

    def figure(self, examples):
        y, target = self(examples)
        known = target > 0
        return ((y.argmax(-1) == target) & known).sum().item(), \
            known.sum().item()


class Writer(nn.Module):
    """What writes a sequence: from a sequence or from a vector"""

    def __init__(self, args, n):
        super().__init__()
        hidden, self.args = args.hidden, args
        self.start = START
        n_more = 0
        if args.task == 'translate':
            self.encoder = Columns(n[0], hidden, args.both)
            features = (1 + args.both) * hidden
            self.initial = nn.Linear(2 * features, 2 * hidden)
            n_more = features if args.attention else 0
        elif args.task == 'caption' and args.every_step:
            n_more = args.n_vector
        elif args.task == 'caption':
            self.initial = nn.Linear(args.n_vector, 2 * hidden)
        if args.attention:
            self.query = nn.Linear(hidden, args.attention, bias=False)
            self.key = nn.Linear(features, args.attention, bias=False)
            self.energy = nn.Linear(args.attention, 1, bias=False)
        self.rnn = Columns(n[1], hidden, False, n_more)
        self.head = nn.Linear(hidden, n[1])

    def begin(self, inputs):
        """The decoder's first state, and what it sees at every step"""
        task = self.args.task
        if task == 'complete':
            lengths = [len(a) for a in inputs]
            return self.rnn(pad(inputs), lengths)[1], None, None
        if task == 'caption':
            vector = torch.tensor(inputs)
            if self.args.every_step:
                return None, vector[None], None
            h, c = self.initial(vector).chunk(2, -1)
            return (h[None].contiguous(), c[None].contiguous()), None, None
        lengths = [len(a) for a in inputs]
        y, state = self.encoder(pad(inputs), lengths)
        h, c = self.initial(last(state)).chunk(2, -1)
        seen = None
        if self.args.attention:
            steps = torch.arange(len(y))[:, None]
            hidden = steps >= torch.tensor(lengths)[None]
            seen = (y, self.key(y), hidden)
        return (h[None].contiguous(), c[None].contiguous()), None, seen

    def step(self, x, state, more, seen):
        if seen is not None:
            y, keys, hidden = seen
            e = self.energy(torch.tanh(self.query(state[0]) + keys))[..., 0]
            a = functional.softmax(e.masked_fill(hidden, -1e9), 0)
            more = (a[..., None] * y).sum(0)[None]
        return self.rnn(x, None, state, more)

    def forward(self, examples):
        state, more, seen = self.begin([a for a, _ in examples])
        heard = pad([[START] + b for _, b in examples])
        target = pad([b + [END] for _, b in examples])
        if seen is None:
            if more is not None:
                more = more.expand(len(heard), -1, -1)
            y, _ = self.rnn(heard, None, state, more)
            return self.head(y), target
        outputs = []
        for x in heard:
            y, state = self.step(x[None], state, more, seen)
            outputs.append(y)
        return self.head(torch.cat(outputs)), target

    def figure(self, examples):
        state, more, seen = self.begin([a for a, _ in examples])
        x = torch.full((1, len(examples)), START)
        target = pad([b + [END] for _, b in examples])
        right = torch.ones(len(examples), dtype=torch.bool)
        for wanted in target:
            y, state = self.step(x, state, more, seen)
            x = self.head(y).argmax(-1)
            right &= (x[0] == wanted) | (wanted == 0)
        return right.sum().item(), len(examples)


def batches(part, size, shuffle):
    """Batches of like length, in random order"""
    part = list(part)
    if shuffle:
        random.shuffle(part)
    chunks = []
    for k in range(0, len(part), 50 * size):
        chunk = sorted(part[k:k + 50 * size],
                       key=lambda e: (len(e[0]), len(e[1])))
        chunks += [chunk[i:i + size] for i in range(0, len(chunk), size)]
    if shuffle:
        random.shuffle(chunks)
    return chunks


@torch.no_grad()
def measure(net, part):
    counts = [net.figure(batch) for batch in batches(part, 256, False)]
    return 100 * sum(a for a, _ in counts) / sum(b for _, b in counts)


def train(args, parts, n, seed):
    torch.manual_seed(seed)
    random.seed(seed)
    net = (Tagger if args.task in ('tag', 'classify') else Writer)(args, n)
    params = [p for p in net.parameters() if p.requires_grad]
    optimiser = torch.optim.Adam(params, lr=args.rate)
    total = args.epochs * len(batches(parts['train'], args.batch, False))
    begin, update, best = time.time(), 0, (-1.0, 0.0)
    for epoch in range(args.epochs):
        for batch in batches(parts['train'], args.batch, True):
            update += 1
            fall = 0.5 + 0.5 * math.cos(math.pi * update / total)
            rate = args.rate * min(update / RISE, max(LOWEST, fall))
            optimiser.param_groups[0]['lr'] = rate
            y, target = net(batch)
            loss = functional.cross_entropy(
                y.flatten(0, 1), target.flatten(), ignore_index=0)
            optimiser.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_(params, 1.0)
            optimiser.step()
        valid = measure(net, parts['valid'][:args.validate])
        if valid > best[0]:
            best = (valid, measure(net, parts['test']))
        if args.verbose:
            print('epoch %d: %.1f s loss %.4f valid %.2f test %.2f' %
                  (epoch + 1, time.time() - begin, loss.item(), valid,
                   best[1]), file=sys.stderr)
    return {'seed': seed, 'valid': best[0], 'test': best[1],
            'seconds': time.time() - begin, 'updates': update}


def parse():
    parser = argparse.ArgumentParser(usage=__doc__)
    add = parser.add_argument
    add('task', choices=['tag', 'classify', 'translate', 'complete', 'caption'])
    add('--data', required=True)
    add('--in', dest='kind_in', default='words')
    add('--out', dest='kind_out', default='words')
    add('--hidden', type=int, default=64)
    add('--both', action='store_true')
    add('--attention', type=int, default=0)
    add('--every-step', action='store_true')
    add('--epochs', type=int, default=10)
    add('--batch', type=int, default=32)
    add('--rate', type=float, default=0.005)
    add('--most', type=int, default=0)
    add('--validate', type=int, default=2000)
    add('--seeds', default='1')
    add('--threads', type=int, default=1)
    add('--json', action='store_true')
    add('--verbose', action='store_true')
    return parser.parse_args()


def main():
    args = parse()
    torch.set_num_threads(args.threads)
    parts, n = read(args)
    args.n_vector = len(parts['train'][0][0])
    results = [train(args, parts, n, int(s)) for s in args.seeds.split(',')]
    if args.json:
        print(json.dumps({'pytorch_examples': results}))
    for r in results:
        print('seed %(seed)d: valid %(valid).2f test %(test).2f '
              '(%(updates)d updates, %(seconds).1f s)' % r,
              file=sys.stderr if args.json else sys.stdout)
    return 0


if __name__ == '__main__':
    sys.exit(main())

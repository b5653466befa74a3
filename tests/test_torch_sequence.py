#!/usr/bin/python3
# SPDX-License-Identifier: ISC
"""Outputs and gradients of whole sequences against PyTorch in double: nets of
both directions over packed sequences, and a decoder that looks at its encoder.

Runs `test_sequence_gradient IN OUT` of BUILD_DIR.  Exit status 77 says that
PyTorch is not here.
"""

import os
import subprocess
import sys
import tempfile

try:
    import numpy as np
    import torch
    from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence
except ImportError as error:
    print("SKIP python3-torch or python3-numpy is not installed:", error)
    sys.exit(77)

STREAMS, STEPS, READ = 13, 20, 17  # Of a test
BOUND = 1e-5  # of the largest number in a tensor, as in test_torch.py
LSTM, GRU = 0, 1
LAST, VECTOR, NONE = 0, 2, 4  # Take, initial state, head
NO_NET = [0] * 12


def layer_tensors(rnn):
    """Our order of each layer's parameters, as functions of PyTorch's, and
    those that their gradients are compared with"""
    for layer in range(rnn.num_layers):
        for end in ("", "_reverse") if rnn.bidirectional else ("",):
            w, u, b, c = (getattr(rnn, f"{name}_l{layer}{end}") for name in
                          ("weight_ih", "weight_hh", "bias_ih", "bias_hh"))
            yield w, w
            yield u, u
            if isinstance(rnn, torch.nn.GRU):
                n = 2 * rnn.hidden_size
                yield torch.cat([b[:n] + c[:n], b[n:]]), b
                yield c[n:], (c, n)
            else:
                yield b + c, b


def read_all(rnn, x, lengths):
    """Features and last states; packed, unless all lengths are the same"""
    if min(lengths) == len(x):
        return rnn(x)
    h, last = rnn(pack_padded_sequence(x, lengths, enforce_sorted=False))
    return pad_packed_sequence(h, total_length=len(x))[0], last


class Reader(torch.nn.Module):
    """Both directions, packed; one output for each step or for all"""

    def __init__(self, kind, n_layers, whole, n_in=6, n=11):
        super().__init__()
        cell = (torch.nn.LSTM, torch.nn.GRU)[kind]
        self.rnn = cell(n_in, n, n_layers, bidirectional=True)
        self.head = torch.nn.Linear(2 * n, 5)
        self.whole, self.n_own, self.n_read = whole, n_in, n_in
        self.spec = [kind, 2, n_in, n, n_layers, 5, 0, LAST, 1, whole, 0, 0]
        self.encoder, self.n_attention = NO_NET, 0

    def forward(self, x, lengths, _read, _read_lengths):
        h, last = read_all(self.rnn, x, lengths)
        if self.whole:
            last = last[0] if isinstance(last, tuple) else last
            return self.head(torch.cat([last[-2], last[-1]], dim=1))
        return self.head(h)

    def tensors(self):
        yield from layer_tensors(self.rnn)
        yield self.head.weight, self.head.weight
        yield self.head.bias, self.head.bias


class Translator(torch.nn.Module):
    """Bahdanau, Cho and Bengio 2015: appendix A.1.2"""

    def __init__(self, kind, n=9, m=7, a=6):
        super().__init__()
        out, self.n_own, self.n_read = 5, 3, 6
        cell = (torch.nn.LSTM, torch.nn.GRU)[kind]
        self.kind, self.size = kind, n
        self.read = cell(6, m, bidirectional=True)
        self.rnn = cell(3 + 2 * m, n)
        self.head = torch.nn.Linear(n, out)
        self.begin = torch.nn.Linear(4 * m, 2 * n)
        self.query = torch.nn.Linear(n, a, bias=False)
        self.key = torch.nn.Linear(2 * m, a, bias=False)
        self.energy = torch.nn.Linear(a, 1, bias=False)
        with torch.no_grad():  # To look here and not there, not everywhere
            for layer in (self.query, self.key, self.energy):
                layer.weight *= 4.0
        self.spec = [kind, 2, 3 + 2 * m, n, 1, out, 0, LAST, 0, 0, VECTOR,
                     4 * m]
        self.encoder = [kind, NONE, 6, m, 1, 2 * m, 0, LAST, 1, 0, 0, 0]
        self.n_attention = a

    def start(self, last):
        if self.kind == GRU:
            zero = torch.zeros_like(last[0])
            ends = [last[0], zero, last[1], zero]
        else:
            ends = [last[0][0], last[1][0], last[0][1], last[1][1]]
        state = self.begin(torch.cat(ends, dim=1))
        return state[:, :self.size], state[:, self.size:]

    def forward(self, x, _lengths, read, read_lengths):
        features, last = read_all(self.read, read, read_lengths)
        padding = (torch.arange(len(read))[:, None] >=
                   torch.as_tensor(read_lengths)[None, :])
        h, c = (s[None].contiguous() for s in self.start(last))
        keys, y = self.key(features), []
        for frame in x:
            e = self.energy(torch.tanh(self.query(h[0]) + keys))[..., 0]
            share = torch.softmax(e.masked_fill(padding, -np.inf), dim=0)
            context = (share[..., None] * features).sum(dim=0)
            frame = torch.cat([frame, context], dim=1)[None]
            if self.kind == GRU:
                h = self.rnn(frame, h)[1]
            else:
                _, (h, c) = self.rnn(frame, (h, c))
            y.append(self.head(h[0]))
        return torch.stack(y)

    def tensors(self):
        yield from layer_tensors(self.rnn)
        for layer in (self.head, self.begin):
            yield layer.weight, layer.weight
            yield layer.bias, layer.bias
        yield from layer_tensors(self.read)
        for layer in (self.query, self.key, self.energy):
            yield layer.weight, layer.weight


def params_of(net):
    """Our parameters, and what their gradients are compared with"""
    pairs = list(net.tensors())
    return torch.cat([p.detach().flatten() for p, _ in pairs]).numpy(), pairs


def run_ours(folder, net, arrays, dy, times=1):
    """Return outputs, gradients, and the median time in seconds"""
    case, answer = (os.path.join(folder, name) for name in ("in", "out"))
    x, lengths, read, read_lengths = arrays
    n_read = len(read) if net.n_attention else 0
    with open(case, "wb") as file:
        file.write(np.array(net.spec + net.encoder + [
            net.n_attention, x.shape[1], x.shape[0], n_read], "<u4").tobytes())
        file.write(params_of(net)[0].astype("<f4").tobytes())
        file.write(lengths.astype("<u4").tobytes() + x.tobytes())
        if n_read:
            file.write(read_lengths.astype("<u4").tobytes() + read.tobytes())
        file.write(dy.tobytes())
    program = os.path.join(os.environ["BUILD_DIR"], "tests",
                           "test_sequence_gradient")
    done = subprocess.run([program, case, answer, str(times)], check=True,
                          stdout=subprocess.PIPE, text=True)
    numbers = np.fromfile(answer, "<f4")
    return (numbers[:dy.size].reshape(dy.shape), numbers[dy.size:],
            float(done.stdout))


def theirs_of(target):
    if isinstance(target, tuple):
        return target[0].grad[target[1]:].numpy()
    return target.grad.numpy()


def check(folder, name, net):
    with torch.no_grad():  # Both must see the same numbers: make them floats
        for p in net.parameters():
            p.copy_(p.float())
    net = net.double()
    random = np.random.default_rng(1)
    lengths = random.integers(1, STEPS + 1, STREAMS)
    read_lengths = random.integers(1, READ + 1, STREAMS)
    lengths[4], read_lengths[7] = STEPS, READ
    x = random.standard_normal((STEPS, STREAMS, net.n_own)).astype("<f4")
    read = random.standard_normal((READ, STREAMS, net.n_read)).astype("<f4")
    y = net(torch.from_numpy(x).double(), lengths,
            torch.from_numpy(read).double(), read_lengths)
    dy = random.standard_normal(y.shape).astype("<f4")
    seen = np.ones(y.shape, bool)
    if y.dim() == 3:
        seen[np.arange(STEPS)[:, None] >= lengths[None, :]] = False
        dy[~seen] = 0.0
    (y * torch.from_numpy(dy).double()).sum().backward()

    ours, grad, _ = run_ours(folder, net, (x, lengths, read, read_lengths), dy)
    miss = np.abs(ours - y.detach().numpy())[seen].max()
    worst, at = 0.0, 0
    for p, target in params_of(net)[1]:
        theirs = theirs_of(target)
        part = grad[at:at + p.numel()].reshape(theirs.shape)
        most = np.abs(theirs).max()
        if most:
            worst = max(worst, np.abs(part - theirs).max() / most)
        at += p.numel()
    print(f"{name}: outputs {miss:.1e}, gradient {worst:.1e}")
    return at == grad.size and miss < BOUND and worst < BOUND


def main():
    torch.manual_seed(1)
    cases = {"LSTM, both directions, 2 layers": Reader(LSTM, 2, False),
             "GRU, both directions, 2 layers": Reader(GRU, 2, False),
             "LSTM, one output": Reader(LSTM, 1, True),
             "LSTM, attention": Translator(LSTM),
             "GRU, attention": Translator(GRU)}
    with tempfile.TemporaryDirectory() as tmp:
        results = [check(tmp, name, net) for name, net in cases.items()]
    return 0 if all(results) else 1


if __name__ == "__main__":
    sys.exit(main())

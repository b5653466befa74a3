#!/usr/bin/python3
# SPDX-License-Identifier: ISC
"""Loss and gradients of a window of symbols against PyTorch in double.

Runs `test_symbols IN OUT` of BUILD_DIR on nets of several sizes.  Exit status
77 says that PyTorch is not here.
"""

import os
import subprocess
import sys
import tempfile

try:
    import numpy as np
    import torch
except ImportError as error:
    print("SKIP python3-torch or python3-numpy is not installed:", error)
    sys.exit(77)

STREAMS = 19
STEPS = 120  # More rows than large nets take at once, 2048
SIZES = [(65, 24, 2), (65, 128, 2), (7, 40, 1)]  # symbols, hidden, layers
BOUND = 1e-5  # of the largest number in a tensor, as in test_torch.py


class Net(torch.nn.Module):
    """Symbols as vectors with a single 1, nn.LSTM, nn.Linear"""

    def __init__(self, n_symbols, n_hidden, n_layers):
        super().__init__()
        self.n_symbols = n_symbols
        self.rnn = torch.nn.LSTM(n_symbols, n_hidden, n_layers)
        self.head = torch.nn.Linear(n_hidden, n_symbols)

    def loss(self, symbols, targets):
        x = torch.nn.functional.one_hot(symbols, self.n_symbols).double()
        y = self.head(self.rnn(x)[0])
        return torch.nn.functional.cross_entropy(
            y.reshape(-1, self.n_symbols), targets.reshape(-1))


def tensors(net):
    """Our order, with the second of PyTorch's two biases of a layer, whose
    gradients are the same, or None"""
    for layer in range(net.rnn.num_layers):
        yield getattr(net.rnn, f"weight_ih_l{layer}"), None
        yield getattr(net.rnn, f"weight_hh_l{layer}"), None
        yield (getattr(net.rnn, f"bias_ih_l{layer}"),
               getattr(net.rnn, f"bias_hh_l{layer}"))
    yield net.head.weight, None
    yield net.head.bias, None


def run_ours(folder, size, params, symbols, targets):
    case, answer = (os.path.join(folder, name) for name in ("in", "out"))
    with open(case, "wb") as file:
        file.write(np.array([*size, STEPS, STREAMS], "<u4").tobytes())
        file.write(params.astype("<f4").tobytes())
        file.write(symbols.astype("<u4").tobytes())
        file.write(targets.astype("<u4").tobytes())
    program = os.path.join(os.environ["BUILD_DIR"], "tests", "test_symbols")
    subprocess.run([program, case, answer], check=True)
    numbers = np.fromfile(answer, "<f4")
    return numbers[0], numbers[1:]


def check(folder, size):
    net = Net(*size)
    with torch.no_grad():  # Both must see the same numbers: make them floats
        for p in net.parameters():
            p.copy_(p.float())
    net = net.double()
    text = np.random.default_rng(1).integers(0, size[0], (STEPS + 1, STREAMS))
    params = torch.cat([(p + q if q is not None else p).detach().flatten()
                        for p, q in tensors(net)]).numpy()
    loss, grad = run_ours(folder, size, params, text[:-1], text[1:])
    theirs = net.loss(torch.from_numpy(text[:-1]), torch.from_numpy(text[1:]))
    theirs.backward()

    worst, at = 0.0, 0
    for p, _ in tensors(net):
        ours = grad[at:at + p.numel()].reshape(p.shape)
        miss = np.abs(ours - p.grad.numpy()).max() / p.grad.abs().max().item()
        worst = max(worst, miss)
        at += p.numel()
    forward = abs(loss / theirs.item() - 1)
    print(f"{size[2]} x {size[1]}, {size[0]} symbols: "
          f"loss {forward:.1e}, gradient {worst:.1e}")
    return at == grad.size and forward < BOUND and worst < BOUND


torch.manual_seed(1)
with tempfile.TemporaryDirectory() as tmp:
    results = [check(tmp, size) for size in SIZES]
sys.exit(0 if all(results) else 1)

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
    import torch_cells
except ImportError as error:
    print("SKIP python3-torch or python3-numpy is not installed:", error)
    sys.exit(77)

STREAMS = 19
STEPS = 120  # More rows than large nets take at once, 2048
# Cell, symbols, hidden, layers
SIZES = [(0, 65, 24, 2), (0, 65, 128, 2), (0, 7, 40, 1), (1, 65, 24, 2),
         (1, 65, 128, 2), (2, 65, 24, 2), (2, 7, 40, 1)]
BOUND = 1e-5  # of the largest number in a tensor, as in test_torch.py


class Net(torch.nn.Module):
    """Symbols as vectors with a single 1, nn.LSTM, GRU or RNN, nn.Linear"""

    def __init__(self, cell, n_symbols, n_hidden, n_layers):
        super().__init__()
        self.n_symbols = n_symbols
        self.rnn = torch_cells.CELLS[cell](n_symbols, n_hidden, n_layers)
        self.head = torch.nn.Linear(n_hidden, n_symbols)

    def loss(self, symbols, targets):
        x = torch.nn.functional.one_hot(symbols, self.n_symbols).double()
        y = self.head(self.rnn(x)[0])
        return torch.nn.functional.cross_entropy(
            y.reshape(-1, self.n_symbols), targets.reshape(-1))


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
    net = torch_cells.as_floats(Net(*size))
    text = np.random.default_rng(1).integers(0, size[1], (STEPS + 1, STREAMS))
    loss, grad = run_ours(
        folder, size, torch_cells.flat(net), text[:-1], text[1:])
    theirs = net.loss(torch.from_numpy(text[:-1]), torch.from_numpy(text[1:]))
    theirs.backward()

    worst = torch_cells.worst_gradient(net, grad)
    forward = abs(loss / theirs.item() - 1)
    print(f"{torch_cells.NAMES[size[0]]} {size[3]} x {size[2]}, {size[1]} "
          f"symbols: loss {forward:.1e}, gradient {worst:.1e}")
    return forward < BOUND and worst < BOUND


torch.manual_seed(1)
with tempfile.TemporaryDirectory() as tmp:
    results = [check(tmp, size) for size in SIZES]
sys.exit(0 if all(results) else 1)

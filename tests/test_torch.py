#!/usr/bin/python3
# SPDX-License-Identifier: ISC
"""Outputs and gradients of a training window against PyTorch in double.

Runs `test_bptt IN OUT` of BUILD_DIR on nets of several sizes.  Exit status 77
says that PyTorch is not here.
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
STEPS = 50
# Cell, inputs, hidden, layers, outputs
SIZES = [(0, 1, 8, 1, 1), (0, 1, 32, 1, 1), (0, 1, 40, 1, 1), (0, 3, 20, 2, 2),
         (0, 2, 64, 2, 1), (0, 1, 96, 1, 1), (1, 1, 8, 1, 1), (1, 3, 20, 2, 2),
         (1, 2, 70, 2, 1), (1, 1, 132, 1, 1), (2, 1, 8, 1, 1), (2, 3, 20, 2, 2),
         (2, 2, 70, 2, 1), (2, 1, 132, 1, 1)]
BOUND = 1e-5  # of the largest number in a tensor


class Net(torch.nn.Module):
    """nn.LSTM, GRU or RNN, nn.Linear and a skip connection"""

    def __init__(self, cell, n_in, n_hidden, n_layers, n_out):
        super().__init__()
        self.rnn = torch_cells.CELLS[cell](n_in, n_hidden, n_layers)
        self.head = torch.nn.Linear(n_hidden, n_out)

    def forward(self, x):
        h, _ = self.rnn(x)
        y = self.head(h)
        return y + x[..., :y.shape[-1]]


def run_ours(folder, size, params, x, dy):
    case, answer = (os.path.join(folder, name) for name in ("in", "out"))
    with open(case, "wb") as file:
        file.write(np.array([*size, 1, STEPS, STREAMS], "<u4").tobytes())
        for part in (params, x, dy):
            file.write(part.astype("<f4").tobytes())
    program = os.path.join(os.environ["BUILD_DIR"], "tests", "test_bptt")
    subprocess.run([program, case, answer], check=True)
    numbers = np.fromfile(answer, "<f4")
    return numbers[:dy.size].reshape(dy.shape), numbers[dy.size:]


def miss(ours, theirs):
    return np.abs(ours - theirs).max() / np.abs(theirs).max()


def check(folder, size):
    net = torch_cells.as_floats(Net(*size))
    rng = np.random.default_rng(1)
    x = rng.uniform(-1, 1, (STEPS, STREAMS, size[1])).astype("f4")
    # Not centred: a bias's gradient is a sum of it, and a sum that happens to
    # be next to nothing has no digits to compare
    dy = rng.uniform(-0.8, 1.2, (STEPS, STREAMS, size[4])).astype("f4")
    y, grad = run_ours(folder, size, torch_cells.flat(net), x, dy)
    theirs = net(torch.from_numpy(x).double())
    theirs.backward(torch.from_numpy(dy).double())

    worst = torch_cells.worst_gradient(net, grad)
    forward = miss(y, theirs.detach().numpy())
    print(f"{torch_cells.NAMES[size[0]]} {size[3]} x {size[2]}, {size[1]} in, "
          f"{size[4]} out: output {forward:.1e}, gradient {worst:.1e}")
    return forward < BOUND and worst < BOUND


torch.manual_seed(1)
with tempfile.TemporaryDirectory() as tmp:
    results = [check(tmp, size) for size in SIZES]
sys.exit(0 if all(results) else 1)

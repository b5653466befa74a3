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
except ImportError as error:
    print("SKIP python3-torch or python3-numpy is not installed:", error)
    sys.exit(77)

STREAMS = 19
STEPS = 50
SIZES = [(1, 8, 1, 1), (1, 32, 1, 1), (1, 40, 1, 1), (3, 20, 2, 2),
         (2, 64, 2, 1), (1, 96, 1, 1)]  # inputs, hidden, layers, outputs
BOUND = 1e-5  # of the largest number in a tensor


class Net(torch.nn.Module):
    """nn.LSTM, nn.Linear and a skip connection"""

    def __init__(self, n_in, n_hidden, n_layers, n_out):
        super().__init__()
        self.rnn = torch.nn.LSTM(n_in, n_hidden, n_layers)
        self.head = torch.nn.Linear(n_hidden, n_out)

    def forward(self, x):
        h, _ = self.rnn(x)
        y = self.head(h)
        return y + x[..., :y.shape[-1]]


def tensors(net):
    """Our order: weight_ih, weight_hh, one bias of every layer, then the head.
    The bias's gradient is that of either of PyTorch's two."""
    for layer in range(net.rnn.num_layers):
        yield getattr(net.rnn, f"weight_ih_l{layer}"), None
        yield getattr(net.rnn, f"weight_hh_l{layer}"), None
        yield (getattr(net.rnn, f"bias_ih_l{layer}"),
               getattr(net.rnn, f"bias_hh_l{layer}"))
    yield net.head.weight, None
    yield net.head.bias, None


def flat(net):
    parts = [p + q if q is not None else p for p, q in tensors(net)]
    return torch.cat([p.detach().flatten() for p in parts]).numpy()


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
    net = Net(*size)
    with torch.no_grad():  # Both must see the same numbers: make them floats
        for p in net.parameters():
            p.copy_(p.float())
    net = net.double()
    rng = np.random.default_rng(1)
    x = rng.uniform(-1, 1, (STEPS, STREAMS, size[0])).astype("f4")
    # Not centred: a bias's gradient is a sum of it, and a sum that happens to
    # be next to nothing has no digits to compare
    dy = rng.uniform(-0.8, 1.2, (STEPS, STREAMS, size[3])).astype("f4")
    params = flat(net)
    y, grad = run_ours(folder, size, params, x, dy)
    theirs = net(torch.from_numpy(x).double())
    theirs.backward(torch.from_numpy(dy).double())

    worst, at = 0.0, 0
    for p, _ in tensors(net):
        ours = grad[at:at + p.numel()].reshape(p.shape)
        worst = max(worst, miss(ours, p.grad.numpy()))
        at += p.numel()
    forward = miss(y, theirs.detach().numpy())
    print(f"{size[2]} x {size[1]}, {size[0]} in, {size[3]} out: "
          f"output {forward:.1e}, gradient {worst:.1e}")
    return at == grad.size and forward < BOUND and worst < BOUND


torch.manual_seed(1)
with tempfile.TemporaryDirectory() as tmp:
    results = [check(tmp, size) for size in SIZES]
sys.exit(0 if all(results) else 1)

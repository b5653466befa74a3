#!/usr/bin/python3
# SPDX-License-Identifier: ISC
"""Measure batches of whole sequences beside PyTorch's: forward and back through
the same net, in one thread each, medians of processor time.

    BUILD_DIR=build tests/bench/torch_sequence.py

after `./waf tests`: a net of both directions, 2 x 64, and a decoder that looks
at an encoder of both, 64 units each; 32 sequences, 50 steps.
"""

import os
import statistics
import sys
import tempfile
import time

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
import test_torch_sequence as nets  # Ends with 77 without PyTorch

STREAMS, STEPS, READ, TIMES = 32, 50, 50, 15


def measure_theirs(net, arrays, dy):
    x, lengths, read, read_lengths = arrays
    x, read, dy = (nets.torch.from_numpy(a) for a in (x, read, dy))
    seconds = []
    for _ in range(TIMES):
        begin = time.process_time()
        net.zero_grad()
        (net(x, lengths, read, read_lengths) * dy).sum().backward()
        seconds.append(time.process_time() - begin)
    return statistics.median(seconds)


def measure(folder, name, net):
    random = nets.np.random.default_rng(1)
    arrays = (random.standard_normal((STEPS, STREAMS, net.n_own), "f4"),
              nets.np.full(STREAMS, STEPS),
              random.standard_normal((READ, STREAMS, net.n_read), "f4"),
              nets.np.full(STREAMS, READ))
    dy = random.standard_normal((STEPS, STREAMS, 5), "f4")
    ours = nets.run_ours(folder, net, arrays, dy, TIMES)[2]
    theirs = measure_theirs(net, arrays, dy)
    print(f"{name}: {1e3 * ours:.1f} ms, PyTorch {nets.torch.__version__} "
          f"{1e3 * theirs:.1f} ms, {theirs / ours:.1f} times")


nets.torch.manual_seed(1)
nets.torch.set_num_threads(1)
with tempfile.TemporaryDirectory() as tmp:
    for kind, word in ((nets.LSTM, "LSTM"), (nets.GRU, "GRU")):
        measure(tmp, f"{word}, both directions, 2 x 64",
                nets.Reader(kind, 2, False, 32, 64))
        measure(tmp, f"{word}, attention", nets.Translator(kind, 64, 64, 64))

# SPDX-License-Identifier: ISC
"""PyTorch's recurrent layers with parameters in our order."""

import torch

# By RemCell
CELLS = {0: torch.nn.LSTM, 1: torch.nn.GRU, 2: torch.nn.RNN}
NAMES = {0: "lstm", 1: "gru", 2: "rnn"}


def parts(net, of):
    """What `of` gives for the tensors of net.rnn and net.head, in our order:
    weight_ih, weight_hh and the biases of every layer, then the head"""
    for layer in range(net.rnn.num_layers):
        for name in ("weight_ih", "weight_hh"):
            yield of(getattr(net.rnn, f"{name}_l{layer}")).flatten()
        ih = getattr(net.rnn, f"bias_ih_l{layer}")
        yield from biases(net.rnn, ih, getattr(net.rnn, f"bias_hh_l{layer}"),
                          of)
    yield of(net.head.weight).flatten()
    yield of(net.head.bias)


def biases(rnn, ih, hh, of):
    """PyTorch's two biases are summed in ours, and have the same gradient; but
    for n of a GRU, where the second one comes behind"""
    values = of is value
    if isinstance(rnn, torch.nn.GRU):
        n = 2 * rnn.hidden_size
        both = torch.cat([of(ih)[:n] + of(hh)[:n], of(ih)[n:]])
        yield both if values else of(ih)
        yield of(hh)[n:]
    else:
        yield of(ih) + of(hh) if values else of(ih)


def value(tensor):
    return tensor.detach()


def gradient(tensor):
    return tensor.grad


def flat(net):
    return torch.cat(list(parts(net, value))).numpy()


def as_floats(net):
    """The net in double, with numbers that floats are"""
    with torch.no_grad():
        for p in net.parameters():
            p.copy_(p.float())
    return net.double()


def worst_gradient(net, ours):
    """How far `ours` is off, by the largest number of a tensor; infinity if it
    is not as long as the net's"""
    worst, at = 0.0, 0
    for theirs in parts(net, gradient):
        theirs = theirs.numpy()
        miss = abs(ours[at:at + theirs.size] - theirs).max()
        worst = max(worst, miss / abs(theirs).max())
        at += theirs.size
    return worst if at == ours.size else float("inf")

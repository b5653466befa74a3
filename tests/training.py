# SPDX-License-Identifier: ISC
"""What tests of `remanence train` have in common: what is in a model, and
plugins that models are sent to."""

import json
import os
import pathlib
import socket
import struct
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)),
                                'host'))

import osc


def tensors(path):
    """Return the bytes of every tensor of a safetensors file, and its texts"""
    data = pathlib.Path(path).read_bytes()
    length = struct.unpack('<Q', data[:8])[0]
    header = json.loads(data[8:8 + length])
    texts = header.pop('__metadata__', {})
    return {name: data[8 + length + t['data_offsets'][0]:
                       8 + length + t['data_offsets'][1]]
            for name, t in header.items()}, texts


class Plugins:
    """Instances at an address, as far as training speaks to them"""

    def __init__(self, *names):
        self.names = names
        self.server = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.server.bind(('127.0.0.1', 0))
        self.server.settimeout(0.1)
        self.address = 'localhost:%d' % self.server.getsockname()[1]

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.server.close()

    def commands(self, process):
        """Yield (address, values, answer) of every command but /list, until
        the process ends; answer(ending, ...) is to be called"""
        while process.poll() is None:
            try:
                data, peer = self.server.recvfrom(65536)
            except socket.timeout:
                continue

            def answer(ending, *values):
                self.server.sendto(osc.encode(address + ending, *values), peer)

            (_, address, values), = osc.decode(data)
            if address != '/remanence/list':
                yield address, values, answer
                continue
            for name in self.names:
                self.server.sendto(osc.encode(
                    '/remanence/instance', name,
                    'urn:remanence:' + name[:-2], 'none'), peer)
            answer('/ok', len(self.names))

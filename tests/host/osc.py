# SPDX-License-Identifier: ISC
"""Open Sound Control 1.0 for tests: bytes <-> messages, on plain sockets.

    data = encode('/remanence/audio-1/load', 'amp.safetensors', 200.0)
    address, arguments = decode(data)[0][1:]

Python's types choose the type tags: int i, float f, str s, bytes b, True T,
False F, None N.  Int64, Double and Time ask for h, d and t.  decode() gives
the same types back, and raises Malformed for anything that is not OSC to the
last byte.  An End is a UDP socket that speaks it.
"""

import socket
import struct
import time

AT_ONCE = 1  # The time tag of what is to happen now
EPOCH = 2208988800  # Seconds from 1900, where time tags begin, to 1970


class Malformed(ValueError):
    pass


class Int64(int):
    """An argument of type h"""


class Double(float):
    """An argument of type d"""


class Time(int):
    """An argument of type t: a time tag, in units of 2^-32 s since 1900"""


def time_tag(seconds):
    """Return the time tag of a moment as time.time() tells it"""
    return Time((seconds + EPOCH) * 2 ** 32)


def moment(tag):
    """Return a time tag as time.time() would tell it"""
    return tag / 2 ** 32 - EPOCH


def pad(data):
    return data + bytes(-len(data) % 4)


def text(value):
    return pad(value.encode() + b'\0')


# The first that fits; Int64 and True are ints as well
ENCODERS = [
    (bool, lambda v: 'T' if v else 'F', lambda v: b''),
    (type(None), lambda v: 'N', lambda v: b''),
    (Time, lambda v: 't', lambda v: struct.pack('>Q', v)),
    (Int64, lambda v: 'h', lambda v: struct.pack('>q', v)),
    (Double, lambda v: 'd', lambda v: struct.pack('>d', v)),
    (int, lambda v: 'i', lambda v: struct.pack('>i', v)),
    (float, lambda v: 'f', lambda v: struct.pack('>f', v)),
    (str, lambda v: 's', text),
    (bytes, lambda v: 'b', lambda v: struct.pack('>i', len(v)) + pad(v)),
]


def encode(address, *arguments):
    """Return the bytes of a message"""
    tags, data = ',', b''
    for value in arguments:
        _, tag, body = next(e for e in ENCODERS if isinstance(value, e[0]))
        tags += tag(value)
        data += body(value)
    return text(address) + text(tags) + data


def bundle(*elements, at=AT_ONCE):
    """Return the bytes of a bundle of encoded messages and bundles, to be done
    at the time tag `at`"""
    return b'#bundle\0' + struct.pack('>Q', at) + b''.join(
        struct.pack('>i', len(element)) + element for element in elements)


class Reader:
    """Takes the parts of a packet off its front"""

    def __init__(self, data):
        self.data = data

    def take(self, n):
        if n < 0 or n > len(self.data):
            raise Malformed('%d bytes wanted, %d there' % (n, len(self.data)))
        head, self.data = self.data[:n], self.data[n:]
        return head

    def number(self, form):
        return struct.unpack('>' + form, self.take(struct.calcsize(form)))[0]

    def padded(self, n):
        head, rest = self.take(n), self.take(-n % 4)
        if any(rest):
            raise Malformed('padding is not zero')
        return head

    def text(self):
        end = self.data.find(b'\0')
        if end < 0:
            raise Malformed('text without an end')
        try:
            return self.padded(end + 1)[:-1].decode()
        except UnicodeDecodeError as error:
            raise Malformed('text that is not UTF-8') from error


DECODERS = {
    'i': lambda r: r.number('i'), 'f': lambda r: r.number('f'),
    'h': lambda r: Int64(r.number('q')), 'd': lambda r: Double(r.number('d')),
    't': lambda r: Time(r.number('Q')), 's': Reader.text,
    'b': lambda r: r.padded(r.number('i')),
    'T': lambda r: True, 'F': lambda r: False, 'N': lambda r: None,
}


def decode_message(reader):
    address, tags = reader.text(), reader.text()
    if not address.startswith('/') or not tags.startswith(','):
        raise Malformed('no message: %r %r' % (address, tags))
    unknown = set(tags[1:]) - set(DECODERS)
    if unknown:
        raise Malformed('unknown type tags %s' % sorted(unknown))
    return address, [DECODERS[tag](reader) for tag in tags[1:]]


def decode(data, at=AT_ONCE):
    """Return the messages of a packet, as (time tag, address, arguments)"""
    reader = Reader(data)
    if not data.startswith(b'#bundle\0'):
        message = decode_message(reader)
        if reader.data:
            raise Malformed('%d bytes after the message' % len(reader.data))
        return [(at, *message)]
    reader.take(8)
    at, messages = reader.number('Q'), []
    while reader.data:
        messages += decode(reader.take(reader.number('i')), at)
    return messages


class End:
    """A UDP socket on loopback that speaks OSC"""

    def __init__(self, port=0):
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind(('127.0.0.1', port))
        self.port = self.socket.getsockname()[1]

    def send(self, where, address, *arguments):
        """Send a message to `where`: a port, or (host, port)"""
        self.send_bytes(where, encode(address, *arguments))

    def send_bytes(self, where, data):
        self.socket.sendto(
            data, ('127.0.0.1', where) if isinstance(where, int) else where)

    def receive(self, seconds):
        """Return the messages of the next packet and where it comes from, or
        ([], None) if none comes in time"""
        self.socket.settimeout(max(seconds, 1e-3))
        try:
            data, source = self.socket.recvfrom(65536)
        except socket.timeout:
            return [], None
        return decode(data), source

    def wait(self, address, seconds=5.0):
        """Return the arguments of the next message to `address`, leaving out
        others; None if none comes in time"""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            for _, path, arguments in self.receive(end - time.monotonic())[0]:
                if path == address:
                    return arguments
        return None

    def close(self):
        self.socket.close()

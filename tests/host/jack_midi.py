# SPDX-License-Identifier: ISC
"""MIDI to and from a host on the JACK server of jack.py, by the sample"""

import ctypes
import sys
import time

import jack as host_jack

MIDI = b"8 bit raw midi"


class Event(ctypes.Structure):
    _fields_ = [("time", ctypes.c_uint32), ("size", ctypes.c_size_t),
                ("bytes", ctypes.POINTER(ctypes.c_uint8))]


def load_library():
    """libjack with what is called here, or None"""
    jack = host_jack.load_library()
    if jack:
        pointer, word = ctypes.c_void_p, ctypes.c_uint32
        for name, result, arguments in (
                ("get_event_count", word, (pointer,)),
                ("event_get", ctypes.c_int,
                 (ctypes.POINTER(Event), pointer, word)),
                ("clear_buffer", None, (pointer,)),
                ("event_write", ctypes.c_int,
                 (pointer, word, ctypes.c_char_p, ctypes.c_size_t))):
            function = getattr(jack, "jack_midi_" + name)
            function.restype, function.argtypes = result, arguments
    return jack


class Player:
    """Sends messages at samples counted from begin()"""

    def __init__(self, jack):
        self.jack, self.waiting, self.start = jack, [], None
        self.client = None  # Cycles begin before it is known
        self.client = host_jack.Client(jack, "player", host_jack.IS_OUTPUT,
                                       self.cycle, MIDI)

    def now(self):
        return self.jack.jack_last_frame_time(self.client.handle)

    def begin(self, messages):
        """messages: [(sample, bytes)], rising"""
        self.waiting, self.start = list(messages), None

    def cycle(self, buffer, n):
        self.jack.jack_midi_clear_buffer(buffer)
        if not self.client:
            return
        if self.waiting and self.start is None:
            self.start = self.now()
        while self.waiting:
            at = self.waiting[0][0] - (self.now() - self.start) % 2 ** 32
            if at >= n:
                break
            message = self.waiting.pop(0)[1]
            self.jack.jack_midi_event_write(buffer, at, message, len(message))


class Recorder:
    """Keeps [(sample since the server began, bytes)] of what comes"""

    def __init__(self, jack):
        self.jack, self.events, self.client = jack, [], None
        self.client = host_jack.Client(jack, "recorder", host_jack.IS_INPUT,
                                       self.cycle, MIDI)

    def cycle(self, buffer, _):
        if not self.client:
            return
        now = self.jack.jack_last_frame_time(self.client.handle)
        event = Event()
        for i in range(self.jack.jack_midi_get_event_count(buffer)):
            self.jack.jack_midi_event_get(ctypes.byref(event), buffer, i)
            self.events.append((now + event.time,
                                bytes(event.bytes[:event.size])))


class Wires:
    """A player and a recorder at the MIDI ports of a host"""

    def __init__(self, jack, host, alive, ports=("control", "notify")):
        self.jack, self.alive = jack, alive
        self.player, self.recorder = Player(jack), Recorder(jack)
        into, out = (host + ":" + port for port in ports)
        handle = self.player.client.handle
        end = time.monotonic() + 30
        while not jack.jack_port_by_name(handle, out.encode()):
            if time.monotonic() > end or not alive():
                sys.exit("the JACK server has no port " + out)
            time.sleep(0.05)
        for source, target in (("player:port", into), (out, "recorder:port")):
            if jack.jack_connect(handle, source.encode(), target.encode()):
                sys.exit("cannot connect %s to %s" % (source, target))

    def play(self, samples, messages=()):
        """Let that many samples go by as fast as can be; return what came"""
        handle = self.player.client.handle
        self.jack.jack_set_freewheel(handle, 1)
        time.sleep(0.2)
        first = len(self.recorder.events)
        self.player.begin(messages)
        start = self.player.now()
        end = time.monotonic() + 60
        while (self.player.now() - start) % 2 ** 32 < samples \
                and time.monotonic() < end and self.alive():
            time.sleep(0.005)
        self.jack.jack_set_freewheel(handle, 0)
        time.sleep(0.2)
        return self.recorder.events[first:]

    def close(self):
        self.player.client.close()
        self.recorder.client.close()

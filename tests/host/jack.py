# SPDX-License-Identifier: ISC
"""A JACK server of the test's own, and sound through a host on it.

The server has its own name, the dummy driver and no realtime rights.  Sound
is played while it freewheels: every cycle waits for all clients, so none is
late, and player, host and recorder see the same samples in the same cycle.
"""

import array
import ctypes
import os
import socket
import subprocess
import sys
import time

AUDIO = b"32 bit float mono audio"
MIDI = b"8 bit raw midi"
IS_INPUT, IS_OUTPUT = 1, 2
NO_START_SERVER = 1
BLOCK = 256
PROCESS = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_uint32, ctypes.c_void_p)


class MidiEvent(ctypes.Structure):
    _fields_ = [("time", ctypes.c_uint32), ("size", ctypes.c_size_t),
                ("bytes", ctypes.POINTER(ctypes.c_ubyte))]


def load_library():
    """libjack with the types of what is called here, or None"""
    try:
        jack = ctypes.CDLL("libjack.so.0")
    except OSError:
        return None
    pointer, text = ctypes.c_void_p, ctypes.c_char_p
    number, word = ctypes.c_int, ctypes.c_uint32
    for name, result, arguments in (
            ("client_open", pointer, (text, number, pointer)),
            ("client_close", number, (pointer,)),
            ("activate", number, (pointer,)),
            ("set_process_callback", number, (pointer, PROCESS, pointer)),
            ("port_register", pointer,
             (pointer, text, text, ctypes.c_ulong, ctypes.c_ulong)),
            ("port_get_buffer", pointer, (pointer, word)),
            ("port_by_name", pointer, (pointer, text)),
            ("connect", number, (pointer, text, text)),
            ("last_frame_time", word, (pointer,)),
            ("midi_clear_buffer", None, (pointer,)),
            ("midi_event_write", number,
             (pointer, word, text, ctypes.c_size_t)),
            ("midi_get_event_count", word, (pointer,)),
            ("midi_event_get", number,
             (ctypes.POINTER(MidiEvent), pointer, word)),
            ("set_freewheel", number, (pointer, number))):
        function = getattr(jack, "jack_" + name)
        function.restype, function.argtypes = result, arguments
    return jack


def stop(process):
    """End a process that we started"""
    if process.poll() is None:
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def claim_name():
    """Return a server's name, and a socket that holds it while it is open.

    JACK has room for eight servers, and one that was killed gives its place
    back only to one of its name: so names are few, and used again.
    """
    for n in range(8):
        name = "remanence-test-%d-%d" % (os.getuid(), n)
        claim = socket.socket(socket.AF_UNIX)
        try:
            claim.bind("\0" + name)
            return name, claim
        except OSError:
            claim.close()
    return sys.exit("eight JACK servers of tests are running")


class Server:
    """jackd, for as long as the `with` lasts; clients find it by themselves"""

    def __init__(self, rate):
        self.name, self.claim = claim_name()
        self.command = ["jackd", "-n", self.name, "-r", "-S", "-d", "dummy",
                        "-r", str(rate), "-p", str(BLOCK)]
        self.process = None

    def __enter__(self):
        os.environ.update(JACK_DEFAULT_SERVER=self.name,
                          JACK_NO_START_SERVER="1",
                          JACK_NO_AUDIO_RESERVATION="1")
        said = self.start()
        for _ in range(30):  # Eight may run at once, dead ones included
            if "Too many servers" not in said:
                break
            time.sleep(2)
            said = self.start()
        if said:
            sys.exit("jackd did not start:\n" + said)
        return self

    def start(self):
        """Return why it does not run, or nothing"""
        with open("jackd.log", "w") as log:
            self.process = subprocess.Popen(self.command, stdout=log,
                                            stderr=subprocess.STDOUT,
                                            pass_fds=[self.claim.fileno()])
        wait = ["jack_wait", "-w", "-t", "1", "-s", self.name]
        for _ in range(20):
            up = not subprocess.run(wait, capture_output=True).returncode
            if self.process.poll() is not None:
                break
            if up:
                return ""
        stop(self.process)
        with open("jackd.log") as log:
            return log.read() or "no reason given"

    def __exit__(self, *error):
        stop(self.process)
        self.claim.close()


class Client:
    """One port and a function called every cycle with its buffer"""

    def __init__(self, jack, name, flag, process, kind=AUDIO):
        self.jack = jack
        self.handle = jack.jack_client_open(name.encode(), NO_START_SERVER,
                                            None)
        if not self.handle:
            sys.exit("cannot connect to jackd as " + name)
        self.port = jack.jack_port_register(self.handle, b"port", kind, flag,
                                            0)
        self.process = process
        self.callback = PROCESS(self.cycle)  # Referred to by libjack
        jack.jack_set_process_callback(self.handle, self.callback, None)
        jack.jack_activate(self.handle)

    def cycle(self, n, _):
        self.process(self.jack.jack_port_get_buffer(self.port, n), n)
        return 0

    def close(self):
        self.jack.jack_client_close(self.handle)


class Through:
    """Plays samples to a host and keeps what comes back"""

    def __init__(self, jack, samples):
        self.source, self.played, self.got = samples, 0, 0
        self.target = array.array("f", bytes(4 * len(samples)))
        self.start, self.going, self.gap = None, False, False
        self.player = Client(jack, "player", IS_OUTPUT, self.play)
        self.recorder = Client(jack, "recorder", IS_INPUT, self.record)
        self.jack = jack

    def play(self, buffer, n):
        ctypes.memset(buffer, 0, 4 * n)
        if self.going:
            if self.start is None:
                self.start = self.jack.jack_last_frame_time(self.player.handle)
            m = max(0, min(n, len(self.source) - self.played))
            at = self.source.buffer_info()[0] + 4 * self.played
            ctypes.memmove(buffer, at, 4 * m)
            self.played += m

    def record(self, buffer, n):
        if self.start is None or self.got == len(self.target):
            return
        now = self.jack.jack_last_frame_time(self.recorder.handle)
        if (now - self.start) % 2 ** 32 != self.got:
            self.gap = True
        m = min(n, len(self.target) - self.got)
        at = self.target.buffer_info()[0] + 4 * self.got
        ctypes.memmove(at, buffer, 4 * m)
        self.got += m

    def run(self, alive):
        """Until everything is played, or the host is no longer alive"""
        self.jack.jack_set_freewheel(self.player.handle, 1)
        time.sleep(0.3)
        self.going = True
        end = time.monotonic() + 60
        while self.got < len(self.target) and time.monotonic() < end \
                and alive():
            time.sleep(0.01)
        self.jack.jack_set_freewheel(self.player.handle, 0)
        time.sleep(0.2)


class Keyboard:
    """Sends MIDI to a host and keeps what comes back, in real time.

    Messages are (frame, bytes); frames are counted cycle by cycle, in which
    the server has the player, the host and the recorder take turns.
    """

    def __init__(self, jack, rate):
        self.jack, self.rate, self.now, self.end = jack, rate, 0, 0
        self.waiting, self.sent, self.got = [], [], []
        self.player = Client(jack, "player", IS_OUTPUT, self.send, MIDI)
        self.recorder = Client(jack, "recorder", IS_INPUT, self.hear, MIDI)

    def send(self, buffer, n):
        self.jack.jack_midi_clear_buffer(buffer)
        self.now, self.end = self.end, self.end + n
        while self.waiting and self.waiting[0][0] < self.end:
            frame, data = self.waiting.pop(0)
            self.jack.jack_midi_event_write(buffer, frame - self.now, data,
                                            len(data))
            self.sent.append((frame, data))

    def hear(self, buffer, _):
        event = MidiEvent()
        for i in range(self.jack.jack_midi_get_event_count(buffer)):
            self.jack.jack_midi_event_get(ctypes.byref(event), buffer, i)
            self.got.append((self.now + event.time,
                             bytes(event.bytes[:event.size])))

    def connect(self, *pairs):
        for source, target in pairs:
            if self.jack.jack_connect(self.player.handle, source.encode(),
                                      target.encode()):
                sys.exit("cannot connect %s to %s" % (source, target))

    def begin(self, messages):
        """Send (seconds from now, bytes), in order"""
        begin = self.end + 4 * BLOCK
        self.waiting += [(begin + round(seconds * self.rate), data)
                         for seconds, data in messages]

    def wait(self):
        """Until all is sent"""
        while self.waiting:
            time.sleep(0.01)

    def close(self):
        self.player.close()
        self.recorder.close()


def play_through(jack, host, samples, alive, ports=("in", "out")):
    """Play `samples` through the ports of a host's client; mono"""
    into, out = (host + ":" + port for port in ports)
    through = Through(jack, samples)
    handle = through.player.handle
    try:
        end = time.monotonic() + 30
        while not jack.jack_port_by_name(handle, out.encode()):
            if time.monotonic() > end or not alive():
                sys.exit("the JACK server has no port " + out)
            time.sleep(0.05)
        for source, target in (("player:port", into), (out, "recorder:port")):
            if jack.jack_connect(handle, source.encode(), target.encode()):
                sys.exit("cannot connect %s to %s" % (source, target))
        through.run(alive)
    finally:
        through.player.close()
        through.recorder.close()
    if through.got < len(samples) or through.gap:
        sys.exit("%s: %d of %d samples came back%s" % (
            host, through.got, len(samples),
            ", not in one piece" if through.gap else ""))
    return through.target

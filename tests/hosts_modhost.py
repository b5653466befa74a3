#!/usr/bin/env python3
# SPDX-License-Identifier: ISC
"""mod-host: a preset, a chosen file, controls; what it saved, reopened.

$MOD_HOST is the program, unless it is on PATH: Debian has none.  It is told
what to do by a socket, as MOD's web interface does.
"""

import array
import os
import shutil
import socket
import subprocess
import sys
import time

sys.path.insert(0, os.path.join(os.environ["SOURCE_DIR"], "tests", "host"))
import jack as host_jack
import real

PROGRAM = os.environ.get("MOD_HOST") or "mod-host"
PRESET = "urn:remanence-test:preset"
BOARD = os.path.abspath("board")  # The state of every plugin on a pedalboard
TOLERANCE = 1e-6  # It has run on silence for a while: as good as at rest
QUIETER = 10 ** (-6 / 20)  # By the control that is turned


def free_ports():
    """Two numbers nobody uses just now"""
    sockets = [socket.socket() for _ in range(2)]
    for one in sockets:
        one.bind(("127.0.0.1", 0))
    numbers = [one.getsockname()[1] for one in sockets]
    for one in sockets:
        one.close()
    return numbers


class ModHost:
    """A process with a plugin in it, and its two sockets"""

    def __init__(self, plugin):
        numbers = free_ports()
        self.log = open("mod-host.log", "a+")
        self.process = subprocess.Popen(
            [PROGRAM, "-n", "-p", str(numbers[0]), "-f", str(numbers[1])],
            env=real.environment(), stdin=subprocess.DEVNULL,
            stdout=self.log, stderr=subprocess.STDOUT)
        self.commands, self.feedback = map(self.connect, numbers)
        self.say("add %s 0" % plugin)

    def alive(self):
        return self.process.poll() is None

    def fail(self, words):
        with open("mod-host.log") as log:
            sys.exit("mod-host: %s\n%s" % (words, log.read()))

    def connect(self, number):
        end = time.monotonic() + 20
        while self.alive() and time.monotonic() < end:
            try:
                return socket.create_connection(("127.0.0.1", number), 20)
            except OSError:
                time.sleep(0.05)
        return self.fail("no answer at its socket")

    def say(self, line):
        """Send a command; what follows its status"""
        self.commands.sendall(line.encode() + b"\0")
        answer = b""
        while not answer.endswith(b"\0"):
            part = self.commands.recv(4096)
            if not part:
                self.fail("ended at: " + line)
            answer += part
        words = answer.rstrip(b"\0").decode().split()
        if int(words[1]) < 0:
            self.fail("%s: %s" % (line, " ".join(words)))
        return words[2:]

    def set(self, symbol, value):
        self.say("param_set 0 %s %g" % (symbol, value))
        self.expect(symbol, value)

    def expect(self, symbol, value):
        now = float(self.say("param_get 0 " + symbol)[0])
        if abs(now - value) > 1e-4:
            self.fail("%s is %g, not %g" % (symbol, now, value))

    def play(self):
        """What becomes of the signal when fades and glides have ended"""
        time.sleep(0.7)
        return host_jack.play_through(library, "effect_0", dry, self.alive)

    def close(self):
        for connection in (self.commands, self.feedback):
            connection.close()
        host_jack.stop(self.process)


def choose_and_save(host):
    """A preset, then another file and level; save that in both ways"""
    host.say("preset_load 0 " + PRESET)
    host.expect("knob_3", 0.25)
    real.compare(wet[0], host.play(), "mod-host, preset", TOLERANCE)
    host.say('patch_set 0 %s "%s"' % (real.MODEL, models[1]))
    host.set("out_gain", -6.0)
    real.compare(quieter, host.play(), "mod-host, file", TOLERANCE)
    folder = os.path.abspath(os.path.join("presets", "saved.lv2"))
    host.say('preset_save 0 "Saved" %s saved.ttl' % folder)
    host.say("state_save " + BOARD)
    host.say("remove 0")
    return "file://%s/saved.ttl" % folder


def load_preset(host, preset):
    host.say("preset_load 0 " + preset)
    host.expect("out_gain", -6.0)
    host.expect("knob_3", 0.25)
    real.compare(quieter, host.play(), "mod-host, saved preset", TOLERANCE)
    host.say("remove 0")


def load_board(host):
    """Controls are not in there: MOD's own file lists them"""
    host.say("state_load " + BOARD)
    real.compare(wet[1], host.play(), "mod-host, saved board", TOLERANCE)
    host.say("remove 0")


def play_voltage(host):
    """A net that plays alone moves control voltage"""
    host.say("preset_load 0 urn:remanence:preset:faders-alone")
    host.expect("mode", 2.0)
    time.sleep(0.5)
    still = array.array("f", bytes(4 * 90 * real.RATE))
    out, trigger = (host_jack.play_through(library, "effect_0", still,
                                           host.alive, ("in_1", port))
                    for port in ("out_1", "trigger_out"))
    moves = sum(a != b for a, b in zip(out, out[1:]))
    ups = sum(a < 0.5 <= b for a, b in zip(trigger, trigger[1:]))
    print("mod-host, control voltage: %d moves, %d triggers" % (moves, ups))
    if not moves or ups < 5 or min(out) < 0.0 or max(out) > 1.0:
        host.fail("control voltage does not move as it should")
    host.say("remove 0")


def play_midi(host):
    """Notes are heard and answered by the mapping that is set"""
    host.say("preset_load 0 urn:remanence:preset:faders")
    host.say('patch_set 0 %s "note 3; cc 1 20"' % real.MAPPING)
    host.set("threshold", 0.2)
    keyboard = host_jack.Keyboard(library, real.RATE)
    keyboard.connect(("player:port", "effect_0:control"),
                     ("effect_0:notify", "recorder:port"))
    time.sleep(0.5)
    keyboard.begin([(0.05 * i, bytes((0x92, 40 + i, 90))) for i in range(20)])
    keyboard.wait()
    time.sleep(2.0)
    host.say("param_set 0 pause 1")
    time.sleep(0.5)
    keyboard.close()
    last = keyboard.sent[-1][0]
    struck = [frame for frame, data in keyboard.got if data[0] == 0x92]
    ended = [frame for frame, data in keyboard.got if data[0] == 0x82]
    print("mod-host, MIDI: %d notes" % len(struck))
    if len(struck) < 3 or len(struck) != len(ended) or \
            struck[0] < last + 0.2 * real.RATE:
        host.fail("MIDI: %s" % keyboard.got)
    host.say("remove 0")


def with_host(function, *arguments, plugin=real.MONO):
    host = ModHost(plugin)
    try:
        return function(host, *arguments)
    finally:
        host.close()


if not shutil.which(PROGRAM):
    real.skip("mod-host is not on PATH, nor does MOD_HOST name it")
real.need("jackd", "jack_wait")
library = host_jack.load_library() or real.skip("libjack is missing")
dry = real.make_signal("in.wav")
models = [real.make_model("noise.json"), real.make_model("other.json", 2)]
wet = [real.render(model, "in.wav", "wet.wav") for model in models]
quieter = array.array("f", (QUIETER * x for x in wet[1]))
real.make_preset(PRESET, models[0], knob_3=0.25)
with host_jack.Server(real.RATE):
    saved = with_host(choose_and_save)
    with_host(load_preset, saved)
    with_host(load_board)
    with_host(play_voltage, plugin=real.CONTROL_CV)
    with_host(play_midi, plugin=real.CONTROL)

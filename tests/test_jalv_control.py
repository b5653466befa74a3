#!/usr/bin/env python3
# SPDX-License-Identifier: ISC
"""The control plugin in jalv: a player on JACK MIDI and over OSC, in real time.

What comes out as MIDI is held against what the plugin itself has logged, to
the sample, and the same frames come to an OSC client.
"""

import os
import sys
import time

sys.path.insert(0, os.path.join(os.environ["SOURCE_DIR"], "tests", "host"))
import jack as host_jack
import jalv as host_jalv
import osc
import real

PRESET = "urn:remanence:preset:faders"
MAPPING = "note 3; key 10 36; cc 1 22; cc 1 23; cc 1 24; cc 1 25; cc 1 26; " \
    "cc 1 27"  # Every frame strikes a note
THRESHOLD = 0.3
NOTE_ON, NOTE_OFF = 0x92, 0x82


def check(true, *said):
    if not true:
        raise AssertionError(said)


def free_port():
    end = osc.End()
    end.close()
    return end.port


class Rig:
    """jalv, a keyboard on it, and an OSC client of the instance"""

    def __init__(self):
        self.port, self.end = free_port(), osc.End()
        self.jalv = host_jalv.Jalv(plugin=real.CONTROL,
                                   REMANENCE_OSC_PORT=str(self.port))
        self.jalv.say("presets", PRESET)
        self.jalv.say("preset " + PRESET, "8 dimensions, ")
        self.keyboard = host_jack.Keyboard(library, real.RATE)
        self.keyboard.connect(("player:port", "jalv:control"),
                              ("jalv:notify", "recorder:port"))
        self.played = []

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.keyboard.close()
        status = self.jalv.close()
        self.end.close()
        check(not status, self.jalv.output())

    def tell(self, command, *arguments):
        address = "/remanence/control-1/" + command
        self.end.send(self.port, address, *arguments)
        until = time.monotonic() + 10.0
        while time.monotonic() < until:
            for message in self.take(0.1):
                if message[1] == address + "/ok":
                    return message[2]
        sys.exit(address + " was not answered")

    def take(self, seconds):
        """What comes next; frames of the net are kept"""
        messages = self.end.receive(seconds)[0]
        self.played += [said for _, path, said in messages if path == "/impsy"]
        return messages

    def rest(self, seconds):
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            self.take(until - time.monotonic())


def gesture(n):
    """A fader that goes up: (seconds, bytes)"""
    return [(0.03 * i, bytes((0xb0, 22, 2 * i))) for i in range(n)]


def sounding(messages):
    """Notes that still sound; each is struck and ends in turn"""
    notes = set()
    for _, (status, number, value) in messages:
        check(number < 128 and value < 128)
        note = (status & 15, number)
        if status >> 4 == 9:
            check(value and note not in notes, note)
            notes.add(note)
        elif status >> 4 == 8:
            check(note in notes, note)
            notes.remove(note)
    return notes


def play(rig):
    """Call, answer, call, answer, then the player alone"""
    jalv, keyboard = rig.jalv, rig.keyboard
    jalv.say("set threshold %g" % THRESHOLD, "threshold = ")
    check(rig.tell("mapping", MAPPING) == [MAPPING])
    rig.tell("client", "127.0.0.1", rig.end.port)
    jalv.say("set log_rnn 1", "log_rnn = 1")
    jalv.say("set record 1", "record = 1")
    for _ in range(2):
        keyboard.begin(gesture(20))
        keyboard.wait()
        rig.rest(2.0)
    keyboard.begin(gesture(40))
    rig.rest(0.2)
    rig.tell("impsy/mode", "useronly")
    keyboard.wait()
    rig.rest(2.0 * THRESHOLD)
    jalv.say("set record 0", "record = 0")


def play_over_osc(rig):
    """In polyphony every frame has its answer, but those that take long"""
    rig.tell("impsy/mode", "polyphony")
    before = len(rig.played)
    for i in range(20):
        rig.end.send(rig.port, "/interface", *(8 * [i / 20]))
        rig.rest(0.03)
    rig.rest(2.0)
    rig.tell("impsy/mode", "useronly")
    rig.rest(0.2)
    n = len(rig.played) - before
    check(15 <= n <= 20, n)
    rig.end.send(rig.port, "/interface", 0.5)
    check(rig.end.wait("/interface/error"))


def compare(keyboard, rows):
    """The log and JACK's frames tell of the same events at the same samples"""
    touches = [frame for frame, _ in keyboard.sent]
    events = sorted({frame for frame, data in keyboard.got
                     if data[0] == NOTE_ON})
    frames = sorted([(f, "interface") for f in touches]
                    + [(f, "rnn") for f in events])
    check([source for _, source in frames] == [row[1] for row in rows],
          frames, rows)
    check(all(0.0 <= x <= 1.0 for row in rows for x in row[2]))
    off = max(abs((frame - frames[0][0]) - row[0] * real.RATE)
              for (frame, _), row in zip(frames, rows))
    check(off < 0.1, off)
    return touches, events


def check_turns(keyboard, touches, events):
    """Each answer is after the threshold, and ends when the player begins"""
    turns = 0
    for touch, following in zip(touches, touches[1:] + [10 ** 12]):
        answers = [e for e in events if touch <= e < following]
        if answers:
            check(answers[0] - touch > (THRESHOLD + 0.001) * real.RATE - 1)
            ends = [f for f, data in keyboard.got if data[0] == NOTE_OFF]
            check(following in ends, touch, following)
            turns += 1
    check(turns == 2, turns)


real.need("jalv", "jackd", "jack_wait", "stdbuf")
library = host_jack.load_library() or real.skip("libjack is missing")
with host_jack.Server(real.RATE):
    with Rig() as rig:
        play(rig)
        sent_over_osc, keyboard = len(rig.played), rig.keyboard
        of_takes = list(keyboard.got)
        play_over_osc(rig)
        check(not sounding(keyboard.got))
        keyboard.got = of_takes
log, = real.read_logs()
touches, events = compare(keyboard, log)
check(not sounding(keyboard.got))
check_turns(keyboard, touches, events)
check(sent_over_osc == len(events), sent_over_osc, len(events))
check(all(len(x) == 8 and all(0.0 <= v <= 1.0 for v in x) for x in rig.played))
print("%d touches, %d answers, each at its sample" % (len(touches),
                                                      len(events)))

#!/usr/bin/env python3
# SPDX-License-Identifier: ISC
"""The notes plugin in jalv: a keyboard on JACK MIDI plays, rests and is
answered, in real time, by both presets."""

import os
import sys
import time

sys.path.insert(0, os.path.join(os.environ["SOURCE_DIR"], "tests", "host"))
import jack as host_jack
import jalv as host_jalv
import real

PRESETS = [("urn:remanence:preset:notes-continue", "continues", 0),
           ("urn:remanence:preset:notes-answer", "answers", 1)]
REST = 0.4


def check(true, *said):
    if not true:
        raise AssertionError(said)


def call(keys):
    """Keys of half a second: (seconds, bytes)"""
    return [event for i, key in enumerate(keys) for event in
            ((0.3 * i, bytes((0x91, key, 80))),
             (0.3 * i + 0.2, bytes((0x81, key, 0))))]


def sounding(messages):
    """Notes that still sound; each is struck and ends in turn"""
    notes = set()
    for _, (status, number, value) in messages:
        note = (status & 15, number)
        if status >> 4 == 9:
            check(value and note not in notes, note)
            notes.add(note)
        elif status >> 4 == 8:
            check(note in notes, note)
            notes.remove(note)
    return notes


def play(jalv, keyboard, mode):
    """A call, what comes of it, and another call that ends that"""
    jalv.say("set mode %d" % mode, "mode = ")
    jalv.say("set rest %g" % REST, "rest = ")
    for keys in ((60, 62, 64, 67), (60, 64, 62)):
        keyboard.begin(call(keys))
        keyboard.wait()
        time.sleep(3.0)
    keyboard.begin(call((60,)))
    keyboard.wait()
    time.sleep(0.2)


def test(library, preset, words, mode):
    jalv = host_jalv.Jalv(plugin=real.NOTES)
    try:
        jalv.say("presets", preset)
        jalv.say("preset " + preset, words)
        keyboard = host_jack.Keyboard(library, real.RATE)
        keyboard.connect(("player:port", "jalv:control"),
                         ("jalv:notify", "recorder:port"))
        play(jalv, keyboard, mode)
        keyboard.close()
    finally:
        status = jalv.close()
    check(not status, jalv.output())
    check(not sounding(keyboard.got), keyboard.got)
    sent = [frame for frame, _ in keyboard.sent]
    played = [frame for frame, data in keyboard.got if data[0] == 0x91]
    check(len(played) > 4, played)
    for frame in played:  # Never while the player plays
        last = max(f for f in sent if f <= frame)
        check(frame - last > REST * real.RATE - 1, frame, last)
    return len(played)


real.need("jalv", "jackd", "jack_wait", "stdbuf")
library = host_jack.load_library() or real.skip("libjack is missing")
with host_jack.Server(real.RATE):
    counts = [test(library, *preset) for preset in PRESETS]
print("%d notes continued, %d answered" % tuple(counts))

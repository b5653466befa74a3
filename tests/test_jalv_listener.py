#!/usr/bin/env python3
# SPDX-License-Identifier: ISC
"""The listener in jalv: struck sounds go through it untouched, and a note is
there for each, late by what the plugin says; every note ends."""

import array
import ctypes
import math
import os
import random
import sys
import time

sys.path.insert(0, os.path.join(os.environ["SOURCE_DIR"], "tests", "host"))
import jack as host_jack
import jalv as host_jalv
import real

PRESET = "urn:remanence:preset:onsets"
SECONDS, FIRST, APART = 8, 0.5, 0.29  # Of strokes
NEAR = 0.05
DELAY = 0.021  # docs/listener.md


def check(true, *said):
    if not true:
        raise AssertionError(said)


def strokes():
    """Bursts of noise that die away, over soft noise; and when they begin"""
    noise, sound, times = random.Random(5), array.array("f"), []
    for t in range(SECONDS * real.RATE):
        since = t - round(FIRST * real.RATE)
        since = since % round(APART * real.RATE) if since >= 0 else 1e9
        if since == 0:
            times.append(t / real.RATE)
        level = 0.5 * math.exp(-since / 1000) + 0.001
        sound.append(level * noise.uniform(-1, 1))
    return sound, times


class Recorder:
    """MIDI that comes in, and its frames"""

    def __init__(self, jack):
        self.jack, self.got = jack, []
        self.client = host_jack.Client(jack, "notes", host_jack.IS_INPUT,
                                       self.hear, host_jack.MIDI)

    def hear(self, buffer, _):
        now = self.jack.jack_last_frame_time(self.client.handle)
        event = host_jack.MidiEvent()
        for i in range(self.jack.jack_midi_get_event_count(buffer)):
            self.jack.jack_midi_event_get(ctypes.byref(event), buffer, i)
            self.got.append((now + event.time,
                             tuple(event.bytes[:event.size])))

    def connect(self, source):
        if self.jack.jack_connect(self.client.handle, source.encode(),
                                  b"notes:port"):
            sys.exit("cannot connect " + source)


def begins(got):
    """Frames at which notes begin; every one ends before it comes again"""
    sounding, frames = set(), []
    for frame, (status, number, _) in got:
        note = (status & 15, number)
        check(status >> 4 in (8, 9), status)
        check((status >> 4 == 9) == (note not in sounding), note)
        sounding ^= {note}
        frames += [frame] * (status >> 4 == 9)
    check(not sounding, sounding)
    return frames


def listen(library, sound):
    jalv = host_jalv.Jalv(plugin=real.LISTENER)
    try:
        jalv.say("presets", PRESET)
        jalv.say("preset " + PRESET, "label")
        recorder = Recorder(library)
        recorder.connect("jalv:notify")
        through = host_jack.Through(library, sound)
        for source, target in (("player:port", "jalv:in"),
                               ("jalv:out", "recorder:port")):
            check(not library.jack_connect(through.player.handle,
                                           source.encode(), target.encode()),
                  source, target)
        through.run(jalv.alive)
        time.sleep(0.5)
        for client in (through.player, through.recorder, recorder.client):
            client.close()
    finally:
        status = jalv.close()
    check(not status, jalv.output())
    check(through.got == len(sound) and not through.gap, through.got)
    return through, recorder.got


real.need("jalv", "jackd", "jack_wait", "stdbuf")
library = host_jack.load_library() or real.skip("libjack is missing")
sound, times = strokes()
with host_jack.Server(real.RATE):
    through, got = listen(library, sound)
check(through.target == sound, "the sound is another")
found = [(frame - through.start) / real.RATE - DELAY
         for frame in begins(got) if frame >= through.start]
hits = sum(any(abs(x - t) < NEAR for x in found) for t in times)
print("%d of %d strokes, %d notes" % (hits, len(times), len(found)))
check(hits >= 0.9 * len(times) and len(found) <= 1.1 * len(times), found)

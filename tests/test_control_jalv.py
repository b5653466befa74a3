#!/usr/bin/env python3
# SPDX-License-Identifier: ISC
"""jalv with the control plugin: a preset with a model and a mapping, MIDI in
and out at its sample, and no note left when the mode changes."""

import os
import sys

sys.path[:0] = [os.path.join(os.environ["SOURCE_DIR"], "tests"),
                os.path.join(os.environ["SOURCE_DIR"], "tests", "host")]
import control_model
import jack as host_jack
import jack_midi
import jalv as host_jalv
import real

PRESET = "urn:remanence-test:control"
APART = 4800  # Samples between events of the model


def check(good, words):
    if not good:
        sys.exit("not true: " + words)


def notes(events):
    """Samples at which notes of channel 1 are struck, and how many sound in
    the end; ends the test if one is struck twice"""
    sounding, struck = set(), []
    for at, message in events:
        if message[0] == 0x90:
            check(message[1] not in sounding, "a note is struck once")
            sounding.add(message[1])
            struck.append(at)
        elif message[0] == 0x80:
            sounding.discard(message[1])
    return struck, len(sounding)


def check_battle(wires, jalv):
    """Events at every tenth of a second, to the sample: the model's dt is a
    float, its logarithm too, so that a sample may round either way"""
    struck, _ = notes(wires.play(4 * real.RATE))
    jalv.say("set mode 3", "mode = 3.0")
    wires.play(real.RATE)
    _, left = notes(wires.recorder.events)
    check(not left, "every note ends")
    off = [b - a - APART for a, b in zip(struck, struck[1:])]
    print("%d notes, off by %d to %d samples" % (len(struck), min(off),
                                                 max(off)))
    check(len(struck) >= 30, "the net plays")
    check(max(map(abs, off)) <= 1, "notes are a tenth of a second apart")


def check_thru(wires, jalv):
    jalv.say("set input_thru 1", "input_thru = 1.0")
    sent = [(101 + 977 * i, bytes((0xB0, 21, 3 * i))) for i in range(40)]
    events = wires.play(real.RATE, sent)
    start = wires.player.start
    came = [((at - start) % 2 ** 32, message) for at, message in events
            if message[0] == 0xB0]
    check(came == sent, "controllers pass at their sample: %r" % came)


real.need("jalv", "jackd", "jack_wait", "stdbuf")
library = jack_midi.load_library() or real.skip("libjack is missing")
control_model.steady("steady.safetensors", n=2, dt=0.1, step=0.01)
model = os.path.abspath("steady.safetensors")
real.make_control_preset(PRESET, model, "note 1; cc 1 21", mode=2.0)
with host_jack.Server(real.RATE):
    jalv = host_jalv.Jalv(plugin=real.CONTROL)
    wires = None
    try:
        jalv.say("presets", PRESET)
        jalv.say("preset " + PRESET, "Playing " + model)
        jalv.say("set mode 2", "mode = 2.0")
        wires = jack_midi.Wires(library, "jalv", jalv.alive)
        check_battle(wires, jalv)
        check_thru(wires, jalv)
    finally:
        if wires:
            wires.close()
        status = jalv.close()
    check(not status, "jalv ends well")

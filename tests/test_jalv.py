#!/usr/bin/env python3
# SPDX-License-Identifier: ISC
"""jalv: a preset with a model, controls while it plays, a saved folder."""

import os
import sys

sys.path.insert(0, os.path.join(os.environ["SOURCE_DIR"], "tests", "host"))
import jack as host_jack
import jalv as host_jalv
import real

PRESET = "urn:remanence-test:preset"
TOLERANCE = 1e-6  # jalv has run on silence for a while: as good as at rest
QUIETER = 10 ** (-6 / 20)  # By the control that was turned


def load_preset(jalv):
    jalv.say("presets", PRESET)  # Else 1.6.6 does not know it
    jalv.say("preset " + PRESET, "Playing " + model)
    # jalv 1.6.6 leaves the preset's controls alone where it need not pause
    # a plugin to restore it
    jalv.say("set in_gain -6", "in_gain = -6.0")
    jalv.say("set in_gain 0", "in_gain = 0.0")


def check_folder(jalv):
    jalv.wait("Playing " + model)  # The file, not the link to it
    jalv.say("controls", "out_gain = -6.0")


def make_folder():
    """What jalv.gtk3's File/Save leaves; hosts_jalv.py has it do so"""
    os.mkdir("saved")
    os.symlink(model, os.path.join("saved", "noise.json"))
    text = real.describe_preset("", "noise.json", out_gain=-6.0)
    with open(os.path.join("saved", "state.ttl"), "w") as file:
        file.write(text)


real.need("jalv", "jackd", "jack_wait", "stdbuf")
library = host_jack.load_library() or real.skip("libjack is missing")
dry = real.make_signal("in.wav")
model = os.path.realpath(real.make_model("noise.json"))
wet = real.render(model, "in.wav", "wet.wav")
real.make_preset(PRESET, model, mix=1.0)
make_folder()
with host_jack.Server(real.RATE):
    real.compare(wet, host_jalv.play(library, dry, [], load_preset),
                 "jalv", TOLERANCE)
    options = ["-l", os.path.abspath("saved")]
    real.compare([QUIETER * x for x in wet],
                 host_jalv.play(library, dry, options, check_folder),
                 "jalv, saved folder", TOLERANCE)

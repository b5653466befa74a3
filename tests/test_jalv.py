#!/usr/bin/env python3
# SPDX-License-Identifier: ISC
"""jalv: a preset with a model, controls while it plays, a saved folder."""

import os
import subprocess
import sys
import time

sys.path.insert(0, os.path.join(os.environ["SOURCE_DIR"], "tests", "host"))
import jack as host_jack
import real

PRESET = "urn:remanence-test:preset"
TOLERANCE = 1e-6  # jalv has run on silence for a while: as good as at rest
QUIETER = 10 ** (-6 / 20)  # By the control that was turned


class Jalv:
    """jalv on the mono plugin, told what to do on its console"""

    def __init__(self, *options):
        self.log = open("jalv.log", "w+")
        self.process = subprocess.Popen(
            ["stdbuf", "-oL", "jalv", "-n", "jalv", *options, real.MONO],
            text=True, env=real.environment(), stdin=subprocess.PIPE,
            stdout=self.log, stderr=subprocess.STDOUT)
        self.wait("Block length")

    def alive(self):
        return self.process.poll() is None

    def output(self):
        with open("jalv.log") as log:
            return log.read()

    def wait(self, words):
        end = time.monotonic() + 30
        while words not in self.output():
            if not self.alive() or time.monotonic() > end:
                sys.exit("jalv did not say '%s':\n%s" % (words,
                                                         self.output()))
            time.sleep(0.05)

    def say(self, line, answer):
        self.process.stdin.write(line + "\n")
        self.process.stdin.flush()
        self.wait(answer)

    def close(self):
        self.process.stdin.close()  # Its own way out
        try:
            return self.process.wait(10)
        finally:
            host_jack.stop(self.process)


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


def play(options, prepare):
    jalv = Jalv(*options)
    try:
        prepare(jalv)
        time.sleep(0.5)  # Fades and glides end
        result = host_jack.play_through(library, "jalv", dry, jalv.alive)
    finally:
        status = jalv.close()
    if status:
        sys.exit("jalv: exit status %d\n%s" % (status, jalv.output()))
    return result


def make_folder():
    """What File/Save of jalv's windows leaves: 1.6.6 saves nowhere else"""
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
    real.compare(wet, play([], load_preset), "jalv", TOLERANCE)
    real.compare([QUIETER * x for x in wet],
                 play(["-l", os.path.abspath("saved")], check_folder),
                 "jalv, saved folder", TOLERANCE)

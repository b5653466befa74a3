#!/usr/bin/env python3
# SPDX-License-Identifier: ISC
"""jalv.gtk3 saves by its menu; another jalv plays what it saved.

Of jalv 1.6.6 only the windows can save.  This one is on an X server of the
test's own, and nobody sees it.
"""

import os
import subprocess
import sys
import time

sys.path.insert(0, os.path.join(os.environ["SOURCE_DIR"], "tests", "host"))
import jack as host_jack
import jalv as host_jalv
import real

TOLERANCE = 1e-6  # jalv has run on silence for a while: as good as at rest
QUIETER = 10 ** (-6 / 20)  # By the control that is set
FOLDER = os.path.abspath("saved")


class Display:
    """An X server without a screen, and a hand on its keyboard"""

    def __enter__(self):
        self.log = open("xvfb.log", "w")
        self.server = subprocess.Popen(
            ["Xvfb", "-displayfd", "1", "-nolisten", "tcp"], text=True,
            stdout=subprocess.PIPE, stderr=self.log)
        self.env = real.environment(
            DISPLAY=":" + self.server.stdout.readline().strip(),
            GDK_BACKEND="x11", GSETTINGS_BACKEND="memory",
            REMANENCE_MODEL=model)
        return self

    def __exit__(self, *error):
        host_jack.stop(self.server)

    def do(self, *command):
        return real.run("xdotool", *command, env=self.env, seconds=30).split()

    def find(self, title):
        """Wait for a window, and make it that which hears the keyboard"""
        window = self.do("search", "--sync", "--onlyvisible", "--name",
                         title)[-1]
        time.sleep(1)  # Until it has drawn itself, and listens
        self.do("windowfocus", window)
        return window


def save(display):
    with open("jalv.gtk3.log", "w") as log:
        jalv = subprocess.Popen(
            ["jalv.gtk3", "-c", "out_gain=-6", real.MONO], env=display.env,
            stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT)
    try:
        display.do("key", "--window", display.find("^Remanence$"), "ctrl+s")
        dialog = display.find("^Save State$")
        display.do("type", "--window", dialog, FOLDER)
        for _ in range(20):  # The dialog may still complete what was typed
            time.sleep(1)
            if os.path.exists(os.path.join(FOLDER, "manifest.ttl")):
                return
            display.do("key", "Return")
        sys.exit("jalv.gtk3 has not saved anything")
    finally:
        host_jack.stop(jalv)


def check(jalv):
    jalv.wait("Playing " + model)
    jalv.say("controls", "out_gain = -6.0")


real.need("jalv", "jalv.gtk3", "jackd", "jack_wait", "stdbuf", "Xvfb",
          "xdotool")
library = host_jack.load_library() or real.skip("libjack is missing")
dry = real.make_signal("in.wav")
model = os.path.realpath(real.make_model("noise.json"))
wet = real.render(model, "in.wav", "wet.wav")
with host_jack.Server(real.RATE):
    with Display() as screen:
        save(screen)
    played = host_jalv.play(library, dry, ["-l", FOLDER], check)
real.compare([QUIETER * x for x in wet], played, "jalv, saved", TOLERANCE)

#!/usr/bin/env python3
# SPDX-License-Identifier: ISC
"""Carla's engine: a preset, a chosen file, controls, projects reopened.

$CARLA is a built source tree: Debian has no Carla.  Projects are saved in
another folder than Carla works in, and opened by a new process each.  By then
what Carla's temporary folder held is gone, links to a preset's model included.
"""

import array
import os
import shutil
import sys

sys.path.insert(0, os.path.join(os.environ["SOURCE_DIR"], "tests", "host"))
import jack as host_jack
import real

SCRIPT = os.path.join(os.environ["SOURCE_DIR"], "tests", "host", "carla.py")
CARLA = os.environ.get("CARLA", "")
DISCOVERY = os.path.join(CARLA, "bin", "carla-discovery-native")
TOLERANCE = 1e-6  # It has run on silence for a while: as good as at rest
QUIETER = 10 ** (-6 / 20)  # By the control that `make` turns


def carla(*arguments):
    out = real.run(sys.executable, "-B", SCRIPT, *arguments)
    if "DONE" not in out:
        sys.exit("Carla did not %s:\n%s" % (arguments[0], out))


def check_discovery():
    """What Carla's plugin list is made of: it loads the bundle"""
    bundle = os.path.join(real.BUILD, "lv2", "remanence.lv2") + os.sep
    out = real.run(DISCOVERY, "lv2", bundle)
    for uri in (real.MONO, real.STEREO, real.CONTROL, real.CONTROL_CV):
        if uri not in out:
            sys.exit("Carla does not find %s:\n%s" % (uri, out))
    if "error" in out:
        sys.exit(out)


def project(name):
    return os.path.join("projects", name + ".carxp")


def reopen(name, model, expected, when=""):
    shutil.rmtree("Carla.tmp", ignore_errors=True)
    carla("play", project(name), "out.wav", model)
    real.compare(expected, real.read_wav("out.wav"), "Carla, " + name + when,
                 TOLERANCE)


def check_voltage():
    """A net that plays alone moves control voltage, after a reload as well"""
    carla("make-cv", project("voltage"), "Eight faders, by itself")
    shutil.rmtree("Carla.tmp", ignore_errors=True)
    carla("play-cv", project("voltage"), "cv.wav", "trigger.wav")
    out, trigger = real.read_wav("cv.wav"), real.read_wav("trigger.wav")
    moves = sum(a != b for a, b in zip(out, out[1:]))
    if min(out) < 0.0 or max(out) > 1.0 or not moves:
        sys.exit("control voltage: %g to %g, %d moves" % (min(out), max(out),
                                                          moves))
    ups = [t for t in range(1, len(trigger))
           if trigger[t - 1] < 0.5 <= trigger[t]]
    print("Carla, control voltage: %d moves, %d triggers" % (moves, len(ups)))
    if set(trigger) != {0.0, 1.0} or len(ups) < 5:
        sys.exit("%d triggers of %s" % (len(ups), set(trigger)))


def tidy_up(model):
    """Move the file to where the plugin looks for lost ones; its new path"""
    folder = os.path.join(".local", "share", "remanence", "models")
    os.makedirs(folder)
    return shutil.move(model, os.path.join(folder, "renamed.json"))


if not CARLA:
    real.skip("CARLA does not name a built tree of Carla")
if not os.path.exists(DISCOVERY):
    sys.exit("CARLA: there is no " + DISCOVERY)
real.need("jackd", "jack_wait")
host_jack.load_library() or real.skip("libjack is missing")
check_discovery()
real.make_signal("in.wav")
models = [real.make_model("noise.json"), real.make_model("other.json", 2)]
wet = [real.render(model, "in.wav", "wet.wav") for model in models]
quieter = array.array("f", (QUIETER * x for x in wet[1]))
real.make_preset("urn:remanence-test:preset", models[0], knob_3=0.25)
with host_jack.Server(real.RATE):
    os.mkdir("projects")
    carla("make", project("preset"), project("file"), "Test", models[1])
    reopen("preset", models[0], wet[0])
    reopen("file", models[1], quieter)
    reopen("file", tidy_up(models[1]), quieter, ", model moved")
    check_voltage()

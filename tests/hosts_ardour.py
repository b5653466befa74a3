#!/usr/bin/env python3
# SPDX-License-Identifier: ISC
"""Ardour: a preset with a model, a control; saved, reopened, exported.

Without window and sound card.  The session is opened by a new process each
time, so what comes back comes from the disk.
"""

import glob
import os
import sys

sys.path.insert(0, os.path.join(os.environ["SOURCE_DIR"], "tests", "host"))
import ardour as host_ardour
import real
from ardour import SESSION, ardour, controls

PRESET = "urn:remanence-test:preset"
TOLERANCE = 1e-6  # It has run on silence for a while: as good as at rest
QUIETER = 10 ** (-6 / 20)  # By the control that is turned


def check_controls():
    """Those of the preset, and one that is turned, come back from the disk"""
    inserted = controls(ardour("insert", SESSION, real.MONO, PRESET))
    if inserted.get("Knob 3") != 0.25:
        sys.exit("controls after the preset: %s" % inserted)
    expected = dict(inserted, **{"Output Gain": -6.0})
    for words in (("set", SESSION, "Output Gain", "-6"), ("show", SESSION)):
        now = controls(ardour(*words))
        if now != expected:
            sys.exit("%s: controls are %s, not %s" % (words[0], now, expected))


def check_state_file():
    """The model is in the session: a link that leads to it"""
    found = [path for path in glob.glob(SESSION + "/plugins/**/*",
                                        recursive=True)
             if os.path.realpath(path) == model]
    if not found:
        sys.exit("the saved session has no link to " + model)


real.need("ardour7-lua", "ardour7-new_session")
dry = real.make_signal("in.wav")
model = os.path.realpath(real.make_model("noise.json"))
real.make_preset(PRESET, model, knob_3=0.25)  # Which this model lacks
wet = real.render(model, "in.wav", "wet.wav")

host_ardour.make_session("track")
host_ardour.put_sound(os.path.abspath("in.wav"), len(dry))
check_controls()
check_state_file()
host_ardour.make_export_preset()
real.compare([QUIETER * x for x in wet], host_ardour.export(), "Ardour",
             TOLERANCE)

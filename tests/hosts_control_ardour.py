#!/usr/bin/env python3
# SPDX-License-Identifier: ISC
"""Ardour: the control plugin on a MIDI track, with a synthesizer behind it.

A model that repeats itself every quarter second is put in by a preset, saved,
reopened by another process and exported: the synthesizer strikes its notes
250 ms apart.
"""

import glob
import os
import sys

sys.path[:0] = [os.path.join(os.environ["SOURCE_DIR"], "tests"),
                os.path.join(os.environ["SOURCE_DIR"], "tests", "host")]
import ardour
import control_model
import real

PRESET = "urn:remanence-test:control"
SYNTH = "https://community.ardour.org/node/7596"  # Comes with Ardour
SECONDS = 6


def strikes(samples):
    """Frames of 10 ms at which it gets louder at once"""
    n = real.RATE // 100
    peaks = [max(map(abs, samples[at:at + n]))
             for at in range(0, len(samples) - n, n)]
    return [i for i, (a, b) in enumerate(zip(peaks, peaks[1:]), 1)
            if b > 0.05 and b > 1.2 * a]


def check_state_file():
    """The model is in the session, and so is the mapping"""
    found = glob.glob(ardour.SESSION + "/plugins/**/*", recursive=True)
    if not any(os.path.realpath(path) == model for path in found):
        sys.exit("the saved session has no link to " + model)
    states = [open(path).read() for path in found
              if os.path.basename(path) == "state.ttl"]
    if not any('mapping> "note 1"' in state for state in states):
        sys.exit("the saved session has no mapping: %s" % states)


real.need("ardour7-lua", "ardour7-new_session")
control_model.steady("steady.safetensors", n=2, dt=0.25)
model = os.path.abspath("steady.safetensors")
real.make_control_preset(PRESET, model, "note 1; -", mode=2.0)
ardour.new_session()
ardour.lua("midi", ardour.SESSION, SYNTH)
ardour.edit(ardour.session_range(SECONDS * real.RATE, ardour.first_id()))
inserted = ardour.controls(
    ardour.lua("insert", ardour.SESSION, real.CONTROL, PRESET))
if inserted.get("Mode") != 2.0:
    sys.exit("controls after the preset: %s" % inserted)
check_state_file()
ardour.make_export_preset()
found = strikes(ardour.export())
apart = {b - a for a, b in zip(found, found[1:])}
print("%d notes, %s frames of 10 ms apart" % (len(found), apart))
if len(found) < 4 * SECONDS - 2 or apart != {25}:
    sys.exit("expected a note every 25 frames; they are at %s" % found)

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
import ardour
import real

PRESET = "urn:remanence-test:preset"
TOLERANCE = 1e-6  # It has run on silence for a while: as good as at rest
QUIETER = 10 ** (-6 / 20)  # By the control that is turned


def put_sound(path, n):
    """Lay a file on the track: Ardour's Lua has no import of files"""
    first = ardour.first_id()
    source = ardour.tag("Source", name=path, take_id="", type="audio",
                        flags="", id=first, channel=0, origin=path, gain=1)
    region = ardour.tag(
        "Region", name="in", type="audio", id=first + 1, muted=0,
        opaque=1, whole_file=0, external=1, start="a0",
        length="a%d@a0" % (n * ardour.SUPERCLOCKS), sync_position="a0",
        stretch=1, shift=1, layering_index=0, envelope_active=0,
        default_fade_in=0, default_fade_out=0, fade_in_active=0,
        fade_out_active=0, scale_amplitude=1, first_edit="nothing",
        source_0=first, master_source_0=first, channels=1)
    ardour.edit((r"<Sources/>", ardour.tag("Sources", source)),
                ardour.session_range(n, first + 2),
                (r'(<Playlist [^>]*name="T"[^>]*)/>',
                 r"\1>" + region + "</Playlist>"),
                (r'id-counter="\d+"', 'id-counter="%d"' % (first + 9)))


def check_controls():
    """Those of the preset, and one that is turned, come back from the disk"""
    inserted = ardour.controls(
        ardour.lua("insert", ardour.SESSION, real.MONO, PRESET))
    if inserted.get("Knob 3") != 0.25:
        sys.exit("controls after the preset: %s" % inserted)
    expected = dict(inserted, **{"Output Gain": -6.0})
    for words in (("set", ardour.SESSION, "Output Gain", "-6"),
                  ("show", ardour.SESSION)):
        now = ardour.controls(ardour.lua(*words))
        if now != expected:
            sys.exit("%s: controls are %s, not %s" % (words[0], now, expected))


def check_state_file():
    """The model is in the session: a link that leads to it"""
    found = [path for path in glob.glob(ardour.SESSION + "/plugins/**/*",
                                        recursive=True)
             if os.path.realpath(path) == model]
    if not found:
        sys.exit("the saved session has no link to " + model)


real.need("ardour7-lua", "ardour7-new_session")
dry = real.make_signal("in.wav")
model = os.path.realpath(real.make_model("noise.json"))
real.make_preset(PRESET, model, knob_3=0.25)  # Which this model lacks
wet = real.render(model, "in.wav", "wet.wav")

ardour.new_session()
ardour.lua("track", ardour.SESSION)
put_sound(os.path.abspath("in.wav"), len(dry))
check_controls()
check_state_file()
ardour.make_export_preset()
real.compare([QUIETER * x for x in wet], ardour.export(), "Ardour", TOLERANCE)

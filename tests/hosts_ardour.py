#!/usr/bin/env python3
# SPDX-License-Identifier: ISC
"""Ardour: a preset with a model, a control; saved, reopened, exported.

Without window and sound card.  The session is opened by a new process each
time, so what comes back comes from the disk.
"""

import glob
import os
import re
import shutil
import subprocess
import sys

sys.path.insert(0, os.path.join(os.environ["SOURCE_DIR"], "tests", "host"))
import real

LUA = os.path.join(os.environ["SOURCE_DIR"], "tests", "host", "ardour.lua")
FORMATS = "/usr/share/ardour7/export"
PRESET = "urn:remanence-test:preset"
SESSION = os.path.abspath("session")
SUPERCLOCKS = 282240000 // real.RATE  # Ardour 7's ticks in a sample
TOLERANCE = 1e-6  # It has run on silence for a while: as good as at rest
QUIETER = 10 ** (-6 / 20)  # By the control that is turned
EXPORT = "8bd52a39-3c1c-4b7e-9f0a-52e1c9f6a001"
FORMAT = "8bd52a39-3c1c-4b7e-9f0a-52e1c9f6a002"


def ardour(*arguments):
    """Run one of the verbs of ardour.lua"""
    out = real.run("ardour7-lua", "--", LUA, *arguments)
    if "DONE" not in out:
        sys.exit("Ardour did not %s:\n%s" % (arguments[0], out))
    return out


def tag(element, inside="", /, **attributes):
    words = "".join(' %s="%s"' % (key.replace("_", "-"), value)
                    for key, value in attributes.items())
    return "<%s%s>%s</%s>" % (element, words, inside, element)


def put_sound(path, n):
    """Lay a file on the track: Ardour's Lua has no import of files"""
    file = os.path.join(SESSION, "session.ardour")
    with open(file) as session:
        xml = session.read()
    first = int(re.search(r'id-counter="(\d+)"', xml)[1]) + 100
    length = n * SUPERCLOCKS
    source = tag("Source", name=path, take_id="", type="audio", flags="",
                 id=first, channel=0, origin=path, gain=1)
    region = tag("Region", name="in", type="audio", id=first + 1, muted=0,
                 opaque=1, whole_file=0, external=1, start="a0",
                 length="a%d@a0" % length, sync_position="a0", stretch=1,
                 shift=1, layering_index=0, envelope_active=0,
                 default_fade_in=0, default_fade_out=0, fade_in_active=0,
                 fade_out_active=0, scale_amplitude=1, first_edit="nothing",
                 source_0=first, master_source_0=first, channels=1)
    location = tag("Location", id=first + 2, name="session", start="a0",
                   end="a%d" % length, locked=0, flags="IsSessionRange")
    for old, new in ((r"<Sources/>", tag("Sources", source)),
                     (r"<Locations/>", tag("Locations", location)),
                     (r'(<Playlist [^>]*name="T"[^>]*)/>',
                      r"\1>" + region + "</Playlist>"),
                     (r'id-counter="\d+"', 'id-counter="%d"' % (first + 9))):
        xml, count = re.subn(old, new, xml)
        if not count:
            sys.exit("the session has no " + old)
    with open(file, "w") as session:
        session.write(xml)


def make_export_preset():
    """32-bit float WAV at the session's rate; Ardour brings only BWF"""
    folder = os.path.join(os.getcwd(), ".config", "ardour7", "export")
    os.makedirs(folder, exist_ok=True)
    with open(os.path.join(FORMATS, "BWAV 32float Export.format")) as file:
        text = file.read()
    text = re.sub(r'(<ExportFormatSpecification [^>]*id=)"[^"]*"',
                  r'\1"%s"' % FORMAT, text)
    text = text.replace('name="BWF"', 'name="WAV"')
    text = text.replace('name="broadcast-info" value="true"',
                        'name="broadcast-info" value="false"')
    with open(os.path.join(folder, "float.format"), "w") as file:
        file.write(text)
    with open(os.path.join(folder, "float.preset"), "w") as file:
        file.write('<?xml version="1.0"?>' + tag(
            "ExportPreset", tag("ExportFormat", id=FORMAT) + tag(
                "ExportFilename",
                tag("Folder", relative=1, path="export")
                + tag("Field", name="timespan", enabled=1)),
            id=EXPORT, name="float"))


def export():
    """Ardour 7.3 at times dies when the file is complete: try again"""
    for _ in range(4):
        try:
            out = subprocess.run(
                ["ardour7-lua", LUA, "export", SESSION, os.getcwd(), EXPORT],
                env=real.environment(), capture_output=True, text=True,
                timeout=60, stdin=subprocess.DEVNULL)
        except subprocess.TimeoutExpired:
            continue
        if "EXPORTED" in out.stdout and out.returncode == 0:
            return real.read_wav("export.wav")
    sys.exit("Ardour does not export:\n" + out.stdout + out.stderr)


def controls(text):
    """Values by label, of what one of the verbs has printed"""
    found = re.findall(r"^CONTROL\s+(.+)\s(\S+)$", text, re.M)
    return {label: float(value) for label, value in found}


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

shutil.rmtree(SESSION, ignore_errors=True)
real.run("ardour7-new_session", "-s", str(real.RATE), "-m", "1", SESSION,
         "session")
ardour("track", SESSION)
put_sound(os.path.abspath("in.wav"), len(dry))
check_controls()
check_state_file()
make_export_preset()
real.compare([QUIETER * x for x in wet], export(), "Ardour", TOLERANCE)

# SPDX-License-Identifier: ISC
"""Ardour without window and sound card: a session, and what lies on its track.

The session is opened by a new process each time, so what comes back comes
from the disk.
"""

import os
import re
import shutil
import struct
import subprocess
import sys

import real

LUA = os.path.join(os.environ["SOURCE_DIR"], "tests", "host", "ardour.lua")
FORMATS = "/usr/share/ardour7/export"
SESSION = os.path.abspath("session")
SUPERCLOCKS = 282240000 // real.RATE  # Ardour 7's ticks in a sample
TICKS = 1920  # In a beat, of which two are a second
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


def make_session(kind):
    """A new one with a `track`, or a `midi` track"""
    shutil.rmtree(SESSION, ignore_errors=True)
    real.run("ardour7-new_session", "-s", str(real.RATE), "-m", "1", SESSION,
             "session")
    ardour(kind, SESSION)


def put(n, source, region):
    """Lay a source on the track, in a session of n samples, by attributes of
    both: Ardour's Lua has no import of files"""
    file = os.path.join(SESSION, "session.ardour")
    with open(file) as session:
        xml = session.read()
    first = int(re.search(r'id-counter="(\d+)"', xml)[1]) + 100
    source = tag("Source", take_id="", id=first, **source)
    region = tag("Region", id=first + 1, muted=0, opaque=1, external=1,
                 stretch=1, shift=1, layering_index=0, first_edit="nothing",
                 source_0=first, master_source_0=first, **region)
    location = tag("Location", id=first + 2, name="session", start="a0",
                   end="a%d" % (n * SUPERCLOCKS), locked=0,
                   flags="IsSessionRange")
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


def put_sound(path, n):
    """A file of n samples"""
    put(n, {"name": path, "type": "audio", "flags": "", "channel": 0,
            "origin": path, "gain": 1},
        {"name": "in", "type": "audio", "whole_file": 0, "start": "a0",
         "length": "a%d@a0" % (n * SUPERCLOCKS), "sync_position": "a0",
         "envelope_active": 0, "default_fade_in": 0, "default_fade_out": 0,
         "fade_in_active": 0, "fade_out_active": 0, "scale_amplitude": 1,
         "channels": 1})


def put_midi(events, n):
    """MIDI messages (tick, bytes) in a session of n samples"""
    track, before = b"", 0
    for tick, data in [*events, (n * TICKS * 2 // real.RATE, b"\xff\x2f\0")]:
        delta, before = tick - before, tick
        track += bytes(((delta >> shift) & 127 | (128 if shift else 0))
                       for shift in (21, 14, 7, 0)) + data
    path = os.path.join(SESSION, "interchange", "session", "midifiles")
    with open(os.path.join(path, "in.mid"), "wb") as file:
        file.write(b"MThd" + struct.pack(">IHHH", 6, 0, 1, TICKS)
                   + b"MTrk" + struct.pack(">I", len(track)) + track)
    put(n, {"name": "in.mid", "type": "midi", "flags": "", "origin": ""},
        {"name": "in", "type": "midi", "whole_file": 0, "start": "b0",
         "length": "b%d@b0" % (n * TICKS * 2 // real.RATE),
         "sync_position": "b0", "contents": 1})


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

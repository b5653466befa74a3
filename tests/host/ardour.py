# SPDX-License-Identifier: ISC
"""Ardour without window and sound card: sessions, exports, controls.

A session is opened by a new process each time, so what comes back comes from
the disk.
"""

import os
import re
import shutil
import subprocess
import sys

import real

LUA = os.path.join(os.path.dirname(os.path.abspath(__file__)), "ardour.lua")
FORMATS = "/usr/share/ardour7/export"
SESSION = os.path.abspath("session")
SUPERCLOCKS = 282240000 // real.RATE  # Ardour 7's ticks in a sample
EXPORT = "8bd52a39-3c1c-4b7e-9f0a-52e1c9f6a001"
FORMAT = "8bd52a39-3c1c-4b7e-9f0a-52e1c9f6a002"


def lua(*arguments):
    """Run one of the verbs of ardour.lua"""
    out = real.run("ardour7-lua", "--", LUA, *arguments)
    if "DONE" not in out:
        sys.exit("Ardour did not %s:\n%s" % (arguments[0], out))
    return out


def new_session():
    """An empty one, with a mono master"""
    shutil.rmtree(SESSION, ignore_errors=True)
    real.run("ardour7-new_session", "-s", str(real.RATE), "-m", "1", SESSION,
             "session")


def tag(element, inside="", /, **attributes):
    words = "".join(' %s="%s"' % (key.replace("_", "-"), value)
                    for key, value in attributes.items())
    return "<%s%s>%s</%s>" % (element, words, inside, element)


def edit(*changes):
    """Replace each (pattern, by what) in the session's file"""
    file = os.path.join(SESSION, "session.ardour")
    with open(file) as session:
        xml = session.read()
    for old, new in changes:
        xml, count = re.subn(old, new, xml)
        if not count:
            sys.exit("the session has no " + old)
    with open(file, "w") as session:
        session.write(xml)


def session_range(n, number):
    """What gives the session a length of `n` samples, for edit()"""
    location = tag("Location", id=number, name="session", start="a0",
                   end="a%d" % (n * SUPERCLOCKS), locked=0,
                   flags="IsSessionRange")
    return r"<Locations/>", tag("Locations", location)


def first_id():
    """A number that the session's file has for nothing yet"""
    with open(os.path.join(SESSION, "session.ardour")) as session:
        return int(re.search(r'id-counter="(\d+)"', session.read())[1]) + 100


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

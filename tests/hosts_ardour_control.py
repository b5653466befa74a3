#!/usr/bin/env python3
# SPDX-License-Identifier: ISC
"""Ardour: the control plugin on a MIDI track, played by a region.

A preset brings model, mapping and controls; one control is turned; all is
saved, reopened by another process and rendered.  What the plugin heard and
played is in the log that it was told to write.
"""

import glob
import os
import shutil
import sys

sys.path.insert(0, os.path.join(os.environ["SOURCE_DIR"], "tests", "host"))
import ardour as host_ardour
import real
from ardour import SESSION, ardour, controls

PRESET = "urn:remanence-test:preset"
MAPPING = "cc 1 20; note 3; cc 2 7 127 0"
THRESHOLD = 0.5
LOGS = os.path.join(".local", "share", "remanence", "logs")
STEP = 96  # MIDI ticks, 25 ms
N_TOUCHES = 40
SECONDS = 6


def check(true, *said):
    if not true:
        raise AssertionError(said)


def check_controls():
    """Those of the preset, and one that is turned, come back from the disk"""
    inserted = controls(ardour("insert", SESSION, real.CONTROL, PRESET))
    check(inserted["Threshold"] == THRESHOLD, inserted)
    expected = dict(inserted, **{"Seed": 7.0})
    for words in (("set", SESSION, "Seed", "7"), ("show", SESSION)):
        now = controls(ardour(*words))
        check(now == expected, words, now, expected)


def check_state_file():
    """Mapping and model are in the session"""
    name, = glob.glob(SESSION + "/plugins/*/state*/state.ttl")[-1:]
    with open(name) as file:
        text = file.read()
    check('<urn:remanence:mapping> "%s"' % MAPPING in text, text)
    check("<urn:remanence:model-bytes>" in text, text)
    check("faders.safetensors" in text, text)


def scale():
    """Notes that go up: (tick, bytes).  Of controllers, Ardour sends many
    values between those that are written."""
    return [message for i in range(N_TOUCHES)
            for message in ((STEP * (1 + i), bytes((0x92, 30 + i, 90))),
                            (STEP * (1 + i) + 48, bytes((0x82, 30 + i, 64))))]


def check_log(rows):
    """The region's messages at their samples, then the net after a while"""
    heard = [row for row in rows if row[1] == "interface"]
    played = [row for row in rows if row[1] == "rnn"]
    check(len(heard) == N_TOUCHES, len(heard))
    for i, (seconds, _, x) in enumerate(heard):
        check(abs(seconds - i * STEP / host_ardour.TICKS / 2) < 2 / real.RATE,
              i, seconds)
        check(abs(x[1] - (30 + i) / 127) < 1e-5, i, x)
    first = heard[-1][0] + THRESHOLD + 0.001
    check(len(played) > 10, rows)
    check(all(first - 1e-5 < seconds < SECONDS for seconds, _, _ in played),
          played[0], first)
    check(all(0.0 <= v <= 1.0 for _, _, x in rows for v in x))
    print("%d touches, %d answers" % (len(heard), len(played)))
    return played


def render():
    """Return what the plugin heard and played while Ardour exports"""
    shutil.rmtree(LOGS, ignore_errors=True)
    host_ardour.export()
    return max(real.read_logs(), key=len)


real.need("ardour7-lua", "ardour7-new_session")
real.make_preset(PRESET, real.FADERS, real.CONTROL, mapping=MAPPING,
                 threshold=THRESHOLD, record=1.0, log_rnn=1.0)
host_ardour.make_session("midi")
host_ardour.put_midi(scale(), SECONDS * real.RATE)
check_controls()
check_state_file()
host_ardour.make_export_preset()
first, again = check_log(render()), check_log(render())
check(first == again, first, again)  # As the seed has it

#!/usr/bin/env python3
# SPDX-License-Identifier: ISC
"""Every command line of docs/live.md, typed at the plugin in a real host.

jalv plays the plugin; oscsend, oscdump and `remanence osc` are the tools.  What
a line is to do is looked up by `remanence osc` afterwards.
"""

import os
import re
import struct
import subprocess
import sys
import time

sys.path.insert(0, os.path.join(os.environ["SOURCE_DIR"], "tests", "host"))
import jack as host_jack
import jalv as host_jalv
import real

LIVE = os.path.join(os.environ["SOURCE_DIR"], "docs", "live.md")
PROGRAM = os.path.join(real.BUILD, "remanence")
PRESET = os.path.join(os.environ["SOURCE_DIR"], "presets",
                      "tube-preamp.safetensors")
MODELS = os.path.join(os.getcwd(), ".local", "share", "remanence", "models")

# Each line to be typed, and what is true of the status afterwards.  A line that
# the page has and this list lacks, or the other way round, is an error.
EXPECTED = {
    "remanence osc - list": None,
    "remanence osc - audio-1 rename lead": None,
    "remanence osc - load ~/.local/share/remanence/models/amp.safetensors":
        "status/model amp.safetensors",
    "remanence osc - next --fade 500": "status/model other.safetensors",
    "remanence osc - set in_gain -6": "in_gain -6",
    "remanence osc - knobs": None,
    "remanence osc - knob Gain 7.5": "knob_1 0.75",
    "oscsend localhost 9770 /remanence/audio-1/in_gain f -6": "in_gain -6",
    "oscsend localhost 9770 /remanence/audio-1/load sf amp.safetensors 200":
        "status/model amp.safetensors",
    "oscsend localhost 9770 /remanence/audio-1/next":
        "status/model other.safetensors",
    "oscsend localhost 9770 /remanence/audio-1/subscribe if 9800 10": None,
    "remanence osc - audio-1 slot 3": "status/model amp.safetensors",
    "oscsend localhost 9770 /remanence/audio-1/slot if 3 50":
        "status/model amp.safetensors",
}
UNTYPED = {"remanence osc - watch", "oscdump 9800 &"}  # Typed by tests below
RENAMED = "remanence osc - audio-1 rename lead"  # Last: others say audio-1


def check(good, *words):
    if not good:
        sys.exit("not true: " + " ".join(map(str, words)))


def page_lines():
    with open(LIVE, encoding="utf-8") as file:
        return re.findall(r"^ {4}((?:remanence osc|oscsend|oscdump) .*)$",
                          file.read(), re.M)


def shell(line, port):
    """Type a line, with the port that this plugin has"""
    line = line.replace("remanence osc - ", "remanence osc :%d " % port)
    line = line.replace("localhost 9770", "localhost %d" % port)
    env = real.environment(PATH=real.BUILD + ":" + os.environ["PATH"])
    done = subprocess.run(["sh", "-c", line], env=env, text=True, timeout=30,
                          capture_output=True, stdin=subprocess.DEVNULL)
    check(done.returncode == 0, line, "ends with", done.returncode,
          done.stdout + done.stderr)
    return done.stdout


def wait_for(words, port):
    """Ask for the status until it has a line of these words"""
    key, value = words.rsplit(" ", 1)
    end = time.monotonic() + 10
    while time.monotonic() < end:
        said = shell("remanence osc - get", port)
        if re.search(r"^\s*%s\s.*%s" % (key.replace("status/", ""),
                                        re.escape(value)), said, re.M):
            return
        time.sleep(0.1)
    sys.exit("not true: %s, but\n%s" % (words, said))


def set_elsewhere(port):
    """So that what a line does is seen"""
    shell("remanence osc - set in_gain 0", port)
    shell("remanence osc - set knob_1 0", port)


def type_all(port):
    for line in page_lines():
        if line in UNTYPED or line == RENAMED:
            continue
        check(line in EXPECTED, "the page has a line unknown here:", line)
        if "/next" in line or "- next" in line or "slot" in line:
            shell("remanence osc - load amp.safetensors", port)
        if "slot" in line:
            shell("remanence osc - preload 3 amp.safetensors", port)
            shell("remanence osc - load other.safetensors", port)
        set_elsewhere(port)
        shell(line, port)
        if EXPECTED[line]:
            wait_for(EXPECTED[line], port)
    missing = set(EXPECTED) | UNTYPED
    check(missing <= set(page_lines()), "the page lacks",
          missing - set(page_lines()))


def dump(port):
    """What oscdump shows of a subscription"""
    with open("dump", "w") as out:
        process = subprocess.Popen(["stdbuf", "-oL", "oscdump", "9800"],
                                   stdout=out, stdin=subprocess.DEVNULL)
        try:
            time.sleep(0.5)
            shell("oscsend localhost 9770 /remanence/audio-1/subscribe if "
                  "9800 10", port)
            time.sleep(2)
        finally:
            process.kill()
            process.wait()
    with open("dump") as file:
        said = file.read()
    shown = said.count("/remanence/audio-1/status/model s")
    check(10 <= shown <= 30, "ten times a second for two seconds is", shown)


def watch(port):
    process = subprocess.Popen([PROGRAM, "osc", ":%d" % port, "watch"],
                               stdout=subprocess.PIPE, text=True,
                               stdin=subprocess.DEVNULL)
    time.sleep(2.5)
    process.terminate()
    said = process.communicate(timeout=10)[0]
    check("amp.safetensors" in said or "other.safetensors" in said, said)


def make_model(name):
    """A preset whose knob goes to 10, as that of the page does"""
    with open(PRESET, "rb") as file:
        data = file.read()
    size = struct.unpack("<Q", data[:8])[0]
    head = data[8:8 + size].replace(b'\\"maximum\\":1.0', b'\\"maximum\\":10.0')
    check(head != data[8:8 + size], "the preset's knob goes to 1")
    head = head.rstrip() + b" " * (-len(head.rstrip()) % 8)
    with open(os.path.join(MODELS, name), "wb") as file:
        file.write(struct.pack("<Q", len(head)) + head + data[8 + size:])


def play(port):
    shell("remanence osc - load amp.safetensors", port)
    dump(port)
    watch(port)
    type_all(port)
    shell(RENAMED, port)
    check("lead" in shell("remanence osc - list", port), "renamed")


real.need("jalv", "jackd", "jack_wait", "stdbuf", "oscsend", "oscdump")
host_jack.load_library() or real.skip("libjack is missing")
os.makedirs(MODELS)
make_model("amp.safetensors")
make_model("other.safetensors")
with host_jack.Server(real.RATE):
    jalv = host_jalv.Jalv()
    try:
        jalv.wait("OSC calls this audio-1, at port")
        play(int(re.search(r"at port (\d+)", jalv.output()).group(1)))
    finally:
        status = jalv.close()
    check(status == 0, "jalv ends with", status, jalv.output())

# SPDX-License-Identifier: ISC
"""What the tests in real hosts share: sound files, a model, an environment.

Each test runs in an empty folder of its own and writes what it likes there.
"""

import array
import datetime
import glob
import json
import math
import os
import random
import shutil
import struct
import subprocess
import sys

BUILD = os.environ["BUILD_DIR"]
SPECS = "/usr/lib/lv2"  # Hosts need the class definitions there
MONO = "urn:remanence:audio"
STEREO = "urn:remanence:audio-stereo"
CONTROL = "urn:remanence:control"
NOTES = "urn:remanence:notes"
LISTENER = "urn:remanence:listener"
CONTROL_CV = "urn:remanence:control-cv"
MODEL = "urn:remanence:model"
MAPPING = "urn:remanence:mapping"
FADERS = os.path.join(os.environ["SOURCE_DIR"], "presets", "control",
                      "faders.safetensors")
RATE = 48000
PREFIXES = "".join("@prefix %s: <http://%s#> .\n" % pair for pair in (
    ("lv2", "lv2plug.in/ns/lv2core"),
    ("pset", "lv2plug.in/ns/ext/presets"),
    ("state", "lv2plug.in/ns/ext/state"),
    ("rdfs", "www.w3.org/2000/01/rdf-schema")))
HEAD = PREFIXES + "<%s> a pset:Preset ; lv2:appliesTo <%s> ; "


def skip(reason):
    print(reason)
    sys.exit(77)


def need(*programs):
    missing = [name for name in programs if not shutil.which(name)]
    if missing:
        skip("not installed: " + " ".join(missing))


def environment(**more):
    """The bundle, the specifications and a home of the test's own"""
    env = dict(os.environ, HOME=os.getcwd(), **more)
    env["LV2_PATH"] = ":".join([os.path.join(BUILD, "lv2"),
                                os.path.abspath("presets"), SPECS])
    for name in ("XDG_CONFIG_HOME", "XDG_CACHE_HOME", "XDG_DATA_HOME"):
        env.pop(name, None)
    return env


def run(*command, env=None, seconds=120):
    """Run a program to its end and return what it printed"""
    result = subprocess.run(command, env=env or environment(), text=True,
                            stdin=subprocess.DEVNULL, timeout=seconds,
                            stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    if result.returncode:
        print(result.stdout)
        sys.exit("%s: exit status %d" % (command[0], result.returncode))
    return result.stdout


def write_wav(path, samples):
    """Mono, 32-bit float"""
    data = samples.tobytes()
    form = struct.pack("<HHIIHH", 3, 1, RATE, 4 * RATE, 4, 32)
    fact = b"fact" + struct.pack("<II", 4, len(samples))
    body = (b"WAVEfmt " + struct.pack("<I", len(form)) + form + fact
            + b"data" + struct.pack("<I", len(data)) + data)
    with open(path, "wb") as file:
        file.write(b"RIFF" + struct.pack("<I", len(body)) + body)


def read_wav(path):
    """The samples of a mono float file, whatever else it holds"""
    with open(path, "rb") as file:
        file.read(12)
        while True:
            head = file.read(8)
            if len(head) < 8:
                sys.exit(path + " holds no samples")
            kind, size = struct.unpack("<4sI", head)
            body = file.read(size + size % 2)
            if kind == b"fmt ":
                form, channels = struct.unpack("<HH", body[:4])
                bits = struct.unpack("<H", body[14:16])[0]
                if channels != 1 or bits != 32 or form not in (3, 0xfffe):
                    sys.exit(path + " is not mono float")
            if kind == b"data":
                return array.array("f", body[:size])


def make_signal(path, seconds=1.5):
    """Tones that swell, a burst of noise, silence"""
    draw = random.Random(7)
    n = int(seconds * RATE)
    samples = array.array("f", (
        0.5 * math.sin(0.0144 * t) * math.sin(0.0004 * t)
        + (0.3 * draw.uniform(-1, 1) if n // 3 < t < n // 2 else 0.0)
        if t < n * 9 // 10 else 0.0 for t in range(n)))
    write_wav(path, samples)
    return samples


def make_model(path, seed=1, hidden=12):
    """An LSTM of noise in the format of AIDA-X"""
    draw = random.Random(seed)

    def noise(rows, columns, level):
        return [[draw.uniform(-level, level) for _ in range(columns)]
                for _ in range(rows)]

    lstm = {"type": "lstm", "activation": "", "shape": [None, None, hidden],
            "weights": [noise(1, 4 * hidden, 1.5),
                        noise(hidden, 4 * hidden, 0.25),
                        noise(1, 4 * hidden, 0.5)[0]]}
    dense = {"type": "dense", "activation": "", "shape": [None, None, 1],
             "weights": [noise(hidden, 1, 0.7), [0.05]]}
    model = {"in_shape": [None, None, 1], "in_skip": 0,
             "metadata": {"name": "noise", "samplerate": str(RATE)},
             "layers": [lstm, dense]}
    with open(path, "w", encoding="utf-8") as file:
        json.dump(model, file)
    return os.path.abspath(path)


def describe_preset(uri, model, plugin=MONO, mapping=None, **controls):
    """A preset as hosts write it: model, MIDI mapping and controls"""
    ports = " , ".join('[ lv2:symbol "%s" ; pset:value %r ]' % pair
                       for pair in controls.items())
    state = "<%s> <%s>" % (MODEL, model)
    if mapping is not None:
        state += ' ; <%s> "%s"' % (MAPPING, mapping)
    return (HEAD % (uri, plugin) + 'rdfs:label "Test" ; lv2:port %s ; '
            "state:state [ %s ] .\n" % (ports, state))


def make_preset(uri, model, plugin=MONO, **more):
    """A bundle with one preset"""
    folder = os.path.join("presets", "test.lv2")
    os.makedirs(folder)
    with open(os.path.join(folder, "manifest.ttl"), "w") as file:
        file.write(HEAD % (uri, plugin) + "rdfs:seeAlso <preset.ttl> .\n")
    with open(os.path.join(folder, "preset.ttl"), "w") as file:
        file.write(describe_preset(uri, "file://" + model, plugin, **more))


def read_logs():
    """Rows of every performance that the plugin has written, by name: seconds
    since the first, who played, values"""
    found = []
    for name in sorted(glob.glob(".local/share/remanence/logs/*-mdrnn.log")):
        with open(name, encoding="ascii") as file:
            rows = [line.rstrip("\n").split(",") for line in file]
        times = [datetime.datetime.fromisoformat(row[0]) for row in rows]
        found.append([((time - times[0]).total_seconds(), row[1],
                       [float(x) for x in row[2:]])
                      for time, row in zip(times, rows)])
    return found


def render(model, source, target):
    """What the model makes of a file, by our own program"""
    run(os.path.join(BUILD, "remanence"), "render", model, source, target)
    return read_wav(target)


def compare(ours, theirs, what, tolerance=0.0):
    """End the test unless no sample is further off than `tolerance`"""
    if len(ours) != len(theirs):
        sys.exit("%s: %d samples, %d expected" % (what, len(theirs),
                                                  len(ours)))
    if max(map(abs, ours)) < 0.01:
        sys.exit(what + ": nothing is heard")
    worst = max(range(len(ours)), key=lambda t: abs(ours[t] - theirs[t]))
    print("%s: largest difference %g" % (what, ours[worst] - theirs[worst]))
    if not abs(ours[worst] - theirs[worst]) <= tolerance:
        sys.exit("%s: sample %d is %r, %r expected"
                 % (what, worst, theirs[worst], ours[worst]))

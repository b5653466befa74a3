#!/usr/bin/env python3
# SPDX-License-Identifier: ISC
"""Hosts of few features, or none, play what `remanence render` plays.

ecasound and lv2apply pass no feature at all: no urid:map, no worker, nothing
at the atom ports.  REMANENCE_MODEL names the model.
"""

import os
import re
import sys

sys.path.insert(0, os.path.join(os.environ["SOURCE_DIR"], "tests", "host"))
import real

QUIETER = 10 ** (-6 / 20)  # What out_gain at -6 dB does
TOLERANCE = 1e-7  # Two roundings of what is at most 1


def defaults():
    """Control inputs of the mono plugin in the order of their ports"""
    text = real.run("lv2info", real.MONO)
    ports = re.split(r"^\tPort \d+:$", text, flags=re.M)[1:]
    return {re.search(r"Symbol: +(\w+)", port)[1]:
            float(re.search(r"Default: +(\S+)", port)[1])
            for port in ports if "#ControlPort" in port
            and "#InputPort" in port}


def ecasound(block, **controls):
    """Unlike others it starts every control that it is not given at 0"""
    values = dict(defaults(), **controls)
    real.run("ecasound", "-q", "-z:nodb", "-b:%d" % block,
             "-f:f32_le,1,%d" % real.RATE, "-i", "in.wav", "-o", "out.wav",
             "-elv2:" + ",".join([real.MONO] + ["%.9g" % value for value
                                                in values.values()]), env=env)
    return real.read_wav("out.wav")


def lv2apply(**controls):
    """One frame a block; it takes ports of atoms that need no buffer"""
    words = [word for symbol, value in controls.items()
             for word in ("-c", symbol, str(value))]
    real.run("lv2apply", "-i", "in.wav", "-o", "out.wav", *words, real.MONO,
             env=env)
    return real.read_wav("out.wav")


def check_lv2bench():
    """It leaves out, without an error, what it cannot run"""
    out = real.run("lv2bench", "-n", "48000", "-b", "64", real.MONO, env=env)
    if not re.search(r"^[0-9.]+ %s$" % real.MONO, out, re.M):
        sys.exit("lv2bench does not run the plugin:\n" + out)


real.need("ecasound", "lv2apply", "lv2bench", "lv2info")
dry = real.make_signal("in.wav")
model = real.make_model("noise.json")
env = real.environment(REMANENCE_MODEL=model)
wet = real.render(model, "in.wav", "wet.wav")
quieter = [QUIETER * x for x in wet]
for samples in (1024, 64):
    real.compare(wet, ecasound(samples), "ecasound, blocks of %d" % samples)
real.compare(quieter, ecasound(256, out_gain=-6), "ecasound, -6 dB", TOLERANCE)
real.compare(wet, lv2apply(), "lv2apply")
real.compare(quieter, lv2apply(out_gain=-6), "lv2apply, -6 dB", TOLERANCE)
check_lv2bench()

#!/usr/bin/env python3
# SPDX-License-Identifier: ISC
"""The Turtle against the specifications, the header and wrong presets."""

import glob
import os
import re
import shutil
import subprocess
import sys

SOURCE = os.environ["SOURCE_DIR"]
BUNDLE = os.path.join(os.environ["BUILD_DIR"], "lv2", "remanence.lv2")
PORTS = os.path.join(SOURCE, "ttl", "ports.py")
TURTLE = os.path.join(SOURCE, "ttl")

PRESET = """@prefix lv2: <http://lv2plug.in/ns/lv2core#> .
@prefix pset: <http://lv2plug.in/ns/ext/presets#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix state: <http://lv2plug.in/ns/ext/state#> .

<urn:remanence:preset:test>
	a pset:Preset ;
	lv2:appliesTo <urn:remanence:audio> , <urn:remanence:audio-stereo> ;
	rdfs:label "Test" ;
	lv2:port [ lv2:symbol "mix" ; pset:value 0.5 ] ,
		[ lv2:symbol "in_gain" ; pset:value -3 ] ;
	state:state [ <urn:remanence:model> <test.safetensors> ] .
"""

# What is wrong, what becomes of what, and what must be said about it
BAD_PRESETS = [
    ("value out of range", "pset:value 0.5", "pset:value 1.5", "out of range"),
    ("unknown control", '"mix"', '"mixx"', "no control is called mixx"),
    ("output", '"mix"', '"status"', "no control is called status"),
    ("no label", '\trdfs:label "Test" ;\n', "", "no rdfs:label"),
    ("other plugin", "<urn:remanence:audio> ,", "<urn:x> ,", "applies to"),
    ("missing model", "<test.safetensors>", "<none.safetensors>", "beside"),
    ("broken Turtle", "[ lv2:symbol", "lv2:symbol", "expected"),
    ("unknown prefix", "pset:value 0.5", "pst:value 0.5", "not declared"),
    ("cut short", "state:state [ <urn:remanence:model> <test.safetensors> ] .",
     "state:state [", "ends where"),
]
BAD_PORTS = [
    ("gap", "lv2:index 30 ;", "lv2:index 31 ;", "no port has index"),
    ("twice", '"knob_2"', '"knob_1"', "other ports|share a symbol"),
    ("default", "lv2:default 1.0", "lv2:default 2.0", "out of range"),
    ("no range", "lv2:maximum 100.0 ;", "", "lacks minimum"),
    ("one differs", "lv2:minimum -24.0", "lv2:minimum -20.0", "other ports"),
]


def ports(*args):
    return subprocess.run([sys.executable, "-B", PORTS, *args],
                          capture_output=True, text=True)


def check(good, words):
    if not good:
        sys.exit("not true: " + words)


def replaced(path, text, old, new):
    check(old in text, f"the test's own text has {old}")
    with open(path, "w", encoding="utf-8") as file:
        file.write(text.replace(old, new, 1))


def test_presets():
    open("test.safetensors", "wb").close()
    replaced("test.ttl", PRESET, "Test", "Test")
    result = ports("manifest", TURTLE, "remanence.so", "test.ttl")
    check(result.returncode == 0 and "<presets/test.ttl>" in result.stdout,
          "a good preset is listed: " + result.stderr)
    twice = ports("manifest", TURTLE, "x.so", "test.ttl", "test.ttl")
    check("twice" in twice.stderr, "a preset is described once")
    for what, old, new, words in BAD_PRESETS:
        replaced("bad.ttl", PRESET, old, new)
        result = ports("check", TURTLE, "bad.ttl")
        check(result.returncode == 1 and re.search(words, result.stderr),
              f"{what} is refused with {words}: {result.stderr}")


def test_ports():
    shutil.copytree(TURTLE, "bad")
    with open(os.path.join(TURTLE, "audio.ttl"), encoding="utf-8") as file:
        source = file.read()
    for what, old, new, words in BAD_PORTS:
        replaced(os.path.join("bad", "audio.ttl"), source, old, new)
        result = ports("check", "bad")
        check(result.returncode == 1 and re.search(words, result.stderr),
              f"{what} is refused with {words}: {result.stderr}")
    check(ports("check", TURTLE).returncode == 0, "the real one is good")


def test_bundle():
    """What was built is made of what is in the sources"""
    presets = sorted(glob.glob(os.path.join(SOURCE, "presets", "*.ttl")))
    built = os.path.join(BUNDLE, "manifest.ttl")
    with open(built, encoding="utf-8") as file:
        made = ports("manifest", TURTLE, "remanence.so", *presets)
        check(file.read() == made.stdout, "the manifest is up to date")
    header = os.path.join(BUNDLE, "..", "..", "remanence_ports.h")
    with open(header, encoding="utf-8") as file:
        check(file.read() == ports("header", TURTLE).stdout,
              "the header is up to date")
    for path in glob.glob(os.path.join(SOURCE, "presets", "**", "*.*"),
                          recursive=True):
        name = os.path.relpath(path, SOURCE)
        check(os.path.exists(os.path.join(BUNDLE, name)),
              f"the bundle has {name}")


def test_symbols():
    """The binary exports what hosts look for, and nothing else"""
    out = subprocess.run(["nm", "-D", "--defined-only", "--format=posix",
                          os.path.join(BUNDLE, "remanence.so")],
                         check=True, capture_output=True, text=True).stdout
    names = {line.split()[0] for line in out.splitlines()}
    check(names == {"lv2_descriptor"}, f"exports are one, not {names}")


def test_specification():
    """lv2_validate ends with 0 on a file that does not parse: read its words"""
    validate = shutil.which("lv2_validate")
    if not validate:
        print("lv2_validate is missing: Turtle not held to the specifications")
        sys.exit(77)
    files = glob.glob(os.path.join(BUNDLE, "**", "*.ttl"), recursive=True)
    result = subprocess.run([validate, *files], capture_output=True, text=True)
    out = result.stdout + result.stderr
    check(result.returncode == 0 and "Found 0 errors" in out
          and "error reading" not in out, "lv2_validate is content:\n" + out)


if __name__ == "__main__":
    test_ports()
    test_presets()
    test_bundle()
    test_symbols()
    test_specification()

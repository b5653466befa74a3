#!/usr/bin/python3
# SPDX-License-Identifier: ISC
"""On x86-64, every processor gets the instruction set that it has, and code for
another never runs: processors are emulated by qemu-user, for which an
instruction that they lack is as illegal as for themselves.  And no such
instruction stands outside the files that are compiled for it."""

import os
import platform
import re
import shutil
import signal
import subprocess
import sys

BUILD = os.environ["BUILD_DIR"]
PROGRAM = os.path.join(BUILD, "tests", "test_isa")
ARCHIVES = [os.path.join(BUILD, "lib%s.a" % name) for name in
            ("dsp_rt", "dsp", "plugin_rt", "plugin", "trainer")]

# Without AVX; without AVX2; with it and FMA; with it but without FMA, or
# without a system that saves its registers
PROCESSORS = [("Nehalem", "generic"), ("SandyBridge", "generic"),
              ("Haswell", "avx2"), ("Haswell,-fma", "generic"),
              ("Haswell,-xsave", "generic")]


def on(processor, *arguments, **environment):
    """Run test_isa there; return its exit status and what it printed"""
    run = subprocess.run(
        ["qemu-x86_64", "-cpu", processor, PROGRAM, *arguments],
        env=dict(os.environ, **environment), text=True, capture_output=True)
    return run.returncode, run.stdout.strip()


def check_choice():
    return all(on(processor, "which") == (0, isa)
               for processor, isa in PROCESSORS)


def check_wish():
    """REMANENCE_ISA chooses less, and never what the processor lacks"""
    return (on("Haswell", "which", REMANENCE_ISA="generic") == (0, "generic")
            and on("Nehalem", "which", REMANENCE_ISA="avx2")
            == (0, "generic")
            and on("Haswell", "which", REMANENCE_ISA="avx512") == (0, "avx2"))


def check_emulator():
    """Code for another processor would not go unseen"""
    return (on("Nehalem", "force", "generic")[0] == 0
            and on("Haswell", "force", "avx2")[0] == 0
            and on("Nehalem", "force", "avx2")[0] == -signal.SIGILL
            and on("Haswell", "force", "avx512")[0] == -signal.SIGILL)


def check_this():
    """This very processor, by what its system says of it"""
    with open("/proc/cpuinfo", encoding="ascii", errors="replace") as info:
        found = re.search(r"^flags\s*:(.*)$", info.read(), re.MULTILINE)
    flags = set(found.group(1).split())
    isa = ("avx512" if {"avx512f", "avx512vl", "avx512dq", "fma"} <= flags
           else "avx2" if {"avx2", "fma"} <= flags else "generic")
    run = subprocess.run([PROGRAM, "which"], text=True, capture_output=True)
    return run.stdout.strip() == isa


def vector_files():
    """{member: kinds} of every file that has AVX instructions, whose names
    begin with v, and "wide" where they use the registers of AVX-512"""
    out = subprocess.run(["objdump", "-d", "--no-show-raw-insn", *ARCHIVES],
                         check=True, text=True, capture_output=True).stdout
    kinds, member = {}, None
    for line in out.splitlines():
        name = re.match(r"(\S+):\s+file format", line)
        if name:
            member = name.group(1)
        elif re.match(r"\s+[0-9a-f]+:\s+v[a-z]", line):
            wide = re.search(r"%zmm|%[xy]mm(1[6-9]|[23]\d)|\{%k|%k[0-7]", line)
            kinds.setdefault(member, set()).add("wide" if wide else "avx")
    return kinds


def check_places():
    """A function of a header that the linker merges, or a flag too many, would
    show up here"""
    found = vector_files()
    stray = [name for name in found
             if not re.match(r"[a-z]+_avx(2|512|512_half)\.c", name)]
    wide = [name for name, kinds in found.items()
            if "_avx2." in name and "wide" in kinds]
    print("AVX in", sorted(found), "- strays:", stray + wide)
    return (not stray and not wide
            and {name.split(".")[0] for name in found} >=
            {"kernel_avx2", "kernel_avx512", "bptt_avx2", "bptt_avx512"})


if platform.machine() != "x86_64":
    print("this processor is none of x86-64")
    sys.exit(77)
results = {check.__name__: check() for check in (check_this, check_places)}
if shutil.which("qemu-x86_64"):
    results.update((check.__name__, check()) for check in
                   (check_choice, check_wish, check_emulator))
print(results)
if not all(results.values()):
    sys.exit(1)
if "check_choice" not in results:
    print("qemu-x86_64 is not installed")
    sys.exit(77)

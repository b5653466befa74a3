#!/usr/bin/env python3
# SPDX-License-Identifier: ISC
"""Realtime archives name no function that might wait.

Code that the audio thread runs lives in archives of its own.  Whatever they
need beside each other must be on a short list of functions that neither
allocate, lock, nor make a system call.  They hold no mutable variable.
"""

import os
import subprocess
import sys

BUILD = os.environ["BUILD_DIR"]
ARCHIVES = [os.path.join(BUILD, name)
            for name in ("libdsp_rt.a", "libplugin_rt.a")]

SAFE = set("ceil cos exp expf fmax fmaxf fmin fminf log log10f log1p logf "
           "lrintf powf roundf sqrt sqrtf "
           "memchr memcpy memmove memset strcmp strlen "
           "__stack_chk_fail _GLOBAL_OFFSET_TABLE_".split())
# Of FFTW: a plan that was made before (tests/test_mel.c counts allocations)
SAFE |= {"fftwf_execute"}
# Of speexdsp: arithmetic on memory that its init function allocated (read in
# resample.c 1.2.1; tests/test_stream_memory.c counts allocations)
SAFE |= {"speex_resampler_" + name
         for name in "process_float reset_mem skip_zeros".split()}
ATOMICS = "__aarch64_"  # gcc's functions that choose between two atomics of ARM
VARIABLE = set("BbCDdSs")  # As nm calls what can be written to


def symbols(*arguments):
    """(name, kind) of everything that nm lists"""
    out = subprocess.run(["nm", "--portability", *arguments], check=True,
                         capture_output=True, text=True).stdout
    rows = [line.split() for line in out.splitlines()]
    return [(row[0], row[1]) for row in rows if len(row) > 1]


def constant_data():
    """Variables that are only written to when the program is loaded: tables
    of pointers, which have a section of their own"""
    out = subprocess.run(["objdump", "--syms", *ARCHIVES], check=True,
                         capture_output=True, text=True).stdout
    return {line.split()[-1] for line in out.splitlines()
            if " .data.rel.ro" in line}


def kernels():
    """The table of every instruction set that the program knows"""
    names = {row[0] for row in symbols(os.path.join(BUILD, "remanence"))}
    found = {name for name in names if name.startswith("rem_kernel_")}
    found -= {"rem_kernel_find", "rem_kernel_select"}
    return found if len(found) > 1 else sys.exit("no kernels in the program")


def check_realtime():
    rows = symbols(*ARCHIVES)
    defined = {name for name, kind in rows if kind != "U"}
    if not {"rem_audio_run", "rem_control_run", "rem_listener_run",
            "rem_net_block", *kernels()} <= defined:
        sys.exit("the realtime archives do not hold what they should")
    if any(name.startswith(("__asan", "__tsan")) for name, _ in rows):
        print("a sanitizer adds calls of its own")
        sys.exit(77)
    unsafe = {name for name, kind in rows if kind == "U"} - defined - SAFE
    unsafe = {name for name in unsafe if not name.startswith(ATOMICS)}
    if unsafe:
        sys.exit("realtime code refers to " + ", ".join(sorted(unsafe)))
    variables = {name for name, kind in rows if kind in VARIABLE}
    variables -= constant_data()
    if variables:
        sys.exit("realtime code keeps " + ", ".join(sorted(variables)))


check_realtime()

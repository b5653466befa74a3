#!/usr/bin/python3
# SPDX-License-Identifier: ISC
"""`remanence bench`: its figures are there and sane; bad values are refused.
How fast the machine is, no test may depend on."""

import json
import os
import subprocess
import sys

PROGRAM = os.path.join(os.environ["BUILD_DIR"], "remanence")


def bench(*options):
    return subprocess.run([PROGRAM, "bench", *options], text=True,
                          capture_output=True)


def check_figures():
    run = bench("--json", "--hidden", "3,40", "--train", "8", "--batch", "17",
                "--seconds", "0.01", "--threads", "2", "--layers", "2")
    figures = json.loads(run.stdout)
    engine, trainer = figures["engine"], figures["trainer"]
    return (run.returncode == 0 and figures["batch"] == 17
            and [row["hidden"] for row in engine] == [3, 40]
            and [row["hidden"] for row in trainer] == [8]
            # A sample takes more than one instruction and less than a second
            and all(0.2 < row["least"] <= row["ns_per_sample"] < 1e9
                    for row in engine)
            and all(0.002 < row["least"] <= row["us_per_step"] < 1e9
                    for row in trainer))


def check_table():
    run = bench("--hidden", "8", "--seconds", "0.01")
    return run.returncode == 0 and "ns/sample" in run.stdout


def check_refusals():
    bad = [("--hidden", "0"), ("--hidden", "8,"), ("--hidden", "1025"),
           ("--layers", "9"), ("--seconds", "-1"), ("--threads", "x"),
           ("--nonsense",), ("word",)]
    runs = [bench(*options) for options in bad]
    return all(run.returncode == 2 and not run.stdout and run.stderr
               for run in runs)


results = {test.__name__: test()
           for test in (check_figures, check_table, check_refusals)}
print(results)
sys.exit(0 if all(results.values()) else 1)

#!/usr/bin/python3
# SPDX-License-Identifier: ISC
"""The plugin's benchmark: its figures are there and sane.  How fast the machine
is, no test may depend on."""

import json
import os
import subprocess
import sys

PROGRAM = os.path.join(os.environ["BUILD_DIR"], "tests", "bench_plugin")


def bench(*options):
    return subprocess.run([PROGRAM, *options], text=True, capture_output=True)


def check_figures():
    run = bench("--quick", "--json")
    figures = json.loads(run.stdout)["plugin"]
    block, swap = figures["block_us"], figures["swap"]
    order = [block[key] for key in
             ("median", "p99", "p99.9", "p99.99", "worst")]
    return (run.returncode == 0
            and 0.0 < order[0] and order == sorted(order)
            and block["n"] + block["preempted"] == 1000
            and [row["frames"] for row in figures["lengths"]]
            == [1, 4, 8, 16, 32, 64, 256, 1024]
            and all(0.2 < row["ns_per_sample"] < 1e9
                    for row in figures["lengths"])
            and all(0.0 < row["mono_us"] < row["stereo_us"]
                    for row in figures["stereo"])
            # A fade takes 20 ms, and the old model is heard until it ends
            and 0.0 < swap["heard_ms"] and 20.0 < swap["alone_ms"]
            and all(0.0 < x < 1e6 for x in figures["load_ms"].values())
            and 0 <= figures["instances"] <= 4)


def check_table():
    run = bench("--quick")
    return run.returncode == 0 and "instances that fit" in run.stdout


def check_refusal():
    run = bench("--nonsense")
    return run.returncode == 2 and not run.stdout and run.stderr


results = {test.__name__: test()
           for test in (check_figures, check_table, check_refusal)}
print(results)
sys.exit(0 if all(results.values()) else 1)

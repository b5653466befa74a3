#!/usr/bin/python3
# SPDX-License-Identifier: ISC
"""`remanence bench`: its figures are there and sane, regressions are seen, bad
values are refused.  How fast the machine is, no test may depend on."""

import json
import os
import subprocess
import sys

PROGRAM = os.path.join(os.environ["BUILD_DIR"], "remanence")
FEW = ("--shapes", "3,2x5", "--isa", "generic", "--train", "8x17", "--chars",
       "9x2", "--steps", "40", "--seconds", "0.001", "--threads", "2",
       "--cells", "lstm")


def bench(*options):
    return subprocess.run([PROGRAM, "bench", *options], text=True,
                          capture_output=True)


def save(name, value):
    with open(name, "w") as file:
        file.write(value if isinstance(value, str) else json.dumps(value))
    return name


def check_figures():
    run = bench("--json", *FEW)
    figures = json.loads(run.stdout)
    engine, trainer = figures["engine"], figures["trainer"]
    return (run.returncode == 0
            and [row["isa"] for row in figures["floor"]] == ["generic"]
            and [(row["layers"], row["hidden"]) for row in engine]
            == [(1, 3), (2, 5)]
            and [(row["hidden"], row["streams"], row["steps"], row["threads"])
                 for row in trainer] == [(8, 17, 40, 1), (8, 17, 40, 2)]
            and [(row["cell"], row["threads"])
                 for row in figures["trainer_cells"]]
            == [("gru", 1), ("gru", 2), ("rnn", 1), ("rnn", 2)]
            # A sample takes more than one instruction and less than a second
            and all(0.2 < row["least"] <= row["ns_per_sample"] < 1e9
                    and 0.2 < row["pair_ns"] and 0.2 < row["floor_chain"] < 1e9
                    and 0.01 < row["floor_weights"] < 1e9 for row in engine)
            # The engine's own tests are strict; here, that it is an error
            and all(0 < row["error"] < 1e-5 and 0 < row["plain_error"] < 1e-5
                    for row in engine)
            and all(0.002 < row["least"] <= row["us_per_step"] < 1e9
                    and 0 < row["share_of_peak"] for row in trainer)
            and [(row["hidden"], row["layers"], row["threads"])
                 for row in figures["chars"]] == [(9, 2, 1), (9, 2, 2)]
            # 50 streams a step; JSON keeps five digits
            and all(0 < row["share_of_peak"] and abs(
                row["thousands_per_second"] * row["us_per_step"] / 5e4 - 1)
                < 1e-3 for row in figures["chars"])
            and figures["load"]["read_ms"] > figures["load"]["pack_ms"] > 0
            and 0.1 < figures["control"]["least"]
            <= figures["control"]["event_us"] < 1e6)


def check_table():
    beside = {"pytorch": [{"hidden": 8, "streams": 17, "steps": 40,
                           "threads": threads, "us_per_step": us}
                          for threads, us in ((1, 4321.5), (2, 9999.5))],
              "pytorch_chars": [{"hidden": 9, "layers": 2, "threads": 1,
                                 "thousands_per_second": 8765.25}]}
    run = bench(*FEW, "--beside", save("beside.json", beside))
    return (run.returncode == 0 and "ns per sample" in run.stdout
            and "4321.5" in run.stdout and "9999.5" not in run.stdout
            and "8765.25" in run.stdout
            and "2 x 5" in run.stdout and "Loading" in run.stdout)


def write_logs(folder):
    """A fader that moves on by steps of a tenth"""
    os.makedirs(folder)
    for i, n in enumerate((40, 100, 30)):
        with open("%s/%d-2d-mdrnn.log" % (folder, i), "w") as file:
            for t in range(n):
                file.write("2026-01-01T00:00:%02d.%d00000,interface,%.2f\n"
                           % (*divmod(t, 10), t % 11 / 10))


def check_control():
    """Without folders of their own a part is held out; PyTorch stands beside"""
    write_logs("logs")
    write_logs("parts/train")
    write_logs("parts/val")
    none = ("--shapes", "none", "--train", "none", "--chars", "none",
            "--isa", "generic", "--seconds", "0.001", "--epochs", "2",
            "--seeds", "3", "--threads", "1", "--control")
    torch = {"pytorch_control": [
        {"seed": seed, "threads": 1, "nll": nll, "plain_nll": nll + 1,
         "seconds": 1234.5} for seed, nll in ((1, 8.25), (2, 7.25), (3, 77))]}
    run = bench(*none, "logs", "--beside", save("torch.json", torch))
    figures = json.loads(bench("--json", *none, "parts").stdout)
    data, rows = figures["control_data"], figures["control_training"]
    return (run.returncode == 0 and "PyTorch            8.250    7.250   77.000"
            in run.stdout and "9.250" in run.stdout and "AR(" in run.stdout
            and (data["train_events"], data["val_events"]) == (167, 167)
            and [row["learner"] for row in rows] == ["ours"]
            and rows[0]["seeds"] == 3 and data["updates"] == 2
            and rows[0]["least"] <= rows[0]["nll"] <= rows[0]["most"]
            and data["ar_nll"] < data["repeat_nll"]
            and bench(*none, "nowhere").returncode == 1)


def check_isas():
    """Without --isa those of this machine; the environment narrows them"""
    options = ("--json", "--shapes", "3", "--train", "none", "--chars",
               "none", "--seconds", "0.001", "--cells", "lstm")
    names = [row["isa"] for row in json.loads(bench(*options).stdout)["floor"]]
    os.environ["REMANENCE_ISA"] = "generic"
    one = json.loads(bench(*options).stdout)
    del os.environ["REMANENCE_ISA"]
    return (names[-1] == "generic" and len(set(names)) == len(names)
            and [row["isa"] for row in one["engine"]] == ["generic"]
            and "trainer" not in one and "chars" not in one)


def check_cells():
    """Nets of other cells stand beside LSTMs, and say so"""
    run = bench("--json", "--shapes", "3,12", "--isa", "generic", "--train",
                "none", "--chars", "none", "--seconds", "0.001")
    rows = json.loads(run.stdout)["engine"]
    return ([(row.get("cell"), row["hidden"]) for row in rows]
            == [(cell, size) for cell in (None, "gru", "rnn")
                for size in (3, 12)]
            and all(0 < row["error"] < 1e-5 and 0.2 < row["floor_chain"] < 1e9
                    for row in rows)
            and bench("--cells", "lstm,elman").returncode == 2)


def check_comparison():
    """Against what a machine a thousand times slower, or faster, once gave"""
    old = json.loads(bench("--json", *FEW).stdout)
    extra = save("extra.json", {"plugin": {"swap_us": 5.0, "block": [
        {"frames": 64, "run_us": 2.0}]}})
    old["plugin"] = {"swap_us": 5.0, "block": [{"frames": 64, "run_us": 1.0}]}
    results = []
    for factor in (1e-3, 1e6):  # Of each other: a thousandth, then 1000
        for row in old["engine"]:
            row["ns_per_sample"] *= factor
            row["pair_ns"] *= factor
        run = bench(*FEW, "--compare", save("old.json", old))
        slower = [line for line in run.stdout.splitlines() if "SLOWER" in line]
        results.append((run.returncode, any(
            "engine generic layers 2 hidden 5 ns_per_sample" in line
            for line in slower)))
    run = bench(*FEW, "--json", "--compare", "old.json", "--beside", extra)
    plugin = json.loads(run.stdout)["plugin"]["block"][0]
    return (results[0] == (1, True) and results[1][1] is False
            and run.returncode == 1 and plugin["run_us"] == 2.0
            and "plugin block frames 64 run_us" in run.stderr)


def check_gaps():
    """What only one of the two has is left out"""
    old = json.loads(bench("--json", *FEW).stdout)
    del old["engine"][0]["ns_per_sample"], old["trainer"], old["floor"]
    del old["chars"], old["trainer_cells"]
    old["engine"][1]["ns_per_sample"] = "fast"
    old["engine"][0]["pair_ns"] = old["engine"][1]["pair_ns"] = None
    del old["control"]
    old["load"] = {"hidden": 40, "read_ms": 1e9, "pack_ms": -1.0}
    run = bench(*FEW, "--compare", save("gaps.json", old))
    return run.returncode == 0 and "0 of 1 times" in run.stdout


def check_refusals():
    save("broken.json", '{"engine": [')
    save("list.json", "[1, 2]")
    bad = [("--shapes", "0"), ("--shapes", "8,"), ("--shapes", "1025"),
           ("--shapes", "9x8"), ("--shapes", "2x"), ("--train", "32"),
           ("--train", "32x0"), ("--chars", "8"), ("--chars", "8x9"),
           ("--isa", "z80"), ("--isa", "generic,z80"),
           ("--seconds", "-1"), ("--threads", "x"), ("--steps", "0"),
           ("--epochs", "0"), ("--seeds", "0"), ("--seeds", "100"),
           ("--control-data", "x"),
           ("--compare", "broken.json"), ("--compare", "list.json"),
           ("--compare", "missing.json"), ("--beside", "broken.json"),
           ("--nonsense",), ("word",)]
    runs = [bench(*options) for options in bad]
    return (all(run.returncode == 2 and not run.stdout and run.stderr
                for run in runs)
            and "broken.json" in bench("--compare", "broken.json").stderr)


TESTS = (check_figures, check_table, check_control, check_isas, check_cells,
         check_comparison, check_gaps, check_refusals)
results = {test.__name__: test() for test in TESTS}
print(results)
sys.exit(0 if all(results.values()) else 1)

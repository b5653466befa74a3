#!/usr/bin/env python3
# SPDX-License-Identifier: ISC
"""Training while a control plugin plays in a real host: it loads each better
model, and goes on when performances are added."""

import os
import random
import re
import signal
import subprocess
import sys
import time

sys.path.insert(0, os.path.join(os.environ["SOURCE_DIR"], "tests", "host"))
import jack as host_jack
import jalv as host_jalv
import real

PROGRAM = os.path.join(real.BUILD, "remanence")
MODELS = os.path.join(os.getcwd(), ".local", "share", "remanence", "models")
MODEL = os.path.join(MODELS, "learning.safetensors")
N_DIMS = 3


def check(good, *words):
    if not good:
        sys.exit("not true: " + " ".join(map(str, words)))


def play_take(number):
    """A log of two hundred events, whose last row is a minute old"""
    rng = random.Random(number)
    name = "logs/2026-01-31T12-%02d-00-%dd-mdrnn.log" % (number, 1 + N_DIMS)
    with open(name, "w") as log:
        for i in range(200):
            log.write("2026-01-31T12:00:%09.6f,interface,%s\n" % (
                0.2 * i + 0.02 * rng.random(),
                ",".join("%.3f" % rng.random() for _ in range(N_DIMS))))
    os.utime(name, (time.time() - 60,) * 2)


def ask(port, *words):
    return subprocess.run([PROGRAM, "osc", ":%d" % port, *words], text=True,
                          env=real.environment(), timeout=30,
                          stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT).stdout


def start(port):
    return subprocess.Popen(
        [PROGRAM, "train", "--control", "logs", "--watch", "--osc",
         ":%d" % port, "--hidden", "8", "--layers", "1", "--batch", "4",
         "--threads", "1", "-o", MODEL], text=True, stdin=subprocess.DEVNULL,
        env=real.environment(), stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT)


def wait_until_played(port):
    end = time.monotonic() + 30
    while "learning.safetensors" not in ask(port, "get"):
        check(time.monotonic() < end, "the plugin plays the model", ask(
            port, "get"))
        time.sleep(0.2)


def learn(port):
    training = start(port)
    try:
        wait_until_played(port)
        play_take(8)
        time.sleep(4)
    finally:
        training.send_signal(signal.SIGINT)
        said = training.communicate(timeout=30)[0]
    check(training.returncode == 0, "training ends with", training.returncode,
          said)
    check("1 new performance:" in said, said)
    check("did not take the model" not in said, said)


real.need("jalv", "jackd", "jack_wait", "stdbuf")
host_jack.load_library() or real.skip("libjack is missing")
os.makedirs(MODELS)
os.makedirs("logs")
for i in range(6):
    play_take(i)
with host_jack.Server(real.RATE):
    jalv = host_jalv.Jalv(plugin=real.CONTROL)
    try:
        jalv.wait("OSC calls this control-1, at port")
        learn(int(re.search(r"at port (\d+)", jalv.output()).group(1)))
    finally:
        status = jalv.close()
    check(status == 0, "jalv ends with", status, jalv.output())

# SPDX-License-Identifier: ISC
"""jalv on a plugin of ours, and sound through it on a JACK server."""

import subprocess
import sys
import time

import jack as host_jack
import real


class Jalv:
    """A process, told what to do on its console"""

    def __init__(self, *options, plugin=real.MONO, **more):
        self.log = open("jalv.log", "w+")
        self.process = subprocess.Popen(
            ["stdbuf", "-oL", "jalv", "-n", "jalv", *options, plugin],
            text=True, env=real.environment(**more), stdin=subprocess.PIPE,
            stdout=self.log, stderr=subprocess.STDOUT)
        self.wait("Block length")

    def alive(self):
        return self.process.poll() is None

    def output(self):
        with open("jalv.log") as log:
            return log.read()

    def wait(self, words):
        end = time.monotonic() + 30
        while words not in self.output():
            if not self.alive() or time.monotonic() > end:
                sys.exit("jalv did not say '%s':\n%s" % (words,
                                                         self.output()))
            time.sleep(0.05)

    def say(self, line, answer):
        self.process.stdin.write(line + "\n")
        self.process.stdin.flush()
        self.wait(answer)

    def close(self):
        self.process.stdin.close()  # Its own way out
        try:
            return self.process.wait(10)
        finally:
            host_jack.stop(self.process)


def play(library, dry, options, prepare):
    """What becomes of `dry` after `prepare` has been called with the host"""
    jalv = Jalv(*options)
    try:
        prepare(jalv)
        time.sleep(0.5)  # Fades and glides end
        result = host_jack.play_through(library, "jalv", dry, jalv.alive)
    finally:
        status = jalv.close()
    if status:
        sys.exit("jalv: exit status %d\n%s" % (status, jalv.output()))
    return result

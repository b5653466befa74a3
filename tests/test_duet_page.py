#!/usr/bin/python3
# SPDX-License-Identifier: ISC
"""Every command line of docs/duet.md and docs/control.md, and those of README
that play with a net, typed as they stand: jalv plays the plugin, and what a
line is to do is looked up afterwards.  A line that a page has and this test
lacks, or the other way round, is an error.
"""

import glob
import math
import os
import re
import signal
import subprocess
import sys
import time
import xml.etree.ElementTree

SOURCE = os.environ["SOURCE_DIR"]
sys.path.insert(0, os.path.join(SOURCE, "tests", "host"))
import jack as host_jack
import jalv as host_jalv
import osc
import real

LOGS, MODELS = (os.path.join(os.getcwd(), ".local", "share", "remanence", name)
                for name in ("logs", "models"))
PROGRAMS = "remanence|mkdir|cp|python3|open-stage-control"
DIMS = 8


def check(true, *said):
    if not true:
        raise AssertionError(said)


def text(path):
    with open(path, encoding="utf-8") as file:
        return file.read()


def page_lines():
    """Commands of the pages, each once, as they are typed"""
    readme = re.search("## Play with a net\n.*?\n## ",
                       text(os.path.join(SOURCE, "README.md")), re.S).group()
    pages = readme + "".join(text(os.path.join(SOURCE, "docs", name))
                             for name in ("duet.md", "control.md"))
    found = re.findall(r"^ {4,}((?:%s) (?:.*\\\n)*.*(?:\n.*?)*?)"
                       r"(?=\n\n|\n {4,7}(?:%s) |\Z)" % (PROGRAMS, PROGRAMS),
                       pages, re.M)
    return list(dict.fromkeys(re.sub(r"\n {4}", "\n", one) for one in found))


class Pages:
    """The lines that are typed, and the plugin that they speak to"""

    def __init__(self, jalv):
        self.lines, self.typed, self.jalv = page_lines(), set(), jalv
        self.port = int(re.search(r"at port (\d+)", jalv.output()).group(1))

    def line(self, begin):
        """The only line that begins so and was not typed yet"""
        found = [one for one in self.lines
                 if one.startswith(begin) and one not in self.typed]
        check(len(found) == 1, "the pages have", found, "for", begin)
        self.typed.add(found[0])
        return found[0]

    def here(self, line):
        """The line with the port of this plugin, and with no time to lose"""
        line = re.sub(r"\bosc - ", "osc :%d " % self.port, line)
        if line.startswith("remanence train"):
            line = line.replace("--osc -", "--osc :%d" % self.port)
            line += " --hidden 8 --layers 1 --time 1"
        return line

    def start(self, line, **how):
        env = real.environment(PATH=real.BUILD + ":" + os.environ["PATH"])
        return subprocess.Popen(["bash", "-c", "exec " + line
                                 if line.startswith("remanence") else line],
                                env=env, text=True, stdin=subprocess.DEVNULL,
                                stdout=subprocess.PIPE,
                                stderr=subprocess.STDOUT, **how)

    def shell(self, line):
        """Type what is no line of a page; return what it says"""
        with self.start(self.here(line)) as process:
            said = process.communicate(timeout=30)[0]
        check(process.returncode == 0, line, said)
        return said

    def type(self, begin, *said):
        """Type the line that begins so; it says these words"""
        answer = self.shell(self.line(begin))
        for words in said:
            check(words in answer, begin, "does not say", words, answer)
        return answer

    def done(self):
        check(self.typed == set(self.lines), "not typed:",
              set(self.lines) - self.typed)


def write_logs():
    """Three performances of eight faders that swing"""
    os.makedirs(LOGS)
    for take in range(3):
        name = "2026-01-01T00-00-0%d-9d-mdrnn.log" % take
        with open(os.path.join(LOGS, name), "w", encoding="ascii") as out:
            for i in range(400):
                out.write("2026-01-01T00:00:%09.6f,interface,%s\n" % (
                    i / 20, ",".join("%.5f" % (0.5 + 0.4 * math.sin(
                        i / 9 + d + take)) for d in range(DIMS))))
    with open("take.log", "w", encoding="ascii") as out:
        out.write(text(os.path.join(LOGS, name)))


def wait_for(true, what):
    end = time.monotonic() + 15
    while not true():
        check(time.monotonic() < end, "never", what)
        time.sleep(0.05)


def teach(pages):
    """Train, look, put the model where OSC reaches it"""
    pages.type("remanence train --control ~/.local/share/remanence/logs -o ",
               "this net", "AR(", "repeat the last")
    for begin in ("remanence generate duet.safetensors --seconds 60 -o out.log "
                  "--pic", "remanence generate duet.safetensors --seconds 60 "
                  "-o out.log \\"):
        pages.type(begin)
        rows = text("out.log").splitlines()
        check(rows and all(len(row.split(",")) == 2 + DIMS for row in rows))
        root = xml.etree.ElementTree.parse("out.svg").getroot()
        check(root.tag.endswith("svg"), root.tag)
        os.remove("out.svg")
    pages.type("mkdir -p ~/.local/share/remanence/models")
    pages.type("cp duet.safetensors ~/.local/share/remanence/models")


def steer(pages):
    """The plugin is what each line makes of it"""
    pages.type("remanence osc - list", "control-1", "urn:remanence:control")
    pages.type("remanence osc - load ~/.local/share/remanence/models/", "plays",
               os.path.join(MODELS, "duet.safetensors"))
    pages.type("remanence osc - control-1 set mode battle", "mode = battle")
    pages.type("remanence osc - set sigmatemp 0.5", "sigmatemp = 0.5")
    pages.type("remanence osc - set pause on", "pause = 1")
    pages.type("remanence osc - reset", "at rest")
    status = pages.shell("remanence osc - get")
    for words in ("mode 2", "sigmatemp 0.5", "pause 1", "model duet.safe"):
        check(re.search("^" + words.replace(" ", " +"), status, re.M), words,
              status)
    pages.shell("remanence osc - set pause off")
    mapping = pages.type("remanence osc - mapping 'cc")
    check(mapping == "control-1 mapping = cc 1 20; cc 1 21; cc 2 7 0 100; "
          "note 1; key 10 36\n", mapping)


def hear(pages, end, port, address="/interface"):
    """Play ten frames with an OSC client at `end`; return what comes to it"""
    for i in range(10):
        end.send(port, address, *(0.5 + 0.01 * i for _ in range(DIMS)))
        time.sleep(0.02)
    return end.wait("/impsy", 5.0)


def take_and_send(pages):
    """A take is two files, and the net plays to a client"""
    end = osc.End()
    line = pages.line("remanence osc - client localhost:6001")
    pages.shell(line.replace("6001", str(end.port)))
    check(len(hear(pages, end, pages.port)) == DIMS, "nothing comes to", line)
    before = glob.glob(LOGS + "/*")
    pages.type("remanence osc - set record on", "record = 1")
    hear(pages, end, pages.port)
    pages.jalv.wait("recording to")
    pages.type("remanence osc - split", "another file")
    hear(pages, end, pages.port)
    pages.type("remanence osc - set record off", "record = 0")
    wait_for(lambda: len(glob.glob(LOGS + "/*")) == len(before) + 2, "2 takes")
    end.close()


def watch(pages):
    process = pages.start(pages.here(pages.line("remanence osc - watch")))
    said = process.stdout.readline()
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=10)
    check(re.match("turn: net, .* control-1: battle, playing, duet", said) and
          process.returncode == 0, said)


def learn_live(pages):
    """Each better model goes into the plugin, until Ctrl-C"""
    begin = "remanence train --control ~/.local/share/remanence/logs --watch"
    line = pages.here(pages.line(begin)).replace("--time 1", "")
    before = pages.jalv.output().count("Playing")
    process = pages.start(line)
    wait_for(lambda: pages.jalv.output().count("Playing") > before,
             "plays what is learned")
    process.send_signal(signal.SIGINT)
    said = process.communicate(timeout=30)[0]
    check(process.returncode == 0 and "did not take" not in said, said)


def play_alone(pages):
    """The player without a DAW: what comes is answered to a client"""
    end, free = osc.End(), osc.End()
    free.close()
    line = pages.line("remanence play duet.safetensors --osc-in 6000")
    process = pages.start(line.replace("6000", str(free.port))
                          .replace("6001", str(end.port)))
    check("Listening" in process.stdout.readline())
    check(len(hear(pages, end, free.port)) == DIMS)
    process.send_signal(signal.SIGINT)
    check(process.communicate(timeout=10) and process.returncode == 0)
    end.close()


def npz(pages):
    """Logs from a data set of IMPSY's, where there is numpy"""
    line = pages.line("python3 -c 'import numpy")
    try:
        import numpy
    except ImportError:
        print("no numpy: the data set is left out")
        return
    data = numpy.empty(3, dtype=object)
    for i, n in enumerate((2, 0, 1)):
        data[i] = numpy.full((n, 4), 0.25 * (i + 1))
    numpy.savez("data.npz", perfs=data)
    pages.shell(line.replace("python3", sys.executable, 1))
    rows = "2000-01-01T00:00:00.%d0000,interface,%s\n"
    check(text("perf-000-4d-mdrnn.log") == "".join(
        rows % (25 * i, ",".join(["0.2500000"] * 3)) for i in (1, 2)))
    check(text("perf-001-4d-mdrnn.log") ==
          rows % (75, ",".join(["0.7500000"] * 3)))


def page_for_tablets(pages):
    line = pages.line("open-stage-control --load")
    page = re.search(r"--load (\S+)", line).group(1)
    check(os.path.exists(os.path.join(SOURCE, page)), page)


real.need("jalv", "jackd", "jack_wait", "stdbuf")
host_jack.load_library() or real.skip("libjack is missing")
write_logs()
with host_jack.Server(real.RATE):
    jalv = host_jalv.Jalv(plugin=real.CONTROL)
    try:
        jalv.wait("OSC calls this control-1, at port")
        pages = Pages(jalv)
        for step in (teach, steer, take_and_send, watch, learn_live, play_alone,
                     npz, page_for_tablets):
            print(step.__name__, flush=True)
            step(pages)
        pages.done()
    finally:
        status = jalv.close()
    check(status == 0, "jalv ends with", status, jalv.output())

#!/usr/bin/python3
# SPDX-License-Identifier: ISC
"""Run fuzzers: `./waf fuzz` runs this after building.

    fuzz.py BUILD_DIR RUNS FUZZER...

Each begins with what is in corpus/NAME/ and what earlier runs have put beside
a copy of it, in BUILD_DIR/corpus/NAME/; it may have a dictionary NAME.dict.
Prints how many inputs each has tried.  Exit status 1 after a finding, an input
that breaks a rule or a sanitizer's: it is kept and named.

To choose anew what is kept:

    build/fuzz/tests/fuzz/fuzz_NAME -merge=1 EMPTY_DIR build/fuzz/corpus/NAME
"""

import os
import pathlib
import re
import shutil
import subprocess
import sys
import time

HERE = pathlib.Path(__file__).resolve().parent
OPTIONS = ['-max_len=4096',  # Small files reach as far, many times as fast
           '-timeout=10', '-print_final_stats=1']
SANITIZER = 'quarantine_size_mb=4:malloc_context_size=1'  # For speed


def prepare(build, name):
    """Return the folder of a fuzzer's inputs, with the kept ones in it"""
    inputs = build/'corpus'/name
    inputs.mkdir(parents=True, exist_ok=True)
    kept = HERE/'corpus'/name
    for path in kept.iterdir() if kept.is_dir() else []:
        shutil.copy(path, inputs)
    return inputs


def fuzz(build, fuzzer, runs):
    """Run a fuzzer; return how many inputs it tried, what it found (a path, or
    words, or nothing) and its log"""
    name = fuzzer[len('fuzz_'):]
    inputs = prepare(build, name)
    log = build/(fuzzer + '.log')
    command = [str(build/'tests/fuzz'/fuzzer), '-runs=' + runs,
               '-artifact_prefix=%s/%s-' % (build, fuzzer)] + OPTIONS
    if (HERE/(name + '.dict')).exists():
        command.append('-dict=%s' % (HERE/(name + '.dict')))
    env = dict(os.environ, ASAN_OPTIONS=SANITIZER,
               UBSAN_OPTIONS='print_stacktrace=1')
    with open(log, 'wb') as out:
        status = subprocess.call(command + [str(inputs)], stdout=out,
                                 stderr=out, env=env)
    text = log.read_text(errors='replace')
    tried = re.findall(r'number_of_executed_units: (\d+)', text)
    found = re.findall(r'Test unit written to (\S+)', text)
    return (int(tried[-1]) if tried else 0,
            found[-1] if found else 'exit status %d' % status if status else '',
            log)


def main():
    build, runs, fuzzers = pathlib.Path(sys.argv[1]), sys.argv[2], sys.argv[3:]
    n_found = 0
    for fuzzer in fuzzers:
        start = time.monotonic()
        tried, found, log = fuzz(build, fuzzer, runs)
        seconds = time.monotonic() - start
        print('%-4s  %-20s %9d inputs %6.0f s %6.0f /s'
              % ('FAIL' if found else 'ok', fuzzer, tried, seconds,
                 tried / seconds), flush=True)
        if found:
            n_found += 1
            print('      found: %s\n      log: %s' % (found, log), flush=True)
    print('%d fuzzers, %d findings' % (len(fuzzers), n_found))
    sys.exit(bool(n_found))


if __name__ == '__main__':
    main()

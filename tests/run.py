#!/usr/bin/python3
# SPDX-License-Identifier: ISC
"""Run the tests; one line each, then `N passed, N failed`.

    run.py BUILD_DIR [--only=PATTERNS] [--hosts] [--long]
           [--set=NAME:FOLDER:PATTERNS:COMMAND]...

A test is a program built from test_*.c or a script test_*.py of this folder, or
a fuzz/fuzz_*.c, which runs the corpus kept beside it.
Exit status 0 is a pass, 77 a skip whose last line says why, any other a
failure.  The programs run again, as NAME/..., from every FOLDER of BUILD_DIR
(a build under sanitizers, or for another processor) where their names match,
by COMMAND if it is not empty: an emulator, or "skip" and why there is none.
So does what examines the built files themselves.  With --hosts the scripts
hosts_*.py run as well; with --long LONG_TESTS=1 asks some tests to do a hundred
times as much.  Patterns are separated by commas and match any part of
a name; to --only, a pattern without a slash means the plain build.

Each test runs in an empty folder of its own, with BUILD_DIR, SOURCE_DIR and
REMANENCE_SHARED (recordings that tests measure with) in its environment.
"""

import argparse
import concurrent.futures
import fnmatch
import os
import pathlib
import shutil
import signal
import subprocess
import sys
import tempfile
import time

TESTS = pathlib.Path(__file__).resolve().parent
TIMEOUT = 600  # Seconds; a test takes a few, under sanitizers some more
LONG_TIMEOUT = 7200
SKIP = 77
LONGEST_LOG = 60  # Lines of a failed test's output that are shown

running = set()  # Processes, to end when the user interrupts


class Test:
    def __init__(self, name, command, build):
        self.name, self.command, self.build = name, command, build
        self.status, self.output, self.seconds = None, '', 0.0

    def run(self):
        start = time.monotonic()
        with tempfile.TemporaryDirectory(prefix='remanence-') as folder:
            self.status, self.output = execute(self.command, folder,
                                               environment(self.build, folder),
                                               patience())
        self.seconds = time.monotonic() - start
        return self

    def verdict(self):
        return {0: 'ok', SKIP: 'skip'}.get(self.status, 'FAIL')

    def reason(self):
        """What to say after the verdict, in a few words"""
        last = (self.output.strip().splitlines() or ['no reason given'])[-1]
        if self.status == SKIP:
            return last.strip()
        if self.status is None:
            return 'ran longer than %d s' % patience()
        if self.status < 0:
            return 'ended by ' + signal.Signals(-self.status).name
        return 'exit status %d' % self.status if self.status else ''


def patience():
    """Seconds that a test may take"""
    return LONG_TIMEOUT if 'LONG_TESTS' in os.environ else TIMEOUT


def environment(build, folder):
    """What a test may see: nothing that a user has set for the plugin"""
    env = {key: value for key, value in os.environ.items()
           if not key.startswith('REMANENCE_')}
    shared = os.environ.get('REMANENCE_SHARED') or TESTS.parent.parent/'shared'
    supp = TESTS/'tsan.supp'
    env.update(BUILD_DIR=str(build), SOURCE_DIR=str(TESTS.parent),
               REMANENCE_SHARED=str(shared), TMPDIR=folder,
               PYTHONDONTWRITEBYTECODE='1',
               TSAN_OPTIONS='suppressions=%s' % supp if supp.exists() else '',
               UBSAN_OPTIONS='print_stacktrace=1')
    return env


def execute(command, folder, env, seconds):
    """Return exit status (None after a time-out) and output of `command`"""
    with open(os.path.join(folder, 'log'), 'w+b') as log:
        process = subprocess.Popen(command, cwd=folder, env=env, stdout=log,
                                   stderr=log, stdin=subprocess.DEVNULL,
                                   start_new_session=True)
        running.add(process)
        try:
            status = process.wait(seconds)
        except subprocess.TimeoutExpired:
            status = None
        finally:
            end(process)
        log.seek(0)
        return status, log.read().decode(errors='replace')


def end(process):
    """End what is left of a test, its own children included"""
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except ProcessLookupError:
        pass
    process.wait()
    running.discard(process)


def matches(name, patterns):
    return any(fnmatch.fnmatch(name, '*%s*' % pattern)
               for pattern in patterns)


def programs(build):
    paths = sorted(TESTS.glob('test_*.c')) + sorted(TESTS.glob('fuzz/fuzz_*.c'))
    return [Test(path.stem, [build/'tests'/path.parent.relative_to(TESTS)
                             /path.stem], build) for path in paths]


def scripts(build, pattern):
    return [Test(path.stem, [sys.executable, '-B', path], build)
            for path in sorted(TESTS.glob(pattern))]


def again(build, name, folder, patterns, command):
    """Tests of a set; one test that is skipped if it cannot run"""
    words = command.split()
    if words and words[0] != 'skip' and not shutil.which(words[0]):
        words = ['skip', words[0], 'is not installed']
    if words and words[0] == 'skip':
        reason = 'echo %s; exit %d' % (' '.join(words[1:]), SKIP)
        return [Test(name + '/*', ['sh', '-c', reason], build)]
    tests = programs(build/folder)
    for test in tests:
        test.command = words + test.command
    if words:
        tests += scripts(build/folder, 'test_rt_symbols.py')
    tests = [t for t in tests if matches(t.name, patterns.split(','))]
    for test in tests:
        test.name = name + '/' + test.name
    return tests


def collect(options):
    build = options.build.resolve()
    tests = programs(build) + scripts(build, 'test_*.py')
    if options.hosts:
        tests += scripts(build, 'hosts_*.py')
    for words in options.set:
        tests += again(build, *words.split(':'))
    only = options.only.split(',')
    return [t for t in tests if not options.only or
            matches(t.name, [p for p in only if ('/' in p) == ('/' in t.name)])]


def show(test):
    line = '%-4s  %-28s %6.1f s' % (test.verdict(), test.name, test.seconds)
    print((line + '  ' + test.reason()).rstrip(), flush=True)
    if test.verdict() == 'FAIL':
        lines = test.output.splitlines()
        if len(lines) > LONGEST_LOG:
            print('      | (%d lines above)' % (len(lines) - LONGEST_LOG))
        for line in lines[-LONGEST_LOG:]:
            print('      | ' + line)


def run(tests):
    jobs = min(os.cpu_count() or 1, 4)
    with concurrent.futures.ThreadPoolExecutor(jobs) as pool:
        waiting = [pool.submit(test.run) for test in tests]
        try:
            for done in concurrent.futures.as_completed(waiting):
                show(done.result())
        except KeyboardInterrupt:
            pool.shutdown(wait=False, cancel_futures=True)
            for process in list(running):
                end(process)
            sys.exit('interrupted')


def main():
    parser = argparse.ArgumentParser(usage=__doc__)
    parser.add_argument('build', type=pathlib.Path)
    parser.add_argument('--only', default='')
    parser.add_argument('--hosts', action='store_true')
    parser.add_argument('--set', action='append', default=[])
    parser.add_argument('--long', action='store_true')
    options = parser.parse_args()
    os.environ.pop('LONG_TESTS', None)
    if options.long:
        os.environ['LONG_TESTS'] = '1'
    tests = collect(options)
    if not tests:
        sys.exit('no test of that name')
    run(tests)
    failed = [t.name for t in tests if t.verdict() == 'FAIL']
    skipped = [t.name for t in tests if t.verdict() == 'skip']
    if failed:
        print('\nfailed: ' + ' '.join(failed))
    print('%d passed, %d failed' % (len(tests) - len(failed) - len(skipped),
                                    len(failed))
          + (', %d skipped' % len(skipped) if skipped else ''), flush=True)
    sys.exit(bool(failed))


if __name__ == '__main__':
    main()

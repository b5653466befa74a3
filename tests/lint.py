#!/usr/bin/python3
# SPDX-License-Identifier: ISC
"""Hold the tree to the house style: `./waf lint` runs this after building.

    lint.py BUILD_DIR

clang-format would change nothing, clang-tidy has no remark (its limits on the
length of functions and their complexity are in .clang-tidy), no file is longer
than 400 lines or wider than 80 columns, and each says its licence.
"""

import concurrent.futures
import json
import os
import pathlib
import shutil
import subprocess
import sys

TOP = pathlib.Path(__file__).resolve().parent.parent
FOLDERS = ['dsp', 'plugin', 'offline_trainer', 'tests', 'ttl', 'presets']
MAX_LINES, MAX_COLUMNS = 400, 80
PROSE = ('.ttl', '.in', '.md', '.1', '.txt')  # May be wide: one line a literal


def tool(name):
    """Return clang's tool: version 14 where there is a choice"""
    found = shutil.which(name + '-14') or shutil.which(name)
    return found or sys.exit('lint: %s is not installed' % name)


def sources():
    """Return the text files of the project"""
    found = [TOP/'waf', TOP/'wscript', TOP/'packages.txt']
    for folder in FOLDERS:
        found += [path for path in sorted((TOP/folder).rglob('*'))
                  if path.suffix in ('.c', '.h', '.py', '.sh', '.ttl', '.in')]
    return found


def limits(path):
    """Return what is wrong with a file's size and licence"""
    lines = path.read_text().splitlines()
    wide = [n for n, line in enumerate(lines, 1) if len(line) > MAX_COLUMNS]
    wrong = []
    if 'SPDX-License-Identifier' not in '\n'.join(lines[:3]):
        wrong.append('1: no SPDX-License-Identifier')
    if len(lines) > MAX_LINES:
        wrong.append('%d: over %d lines' % (len(lines), MAX_LINES))
    if wide and path.suffix not in PROSE:
        wrong.append('%d: over %d columns' % (wide[0], MAX_COLUMNS))
    return ['%s:%s' % (path.relative_to(TOP), what) for what in wrong]


def run(command):
    """Return a command's output if it fails, else nothing"""
    done = subprocess.run(command, cwd=TOP, stdout=subprocess.PIPE, text=True,
                          stderr=subprocess.STDOUT, check=False)
    return [done.stdout] if done.returncode else []


def main():
    build = pathlib.Path(sys.argv[1])
    database = json.loads((build/'compile_commands.json').read_text())
    c_files = [str(p) for p in sources() if p.suffix in ('.c', '.h')]
    wrong = [what for path in sources() for what in limits(path)]
    wrong += run([tool('clang-format'), '-n', '--Werror'] + c_files)
    tidy = [tool('clang-tidy'), '--quiet', '-p', str(build)]
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        files = sorted({entry['file'] for entry in database})
        for found in pool.map(lambda path: run(tidy + [path]), files):
            wrong += found
    print('\n'.join(wrong + ['%d files, %d remarks'
                             % (len(sources()), len(wrong))]))
    sys.exit(bool(wrong))


if __name__ == '__main__':
    main()

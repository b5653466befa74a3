#!/usr/bin/python3
# SPDX-License-Identifier: ISC
"""`remanence recipe` as a user meets it: words, and a brief run of every recipe
with its table and its page. With names as arguments only those are run."""

import json
import os
import pathlib
import signal
import subprocess
import sys
import time

PROGRAM = pathlib.Path(os.environ.get('BUILD_DIR', 'build')).resolve()\
    / 'remanence'


def check(true, *said):
    if not true:
        raise AssertionError(said)


def run(status, *arguments):
    """Run the program; return what it printed on stdout and on stderr"""
    done = subprocess.run([PROGRAM, 'recipe', *arguments], check=False,
                          text=True, capture_output=True)
    check(done.returncode == status, arguments, done)
    return done.stdout, done.stderr


def names():
    return [line.split()[0] for line in run(0, 'list')[0].splitlines()]


def test_words():
    """Every recipe says what it does; mistakes are told, with status 2"""
    for line in run(0, 'list')[0].splitlines():
        name, about = line.split(None, 1)
        said = run(0, 'show', name)[0]
        check(said.startswith('%s: %s\n' % (name, about)), said)
        check('It must reach:\n' in said and said.endswith('\n'), said)
        check(max(map(len, said.splitlines())) <= 78, said)
    check(len(set(names())) == len(names()), names())
    for arguments, words in (
            ([], 'wants list, show or run'), (['run'], 'run which recipe?'),
            (['show'], 'show which recipe?'), (['bake'], 'not `bake`'),
            (['list', 'all'], 'not `list`'),
            (['run', 'summ'], 'did you mean `sum`?'),
            (['run', 'sum', 'xyzzy'], 'there is no recipe `xyzzy`'),
            (['run', 'sum', '--threads', '0'], '--threads wants'),
            (['run', 'sum', '--seed', '-1'], '--seed wants'),
            (['list', '--brief'], '--brief goes with run'),
            (['show', 'sum', '--out', 'x'], '--out goes with run'),
            (['run', 'duet', 'sum', '--data', 'x'],
             '--data means nothing to sum'),
            (['run', 'all', '--data', 'x'], '--data means nothing to all'),
            (['run', 'sum', '--breif'], 'did you mean --brief?')):
        check(words in run(2, *arguments)[1], arguments)


def test_folder():
    """Results that cannot be written are a failure, told with the place"""
    pathlib.Path('file').write_text('')
    for out in ('file', 'file/below'):
        check('file' in run(1, 'run', 'sum', '--brief', '--out', out)[1])


def test_folders_above():
    """Folders above that of the results are made, too"""
    run(0, 'run', 'sum', '--brief', '--quiet', '--out', 'a/b/c')
    check(pathlib.Path('a/b/c/sum/report.html').exists())


def check_table(name, out):
    """A table on stdout and in JSON say the same, and all was reached"""
    table = json.loads(pathlib.Path('out', name, 'table.json').read_text())
    check(table['recipe'] == name and table['brief'] and table['reached'],
          table)
    figures = table['figures']
    check(any('bound' in figure for figure in figures), table)
    check(all(figure['reached'] for figure in figures if 'bound' in figure))
    lines = out.splitlines()
    check(lines[1].split() == ['what', 'of', 'figure', 'must', 'be'], out)
    for line, figure in zip(lines[2:], figures):
        check(line.startswith(figure['what']), line, figure)
        check(line.endswith('reached') == ('bound' in figure), line, figure)


def check_page(name):
    page = pathlib.Path('out', name, 'report.html').read_text()
    check(page.startswith('<!doctype html>') and page.endswith('</html>\n'))
    check('MISSED' not in page and 'reached' in page)
    check(os.getcwd() not in page)


def test_brief():
    """Each reaches what it must in seconds, and leaves its page behind"""
    for name in sys.argv[1:] or names():
        begun = time.monotonic()
        out, err = run(0, 'run', name, '--brief', '--quiet', '--threads', '2',
                       '--out', 'out')
        print('%s: %.1f s\n%s' % (name, time.monotonic() - begun, out),
              file=sys.stderr)
        check(not err, err)
        check_table(name, out)
        check_page(name)


def figures(folder):
    return json.loads(pathlib.Path(folder, 'memory-gap', 'table.json')
                      .read_text())['figures']


def test_threads():
    """Figures are the same, whatever number of threads; not so of seeds"""
    for folder, *options in (('one', '--threads', '1'),
                             ('two', '--threads', '2'),
                             ('other', '--threads', '2', '--seed', '2')):
        subprocess.run([PROGRAM, 'recipe', 'run', 'memory-gap', '--brief',
                        '--quiet', '--out', folder, *options], check=False,
                       capture_output=True)
    check(figures('one') == figures('two') != figures('other'))


def test_interrupt():
    """Ctrl-C stops a recipe, and the ones that were to follow"""
    process = subprocess.Popen(
        [PROGRAM, 'recipe', 'run', 'memory-gap', 'sum', '--out', 'stopped'],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    while not os.path.exists('stopped/memory-gap/begin-1000-train.tsv'):
        check(process.poll() is None, process.returncode)
        time.sleep(0.01)
    process.send_signal(signal.SIGINT)
    begun = time.monotonic()
    _, err = process.communicate(timeout=30)
    check(process.returncode == 1 and err.count('Stopped on request') == 1,
          process.returncode, err)
    check(time.monotonic() - begun < 5.0 and os.listdir('stopped')
          == ['memory-gap'])


def main():
    tests = [test_brief] if len(sys.argv) > 1 else [
        f for name, f in globals().items() if name.startswith('test_')]
    for test in tests:
        test()


if __name__ == '__main__':
    main()

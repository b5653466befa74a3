# SPDX-License-Identifier: ISC
"""Waf's commands for developers: tests, check, fuzz, lint, bench, demo"""

import json
import os
import shutil
import subprocess
import sys

from waflib import Build, Context, Logs, Options

# The tests run again in builds of their own: folder, --sanitize, which tests
SANITIZED = [('asan', 'address,undefined', '*'),
             ('tsan', 'thread', '*swap*,*slot*,*pool*,*osc*,*many*')]

# Some run again on processors that are emulated: name, command, which.  That is
# 30 times slower, so they are few: what runs the code of every part.
PARTS = 'bptt_cells,modelfile_bad,optim,plugin,pool,report_parts'
EMULATED = [('sse2', 'qemu-x86_64 -cpu Nehalem', PARTS),
            ('avx2', 'qemu-x86_64 -cpu Haswell', 'plugin_run,pool')]

# And on ARM, with a compiler for it and the libraries that the build needs
ARM = 'aarch64-linux-gnu'
ARM_PARTS = PARTS + ',isa,net,rt_symbols,voice'
ARM_PACKAGES = '''libc6-dev libcairo2-dev libfftw3-dev libjansson-dev
    liblilv-dev liblo-dev libsmf-dev libsndfile1-dev libspeexdsp-dev
    lv2-dev nettle-dev'''.split()

# Fuzzing has a build of its own too: folder, --sanitize
FUZZED = ('fuzz', 'fuzzer-no-link,address,undefined')


def options(opt):
    group = opt.add_option_group('Test, bench and demo options')
    group.add_option('--only', default='', metavar='PATTERN',
                     help="check: tests of these names alone, like '*swap*'"
                          " or 'asan/*', separated by commas")
    group.add_option('--hosts', action='store_true',
                     help='check: with the slow tests in real hosts')
    group.add_option('--target', default='', metavar='NAME',
                     help='fuzz: this one alone, like nam [default: all]')
    group.add_option('--runs', default='200000', metavar='N',
                     help='fuzz: try so many inputs [default: 200000]')
    group.add_option('--long', action='store_true',
                     help='check: with as many swaps, packets and the like as'
                          ' prove most; many minutes')
    group.add_option('--json', action='store_true',
                     help='bench: print one JSON object')
    group.add_option('--compare', default='', metavar='OLD.json',
                     help='bench: with what --json printed once; fails if a'
                          ' time is more than 10 % longer')
    group.add_option('--control', default='', metavar='LOGS',
                     help='bench: learn performances as well, beside PyTorch;'
                          ' some minutes')
    group.add_option('--time', default='', metavar='TIME',
                     help='demo: train for so long [default: 90s]')


def run_or_stop(ctx, command):
    if subprocess.call(command, cwd=ctx.top_dir):
        ctx.fatal('./waf %s failed' % ctx.cmd)


class Tests(Build.BuildContext):
    """builds the tests and runs none"""
    cmd = 'tests'
    fun = 'build'


class Check(Tests):
    """builds and runs the tests: plain, under sanitizers, on processors that
    are emulated"""
    cmd = 'check'

    def execute_build(self):
        Build.BuildContext.execute_build(self)
        only = self.options.only
        sets = [(folder, folder, tests, '') for folder, _, tests in SANITIZED]
        for folder, sanitize, _ in SANITIZED:
            if not only or folder + '/' in only:
                self.build_again(folder, ['--sanitize=' + sanitize], {})
        if self.env.DEST_CPU == 'x86_64':
            sets += [(name, '.', tests, command)
                     for name, command, tests in EMULATED]
        if not only or 'arm64/' in only:
            sets += [('arm64', 'arm64', ARM_PARTS, self.build_arm())]
        run = self.env.PYTHON + ['tests/run.py', self.out_dir]
        run += ['--only=' + only] if only else []
        run += ['--hosts'] if self.options.hosts else []
        run += ['--long'] if self.options.long else []
        run += ['--set=' + ':'.join(words) for words in sets]
        status = subprocess.call(run, cwd=self.top_dir)
        if status or not Options.commands:
            sys.exit(status)  # Before waf adds a last line of its own

    def build_again(self, folder, options, env, command='tests'):
        Logs.info('Building again for %s/*', folder)
        if subprocess.call(
                [os.path.join(self.top_dir, 'waf'), command,
                 '--out=' + os.path.join(self.out_dir, folder)] + options,
                cwd=self.top_dir,
                env=dict(os.environ, WAFLOCK='.lock-waf_' + folder, **env)):
            self.fatal('the build in %s failed' % folder)

    def build_arm(self):
        """Build for ARM.  Return the command that emulates it, or "skip" and
        why there is none"""
        for tool in (ARM + '-gcc', 'qemu-aarch64', 'apt-get', 'dpkg-deb'):
            if not shutil.which(tool):
                return 'skip %s is not installed' % tool
        top = os.path.join(self.out_dir, 'arm64-root')
        root = os.path.join(top, 'root')
        with open(os.path.join(self.out_dir, 'arm64-root.log'), 'wb') as log:
            if subprocess.call(['tests/sysroot.sh', top, 'arm64']
                               + ARM_PACKAGES, cwd=self.top_dir, stdout=log,
                               stderr=log):
                return 'skip libraries not downloaded: see ' + log.name
        self.build_again('arm64', [], {
            'AR': ARM + '-ar', 'NM': ARM + '-nm',
            'CC': '%s-gcc --sysroot=%s' % (ARM, root),
            'PKG_CONFIG_SYSROOT_DIR': root,
            'PKG_CONFIG_LIBDIR': ':'.join(
                '%s/usr/%s/pkgconfig' % (root, folder)
                for folder in ('lib/' + ARM, 'lib', 'share'))})
        return 'qemu-aarch64 -L ' + root


class Fuzzers(Build.BuildContext):
    """builds what fuzz runs, where fuzz has configured it"""
    cmd = 'fuzzers'
    fun = 'build'


class Fuzz(Check):
    """gives readers of files millions of inputs, most of them broken"""
    cmd = 'fuzz'

    def execute_build(self):
        folder, sanitize = FUZZED
        target = self.options.target
        names = ['fuzz_' + target] if target else [
            node.name[:-2] for node in
            self.srcnode.ant_glob('tests/fuzz/fuzz_*.c')]
        self.build_again(
            folder, ['--sanitize=' + sanitize, '--targets='
                     + ','.join(['remanence_ports.h'] + names)],
            {'CC': shutil.which('clang-14') or 'clang'}, 'fuzzers')
        if subprocess.call(self.env.PYTHON + [
                'tests/fuzz/fuzz.py', os.path.join(self.out_dir, folder),
                self.options.runs] + names, cwd=self.top_dir):
            sys.exit(1)  # It has said why


class Lint(Build.BuildContext):
    """builds, then checks the style of every file"""
    cmd = 'lint'
    fun = 'build'

    def execute_build(self):
        Build.BuildContext.execute_build(self)
        tasks = [task for group in self.groups for generator in group
                 for task in generator.tasks if type(task).__name__ == 'c']
        self.bldnode.make_node('compile_commands.json').write(json.dumps([{
            'directory': self.variant_dir,
            'file': task.inputs[0].abspath(),
            'arguments': task.env.CC + task.env.CFLAGS
            + [('-isystem' if path.startswith('/usr/') else '-I') + path
               for path in task.env.INCPATHS]
            + ['-D' + define for define in task.env.DEFINES]
            + ['-c', task.inputs[0].abspath()]} for task in tasks]))
        run_or_stop(self, self.env.PYTHON + ['tests/lint.py', self.out_dir])


class Bench(Build.BuildContext):
    """measures engine, trainer and plugin, beside PyTorch if it is there"""
    cmd = 'bench'
    fun = 'build'

    def execute(self):
        self.stdout = os.dup(1)
        if self.options.json:  # It shall be all there is on stdout
            os.dup2(2, 1)
        Build.BuildContext.execute(self)

    def execute_build(self):
        Build.BuildContext.execute_build(self)
        run = self.env.PYTHON + ['tests/bench/bench.py', self.out_dir]
        run += ['--json'] if self.options.json else []
        if self.options.compare:
            run += ['--compare=' + os.path.join(Context.launch_dir,
                                                self.options.compare)]
        if self.options.control:
            run += ['--control=' + os.path.join(Context.launch_dir,
                                                self.options.control)]
        if subprocess.call(run, cwd=self.top_dir, stdout=self.stdout):
            sys.exit(1)  # It has said why


class Demo(Build.BuildContext):
    """captures a tube preamp and plays it in a host"""
    cmd = 'demo'
    fun = 'build'

    def execute_build(self):
        Build.BuildContext.execute_build(self)
        run_or_stop(self, ['tests/demo/demo.sh', self.out_dir, 'demo']
                    + [self.options.time][:bool(self.options.time)])

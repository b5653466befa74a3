# SPDX-License-Identifier: ISC

"""Build: ./waf configure build    Test: ./waf check    Style: ./waf lint"""

import os
import re
import sys

from waflib import Build, Errors

APPNAME = 'remanence'
VERSION = '0.1.0'
top = '.'
out = 'build'

# Files that the audio thread runs.  They may not allocate, lock or block;
# `./waf check` proves that they name no function that does.  Every other file
# of a folder is found by its place.
KERNELS = {'generic': [], 'avx2': ['-mavx2', '-mfma'],
           'avx512': ['-mavx512f', '-mavx512vl', '-mavx512dq', '-mfma'],
           'neon': []}
DSP_RT = ['dsp/net.c', 'dsp/voice.c']
PLUGIN_RT = ['plugin/audio/run.c', 'plugin/slot.c']

PACKAGES = {'lv2': '1.18.0', 'fftw3f': '3.3', 'sndfile': '1.0',
            'jansson': '2.10', 'cairo': '1.16'}
WARNINGS = '''-Wall -Wextra -Wpedantic -Wconversion -Wshadow -Wvla
    -Wdouble-promotion -Wstrict-prototypes -Wmissing-prototypes'''.split()
OPTIMISE = ['-O3', '-fno-math-errno', '-ffp-contract=off']


def options(opt):
    opt.load('compiler_c')
    opt.add_option('--debug', action='store_true', help='-O0 -g')
    opt.add_option('--werror', action='store_true', help='warnings are errors')
    opt.add_option('--sanitize', default='', metavar='LIST',
                   help='address,undefined or thread')
    opt.add_option('--lv2dir', default='', help='[default: PREFIX/lib/lv2]')


def configure(conf):
    conf.load('compiler_c')
    conf.env.PYTHON = [sys.executable]
    conf.find_program('nm')
    for package, version in PACKAGES.items():
        conf.check_cfg(package=package, uselib_store=package.upper(),
                       args=[package + ' >= ' + version, '--cflags', '--libs'])
    conf.check_cfg(package='lilv-0', uselib_store='LILV', mandatory=False,
                   args=['lilv-0 >= 0.24', '--cflags', '--libs'])
    conf.check_cc(lib='m', uselib_store='M')
    conf.check_cc(lib='pthread', uselib_store='PTHREAD')
    conf.check_cc(lib='dl', uselib_store='DL', mandatory=False)

    sanitize = ['-fsanitize=' + conf.options.sanitize] \
        if conf.options.sanitize else []
    conf.env.CFLAGS = ['-std=c11', '-D_POSIX_C_SOURCE=200809L', '-fPIC',
                       '-fvisibility=hidden'] + WARNINGS
    conf.env.CFLAGS += ['-Werror'] if conf.options.werror else []
    conf.env.CFLAGS += (['-O0', '-g'] if conf.options.debug else
                        ['-O1', '-g', '-fno-sanitize-recover=all'] + sanitize
                        + ['-fno-math-errno', '-ffp-contract=off']
                        if sanitize else OPTIMISE)
    conf.env.LINKFLAGS = sanitize
    conf.env.SANITIZE = conf.options.sanitize
    conf.env.LV2DIR = os.path.expanduser(conf.options.lv2dir) or \
        os.path.join(conf.env.PREFIX, 'lib', 'lv2')
    conf.env.MODULE = re.sub('^lib', '', conf.env.cshlib_PATTERN)
    machine = conf.env.DEST_CPU
    conf.env.ISAS = ['generic'] + {'x86_64': ['avx2', 'avx512'],
                                   'aarch64': ['neon']}.get(machine, [])


def build(bld):
    folder = bld.path.ant_glob
    if not bld.path.find_resource('dsp/net.c'):
        return bld.stlib(source='dsp/status.c', target='dsp', includes='.')
    for isa in bld.env.ISAS:
        bld.objects(source='dsp/kernel/kernel_%s.c' % isa, includes='.',
                    target='kernel_' + isa, cflags=KERNELS[isa])
    bld.stlib(source=DSP_RT, target='dsp_rt', includes='.',
              use=['kernel_' + isa for isa in bld.env.ISAS] + ['M'])
    bld.stlib(source=folder('dsp/**/*.c', excl=DSP_RT + ['dsp/kernel/*']),
              target='dsp', includes='.', use='dsp_rt JANSSON M')
    trainer = folder('offline_trainer/**/*.c', excl='offline_trainer/main.c')
    if trainer:
        bld.stlib(source=trainer, target='trainer', includes='.',
                  use='dsp FFTW3F SNDFILE CAIRO JANSSON PTHREAD M')
    if bld.path.find_resource('offline_trainer/main.c'):
        bld.program(source='offline_trainer/main.c', target='remanence',
                    defines=['REM_VERSION="%s"' % VERSION],
                    includes='.', use='trainer dsp PTHREAD')
    if bld.path.find_resource('ttl/ports.py'):
        build_plugin(bld)
    if bld.cmd == 'check':
        build_tests(bld)


def build_plugin(bld):
    """Plugin: owned by the plugin's author until it stands"""


def build_tests(bld):
    bld.load('waf_unit_test')
    bld.options.all_tests = True  # Passed once is not passed today
    bld.add_group()               # Nothing below starts before the plugin links
    for path in bld.path.ant_glob('tests/test_*.c'):
        name = path.name[:-2]
        bld.program(features='test', source=path, includes='.',
                    target='tests/' + name,
                    use='trainer dsp FFTW3F SNDFILE LILV LV2 DL M PTHREAD',
                    defines=['BUILD_DIR="%s"' % bld.bldnode.abspath(),
                             'SOURCE_DIR="%s"' % bld.srcnode.abspath()],
                    install_path=None)
    from waflib.Tools import waf_unit_test
    bld.add_post_fun(waf_unit_test.summary)
    bld.add_post_fun(waf_unit_test.set_exit_code)


class Check(Build.BuildContext):
    """builds and runs the tests"""
    cmd = 'check'
    fun = 'build'

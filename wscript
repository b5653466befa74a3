# SPDX-License-Identifier: ISC

"""Build: ./waf configure build    Test: ./waf check    Style: ./waf lint"""

import os
import re
import sys

from waflib import Configure

APPNAME = 'remanence'
VERSION = '0.1.0'
top = '.'
out = 'build'
Configure.autoconfig = 'clobber'  # Every command configures first if it must

# Files that the audio thread runs.  They may not allocate, lock or block;
# `./waf check` proves that they name no function that does.  Every other file
# of a folder is found by its place.
KERNELS = {'generic': [], 'avx2': ['-mavx2', '-mfma'],
           'avx512': ['-mavx512f', '-mavx512vl', '-mavx512dq', '-mfma'],
           'neon': []}
PER_ISA = {'kernel_': 'dsp/kernel/kernel_%s*.c',  # Compiled with these flags
           'bptt_': 'offline_trainer/bptt/bptt_%s.c',
           'attend_': 'offline_trainer/sequence/attend_%s.c',
           'floor_': 'offline_trainer/bench/floor_%s*.c'}
DSP_RT = '''
    dsp/decoder.c
    dsp/duet.c
    dsp/duet_grid.c
    dsp/duet_next.c
    dsp/ear.c
    dsp/events.c
    dsp/frames.c
    dsp/head/draw.c
    dsp/head/mdn.c
    dsp/head/softmax.c
    dsp/improviser.c
    dsp/mel.c
    dsp/mind.c
    dsp/net.c
    dsp/peaks.c
    dsp/predictor.c
    dsp/voice.c
'''.split()
PLUGIN_RT = '''
    plugin/audio/control.c
    plugin/audio/run.c
    plugin/control/cast.c
    plugin/control/give.c
    plugin/control/mapping.c
    plugin/control/mapping_out.c
    plugin/control/record.c
    plugin/control/run.c
    plugin/control/touch.c
    plugin/halfband.c
    plugin/history.c
    plugin/listener/give.c
    plugin/listener/run.c
    plugin/listener/stage.c
    plugin/notes/cast.c
    plugin/notes/run.c
    plugin/notes/thru.c
    plugin/osc/schedule.c
    plugin/oversample.c
    plugin/remote.c
    plugin/resample.c
    plugin/shell.c
    plugin/shell_control.c
    plugin/shell_message.c
    plugin/slot.c
    plugin/slot_play.c
    plugin/stream.c
'''.split()

PACKAGES = {'lv2': '1.18.0', 'fftw3f': '3.3', 'sndfile': '1.0',
            'jansson': '2.10', 'cairo': '1.16', 'nettle': '3.0',
            'liblo': '0.30', 'speexdsp': '1.2', 'smf': '1.3'}
WARNINGS = '''-Wall -Wextra -Wpedantic -Wconversion -Wshadow -Wvla
    -Wdouble-promotion -Wstrict-prototypes -Wmissing-prototypes'''.split()
OPTIMISE = ['-O3', '-fno-math-errno', '-ffp-contract=off']
SANITIZE = ['-O1', '-g', '-fno-omit-frame-pointer', '-fno-math-errno',
            '-ffp-contract=off', '-fno-sanitize-recover=all']
# Of kernels: these checks of every load take gcc minutes, and find what the
# address sanitizer finds
UNROLLED_SANITIZE = ['-fno-sanitize=null,alignment,object-size,'
                     'pointer-overflow']
UNCOVERED = 'tests/fuzz/uncovered.txt'  # Files that do not steer a fuzzer

FMAX = '''
#include <math.h>
double largest(const float* x, unsigned long n);
double largest(const float* x, unsigned long n)
{
  double y = 0.0;
  for (unsigned long i = 0; i < n; ++i)
    y = fmax(y, (double)x[i]);
  return y;
}'''  # Debian's gcc 12 for ARM dies of it


def options(opt):
    opt.load('compiler_c gnu_dirs')
    opt.load('commands', tooldir='tests')  # check lint bench demo
    group = opt.get_option_group('Configuration options')
    group.add_option('--lv2dir', default='', metavar='DIR',
                     help='bundle goes to DIR [default: PREFIX/lib/lv2]')
    group.add_option('--debug', action='store_true', help='-O0 -g')
    group.add_option('--werror', action='store_true',
                     help='warnings are errors [default in CI]')
    group.add_option('--sanitize', default='', metavar='LIST',
                     help='address,undefined or thread')


def configure(conf):
    conf.load('compiler_c gnu_dirs')
    conf.env.PYTHON = [sys.executable, '-B']
    conf.find_program('nm')
    for package, version in PACKAGES.items():
        conf.check_cfg(package=package, uselib_store=package.upper(),
                       args=[package + ' >= ' + version, '--cflags', '--libs'])
    conf.check_cfg(package='lilv-0', uselib_store='LILV', mandatory=False,
                   args=['lilv-0 >= 0.24', '--cflags', '--libs'])
    conf.check_cc(lib='m', uselib_store='M')
    conf.check_cc(lib='pthread', uselib_store='PTHREAD')
    conf.check_cc(lib='dl', uselib_store='DL', mandatory=False)

    mode = ['-O0', '-g'] if conf.options.debug else OPTIMISE
    if conf.options.sanitize:
        flag = '-fsanitize=' + conf.options.sanitize
        mode = (mode if conf.options.debug else SANITIZE) + [flag]
        conf.env.append_value('LINKFLAGS', flag)
    conf.env.prepend_value('CFLAGS', ['-std=c11', '-D_XOPEN_SOURCE=700',
                                      '-fPIC', '-fvisibility=hidden']
                           + WARNINGS + mode)
    if not conf.check_cc(fragment=FMAX, features='c', mandatory=False,
                         msg='Checking for fmax() in loops'):
        conf.env.append_value('CFLAGS', ['-fno-builtin-fmax',
                                         '-fno-builtin-fmin'])
    if 'fuzzer' in conf.options.sanitize:
        conf.env.append_value('CFLAGS', '-fsanitize-coverage-ignorelist='
                              + conf.path.find_node(UNCOVERED).abspath())
    conf.env.SANITIZE = conf.options.sanitize
    conf.env.WERROR = conf.options.werror
    conf.env.LV2DIR = os.path.abspath(os.path.expanduser(
        conf.options.lv2dir or os.path.join(conf.env.PREFIX, 'lib', 'lv2')))
    conf.env.MODULE = re.sub('^lib', '', conf.env.cshlib_PATTERN)
    conf.env.ISAS = ['generic'] + {
        'x86_64': ['avx2', 'avx512'],
        'aarch64': ['neon']}.get(conf.env.DEST_CPU, [])


def build(bld):
    folder = bld.path.ant_glob
    if bld.env.WERROR or os.environ.get('CI') == 'true':
        bld.env.append_value('CFLAGS', '-Werror')
    unrolled = (UNROLLED_SANITIZE if 'undefined' in bld.env.SANITIZE else [])
    for isa in bld.env.ISAS:
        for name, source in PER_ISA.items():
            bld.objects(source=folder(source % isa), includes='.',
                        target=name + isa, cflags=KERNELS[isa] + unrolled)
    bld.stlib(source=DSP_RT, target='dsp_rt', includes='.',
              use=['kernel_' + isa for isa in bld.env.ISAS]
                  + ['FFTW3F', 'M'])
    bld.stlib(source=folder('dsp/**/*.c', excl=DSP_RT + ['dsp/kernel/*']),
              target='dsp', includes='.',
              use='dsp_rt FFTW3F JANSSON M PTHREAD')
    bld.stlib(source=folder('offline_trainer/**/*.c',
                            excl=['offline_trainer/main.c']
                            + [source % '*' for source in PER_ISA.values()]),
              target='trainer', includes='.',
              defines=['REM_VERSION="%s"' % VERSION],
              use=[name + isa for isa in bld.env.ISAS
                   for name in ('bptt_', 'attend_', 'floor_')]
                  + '''dsp FFTW3F SNDFILE SMF SPEEXDSP CAIRO JANSSON LIBLO
                       NETTLE PTHREAD M'''.split())
    bld.program(source='offline_trainer/main.c', target='remanence',
                defines=['REM_VERSION="%s"' % VERSION],
                includes='.', use='trainer dsp PTHREAD')
    if bld.path.find_resource('ttl/ports.py'):
        build_plugin(bld)
    bld.install_files('${MANDIR}/man1', folder('offline_trainer/*.1'))
    bld.install_files('${DOCDIR}', ['LICENSES/ISC.txt', 'README.md', 'NEWS'])
    bld.install_files('${DOCDIR}/docs', bld.path.ant_glob('docs/*'))
    if bld.cmd in ('bench', 'check', 'lint', 'tests'):
        build_tests(bld)
    if bld.cmd in ('check', 'fuzzers', 'lint', 'tests'):
        build_fuzzers(bld)
    if bld.cmd in ('check', 'lint', 'demo'):
        bld.program(source='tests/demo/apply.c', target='tests/apply',
                    includes='.', use='trainer LILV LV2', install_path=None)


def build_plugin(bld):
    """Bundle: what hosts read comes out of ttl/ and presets/ alone"""
    folder = bld.path.ant_glob
    bundle, install = 'lv2/remanence.lv2/', '${LV2DIR}/remanence.lv2'
    binary = 'remanence' + os.path.splitext(bld.env.MODULE)[1]
    presets = folder('presets/*.ttl')
    described = folder('ttl/*.ttl')
    turtle = ['ttl/ports.py'] + described
    ports = '${PYTHON} ${SRC[0].abspath()} %s ${SRC[0].parent.abspath()} '

    bld(rule=ports % 'header' + '> ${TGT}', source=turtle, shell=True,
        target='remanence_ports.h', ext_out=['.h'])
    bld(rule=ports % 'manifest' + binary + ''.join(
            ' ' + preset.abspath() for preset in presets) + ' > ${TGT}',
        source=turtle + presets + folder('presets/**/*.safetensors'),
        shell=True,
        target=bundle + 'manifest.ttl', install_path=install)
    for place, files in (('', described),
                         ('presets/', folder('presets/*')),
                         ('presets/control/', folder('presets/control/*')),
                         ('presets/listener/', folder('presets/listener/*')),
                         ('presets/notes/', folder('presets/notes/*'))):
        for node in files:
            bld(features='subst', is_copy=True, source=node,
                target=bundle + place + node.name,
                install_path=install + '/' + place)

    bld.stlib(source=PLUGIN_RT, target='plugin_rt', includes='.',
              use='dsp_rt LV2 SPEEXDSP M',
              defines='NDEBUG')  # For LV2's own asserts
    bld.stlib(source=folder('plugin/**/*.c',
                            excl=PLUGIN_RT + ['plugin/plugins.c']),
              target='plugin', includes='.',
              use='plugin_rt dsp LV2 LIBLO NETTLE SPEEXDSP PTHREAD M')
    exports = bld.path.find_node('plugin/exports.map')
    plugin = bld.shlib(source='plugin/plugins.c', includes='.',
                       target=bundle + 'remanence', install_path=install,
                       use='plugin plugin_rt dsp LV2',
                       linkflags=['-Wl,--version-script=' + exports.abspath()]
                       + ([] if bld.env.SANITIZE else ['-Wl,-z,defs']))
    plugin.env.cshlib_PATTERN = bld.env.MODULE  # Not libremanence.so
    bld.add_manual_dependency(plugin.path.find_or_declare(
        bundle + binary), exports)


def build_tests(bld):
    """Programs of tests/test_*.c: tests/run.py runs them; and the plugin's
    benchmark"""
    folder = bld.path.ant_glob
    if not bld.env.HAVE_LILV:
        bld.fatal('the tests need liblilv: install it, then ./waf configure')
    bld.add_group()  # Nothing below starts before the plugin links
    bld.stlib(source=folder('tests/host/*.c'), target='test_host',
              includes='.', use='dsp LIBLO LILV LV2', install_path=None)
    programs = {'bench_plugin': folder('tests/bench/*.c')}
    if bld.cmd != 'bench':
        programs.update((path.name[:-2], [path])
                        for path in folder('tests/test_*.c'))
    for name, source in programs.items():
        bld.program(source=source, includes='.', install_path=None,
                    target='tests/' + name,
                    use='test_host plugin trainer dsp FFTW3F SNDFILE LIBLO'
                        ' LILV LV2 DL M PTHREAD',
                    defines=['BUILD_DIR="%s"' % bld.bldnode.abspath(),
                             'SOURCE_DIR="%s"' % bld.srcnode.abspath()])


def build_fuzzers(bld):
    """Programs of tests/fuzz/fuzz_*.c: with libFuzzer in `./waf fuzz`, else
    with a main program that runs the kept corpus, for tests/run.py"""
    folder = bld.path.ant_glob
    fuzzing = bld.cmd == 'fuzzers'
    mains = ['tests/fuzz/settle.c', 'tests/fuzz/replay.c']
    flags = ['-fsanitize=fuzzer'] + ['-Wl,--wrap=rem_model_' + name
                                     for name in ('settle', 'make_check')]
    if fuzzing and 'fuzzer' not in bld.env.SANITIZE:
        bld.fatal('./waf fuzz builds these')
    bld.stlib(source=folder('tests/fuzz/*.c',
                            excl=mains + ['tests/fuzz/fuzz_*.c']),
              target='fuzz', includes='.', use='dsp', install_path=None)
    for path in folder('tests/fuzz/fuzz_*.c'):
        bld.program(source=[path, mains[not fuzzing]], includes='.',
                    install_path=None, name=path.name[:-2],
                    target='tests/fuzz/' + path.name[:-2],
                    use='fuzz plugin dsp LV2 JANSSON M PTHREAD',
                    linkflags=flags if fuzzing else [],
                    defines=['SOURCE_DIR="%s"' % bld.srcnode.abspath(),
                             'FUZZ_TARGET="%s"' % path.name[5:-2]])

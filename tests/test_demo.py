#!/usr/bin/python3
# SPDX-License-Identifier: ISC
"""The demo runs from recordings to figures, with a short training."""

import os
import pathlib
import re
import shutil
import subprocess
import sys

SOURCE = pathlib.Path(os.environ['SOURCE_DIR'])
BUILD = pathlib.Path(os.environ['BUILD_DIR'])
NEEDED = ['/usr/share/sonic-pi/samples/guit_em9.flac',
          '/usr/lib/lv2/gx_jcm800pre.lv2', shutil.which('ffmpeg') or 'ffmpeg']

for path in NEEDED:
    if not os.path.exists(path):
        print('not installed: ' + path)
        sys.exit(77)

out = pathlib.Path('demo').resolve()
done = subprocess.run([SOURCE/'tests/demo/demo.sh', BUILD, out, '3s'],
                      stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                      text=True, check=False)
print(done.stdout)
assert done.returncode == 0, 'the demo failed'

# Three seconds teach little: the point is that every step did its work, and
# that what the plugin played in ffmpeg is what the program plays.
esr = re.search(r'^ *ESR +([0-9.]+)', done.stdout, re.M)
assert esr, 'no ESR is printed'
assert (out/'report/report.html').stat().st_size > 10000, 'no report'
render = [BUILD/'remanence', 'render', out/'amp.safetensors',
          out/'phrase-dry.wav', out/'render.wav']
subprocess.run(render, check=True)
figures = subprocess.run(
    [BUILD/'remanence', 'eval', '--prediction', out/'phrase-plugin.wav',
     '--target', out/'render.wav'], check=True, text=True,
    stdout=subprocess.PIPE).stdout
assert re.search(r'^ *ESR +0\.000000', figures, re.M), figures

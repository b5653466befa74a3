#!/usr/bin/env python3
# SPDX-License-Identifier: ISC
"""lv2lint has no warning: data, symbols, system calls and memory in run().

$LV2LINT is the program, unless it is on PATH: Debian has none.
"""

import os
import shutil
import sys

sys.path.insert(0, os.path.join(os.environ["SOURCE_DIR"], "tests", "host"))
import real

# The authors have no address.  The options are such as any host may leave out.
WAIVED = ["Plugin Author Email", "Plugin Author Homepage",
          "Plugin Options Feature"]
RAN = ["Plugin Instantiation", "Plugin Run", "Plugin State Restore",
       "Port Range"]

program = os.environ.get("LV2LINT") or "lv2lint"
if not shutil.which(program):
    real.skip("lv2lint is not on PATH, nor does LV2LINT name it")
for uri in (real.MONO, real.STEREO):
    options = [word for name in WAIVED for word in ("-t", name)]
    # It waits for the process that it instantiates in, threads and all
    out = real.run(program, "-S", "all", "-E", "warn", *options, uri,
                   env=real.environment(REMANENCE_OSC_PORT="0"))
    missing = [name for name in RAN if "[PASS]  " + name not in out]
    if missing:
        sys.exit("lv2lint did not pass %s:\n%s" % (missing, out))
    print(uri, out.count("[PASS]"), "passed")

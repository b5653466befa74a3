#!/usr/bin/env python3
# SPDX-License-Identifier: ISC
"""ffmpeg's lv2 filter plays what `remanence render` plays.

It has no worker, no state and no presets: REMANENCE_MODEL names the model.
"""

import os
import sys

sys.path.insert(0, os.path.join(os.environ["SOURCE_DIR"], "tests", "host"))
import real


def play(block, controls=""):
    name = real.MONO.replace(":", r"\\:")
    log = real.run(
        "ffmpeg", "-hide_banner", "-nostdin", "-y", "-i", "in.wav", "-af",
        "asetnsamples=n=%d:p=0,lv2=plugin=%s%s" % (block, name, controls),
        "-c:a", "pcm_f32le", "out.wav",
        env=real.environment(REMANENCE_MODEL=model))
    if "Unknown option" in log or "Missing feature" in log:
        sys.exit(log)
    return real.read_wav("out.wav")


real.need("ffmpeg")
if " lv2 " not in real.run("ffmpeg", "-hide_banner", "-filters"):
    real.skip("this ffmpeg has no lv2 filter")
dry = real.make_signal("in.wav")
model = real.make_model("noise.json")
wet = real.render(model, "in.wav", "wet.wav")
for samples in (1024, 61):
    real.compare(wet, play(samples), "blocks of %d" % samples)
real.compare(dry, play(256, ":controls=enabled=0"), "bypassed")

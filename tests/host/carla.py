#!/usr/bin/env python3
# SPDX-License-Identifier: ISC
"""What tests/hosts_carla.py asks of Carla's engine, a process for each.

    carla.py make FIRST SECOND PRESET MODEL  insert the mono plugin, load the
                       preset of that name, save project FIRST, choose another
                       model file, turn the output down, save project SECOND
    carla.py play PROJECT OUT MODEL          open a project, play in.wav
    carla.py make-cv PROJECT PRESET          insert control-cv, load the preset,
                       choose a seed, save
    carla.py play-cv PROJECT OUT TRIGGER     open it, note its first output of
                       control voltage and its trigger

$CARLA is a built source tree.  Carla's workers answer only while its main
loop is idle, so that every wait is one.  Prints DONE at the end.
"""

import array
import json
import os
import sys
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import jack as host_jack
import real

sys.path.insert(0, os.path.join(os.environ["CARLA"], "source", "frontend"))
import carla_backend as carla

BIN = os.path.join(os.environ["CARLA"], "bin")
PATH = "http://kxstudio.sf.net/ns/carla/path"  # "A file has been chosen"
ATOM_PATH = "http://lv2plug.in/ns/ext/atom#Path"


def must(good, host, what):
    if not good:
        sys.exit("Carla cannot %s: %s" % (what, host.get_last_error()))


def start():
    """The engine as a JACK client; no rack between us and the plugin"""
    host = carla.CarlaHostDLL(os.path.join(BIN, "libcarla_standalone2.so"),
                              False)
    clients = carla.ENGINE_PROCESS_MODE_MULTIPLE_CLIENTS
    for option, number, text in (
            (carla.ENGINE_OPTION_PATH_BINARIES, 0, BIN),
            (carla.ENGINE_OPTION_PLUGIN_PATH, carla.PLUGIN_LV2,
             os.environ["LV2_PATH"]),
            (carla.ENGINE_OPTION_PROCESS_MODE, clients, ""),
            (carla.ENGINE_OPTION_TRANSPORT_MODE,
             carla.ENGINE_TRANSPORT_MODE_INTERNAL, "")):
        host.set_engine_option(option, number, text)
    must(host.engine_init("JACK", "Carla"), host, "start")
    return host


def stop(host):
    host.set_engine_about_to_close()
    host.remove_all_plugins()
    idle(host)
    must(host.engine_close(), host, "stop")
    print("DONE", flush=True)
    os._exit(0)  # What the library's destructors do is no part of this test


def idle(host):
    host.engine_idle()
    time.sleep(0.02)
    return True


def wait(host, seconds):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        idle(host)


def controls(host):
    """Values of the control inputs by symbol"""
    found = {}
    for i in range(host.get_parameter_count(0)):
        if host.get_parameter_data(0, i)["type"] == carla.PARAMETER_INPUT:
            symbol = host.get_parameter_info(0, i)["symbol"]
            found[symbol] = host.get_current_parameter_value(0, i)
    return found


def check_controls(saved, now):
    """Equal but for the decimal text in the project"""
    if saved.keys() != now.keys() or any(abs(saved[symbol] - now[symbol]) >
                                         1e-5 for symbol in saved):
        sys.exit("Carla saved %s and reopened %s" % (saved, now))


def set_control(host, symbol, value):
    for i in range(host.get_parameter_count(0)):
        if host.get_parameter_info(0, i)["symbol"] == symbol:
            host.set_parameter_value(0, i, value)
            return
    sys.exit("Carla shows no control " + symbol)


def wait_for_model(host, model):
    """Until the plugin would save this model: then it is in its slot"""
    end = time.monotonic() + 20
    while time.monotonic() < end:
        wait(host, 0.1)
        host.prepare_for_save(0)
        saved = host.get_custom_data_value(0, ATOM_PATH, real.MODEL)
        if os.path.basename(saved) == os.path.basename(model):
            wait(host, 0.5)  # Fades and glides end
            return
    sys.exit("Carla's plugin has the model %r, not %s" % (saved, model))


def save(host, project):
    must(host.save_project(project), host, "save " + project)
    with open(project + ".json", "w") as file:
        json.dump(controls(host), file)


def insert(host, uri, preset):
    """Open a plugin and one of its presets"""
    must(host.add_plugin(carla.BINARY_NATIVE, carla.PLUGIN_LV2, None,
                         "remanence", uri, 0, None,
                         carla.PLUGIN_OPTIONS_NULL), host, "open the plugin")
    host.set_active(0, True)
    wait(host, 0.5)
    names = [host.get_program_name(0, i)
             for i in range(host.get_program_count(0))]
    must(preset in names, host, "find preset %s in %s" % (preset, names))
    host.set_program(0, names.index(preset))


def make(first, second, preset, model):
    host = start()
    insert(host, real.MONO, preset)
    wait_for_model(host, "noise.json")
    save(host, first)  # Until now Carla has linked files from Carla.tmp
    host.set_custom_data(0, PATH, "file", model)
    wait_for_model(host, model)
    set_control(host, "out_gain", -6.0)
    set_control(host, "knob_3", 0.7)
    wait(host, 0.5)
    save(host, second)
    stop(host)


def reopen(project, model):
    host = start()
    must(host.load_project(project), host, "open " + project)
    must(host.get_current_plugin_count() == 1, host, "find its plugin again")
    wait_for_model(host, model)
    with open(project + ".json") as file:
        saved = json.load(file)
    check_controls(saved, controls(host))
    return host


def through(host, samples, ports):
    return host_jack.play_through(
        host_jack.load_library(), host.get_plugin_info(0)["name"], samples,
        lambda: idle(host), ports)


def play(project, target, model):
    host = reopen(project, model)
    real.write_wav(target, through(host, real.read_wav("in.wav"),
                                   ("Input", "Output")))
    stop(host)


def make_cv(project, preset):
    host = start()
    insert(host, real.CONTROL_CV, preset)
    wait_for_model(host, real.FADERS)
    set_control(host, "seed", 7.0)
    wait(host, 0.5)
    save(host, project)
    stop(host)


def play_cv(project, *targets):
    host = reopen(project, real.FADERS)
    still = array.array("f", bytes(4 * 90 * real.RATE))
    for target, port in zip(targets, ("Output 1", "Trigger Output")):
        real.write_wav(target, through(host, still, ("Input 1", port)))
    stop(host)


try:
    {"make": make, "play": play, "make-cv": make_cv,
     "play-cv": play_cv}[sys.argv[1]](*sys.argv[2:])
except SystemExit as reason:  # With the engine running, exit() would crash
    print(reason, flush=True)
    os._exit(1)

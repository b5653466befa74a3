#!/usr/bin/python3
# SPDX-License-Identifier: ISC
"""What `remanence osc` has for control plugins: modes by their words, switches,
clients, mappings, takes, and whose turn `watch` shows"""

import subprocess
import time

import test_osc_client as client

check, run, osc = client.check, client.run, client.osc
ONE = [('control-1', 'urn:remanence:control', 'duet.safetensors')]
AT = '/remanence/control-1/'


def test_usage():
    for said, *args in (
            ('`batle` is no mode: they are callresponse', *'set mode batle'
             .split()),
            ('`4` is no mode', 'set', 'mode', '4'),
            ('`loud` is no number', 'set', 'pause', 'loud'),
            ('`split` is no control', 'set', 'split', '1'),
            ('client wants [HOST:PORT], not 2', 'client', 'localhost', '6001'),
            ('mapping wants [MAPPING], in quotes', 'mapping', 'cc', '1', '20'),
            ('did you mean `mapping`', 'maping'),
            ('split wants nothing after it', 'split', '1')):
        check(said in run(2, '-', 'a', *args)[1], said, args)


def test_verbs():
    """What is typed, sent, answered and said"""
    with client.Server(ONE) as server:
        for words, sent, arguments, answer, said in (
                ('set mode battle', 'mode', (2.0,), (2.0,), 'mode = battle'),
                ('set mode 3', 'mode', (3.0,), (3.0,), 'mode = useronly'),
                ('get mode', 'mode', (), (0.0,), 'mode = callresponse'),
                ('set pause on', 'pause', (1.0,), (1.0,), 'pause = 1'),
                ('set record off', 'record', (0.0,), (0.0,), 'record = 0'),
                ('client h:9', 'client', ('h:9',), ('h:9',), 'client = h:9'),
                ('client ', 'client', ('',), ('',), 'client = none'),
                ('client', 'client', (), ('',), 'client = none'),
                ('mapping note_2;-', 'mapping', ('note 2;-',), ('note 2;-',),
                 'mapping = note 2;-'),
                ('mapping', 'mapping', (), ('-',), 'mapping = -'),
                ('split', 'split', (), (),
                 'records the next touch to another file')):
            server.on(AT + sent, answer)
            out = run(0, server.url(), *(word.replace('_', ' ')
                                         for word in words.split(' ')))[0]
            check(out == 'control-1 %s\n' % said, words, out)
            check(server.heard[-1] == (AT + sent, *arguments), words,
                  server.heard[-1])


def test_knob_is_a_number():
    check('`on` is no number' in run(2, '-', 'a', 'knob', 'Gain', 'on')[1])


class Duet(client.Server):
    """Tells its status as soon as it is subscribed to"""

    def __init__(self):
        super().__init__(ONE)
        self.on(AT + 'subscribe', self.subscribe)

    def subscribe(self, where, port, hz):
        self.end.send(where, AT + 'subscribe/ok', port, hz)
        for turn, record in ((0, 1.0), (1, 0.0), (2, 0.0)):
            self.end.send_bytes(port, osc.bundle(
                osc.encode(AT + 'status/state', 'playing'),
                osc.encode(AT + 'status/model', 'd.safetensors'),
                osc.encode(AT + 'status/dsp_load', 1.5),
                osc.encode(AT + 'status/turn', turn),
                osc.encode(AT + 'mode', float(turn)),
                osc.encode(AT + 'record', record),
                osc.encode(AT + 'pause', float(turn > 1))))
            time.sleep(0.2)


def test_watch():
    with Duet() as server, subprocess.Popen(
            [client.PROGRAM, 'osc', server.url(), 'watch'],
            stdout=subprocess.PIPE, encoding='utf-8') as process:
        lines = [process.stdout.readline() for _ in range(3)]
        process.send_signal(client.signal.SIGINT)
        check(process.wait(10) == 0)
    model = 'playing, d.safetensors\n'
    check(lines == ['turn: you,  load 1.5 % | control-1: recording, '
                    'callresponse, ' + model,
                    'turn: net,  load 1.5 % | control-1: polyphony, ' + model,
                    'turn: both, load 1.5 % | control-1: paused, battle, '
                    + model], lines)


if __name__ == '__main__':
    for test in (test_usage, test_verbs, test_knob_is_a_number, test_watch):
        print(test.__name__, flush=True)
        test()

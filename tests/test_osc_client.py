#!/usr/bin/python3
# SPDX-License-Identifier: ISC
"""`remanence osc` as a user meets it, against a server made here that answers
as docs/osc.md says, late, twice, in pieces, wrongly or not at all"""

import os
import pty
import re
import signal
import subprocess
import sys
import threading
import time

sys.path.insert(0, os.path.join(os.environ['SOURCE_DIR'], 'tests', 'host'))
import osc

PROGRAM = os.path.join(os.environ.get('BUILD_DIR', 'build'), 'remanence')
ONE = [('audio-1', 'Remanence', 'amp.safetensors')]
TWO = ONE + [('lead', 'Remanence Stereo', 'a \x1b[31mred.nam')]


def check(true, *said):
    if not true:
        raise AssertionError(said)


class Server:
    """Answers every message by the function of its address"""

    def __init__(self, instances=()):
        self.end, self.heard, self.lost = osc.End(), [], {}
        self.instances, self.answers = instances, {}
        self.stopping = False
        self.on('/remanence/list', self.list)
        self.thread = threading.Thread(target=self.serve)
        self.thread.start()

    def on(self, address, answer):
        """Answer by answer(where, *arguments), or by ok and these arguments"""
        self.answers[address] = answer

    def serve(self):
        while not self.stopping:
            messages, where = self.end.receive(0.05)
            for _, address, arguments in messages:
                self.heard.append((address, *arguments))
                if self.lost.get(address, 0):
                    self.lost[address] -= 1
                    continue
                answer = self.answers.get(address)
                if callable(answer):
                    answer(where, *arguments)
                elif answer is not None:
                    self.end.send(where, address + '/ok', *answer)

    def list(self, where):
        for row in self.instances:
            self.end.send(where, '/remanence/instance', *row)
        self.end.send(where, '/remanence/list/ok', len(self.instances))

    def url(self):
        return 'osc.udp://127.0.0.1:%d/' % self.end.port

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stopping = True
        self.thread.join()
        self.end.close()


def run(status, *args, **how):
    """Run `remanence osc`; return what it printed on stdout and on stderr"""
    done = subprocess.run([PROGRAM, 'osc', *args], capture_output=True,
                          check=False, timeout=60, encoding='utf-8', **how)
    check(done.returncode == status, args, done)
    check(not done.stderr if status == 0 else not done.stdout, args, done)
    return done.stdout, done.stderr


def test_usage():
    out = run(0, '--help')[0]
    check(out.startswith('Usage: remanence osc ') and
          max(map(len, out.splitlines())) <= 80, out)
    for said, *args in (
            ('which address?',), ('which command?', '-'),
            ('which command?', ':9', ), ('did you mean `list`', '-', 'lits'),
            ('did you mean `load`', '-', 'laod', 'x'),
            ('the address comes first', 'list'),
            ('load wants PATH, not 0', '-', 'load'),
            ('next wants nothing after it', '-', 'next', 'x'),
            ('set wants CONTROL VALUE', '-', 'a', 'set', 'mix'),
            ('0 to 63, not `64`', '-', 'a', 'slot', '64'),
            ('numbered from 1', '-', 'a', 'model', '0'),
            ('`x` is no number', '-', 'a', 'set', 'mix', 'x'),
            ('`Mix` is no control', '-', 'a', 'set', 'Mix', '1'),
            ('`next` is no control', '-', 'a', 'set', 'next', '1'),
            ('no name of an instance', '-', 'a/b', 'next'),
            ('1 to 10000 ms', '-', 'next', '--fade', '0'),
            ('reset does not fade', '-', 'reset', '--fade', '9'),
            ('--hz is for watch', '-', 'next', '--hz', '9'),
            ('--hz wants 0.1 to 60', '-', 'watch', '--hz', '61'),
            ('did you mean --timeout?', '-', 'list', '--timeuot', '9'),
            ('what is `7` for?', '-', *'a load 3 4 5 6 7 8'.split())):
        check(said in run(2, *args)[1], said, args)
    for where in ('osc.tcp://localhost:9770/', 'localhost:', ':0', ':65536',
                  'localhost:9770/x', 'a:b'):
        check('No address' in run(1, where, 'list')[1], where)


def test_list():
    with Server(TWO) as server:
        out = run(0, server.url(), 'list')[0].splitlines()
        check(out == ['audio-1  Remanence         amp.safetensors',
                      'lead     Remanence Stereo  a ?[31mred.nam'], out)
        for where in (':%d', 'localhost:%d', 'osc.udp://localhost:%d'):
            run(0, where % server.end.port, 'list')
        said = run(1, server.url(), 'next')[1]
        check('next whom? Say a name before it: audio-1, lead' in said, said)
        server.instances = []
        check('No instance' in run(0, server.url(), 'list')[0])
        check('No instance' in run(1, server.url(), 'next')[1])


def test_load():
    """A path that is here is sent whole, and the answer may be late"""
    with Server(ONE) as server:
        def load(where, path, *_):
            time.sleep(1)
            server.end.send(where, '/remanence/audio-1/load/ok', path)
            server.end.send(where, '/remanence/audio-1/loaded', path)
        server.on('/remanence/audio-1/load', load)
        with open('here.safetensors', 'wb'):
            here = os.path.realpath('here.safetensors')
        out = run(0, server.url(), 'load', 'here.safetensors')[0]
        check(out == 'audio-1 plays %s\n' % here, out)
        run(0, server.url(), 'audio-1', 'load', '--fade', '250', 'set/ü.nam')
        loads = [h[1:] for h in server.heard if h[0].endswith('load')]
        check(loads == [(here,), ('set/ü.nam', 250.0)], loads)
        check('may still do it' in run(1, server.url(), 'load', 'x',
                                       '--timeout=0.5')[1])


def test_refused():
    with Server() as server:
        def refuse(where, *_):
            server.end.send(where, '/remanence/lead/load/error', 5,
                            'bad.nam: 3 bytes are missing')
        server.on('/remanence/lead/load', refuse)
        said = run(1, server.url(), 'lead', 'load', 'bad.nam')[1]
        check(said.startswith('remanence osc: ') and
              'bad.nam: 3 bytes are missing (error 5)' in said, said)
        server.on('/remanence/lead/next', lambda where: server.end.send(
            where, '/remanence/lead/next/error'))
        check('does not say why' in run(1, server.url(), 'lead', 'next')[1])


def test_verbs():
    path = '/m/a.nam'
    with Server() as server:
        for sent, arguments, answer, line, said in (
                ('preload', (63, path), (63, path), 'preload 63 ' + path,
                 'a has /m/a.nam ready in slot 63'),
                ('slot', (0, 5.0), (0, path), 'slot 0 --fade 5',
                 'a plays ' + path),
                ('next', (), (path,), 'next', 'a plays ' + path),
                ('prev', (9.0,), (path,), '--fade=9 prev', 'a plays ' + path),
                ('model/12', (), (path,), 'model 12', 'a plays ' + path),
                ('reset', (), (), 'reset', 'a is at rest'),
                ('in_gain', (-6.5,), (-6.5,), 'set in_gain -6.5',
                 'a in_gain = -6.5'),
                ('mix', (), (0.25,), 'get mix', 'a mix = 0.25'),
                ('knob/Pre_Gain', (11.0,), (10,), 'knob Pre?Gain 11',
                 'a Pre Gain = 10'),
                ('name', ('b',), ('b',), 'rename b', 'a is now b')):
            address = '/remanence/a/' + sent
            server.on(address, answer)
            words = [word.replace('?', ' ') for word in line.split()]
            out = run(0, server.url(), 'a', *words)[0]
            check(out == said + '\n', line, out)
            check(server.heard[-1] == (address, *arguments), server.heard[-1])
        run(0, server.url(), '--name', 'a', '--', 'next')
        check(server.heard[-1] == ('/remanence/a/next',))


def test_tables():
    with Server() as server:
        def models(where):  # The count overtakes the last entry
            entry = '/remanence/a/models/entry'
            server.end.send(where, entry, 1, 'a2.nam')
            server.end.send(where, '/remanence/a/models/ok', 2)
            server.end.send(where, entry, 2, 'a10.nam')
        def knobs(where):
            server.end.send(where, '/remanence/a/knobs/entry', 1, 'Pre Gain',
                            0.0, 10.0, 5.0, 2.5)
            server.end.send(where, '/remanence/a/knobs/ok', 1)
        server.on('/remanence/a/models', models)
        server.on('/remanence/a/knobs', knobs)
        check(run(0, server.url(), 'a', 'models')[0] == '1  a2.nam\n'
              '2  a10.nam\n')
        check(run(0, server.url(), 'a', 'knobs')[0].startswith(
            '1  Pre Gain  0  10  5  2.5\n'))


def status(state='playing', **items):
    items = {'model': 'amp.nam', 'message': 'all is well', 'in_peak': -12.34,
             'out_peak': -6.0, 'dsp_load': 4.5, 'non_finite': 0, **items}
    return osc.bundle(
        osc.encode('/remanence/a/status/state', state),
        *(osc.encode('/remanence/a/status/' + key, value)
          for key, value in items.items()),
        osc.encode('/remanence/a/mix', 1.0),
        osc.encode('/remanence/other/status/state', 'no model'))


def test_get():
    with Server() as server:
        def get(where):
            server.end.send(where, '/remanence/a/get/ok')
            server.end.send(where, '/remanence/a/loaded', '/m/amp.nam')
            server.end.send_bytes(where, status())
        server.on('/remanence/a/get', get)
        out = run(0, server.url(), 'a', 'get')[0]
        check(re.search(r'^state +playing$', out, re.M) and
              re.search(r'^in_peak +-12.34$', out, re.M) and
              re.search(r'^mix +1$', out, re.M), out)
        check(len(out.splitlines()) == 8 and 'other' not in out, out)


def test_lost():
    """What cannot do harm is asked again; what can is not"""
    with Server(ONE) as server:
        server.lost = {'/remanence/list': 1, '/remanence/audio-1/next': 1}
        server.on('/remanence/audio-1/next', ('x',))
        check('audio-1' in run(0, server.url(), 'list')[0])
        check(server.heard.count(('/remanence/list',)) == 2, server.heard)
        run(1, server.url(), 'audio-1', 'next', '--timeout', '2.5')
        check(server.heard.count(('/remanence/audio-1/next',)) == 1)
        server.on('/remanence/list', lambda where: server.end.send(
            where, '/remanence/list/ok', 2))
        said = run(1, server.url(), 'list', '--timeout', '0.5')[1]
        check('Part of the answer to list was lost' in said, said)


def test_twice():
    with Server(TWO) as server:
        def twice(where):
            server.list(where)
            server.list(where)
        server.on('/remanence/list', twice)
        check(len(run(0, server.url(), 'list')[0].splitlines()) == 2)


def test_malformed():
    good = osc.encode('/remanence/list/ok', 0)
    with Server() as server:
        def answer(where):
            for data in (b'', b'/', b'garbage!', good[:-4], good[:-1],
                         b'#bundle\0' + bytes(8) + b'\x7f\xff\xff\xff' + good,
                         b'#bundle\0' + bytes(8) + b'\xff\xff\xff\xff' + good,
                         osc.encode('/remanence/list/ok'),
                         osc.encode('/remanence/list/ok', b'blob'),
                         osc.encode('/remanence/instance'),
                         osc.encode('/remanence/instance', True, 'x'),
                         osc.encode('/remanence/list/okay', 1)) + self.extra:
                server.end.send_bytes(where, data)
        self = test_malformed
        self.extra = ()
        server.on('/remanence/list', answer)
        said = run(1, server.url(), 'list', '--timeout', '0.5')[1]
        check('makes no sense' in said, said)
        self.extra = (good,)
        check('No instance' in run(0, server.url(), 'list')[0])


def test_nobody():
    end = osc.End()  # Hears, and says nothing
    start = time.monotonic()
    said = run(1, ':%d' % end.port, 'list', '--timeout', '0.5')[1]
    check(0.4 < time.monotonic() - start < 3)
    check('Nobody answered within 0.5 s' in said and 'OSC port' in said, said)
    port = end.port
    end.close()  # Now the port is closed
    said = run(1, ':%d' % port, 'a', 'next', '--timeout', '0.5')[1]
    check('Nobody answered' in said, said)
    check('Cannot send there' in run(1, 'no..where', 'list')[1])


class Station(Server):
    """Sends a status as often as is asked for"""

    def __init__(self):
        super().__init__()
        self.hz, self.port, self.n, self.rest = 0.0, 0, 0, ''
        self.on('/remanence/a/subscribe', self.subscribe)
        self.sender = threading.Thread(target=self.send)
        self.sender.start()

    def subscribe(self, where, port, hz):
        check(where[1] == port, where, port)
        self.port, self.hz = port, hz
        self.end.send(where, '/remanence/a/subscribe/ok', port, hz)

    def send(self):
        while not self.stopping:
            if self.hz:
                bad = self.n >= 10
                self.end.send_bytes(self.port, status(
                    'last load failed' if bad else 'playing',
                    message='no such file' + self.rest, in_peak=-self.n / 10))
                self.n += 1
            time.sleep(1 / self.hz if self.hz else 0.01)

    def wait_for(self, n):  # However busy the machine is
        while self.n < n:
            time.sleep(0.05)

    def __exit__(self, *_):
        super().__exit__()
        self.sender.join()


def watch(server, **how):
    return subprocess.Popen([PROGRAM, 'osc', server.url(), 'a', 'watch',
                             '--hz', '20'], stderr=subprocess.PIPE, **how)


def ended(process, server):
    """Interrupt; it says goodbye and is done"""
    process.send_signal(signal.SIGINT)
    said = process.stderr.read()
    check(process.wait(10) == 0 and not said, process.returncode, said)
    check(server.hz == 0 and server.heard[-1][2] == 0, server.heard[-1])


def test_watch_log():
    """In a log: what is new, and one line a second"""
    with Station() as server:
        with watch(server, stdout=subprocess.PIPE) as process:
            start = time.monotonic()
            server.wait_for(40)
            process.send_signal(signal.SIGINT)
            lines = process.stdout.read().decode().splitlines()
            ended(process, server)
        check(server.heard[0][2] == 20.0, server.heard[0])
        check(3 <= len(lines) <= 4 + time.monotonic() - start, lines)
        check(lines[0].endswith('| a: playing, amp.nam') and
              'out -6 dB, load 4.5 %' in lines[0], lines)
        check(lines[-1].endswith('last load failed, amp.nam: no such file'),
              lines)


def test_watch_terminal():
    """On a terminal: one line, which is written over"""
    ours, theirs = pty.openpty()
    with Station() as server, watch(server, stdout=theirs) as process:
        os.close(theirs)
        server.rest = ', and much more to say' * 5
        server.wait_for(20)
        ended(process, server)
        seen = os.read(ours, 65536).decode()
        os.close(ours)
    check(seen.count('\r') >= 5 and seen.count('\n') == 1, seen)
    check(seen.endswith('\x1b[K\r\n'), seen)  # The terminal adds the \r
    check(max(map(len, seen.split('\r'))) < 80 + len('\x1b[K'), seen)


def test_watch_fails():
    with Station() as server:
        with subprocess.Popen([PROGRAM, 'osc', server.url(), 'a', 'watch',
                               '--timeout', '0.5'], stdout=subprocess.DEVNULL,
                              stderr=subprocess.PIPE) as process:
            time.sleep(0.5)
            server.hz = 0.0  # The host ends
            said = process.stderr.read().decode()
            check(process.wait() == 1 and 'No status for' in said, said)


def test_interrupt():
    with Server() as server:
        with subprocess.Popen([PROGRAM, 'osc', server.url(), 'a', 'load', 'x'],
                              stderr=subprocess.PIPE) as process:
            time.sleep(0.3)
            process.send_signal(signal.SIGINT)
            said = process.stderr.read().decode()
            check(process.wait(5) == 1 and 'Stopped before an answer' in said,
                  said)


def main():
    for name, test in list(globals().items()):
        if name.startswith('test_'):
            print(name, flush=True)
            test()


if __name__ == '__main__':
    main()

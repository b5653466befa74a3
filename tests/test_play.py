#!/usr/bin/python3
# SPDX-License-Identifier: ISC
"""`remanence play` over UDP: modes, times, refusals, logs, and how it ends"""

import concurrent.futures
import datetime
import glob
import os
import pty
import re
import signal
import subprocess
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(HERE, 'host')]

import control_model
import osc

PROGRAM = os.path.join(os.environ.get('BUILD_DIR', 'build'), 'remanence')
LATE = 0.5  # Seconds that a busy machine may sleep too long


def check(true, *said):
    if not true:
        raise AssertionError(said)


def moment(text):
    """Return the moment of a row in microseconds"""
    return (datetime.datetime.fromisoformat(text)
            - datetime.datetime(2000, 1, 1)) // datetime.timedelta(
                microseconds=1)


class Player:
    """A running `remanence play` and a socket of ours that it plays to"""

    def __init__(self, *options, model='steady.safetensors', out=True, **how):
        self.end = osc.End()
        if out:
            options += ('--osc-out', '127.0.0.1:%d' % self.end.port)
        self.process = subprocess.Popen(
            [PROGRAM, 'play', model, '--osc-in', '0', '--threshold', '0.2',
             *options], stderr=subprocess.PIPE, **how)
        line = self.process.stderr.readline().decode()
        self.port = int(re.match(r'Listening on [\d.]+:(\d+), ', line)[1])

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait()
        self.process.stderr.close()
        self.end.close()

    def touch(self, *values):
        self.end.send(self.port, '/interface', *values)

    def tell(self, address, *arguments):
        """Send a command; return `ok` or what the error says"""
        self.end.send(self.port, address, *arguments)
        until = time.monotonic() + 5.0
        while time.monotonic() < until:
            for _, path, said in self.end.receive(0.1)[0]:
                if path == address + '/ok':
                    return 'ok'
                if path == address + '/error':
                    check(len(said) == 2 and said[0] >= 1, said)
                    return said[1]
        return None

    def played(self, seconds):
        """Return all that is played within some time"""
        out, until = [], time.monotonic() + seconds
        while time.monotonic() < until:
            out += [said for _, path, said
                    in self.end.receive(until - time.monotonic())[0]
                    if path == '/impsy']
        return out

    def stop(self, how=signal.SIGINT):
        """End it by a signal; return its exit status"""
        self.process.send_signal(how)
        return self.process.wait(5)


def near(a, b):
    return all(abs(x - y) < 1e-5 for x, y in zip(a, b, strict=True))


def test_callresponse():
    """The net goes on from our last frame after threshold and dt, and stops at
    our next touch"""
    with Player('--threshold', '0.6') as player:
        check(player.played(0.8) == [])
        player.touch(0.25, 0.75)
        first = player.end.wait('/impsy', 5.0)
        check(near(first, [0.25, 0.75]), first)
        check(len(player.played(0.55)) >= 3)
        player.touch(0.5, 0.5)
        player.played(0.2)  # What was on its way
        check(player.played(0.3) == [])
        later = player.played(1.0)
        check(later and near(later[-1], [0.5, 0.5]), later)
        check(player.stop() == 0)


def test_polyphony():
    """One answer to each touch, and none besides; of touches that a busy
    machine lets come all at once, some are heard as one"""
    with Player('--mode', 'polyphony') as player:
        for i in range(10):
            player.touch(i / 10, 0.5)
            time.sleep(0.05)
        answers = player.played(1.0)
        answered = [round(10 * x) for x, _ in answers]
        check(5 <= len(answered) <= 10 and answered[-1] == 9, answered)
        check(answered == sorted(set(answered)), answered)
        check(all(near(answer, [i / 10, 0.5])
                  for i, answer in zip(answered, answers)), answers)
        check(player.stop(signal.SIGTERM) == 0)


def test_battle():
    """The net plays from the beginning and does not care; the seed repeats"""
    def play(*options):
        with Player('--mode', 'battle', '--input-thru', *options,
                    model='noisy.safetensors') as player:
            player.touch(0.125, 0.25)
            out = player.played(2.0)
            check(player.stop() == 0)
            check([0.125, 0.25] in out)
            out.remove([0.125, 0.25])
            check(len(out) > 3, out)
            return out[:4]
    first = play('--seed', '4')
    check(play('--seed', '4') == first and play('--seed', '5') != first)


def test_useronly():
    with Player('--mode', 'useronly', '--input-thru') as player:
        player.touch(0.125, 0.25)
        player.touch(0.375, 0.5)
        check(player.played(1.0) == [[0.125, 0.25], [0.375, 0.5]])
        check(player.stop() == 0)


def test_commands():
    with Player('--mode', 'battle') as player:
        check(len(player.played(1.0)) >= 5)
        check(player.tell('/impsy/pause', 1) == 'ok')
        player.played(0.05)
        check(player.played(0.4) == [])
        check(player.tell('/impsy/timescale', 0.1) == 'ok')
        check(player.tell('/impsy/pause', 0) == 'ok')
        check(len(player.played(1.0)) >= 50)  # 100 if nothing is late
        check(player.tell('/impsy/mode', 'callresponse') == 'ok')
        player.played(0.05)
        check(player.played(0.4) == [])
        check(player.tell('/impsy/timescale', 1) == 'ok')
        player.touch(0.5, 0.25)
        check(player.end.wait('/impsy', 5.0))
        check(player.tell('/impsy/reset', 1) == 'ok')
        player.played(0.05)
        check(player.played(0.5) == [])  # No touch since
        check(player.tell('/impsy/sigmatemp', 0.0) == 'ok')
        check(player.tell('/impsy/pitemp', 0.5) == 'ok')
        check(player.stop() == 0)


def test_refusals():
    """What is wrong is answered and changes nothing"""
    with Player('--mode', 'polyphony') as player:
        nan = float('nan')
        for values in ((), (0.5,), (0.5, 0.5, 0.5), (0.5, nan),
                       (0.5, float('inf')), (0.5, 'one')):
            said = player.tell('/interface', *values)
            check(said and said != 'ok', values, said)
        check('number 2' in player.tell('/interface', 0.5, nan))
        check('no such address' in player.tell('/remanence/list'))
        for command, value in (('sigmatemp', nan), ('sigmatemp', -1.0),
                               ('pitemp', 'one'), ('timescale', 0.0),
                               ('mode', 'Battle'), ('mode', 1), ('pause', nan),
                               ('volume', 1.0)):
            said = player.tell('/impsy/' + command, value)
            check(said and said != 'ok', command, value, said)
        check(player.tell('/impsy/mode') != 'ok')
        player.end.send_bytes(player.port, b'nonsense')
        check(player.played(0.5) == [])
        player.touch(0.5, 0.5)  # All is as it was
        check(player.played(0.5) == [[0.5, 0.5]])
        check(player.stop() == 0)


def test_answers():
    """What answers somebody gets no answer"""
    with Player() as player:
        for address in '/impsy/error', '/impsy/ok', '/impsy/mode/ok':
            player.end.send(player.port, address, 2, 'no such address')
        check(player.tell('/impsy/nonsense', 1) not in (None, 'ok'))
        player.end.send(player.port, '/impsy/error', 2, 'no such address')
        player.end.send(player.port, '/impsy/pause', 1)
        heard, until = [], time.monotonic() + 5.0
        while '/impsy/pause/ok' not in heard:
            check(time.monotonic() < until, heard)
            heard += [path for _, path, _ in player.end.receive(0.1)[0]]
        check(heard == ['/impsy/pause/ok'], heard)


def test_interface():
    """It listens where it is told to, and nowhere else"""
    free = osc.End()
    free.close()
    with Player('--mode', 'polyphony', '--osc-bind', '127.0.0.2', '--osc-in',
                str(free.port)) as player:
        check(player.port == free.port)
        player.touch(0.25, 0.5)  # To 127.0.0.1
        check(player.played(0.5) == [])
        player.end.send(('127.0.0.2', player.port), '/interface', 0.25, 0.5)
        check(player.played(0.5) == [[0.25, 0.5]])
        check(player.stop() == 0)


def test_log_and_times():
    """The log tells both, to the microsecond, soon; what is heard is in time"""
    with Player('--log', 'logs') as player:
        times, start = [], time.monotonic()
        player.touch(0.25, 0.5)
        while len(times) < 12:
            check(player.end.wait('/impsy', 5.0))
            times.append(time.monotonic() - start)
        name, = glob.glob('logs/*-3d-mdrnn.log')
        time.sleep(1.5)
        with open(name, encoding='ascii') as file:
            check(len(file.readlines()) >= 12)  # Though it is still open
        player.process.kill()
        player.stop(signal.SIGKILL)
        with open(name, encoding='ascii') as file:
            rows = [line.rstrip('\n').split(',') for line in file]
        check([row[1] for row in rows[:13]] == ['interface'] + 12 * ['rnn'])
        check(all(row[2:] == ['0.25', '0.5'] for row in rows), rows)
        begin = moment(rows[0][0])
        for i, row in enumerate(rows[1:], 1):
            after = moment(row[0]) - begin
            check(abs(after - 200000 - 100000 * i) <= 1, i, row)
        late = sorted(t - 0.2 - 0.1 * i for i, t in enumerate(times, 1))
        check(late[0] > -0.001 and late[-1] < LATE, late)
        check(late[6] < 0.05, late)  # The median; 0.4 ms is usual


def test_pipe():
    """Without a place to play to, rows come out at once"""
    with Player('--mode', 'battle', out=False,
                stdout=subprocess.PIPE) as player:
        row = player.process.stdout.readline().decode().rstrip('\n').split(',')
        check(row[1:] == ['rnn', '0.5', '0.5'], row)
        player.process.stdout.close()  # As `head -1` does
        check(player.process.wait(5) != 0)


def test_terminal():
    """On a terminal a line tells whose turn it is"""
    ours, theirs = pty.openpty()
    process = subprocess.Popen([PROGRAM, 'play', 'steady.safetensors',
                                '--osc-in', '0', '--mode', 'battle'],
                               stderr=theirs, stdout=subprocess.DEVNULL)
    os.close(theirs)
    said, until = '', time.monotonic() + 5.0
    while 'battle: the net plays; 0 frames heard, 2' not in said:
        check(time.monotonic() < until, said)
        said += os.read(ours, 4096).decode()
    process.send_signal(signal.SIGINT)
    check(process.wait(5) == 0)
    os.close(ours)


def test_command_line():
    def refused(status, *args):
        done = subprocess.run([PROGRAM, 'play', *args], check=False,
                              capture_output=True, text=True, timeout=10)
        check(done.returncode == status, done)
        return done.stderr
    model = 'steady.safetensors'
    check('wants one model' in refused(2))
    check('not `solo`' in refused(2, model, '--mode', 'solo'))
    check('--threshold wants 0 to' in refused(2, model, '--threshold', '-1'))
    check('HOST:PORT' in refused(2, model, '--osc-out', '6001'))
    check('--osc-in wants' in refused(2, model, '--osc-in', '65536'))
    check('of an interface' in refused(1, model, '--osc-bind', 'here'))
    check('model of sound' in refused(1, 'sound.safetensors'))
    check('no such place' in refused(1, model, '--osc-out',
                                     'nowhere.invalid:6001'))
    taken = osc.End()
    check('Cannot listen' in refused(1, model, '--osc-in', str(taken.port)))
    taken.close()
    check(subprocess.run([PROGRAM, 'play', '--help'], check=True, text=True,
                         capture_output=True).stdout.startswith(
                             'Usage: remanence play'))


def main():
    control_model.steady('steady.safetensors')
    control_model.noisy('noisy.safetensors')
    control_model.sound('sound.safetensors')
    tests = [test_callresponse, test_polyphony, test_battle, test_useronly,
             test_commands, test_refusals, test_answers, test_interface,
             test_log_and_times, test_pipe, test_terminal, test_command_line]
    with concurrent.futures.ThreadPoolExecutor(len(tests)) as pool:
        for done in [pool.submit(test) for test in tests]:  # They mostly wait
            done.result()


if __name__ == '__main__':
    main()

#!/usr/bin/python3
# SPDX-License-Identifier: ISC
"""What the pages for players say is what docs/osc.md says: every address and
its arguments in the pages for Open Stage Control and docs/live.md, and every
command line of `remanence osc` there, as it is heard by a server"""

import json
import os
import re
import shlex
import subprocess
import sys
import time

import test_osc_client as client

SOURCE = os.environ['SOURCE_DIR']
LIVE, ALL, PAGE, DUET = (os.path.join(SOURCE, 'docs', name) for name in (
    'live.md', 'osc.md', 'open-stage-control.json',
    'open-stage-control-duet.json'))
SENT = {'button': {'momentary': '', 'tap': 'f', 'toggle': 'f'},
        'fader': {None: 'f'}, 'switch': {'tap': 'f'}}  # Type tags, by mode
NUMBERS = 'ifdh'
check = client.check


def read(path):
    with open(path, encoding='utf-8') as file:
        return file.read()


def symbols():
    """Every port that a host can turn, as the plugin's Turtle names them"""
    turtle = read(os.path.join(SOURCE, 'ttl', 'remanence.ttl'))
    return set(re.findall(r'lv2:ControlPort.*?lv2:symbol "(\w+)"', turtle,
                          re.S)) | set(controls_said())


def controls_said():
    """Those that the document names itself: `knob_1` to `knob_4` are four"""
    said = re.findall(r'`CONTROL` is .*?`\.', read(ALL), re.S)
    return re.findall(r'`([a-z]\w+)`', ''.join(said)) + ['knob_2', 'knob_3']


def documented():
    """Return (pattern of an address, patterns of its arguments) for each"""
    found = []
    for line in read(ALL).splitlines():
        cells = [cell.strip() for cell in line.split('|')[1:-1]]
        if cells and cells[0].startswith('`/'):
            names = re.findall('`([^`]+)`', cells[0])
            base = names[0].rsplit('/', 1)[0] + '/'
            arguments = cells[1] if len(cells) == 4 else ''
            for name in names:
                shape = pattern(name if name[0] == '/' else base + name)
                found.append((shape, like_above(found, name)
                              if arguments == 'as above' else arguments))
    for name in re.findall(r'(?:sends|as) `(/[^`]+)`', read(ALL)):
        found.append((pattern(name), ''))
    check(len(found) > 30, found)
    return found


def like_above(found, name):
    """Return the arguments of the address found before that ends like this"""
    tail = '/' + name.split('NAME/')[-1]
    return next(arguments for shape, arguments in found
                if shape.endswith(tail))


def pattern(address):
    """Return the regular expression of an address in the document"""
    number = re.sub('/[0-9]+$', '/[0-9]+', address)
    return (number.replace('NAME', r'[\w-]{1,32}').replace('KNOB', '[^/ ]+')
            .replace('CONTROL', '(?:%s)' % '|'.join(sorted(symbols()))))


def fits(tags, arguments):
    """Return whether type tags are what a cell like "`s` path, [`f` fade]"
    expects; numbers stand for each other"""
    wanted = re.findall(r'(\[?)`([sif])`', arguments)
    if 'one for each' in arguments:
        wanted *= max(1, len(tags))
    least = sum(not optional for optional, _ in wanted)
    return least <= len(tags) <= len(wanted) and all(
        (tag == 's') == (want == 's') and tag in 's' + NUMBERS
        for tag, (_, want) in zip(tags, wanted))


def hold(address, tags=None):
    """Hold an address to the document, and its type tags if it is sent"""
    known = [arguments for shape, arguments in DOCUMENTED
             if re.fullmatch(shape, address)]
    check(known, 'docs/osc.md has no address', address)
    check(tags is None or any(fits(tags, a) for a in known),
          'docs/osc.md has other arguments', address, tags, known)


def widgets(widget):
    yield widget
    for child in widget.get('widgets', []):
        yield from widgets(child)


def ranges(kind):
    """Least and most of every control port in a plugin's Turtle"""
    turtle = read(os.path.join(SOURCE, 'ttl', kind + '.ttl'))
    return {symbol: (float(low), float(high)) for symbol, low, high in
            re.findall(r'lv2:symbol "(\w+)" ;[^\]]*?lv2:minimum (\S+) ;'
                       r'\s*lv2:maximum (\S+) ;', turtle)}


def hold_range(widget, known):
    """Hold what a widget can send to what its control takes"""
    control = widget['address'].split('/')[-1]
    if widget['type'] == 'fader' and control in known:
        check((widget['range']['min'], widget['range']['max'])
              == known[control], widget, known[control])
    if widget['type'] == 'switch':
        low, high = known[control]
        check(list(widget['values'].values()) ==
              list(range(int(low), int(high) + 1)), widget)


def hold_page(path, kind, wanted):
    """Hold a page to the document and the plugin's Turtle"""
    page, known = json.loads(read(path)), ranges(kind)
    check(page['type'] == 'session' and page['content']['type'] == 'root')
    ids = set()
    for widget in widgets(page['content']):
        check(widget['id'] not in ids, 'twice', widget['id'])
        ids.add(widget['id'])
        if 'address' in widget:
            tags = SENT.get(widget['type'], {}).get(widget.get('mode'))
            hold(widget['address'], tags)
            hold_range(widget, known)
        else:
            check(widget.get('bypass') or widget['type'] == 'panel', widget)
        script = widget.get('onCreate', '') + widget.get('onValue', '')
        for address, rest in re.findall(r"send\('([^']+)'(.*)\)", script):
            hold(address, ''.join(re.findall("type: '(.)'", rest)))
    check(wanted <= ids, wanted - ids)


def test_page():
    hold_page(PAGE, 'audio', {
        'in_gain', 'out_gain', 'mix', 'enabled', 'next', 'prev', 'reset',
        *('knob_%d' % i for i in range(1, 5)),
        *('model_%d' % i for i in range(1, 17))})


def test_duet_page():
    hold_page(DUET, 'control', {
        'mode', 'sigmatemp', 'pitemp', 'timescale', 'threshold', 'pause',
        'reset', 'record', 'split', 'learn', 'client', 'turn', 'impsy',
        *('%s_%d' % (name, i) for name in ('in', 'out')
          for i in range(1, 9))})
    for i in range(1, 9):
        check("get('in_%d')" % i in read(DUET), i)


def test_addresses():
    """Every address in the text stands in the document"""
    found = re.findall(r'(?<!\w)/remanence/[\w/-]+', read(LIVE))
    check(len(found) > 20, found)
    for address in found:
        hold(re.sub(r'/(ok|error)$', '', address))


def commands(program):
    """Return the words of each command line in the text"""
    for line in re.findall(r'^ {4,}(?:.*; )?(%s .*)' % program, read(LIVE),
                           re.M):
        yield shlex.split(line.split(' || ')[0].replace('$n', '7'))


def test_oscsend():
    lines = list(commands('oscsend localhost 9770'))
    check(len(lines) >= 4, lines)
    for _, _, _, address, *rest in lines:
        tags = rest[0] if rest else ''
        check(len(tags) == len(rest[1:]), rest)
        hold(address, tags)


def tags_of(arguments):
    return ''.join({str: 's', float: 'f', int: 'i'}[type(a)]
                   for a in arguments)


def run(server, words):
    """Run a command line and return what the server hears"""
    server.heard.clear()
    with subprocess.Popen([client.PROGRAM, *words[1:]], encoding='utf-8',
                          stdout=subprocess.DEVNULL,
                          stderr=subprocess.PIPE) as process:
        while 'watch' in words and not any(
                'subscribe' in heard[0] for heard in server.heard):
            time.sleep(0.01)
        if 'watch' in words:
            process.send_signal(client.signal.SIGINT)
        said = process.stderr.read()
        check(process.wait() == 0, words, said)


def test_client():
    lines = list(commands('remanence osc'))
    check(len(lines) >= 10, lines)
    with client.Server(client.ONE) as server:
        server.answers = AnyAnswer(server)
        for words in lines:
            check(words[2] == '-', words)
            run(server, words[:2] + [server.url()] + words[3:])
            check(server.heard, words)
            for address, *arguments in server.heard:
                hold(address, tags_of(arguments))


class AnyAnswer(dict):
    """Answers `ok` to whatever is asked, and lists what there is"""

    def __init__(self, server):
        super().__init__({'/remanence/list': server.list})

    def get(self, address, _=None):
        return super().get(address, ('0', '0'))


DOCUMENTED = documented()

if __name__ == '__main__':
    for test in (test_page, test_duet_page, test_addresses, test_oscsend,
                 test_client):
        print(test.__name__, flush=True)
        test()

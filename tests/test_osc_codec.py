#!/usr/bin/python3
# SPDX-License-Identifier: ISC
"""host/osc.py, which other tests rely on: an example of the specification,
every type there and back, and no packet that is cut short"""

import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)),
                                'host'))

import osc


def check(true, *said):
    if not true:
        raise AssertionError(said)


def main():
    check(osc.encode('/oscillator/4/frequency', 440.0) ==
          b'/oscillator/4/frequency\0,f\0\0\x43\xdc\0\0')
    values = [1, -1.5, 'ä', b'abc', True, False, None, osc.Int64(2 ** 40),
              osc.Double(0.1), osc.time_tag(1e9)]
    data = osc.bundle(osc.encode('/a', *values),
                      osc.bundle(osc.encode('/b'), at=7), at=5)
    check(osc.decode(data) == [(5, '/a', values), (7, '/b', [])])
    check(osc.moment(osc.time_tag(1e9)) == 1e9)
    refused = 0
    for n in range(len(data)):
        try:
            osc.decode(data[:n])
        except osc.Malformed:
            refused += 1
    check(refused >= len(data) - 2, refused)  # Some end between two elements


if __name__ == '__main__':
    main()

#!/usr/bin/python3
# SPDX-License-Identifier: ISC
"""Write bad model files, and a few good ones that they were made of.

    make_bad.py FOLDER

FOLDER/index says of every file what a reader must answer, one a line:
STATUS NAME WORDS, where the error must hold WORDS.
"""

import copy
import json
import os
import struct
import sys

import bad_json
import bad_family
import bad_safetensors


class Folder:
    def __init__(self, path):
        self.path = path
        self.index = open(os.path.join(path, 'index'), 'w', encoding='utf-8')

    def add(self, status, name, words, content):
        """Write one file; text, bytes or what json.dumps() takes"""
        if not isinstance(content, (bytes, str)):
            content = json.dumps(content)
        if isinstance(content, str):
            content = content.encode()
        with open(os.path.join(self.path, name), 'wb') as out:
            out.write(content)
        print(status, name, words, file=self.index)
        return content

    def add_cuts(self, name, content):
        """Write `content` cut short at every sixteenth of its length"""
        stem, ending = os.path.splitext(name)
        for k in range(16):
            self.add('BAD_FORMAT', 'cut-%d-of-%s%s' % (k, stem, ending), '',
                     content[:len(content) * k // 16])

    def add_changed(self, status, name, words, base, change):
        """Write a JSON file after change(copy of base)"""
        changed = copy.deepcopy(base)
        change(changed)
        return self.add(status, name, words, changed)

    def add_sparse(self, name, size):
        with open(os.path.join(self.path, name), 'wb') as out:
            out.truncate(size)
        print('TOO_LARGE', name, 'limit', file=self.index)


def add_others(folder):
    add = folder.add
    add('BAD_FORMAT', 'empty.nam', 'empty', b'')
    add('BAD_FORMAT', 'one-byte.json', '', b'{')
    add('BAD_FORMAT', 'words.json', 'neither', 'This is not a model.\n')
    add('BAD_FORMAT', 'array.json', 'neither', '[1, 2, 3]')
    add('BAD_FORMAT', 'object.json', 'no model', '{"a": 1}')
    add('BAD_FORMAT', 'zeros.safetensors', '', bytes(64))
    add('UNSUPPORTED', 'model.pt', 'state_dict', b'PK\3\4' + bytes(40))
    add('UNSUPPORTED', 'model.h5', 'HDF5', b'\x89HDF\r\n\x1a\n' + bytes(40))
    add('UNSUPPORTED', 'sound.json', 'WAV', b'RIFF' + struct.pack('<I', 9999))
    add('BAD_FORMAT', 'deep.json', 'deeper',
        '{"layers":' + '[' * 100000 + ']' * 100000 + '}')
    add('BAD_FORMAT', 'deep-open.json', 'deeper', '{"layers":' + '[' * 1000000)
    add('BAD_FORMAT', 'deep-objects.nam', 'deeper', '{"a":' * 5000)
    add('TOO_LARGE', 'many-arrays.json', 'limit',
        '{"layers":[' + '[],' * 70000 + '[]]}')
    add('BAD_FORMAT', 'nul.json', 'JSON', b'{"layers":\0[]}')
    add('BAD_FORMAT', 'not-utf8.json', 'JSON', b'{"layers":"\xff\xfe"}')
    add('BAD_FORMAT', 'escape.json', 'JSON', b'{\x1b[31m"layers":[]}')
    folder.add_sparse('sparse.safetensors', 1 << 30)
    folder.add_sparse('sparse.nam', 1 << 30)


def main():
    folder = Folder(sys.argv[1])
    add_others(folder)
    bad_safetensors.add_all(folder)
    bad_family.add_all(folder)
    bad_json.add_all(folder)
    folder.index.close()


if __name__ == '__main__':
    main()

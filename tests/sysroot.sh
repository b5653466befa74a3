#!/bin/sh
# SPDX-License-Identifier: ISC
#
#     sysroot.sh FOLDER ARCHITECTURE PACKAGE...
#
# Unpacks Debian packages of another architecture, with all that they need,
# below FOLDER: what a cross-compiler and an emulator read.  apt works on lists
# and a status of its own there, so that the system stays as it is; no rights
# are needed.  Absolute links come to lead below FOLDER.  A folder that is
# complete, of the same packages, is left alone.

set -eu
top=$1
architecture=$2
shift 2

[ "$(cat "$top/complete" 2>/dev/null)" = "$architecture $*" ] && exit
rm -rf "$top"
mkdir -p "$top/apt/lists/partial" "$top/apt/cache/archives/partial" "$top/root"
top=$(cd "$top" && pwd -P)
: > "$top/apt/status"

apt() {
  apt-get -q -y -o APT::Architecture="$architecture" \
    -o APT::Architectures="$architecture" -o Dir::State="$top/apt" \
    -o Dir::State::status="$top/apt/status" -o Dir::Cache="$top/apt/cache" \
    -o APT::Install-Recommends=false -o APT::Sandbox::User= \
    -o Acquire::Languages=none -o Debug::NoLocking=1 "$@"
}

apt update
apt install --download-only "$@"
for package in "$top"/apt/cache/archives/*.deb; do
  dpkg-deb -x "$package" "$top/root"
done
find "$top/root" -type l -lname '/*' | while read -r link; do
  ln -sfnr "$top/root$(readlink "$link")" "$link"
done
rm -r "$top/apt"
echo "$architecture $*" > "$top/complete"

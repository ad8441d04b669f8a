#!/usr/bin/env bash
# Installs SecantusDB (GPL-2.0, a tool of the tests only, in a venv of its own) unless it is there, and prints its command.
# This release is the last whose wheel carries a ready server that is not written in Python.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
folder=${MONGO_SERVERS_DIR:-$here/../../node_modules/.cache/mongo-servers}/secantusdb
server=$folder/bin/secantusd-rs
if [ ! -x "$server" ]; then
  python3 -c 'import sys; sys.exit(sys.version_info < (3, 10))' 2>/dev/null ||
    { echo 'SecantusDB needs Python 3.10 or newer, and there is none' >&2; exit 1; }
  mkdir -p "$(dirname "$folder")"
  {
    python3 -m venv --clear "$folder"
    "$folder/bin/pip" install --quiet --disable-pip-version-check --no-deps --only-binary :all: secantusdb==0.6.0b17 ||
      { echo 'SecantusDB cannot be installed: no network, or no wheel for this system'; rm -rf "$folder"; exit 1; }
  } >&2
fi
echo "$server"

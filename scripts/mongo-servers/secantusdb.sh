#!/usr/bin/env bash
# Installs SecantusDB (GPL-2.0, a tool of the tests only, in a venv of its own) unless it is there, and prints its command.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
cache=${MONGO_SERVERS_DIR:-$here/../../node_modules/.cache/mongo-servers}
server=$cache/secantusdb/bin/secantusd-py
if [ ! -x "$server" ]; then
  command -v python3 >/dev/null || { echo 'SecantusDB needs Python 3.10 or newer, and there is none' >&2; exit 1; }
  mkdir -p "$cache"
  {
    python3 -m venv "$cache/secantusdb"
    "$cache/secantusdb/bin/pip" install --quiet --disable-pip-version-check secantusdb==0.7.0b3
  } >&2
fi
realpath "$server"

#!/usr/bin/env bash
# Installs SecantusDB (GPL-2.0, a tool of the tests only) unless it is there, and prints its command.
# This release is the last whose wheel carries a ready server that is not written in Python.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
folder=${MONGO_SERVERS_DIR:-$here/../../node_modules/.cache/mongo-servers}/secantusdb
exec "$here/../wheel.sh" "$folder" secantusdb==0.6.0b17 secantusd-rs

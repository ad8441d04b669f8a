#!/usr/bin/env bash
# usage: secantusdb-newest.sh [--if-there]
# Compiles a newer SecantusDB from its crate (several minutes on two cores) unless it is there, and prints its command; with
# --if-there it compiles nothing. It needs cargo and a C compiler; the crate asks for a newer Rust than it needs.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
folder=${MONGO_SERVERS_DIR:-$here/../../node_modules/.cache/mongo-servers}/secantusdb-newest
server=$folder/bin/secantusd-rs
if [ ! -x "$server" ]; then
  [ "${1:-}" != --if-there ] ||
    { echo 'it is not compiled here: scripts/mongo-servers/secantusdb-newest.sh does it in several minutes' >&2; exit 1; }
  command -v cargo >/dev/null || { echo 'it is compiled with cargo, and there is none' >&2; exit 1; }
  cargo install secantus-mdb --version 0.5.3-beta.196 --locked --ignore-rust-version --root "$folder" >&2
fi
echo "$server"

#!/usr/bin/env bash
# usage: with-secantusdb.sh <command ...>
# Runs a command with MONGODB_URL naming an empty database on a SecantusDB of its own, which ends with it.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
[ $# -gt 0 ] || { sed -n '2,3s/^# //p' "$0" >&2; exit 2; }
server=$("$here/secantusdb.sh")
folder=$(mktemp -d)
pid=
trap '[ -z "$pid" ] || { kill "$pid" 2>/dev/null || true; wait "$pid" 2>/dev/null || true; }; rm -rf "$folder"' EXIT
for attempt in 1 2 3; do
  port=$((20000 + RANDOM % 12000))
  "$server" --host 127.0.0.1 --port "$port" --storage-path "$folder/data" --log-level ERROR >"$folder/log" 2>&1 &
  pid=$!
  for _ in $(seq 150); do
    kill -0 "$pid" 2>/dev/null || break
    if (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null; then
      MONGODB_URL="mongodb://127.0.0.1:$port/sync" "$@"
      exit
    fi
    sleep 0.2
  done
  kill "$pid" 2>/dev/null || true
  wait "$pid" 2>/dev/null || true
  pid=
done
echo 'SecantusDB did not start; it said:' >&2
cat "$folder/log" >&2
exit 1

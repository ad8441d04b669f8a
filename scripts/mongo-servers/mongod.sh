#!/usr/bin/env bash
# Prints the command of a real MongoDB server: the mongod of the PATH, else one that mongodb-memory-server downloads once,
# where its download can be reached.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
folder=${MONGO_SERVERS_DIR:-$here/../../node_modules/.cache/mongo-servers}/mongod
server=$folder/mongod
mkdir -p "$folder"
if path=$(command -v mongod); then
  ln -sfn "$path" "$server"
elif [ ! -x "$server" ]; then
  cd "$folder"
  npm install --silent --ignore-scripts --no-audit --no-fund --prefix . mongodb-memory-server-core@11.3.0 >&2 ||
    { echo 'there is no mongod, and mongodb-memory-server cannot be installed' >&2; exit 1; }
  path=$(timeout 240 node --input-type=module -e '
    import { MongoBinary } from "mongodb-memory-server-core";
    console.log(await MongoBinary.getPath({ version: "8.0.4", downloadDir: process.cwd() }));
  ' 2>/dev/null) ||
    { echo 'there is no mongod, and the download of mongodb-memory-server cannot be reached' >&2; exit 1; }
  ln -sfn "$path" "$server"
fi
echo "$server"

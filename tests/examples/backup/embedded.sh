#!/bin/sh
# Back up a gateway that runs with SQLite and its private Redis, and restore it into another folder.
# DATA is its data directory, READY its ready file, NEW a folder that does not exist.
set -eu
gateway backup pairing.backup --data-dir "$DATA" --ready-file "$READY"
gateway restore pairing.backup --data-dir "$NEW"

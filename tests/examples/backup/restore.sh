#!/bin/sh
# Restore it while no gateway runs. DATABASE is an empty database, REDIS_DATA the folder of a Redis that is stopped.
set -eu
pg_restore --no-owner --exit-on-error --single-transaction --dbname="$DATABASE" "$BACKUP/gateway.dump"
rm -rf "$REDIS_DATA/appendonlydir"
cp "$BACKUP/redis.rdb" "$REDIS_DATA/appendonly.aof"

#!/bin/sh
# Back up a gateway that uses PostgreSQL and a Redis of its own, while it runs: Redis first, then PostgreSQL.
# REDIS is its URL (redis://default:password@host:6379), DATABASE postgresql://user@host/database, BACKUP a new folder.
set -eu
umask 077
mkdir "$BACKUP"
redis-cli -u "$REDIS" --no-auth-warning --rdb "$BACKUP/redis.rdb"
pg_dump --format=custom --file="$BACKUP/gateway.dump" "$DATABASE"

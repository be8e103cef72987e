"""The lean way to serve: connections as hub listeners, one Redis connection a worker (docs/performance.md)."""

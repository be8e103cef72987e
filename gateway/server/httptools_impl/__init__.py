"""How the gateway serves: connections as hub listeners, one Redis connection a worker (docs/performance.md)."""

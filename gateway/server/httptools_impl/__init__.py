"""The HTTP server: connections as hub listeners (docs/performance.md)."""

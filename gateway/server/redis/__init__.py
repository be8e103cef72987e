"""Redis as a worker uses it: one connection for all scripts, and a private server."""

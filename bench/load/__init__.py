"""The load generator, a process of its own: ``python -m bench.load.__main__``."""

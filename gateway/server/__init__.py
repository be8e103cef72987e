"""Serving: listeners, processes, connections; with ``gateway.__main__`` the one place that names eventlet."""

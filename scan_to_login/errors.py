"""The exception that all three programs' commands show as one sentence."""

from __future__ import annotations


class StartupError(Exception):
    """The gateway cannot start; the text is one sentence that says what to do."""

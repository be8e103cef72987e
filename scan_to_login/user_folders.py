"""Folders of the person who runs a program: of the XDG Base Directory Specification, and of macOS and Windows.

Few lines of our own: the package that has them brings a pytest plugin into every project that installs it.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Final

_NAME: Final = "scan-to-login"


def data_folder() -> Path:
    """What is to be kept: `$XDG_DATA_HOME`, `~/.local/share`; `~/Library/Application Support`; `%LOCALAPPDATA%`."""
    return _folder("XDG_DATA_HOME", ".local/share")


def state_folder() -> Path:
    """What may be lost: `$XDG_STATE_HOME`, `~/.local/state`; elsewhere the same folder as ``data_folder``."""
    return _folder("XDG_STATE_HOME", ".local/state")


def _folder(variable: str, below_home: str) -> Path:
    if sys.platform == "darwin":
        return _home("Library/Application Support") / _NAME
    if sys.platform == "win32":
        local = os.environ.get("LOCALAPPDATA", "")
        return (Path(local) if local else _home("AppData/Local")) / _NAME / _NAME
    given = Path(os.environ.get(variable, ""))
    return (given if given.is_absolute() else _home(below_home)) / _NAME  # a relative path is invalid, says XDG


def _home(below: str) -> Path:
    # Path.expanduser raises an error for a person without a home; a folder may be given all the same.
    return Path(os.path.expanduser("~"), below)  # noqa: PTH111

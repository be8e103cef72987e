"""Places for Unix sockets: in a folder that only its owner can enter, with a path short enough for an address."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from typing import Final

from gateway.foundation.temporary_folders import TemporaryFolder
from scan_to_login.errors import StartupError

_MOST_BYTES: Final = 100  # sockaddr_un holds 108 on Linux and 104 on macOS


def socket_path(folder: Path, name: str) -> tuple[Path, TemporaryFolder | None]:
    """The path of a socket ``name``, in ``folder`` where it fits into an address and a URL, else in a temporary folder.

    The second value is that temporary folder, for the caller to remove; None if there is none. Raises StartupError.
    """
    path = folder / name
    if _fits(path):
        return path, None
    for parent in (tempfile.gettempdir(), "/tmp"):  # noqa: S108 - a folder of ours is made in it
        if _fits(Path(parent, "scan-to-login-01234567", name)):
            try:
                made = TemporaryFolder(parent=parent)
            except OSError:
                continue
            return made.path / name, made
    raise StartupError("network.socket", path=path)


def _fits(path: Path) -> bool:
    words = str(path)
    return len(os.fsencode(path)) <= _MOST_BYTES and all(sign.isprintable() for sign in words)

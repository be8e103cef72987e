"""Files and folders that only their owner may read: new ones, and existing ones."""

from __future__ import annotations

import contextlib
import os
import stat
from pathlib import Path
from typing import Final

_FILE: Final = 0o600
_FOLDER: Final = 0o700
# Beginnings of all names that the gateway creates in its data directory.
_OWN: Final = ("gateway.", "server.key", "redis", "faults.log")


def begin_privately() -> None:
    """From now on this process and its children create files for their owner only (umask)."""
    os.umask(0o077)


def keep_private(*paths: Path) -> None:
    """Remove all rights of group and others from these files and folders; skip missing ones.

    Files of another owner stay unchanged, since only their owner can change them.
    """
    for path in paths:
        with contextlib.suppress(OSError):
            found = path.lstat()
            if found.st_uid != os.geteuid() or stat.S_ISLNK(found.st_mode):
                continue
            wanted = _FOLDER if stat.S_ISDIR(found.st_mode) else _FILE
            if stat.S_IMODE(found.st_mode) & ~wanted:
                path.chmod(wanted)


def keep_data_private(folder: Path) -> None:
    """The same for a data directory and the gateway's files in it.

    If the folder holds other files too, its own mode stays unchanged: it may be a home folder, or `/tmp`.
    """
    with contextlib.suppress(OSError):
        own = [path for path in folder.iterdir() if path.name.startswith(_OWN)]
        if len(own) == len(list(folder.iterdir())):
            keep_private(folder)
        for path in own:
            keep_private(path, *(path.rglob("*") if path.is_dir() and not path.is_symlink() else ()))
